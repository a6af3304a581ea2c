"""The gated recurrent unit: what is remembered is kept, or replaced by a candidate, unit by unit.

Symbolic half, for each unit at each time t: the update gate z and the reset gate r are sigmoids of net
inputs of their own, the candidate n is a tanh of its own, and

    out_t = (1 − out^z_t) · out^n_t + out^z_t · out_{t−1}.

There are two forms of net^n. `reset = "before"`, the usual one here, is that of the paper (Cho and others,
"Learning phrase representations using RNN encoder-decoder for statistical machine translation", 2014):
what is remembered is reset before the recurrent weights, m_t = out^r_t · out_{t−1}, and
net^n_t = W·x_t + U·m_t + b. `reset = "after"` is that of PyTorch: what the recurrent weights make of it is
reset, and has biases of its own, net^h_t = U·out_{t−1} + b^h and net^n_t = W·x_t + out^r_t · net^h_t + b.

At time 1 there is nothing to remember: what has out_0 as a factor is left out, and so is the reset gate
where nothing is left to reset. Numeric half: the same with matrices, from zeros on, and backwards through
time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sympy import Expr, Symbol, symbols, tanh

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import minus, negative, plus, times
from derive.algebra.rule import TOTAL, B, Rule, W, X, slot
from derive.catalogue.entries import Array
from derive.catalogue.layers import gates
from derive.catalogue.layers.gates import SIGMOID, TANH, Gate
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Formulas,
    Gradients,
    LayerKind,
    Misfit,
    Options,
    Plan,
    Shape,
    Wiring,
    one,
    spread,
    summed,
)
from derive.catalogue.layers.recurrent import (
    BEFORE,
    U,
    arriving,
    outer,
    returned,
    sequence,
    units_of,
)

GATES = {"z": SIGMOID, "r": SIGMOID, "n": TANH}
KEEP, RESET, NEW = slot("keep"), slot("reset"), slot("new")  # the outputs of z, r and n
RECALLED = slot("recalled")  # net^h_t


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """Three gates' arrays, with as many units each as the layer has."""
    times_, features = sequence(sources)
    units = units_of(asked)
    trained = gates.trained(asked, GATES, units, features)
    if _resets_after(asked.options):
        trained |= {"bias_h": (units,)} if gates.biased(asked, "bias_h") else {}
    elif "bias_h" in asked.given:
        remedy = 'write reset = "after", or leave it out'
        raise Misfit("bias_h", "a reset before the recurrent weights has no such biases", remedy)
    return Plan(returned(asked, times_, units), trained)


def _resets_after(options: Options) -> bool:
    return options.get("reset", "before") == "after"


# --- symbolic half -------------------------------------------------------------------------------


class Candidate(NamedTuple):
    """The quantities from which net^n is made; `memory` is m or net^h, shape (times, units)."""

    r: Gate
    n: Gate
    memory: Ids
    outputs: Ids
    bias: Ids | None  # b^h

    def reset_before(self, t: int, sources: Ids) -> Iterator[Family]:
        """m_t = out^r_t · out_{t−1}, which the candidate takes for what is remembered."""
        if not t:
            yield from self.n.at(0, sources, None)
            return
        before, now = self.outputs[t - 1], self.memory[t]
        yield from self.r.at(t, sources, before)
        yield Family(RESETTING, now, {RESET: self.r.outputs[t], BEFORE: before})
        yield from self.n.at(t, sources, now)

    def reset_after(self, t: int, sources: Ids) -> Iterator[Family]:
        """net^h_t, which is reset; at time 1 it is a bias, or there is none."""
        weights, bias = self.n.arrays["weights"], self.n.arrays.get("bias")
        arguments = {W: weights, X: np.broadcast_to(sources, weights.shape)}
        arguments |= {} if bias is None else {B: bias}
        recalls = t > 0 or self.bias is not None
        if recalls:
            before = self.outputs[t - 1] if t else None
            yield from self.r.at(t, sources, before)
            yield self._recalled(t, before)
            arguments |= {RESET: self.r.outputs[t], RECALLED: self.memory[t]}
        yield Family(candidate_rule(recalls, bias is not None), self.n.net[t], arguments)
        yield self.n.opened(t)

    def _recalled(self, t: int, before: Ids | None) -> Family:
        arguments = {} if self.bias is None else {B: self.bias}
        if before is not None:
            recurrent = self.n.arrays["recurrent"]
            arguments |= {U: recurrent, BEFORE: np.broadcast_to(before, recurrent.shape)}
        return Family(recalled_rule(not t, self.bias is not None), self.memory[t], arguments)


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Register the layer's quantities and write its equations down, one time step after the other."""
    sources, number = one(wiring.sources), wiring.number
    z, r, n = every = [Gate.added(ledger, wiring, *named) for named in GATES.items()]
    after, biases = _resets_after(wiring.options), wiring.plan.trained.get("bias_h")
    bias = None if biases is None else ledger.add("b_h", number, biases)
    memory = ledger.add("net_h" if after else "m", number, n.net.shape)
    outputs = ledger.add("out", number, n.net.shape)
    candidate = Candidate(r, n, memory, outputs, bias)
    families: list[Family] = []
    for t, now in enumerate(sources):
        before = outputs[t - 1] if t else None
        families += z.at(t, now, before)
        families += candidate.reset_after(t, now) if after else candidate.reset_before(t, now)
        arguments = {KEEP: z.outputs[t], NEW: n.outputs[t]}
        arguments |= {} if before is None else {BEFORE: before}
        families.append(Family(output_rule(first=not t), outputs[t], arguments))
    arrays = gates.arrays_of(every) | ({} if bias is None else {"bias_h": bias})
    given = outputs if len(wiring.plan.shape) > 1 else outputs[-1]
    return Connected(tuple(families), given, arrays)


