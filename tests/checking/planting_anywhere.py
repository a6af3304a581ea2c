"""Plant slips in networks of any topology and in expression graphs, by the textbook's formulas.

As in `tests.checking.planting`, nothing comes from the program's own slips: what somebody gets who makes
one is put together here from the values of the lines, which are known by their places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.checking.planting import At, Kinds

Pair = tuple[str, float]
USED_ONCE = 2  # fewer uses than that are no sum


# --- networks of dense and recurrent layers ------------------------------------------------------


def shape_of(at: At, layer: int) -> tuple[int, ...]:
    """The shape of a layer's outputs that others take; of all its net inputs see `steps`."""
    if layer == 0:
        return at.problem.shape or (at.problem.inputs,)
    return at.problem.layers[layer - 1].shape


def steps(at: At) -> list[tuple[int, ...]]:
    """The time steps, or the positions, at which the layer of the line is used."""
    *before, _ = shape_of(at, at.layer - 1)
    return list(product(*(range(1, length + 1) for length in before)))


def is_recurrent(at: At) -> bool:
    return bool(at.asked.kind == "recurrent")


def sources(at: At, step: tuple[int, ...]) -> list[float]:
    """What the layer takes there."""
    last = shape_of(at, at.layer - 1)[-1]
    layer = at.layer - 1
    of_last = (
        layer and len(shape_of(at, layer)) == 1 and at.problem.layers[layer - 1].kind == "recurrent"
    )
    before = (shape_of(at, layer - 1)[0],) if of_last else step
    return [at.get("out", layer, *before, i) for i in range(1, last + 1)]


def products(at: At, kind: str, values: list[float]) -> list[float]:
    unit = at.index[-1]
    return [at.get(kind, at.layer, unit, i) * x for i, x in enumerate(values, 1)]


def forward(at: At) -> Iterator[Pair]:
    if at.kind == "net":
        *step, _ = at.index
        terms = products(at, "w", sources(at, tuple(step)))
        remembered: list[float] = []
        if is_recurrent(at) and step[0] > 1:
            units = at.paper.derivation.graph.layers[at.layer - 1].net.shape[-1]
            before = [at.get("out", at.layer, step[0] - 1, k) for k in range(1, units + 1)]
            remembered = products(at, "u", before)
        try:
            bias = at.get("b", at.layer, at.index[-1])
        except KeyError:
            bias = 0.0
        total = sum(terms) + sum(remembered)
        if bias:
            yield from (
                ("bias_dropped", total),
                ("bias_sign", total - bias),
                ("bias_twice", total + 2 * bias),
            )
        if len(terms) + len(remembered) > 1:
            for term in (*terms, *remembered):
                yield "term_missing", at.value - term
        if len(remembered) > 1:
            yield "term_missing", at.value - sum(remembered)
    if at.kind == "out":
        yield "activation_missing", at.get("net", at.layer, *at.index)


def backward(at: At) -> Iterator[Pair]:
    if at.kind == "delta":
        slope = at.get("dout/dnet", at.layer, *at.index)
        yield "slope_missing", at.get("dE/dout", at.layer, *at.index)
        yield "slope_twice", at.value * slope
    if at.kind == "dout/dnet" and at.asked.activation.name in ("sigmoid", "tanh"):
        net = at.get("net", at.layer, *at.index)
        yield "slope_missing", 1.0
        yield "activation_for_slope", at.get("out", at.layer, *at.index)
        yield (
            "slope_at_net",
            net * (1 - net) if at.asked.activation.name == "sigmoid" else 1 - net * net,
        )
    if at.kind in ("dE/dw", "dE/du", "dE/db"):
        deltas, factors = uses(at)
        terms = [d * x for d, x in zip(deltas, factors, strict=True)]
        if at.kind != "dE/db":
            yield "factor_missing", sum(deltas)
        if len(terms) >= USED_ONCE:
            *others, last = terms
            yield "last_step", last
            for use in others:
                yield "one_use", use
            for term in terms if len(terms) > USED_ONCE else ():
                yield "term_missing", at.value - term


def uses(at: At) -> tuple[list[float], list[float]]:
    """Of each use of a parameter, what comes back, and what it is multiplied with."""
    unit = at.index[0]
    times = steps(at)
    if at.kind == "dE/du":
        deltas = [at.get("delta", at.layer, t, unit) for (t,) in times[1:]]
        return deltas, [at.get("out", at.layer, t - 1, at.index[1]) for (t,) in times[1:]]
    deltas = [at.get("delta", at.layer, *step, unit) for step in times]
    if at.kind == "dE/db":
        return deltas, [1.0] * len(deltas)
    return deltas, [sources(at, step)[at.index[1] - 1] for step in times]


def update(at: At) -> Iterator[Pair]:
    stem, _, mark = at.kind.partition("_")
    if mark == "new":
        old, rate = at.get(stem, at.layer, *at.index), at.problem.learning_rate.value
        step = at.value - old
        yield from (("wrong_way", old - step), ("not_moved", old), ("step_alone", step))
        yield from (("rate_missing", old + step / rate), ("rate_twice", old + step * rate))


def pen(at: At) -> Iterator[Pair]:
    """Signs and decimal points."""
    is_error = at.kind == "dE/dout" and at.is_last
    if not is_error:
        yield ("sign_lost" if at.value < 0 else "sign"), -at.value
    for power in (-2, -1, 1, 2):
        yield "decimal_point", at.value * 10.0**power


NETWORKS: Kinds = (forward, backward, update, pen)


# --- expression graphs ---------------------------------------------------------------------------


def chain(at: At) -> Iterator[Pair]:
    """The chain rule, put together by who uses what."""
    match = re.fullmatch(r"d(\w+)/d(\w+)", at.kind)
    if match is None:
        return
    equations: Any = at.problem.equations
    above, below = match.groups()
    factors = re.fullmatch(r"(\w+)\*(\w+)", equations.formulas[above])
    if factors and set(factors.groups()) == {below, *factors.groups()} and factors[1] != factors[2]:
        straight = [name for name, text in equations.formulas.items() if _uses(text, below)] == [
            above
        ]
        if straight or above != equations.output:
            yield "other_factor", at.get(below, None)
    if above != equations.output:
        return
    users = [name for name, text in equations.formulas.items() if _uses(text, below)]
    if equations.output in users:  # there the local derivative is the gradient itself
        return
    users = [name for name in users if _has(at, f"d{above}/d{name}")]
    ups = [at.get(f"d{above}/d{name}", None) for name in users]
    locals_ = [at.get(f"d{name}/d{below}", None) for name in users]
    terms = [u * v for u, v in zip(ups, locals_, strict=True)]
    if len(terms) > 1:
        for term in terms:
            yield "one_path", term
            yield "path_twice", at.value + term
            if len(terms) > USED_ONCE:
                yield "term_missing", at.value - term
    yield "chain_missing", sum(locals_)
    yield "local_missing", sum(ups)


def _uses(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def _has(at: At, kind: str) -> bool:
    try:
        at.get(kind, None)
    except KeyError:
        return False
    return True


GRAPHS: Kinds = (chain, pen)