RESETTING = Rule("reset", times(RESET, BEFORE))


def output_rule(first: bool) -> Rule:
    """out_t, between the candidate and what was remembered."""
    new = times(minus(1, KEEP), NEW)
    if first:
        taught = {NEW: minus(1, KEEP), KEEP: negative(NEW)}
        return Rule("mixed.first", new, taught=taught)
    taught = {NEW: minus(1, KEEP), KEEP: minus(BEFORE, NEW)}
    return Rule("mixed", plus(new, times(KEEP, BEFORE)), taught=taught)


def recalled_rule(first: bool, biased: bool) -> Rule:
    """net^h_t = Σ u^n · out_{t−1} + b^h."""
    if first:
        return Rule("net.recalled.first", B)
    formula = plus(TOTAL, B) if biased else TOTAL
    return Rule("net.recalled", formula, {TOTAL: times(U, BEFORE)})


def candidate_rule(recalls: bool, biased: bool) -> Rule:
    """net^n_t = Σ w^n · x_t + out^r_t · net^h_t + b^n."""
    terms: list[Expr] = [TOTAL]
    terms += [times(RESET, RECALLED)] if recalls else []
    terms += [B] if biased else []
    formula = plus(*terms) if len(terms) > 1 else TOTAL
    return Rule(f"net.candidate{'' if recalls else '.first'}", formula, {TOTAL: times(W, X)})


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[dict[str, Array], Array]:
    """Outputs (…, samples, times, units), or of the last time alone.

    Kept are nets, outputs, and the memory that is reset: the outputs before, or what becomes of them.
    """
    x, after = one(sources), _resets_after(arrays.options)
    into = {k: gates.coming_in(arrays, k, x) for k in GATES}
    inside = spread(arrays.trained["bias_h"], 1) if "bias_h" in arrays.trained else 0.0
    h = np.zeros_like(into["n"][..., 0, :])
    steps: list[dict[str, Array]] = []
    for t in range(x.shape[-2]):
        nets = {k: into[k][..., t, :] + gates.remembered(arrays, k, h) for k in ("z", "r")}
        z, r = (SIGMOID.value(net) for net in nets.values())
        memory = gates.remembered(arrays, "n", h) + inside if after else h
        recalled = r * memory if after else gates.remembered(arrays, "n", r * memory)
        nets["n"] = into["n"][..., t, :] + recalled
        n = TANH.value(nets["n"])
        h = n + z * (h - n)
        steps.append({**nets, "memory": memory, "out": h})
    kept = gates.in_time(steps)
    return kept, kept["out"] if len(arrays.plan.shape) > 1 else h


def backward(
    arrays: Arrays, sources: tuple[Array, ...], kept: dict[str, Array], upstream: Array
) -> Gradients:
    """Back through time: to what was kept, to what was reset, and through the gates."""
    x, after = one(sources), _resets_after(arrays.options)
    z, r, n = (GATES[k].value(kept[k]) for k in GATES)
    slope = {k: GATES[k].derivative(kept[k]) for k in GATES}
    before = gates.delayed(kept["out"])
    by_output = {"z": (before - n) * slope["z"], "n": (1 - z) * slope["n"]}
    opening = kept["memory"] * slope["r"]
    reached = arriving(arrays, x.shape[-2], upstream)
    deltas: list[dict[str, Array]] = []
    later = np.zeros(1)  # after the last time nothing follows
    for t in reversed(range(x.shape[-2])):
        dh = reached[..., t, :] + later
        delta = {k: dh * local[..., t, :] for k, local in by_output.items()}
        to_reset = delta["n"] if after else gates.recalled(arrays, {"n": delta["n"]})
        delta["r"], to_memory = to_reset * opening[..., t, :], to_reset * r[..., t, :]
        later = dh * z[..., t, :] + gates.recalled(arrays, {k: delta[k] for k in ("z", "r")})
        later = later + (gates.recalled(arrays, {"n": to_memory}) if after else to_memory)
        deltas.append({**delta, "memory": to_memory})
    every = gates.in_time(deltas[::-1])
    trained, back = gates.collected(arrays, x, every, {"z": before, "r": before, "n": r * before})
    if after:  # its recurrent weights make net^h, which is reset before it is part of net^n
        trained["recurrent_n"] = outer(every["memory"], before)
        if "bias_h" in arrays.trained:
            trained["bias_h"] = summed(every["memory"], 1, over=2)
    return Gradients(trained, (back,))


def formulas(options: Options) -> Formulas:
    """For the reader: gates, candidate, and what becomes of them; q stands for each gate."""
    w, u, b, x, before, remembered = symbols("W^n U^n b^n x_t out_t−1 m_t")
    reset, update, candidate = symbols("out_t^r out_t^z out_t^n")
    if options.get("reset", "before") == "before":
        inner = ("m_t", times(reset, before))
        net = plus(times(w, x), times(u, remembered), b)
    else:
        inner = ("net_t^h", plus(times(u, before), Symbol("b^h")))
        net = plus(times(w, x), times(reset, Symbol("net_t^h")), b)
    return (
        *gates.formulas("q"),
        inner,
        ("net_t^n", net),
        ("out_t^n", tanh(Symbol("net_t^n"))),
        ("out_t", plus(times(minus(1, update), candidate), times(update, before))),
    )


GRU = LayerKind(
    "gru", "the gated recurrent unit: what is remembered is kept, or replaced by a candidate",
    connect, forward, backward, plan,
    keys={"units": "units", "returns": "outputs", "reset": "reset", "bias": "no"},
    parameters=(*gates.names(GATES), "bias_h"),
    inner=("sigmoid", "tanh"),
    formulas=formulas,
)  # fmt: skip
