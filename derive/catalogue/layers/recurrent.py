"""The recurrent layer of Elman: what a unit gave at one time is an input of the next.

Symbolic half: net_{t,j} = Σᵢ w_ji · x_{t,i} + Σₖ u_jk · out_{t−1,k} + b_j and out_{t,j} = f(net_{t,j}); at
time 1 there is nothing to remember. Numeric half: the same with matrices, and backwards through time.
(Elman, "Finding structure in time", 1990; Werbos, "Backpropagation through time", 1990.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from sympy import Expr, Function, Symbol, symbols

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import plus, times
from derive.algebra.rule import TOTAL, B, Rule, W, X, slot
from derive.catalogue.entries import Array
from derive.catalogue.layers.dense import activate
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Gradients,
    LayerKind,
    Misfit,
    Plan,
    Shape,
    Wiring,
    one,
    spread,
    stacked,
    summed,
)
from derive.catalogue.layers.residue import tidied

# For the reader: matrices, what comes in, and what was given one step earlier.
LARGE_W, LARGE_U, X_T, BEFORE_T = symbols("W U x_t out_t−1")
U, BEFORE, MEMORY = slot("u"), slot("before"), slot("memory")  # u_jk, out_{t−1,k}, and their sum


# --- shapes, which all layers that go through time share -------------------------------------------


def sequence(sources: tuple[Shape, ...]) -> tuple[int, int]:
    """How many time steps there are, and how many numbers each has."""
    shape = one(sources)
    if len(shape) != 2:
        instead = "a single row of numbers" if len(shape) == 1 else f"an array of {len(shape)} axes"
        fact = f"it takes a list of time steps, not {instead}"
        raise Misfit("", fact, "inputs = [4, 2] are four time steps of two numbers")
    return shape[0], shape[1]


def returned(asked: Asked, times_: int, units: int) -> Shape:
    """The shape of the outputs: of all time steps, or of the last one."""
    return (units,) if asked.options.get("returns", "all") == "last" else (times_, units)


def units_of(asked: Asked) -> int:
    """How many units there are, as the problem says or as its arrays have them."""
    for shape in asked.given.values():
        if asked.units is None and shape:
            return shape[0]
    if asked.units is None:
        raise Misfit("units", "nothing says how many units the layer has", "write units = 2")
    return asked.units


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """Weights for what comes in, weights for what is remembered, and a bias for each unit."""
    times_, features = sequence(sources)
    units = units_of(asked)
    trained: dict[str, Shape] = {"weights": (units, features), "recurrent": (units, units)}
    if "bias" not in asked.without:
        trained["bias"] = (units,)
    return Plan(returned(asked, times_, units), trained)


# --- symbolic half -------------------------------------------------------------------------------


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Two families for each time step: net inputs, outputs."""
    number, trained = wiring.number, wiring.plan.trained
    sources = one(wiring.sources)
    weights = ledger.add("w", number, trained["weights"])
    recurrent = ledger.add("u", number, trained["recurrent"])
    bias = ledger.add("b", number, trained["bias"]) if "bias" in trained else None
    shape = (len(sources), len(weights))
    net, outputs = ledger.add("net", number, shape), ledger.add("out", number, shape)
    families: list[Family] = []
    for t in range(len(sources)):
        before = outputs[t - 1] if t else None
        families.append(net_at(net[t], weights, sources[t], recurrent, before, bias))
        families.append(activate(wiring, net[t], outputs[t]))
    arrays = {"weights": weights, "recurrent": recurrent}
    arrays |= {} if bias is None else {"bias": bias}
    given = outputs if len(wiring.plan.shape) > 1 else outputs[-1]
    return Connected(tuple(families), given, arrays, net=net)


def net_at(
    net: Ids, weights: Ids, sources: Ids, recurrent: Ids, before: Ids | None, bias: Ids | None
) -> Family:
    """The net inputs of one time step; `before` are the outputs of the last one, None at the first."""
    arguments = {W: weights, X: np.broadcast_to(sources, weights.shape)}
    sums = {TOTAL: times(W, X)}
    terms: list[Expr] = [TOTAL]
    if before is not None:
        arguments |= {U: recurrent, BEFORE: np.broadcast_to(before, recurrent.shape)}
        sums[MEMORY] = times(U, BEFORE)
        terms.append(MEMORY)
    if bias is not None:
        arguments[B] = bias
        terms.append(B)
    code = f"net.recurrent.{'first' if before is None else 'later'}"
    formula = plus(*terms) if len(terms) > 1 else TOTAL
    return Family(Rule(code, formula, sums), net, arguments)


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[tuple[Array, Array], Array]:
    """Outputs (…, samples, times, units), or of the last time alone; kept are net inputs and outputs."""
    x = one(sources)
    weights, recurrent = (spread(arrays.trained[p], 2) for p in ("weights", "recurrent"))
    bias = spread(arrays.trained["bias"], 1) if "bias" in arrays.trained else 0.0
    nets: list[Array] = []
    outs: list[Array] = []
    for t in range(x.shape[-2]):
        taken = [(weights, x[..., t, :]), *((recurrent, before) for before in outs[-1:])]
        nets.append(_net(arrays, taken, bias))
        outs.append(arrays.activation.value(nets[-1], **arrays.parameters))
    kept = stacked(nets, -2), stacked(outs, -2)
    return kept, kept[1] if len(arrays.plan.shape) > 1 else outs[-1]


def _net(arrays: Arrays, taken: list[tuple[Array, Array]], bias: Array | float) -> Array:
    """The net inputs of one time step, from weights and what they multiply."""

    def added_up(size: Callable[[Any], Any]) -> Array:
        products = ((size(weights) @ size(x)[..., None])[..., 0] for weights, x in taken)
        return reduce(add, products, size(bias))

    return tidied(arrays, added_up(lambda array: array), lambda: added_up(np.abs))


def backward(
    arrays: Arrays, sources: tuple[Array, ...], kept: tuple[Array, Array], upstream: Array
) -> Gradients:
    """Back through time: what reaches a time step comes from its output and from the next one."""
    x, (nets, outs) = one(sources), kept
    slopes = arrays.activation.derivative(nets, **arrays.parameters)
    reached = arriving(arrays, x.shape[-2], upstream)
    weights, recurrent = (arrays.trained[part] for part in ("weights", "recurrent"))
    deltas = np.empty_like(outs)
    later = np.zeros_like(outs[..., 0, :])
    for t in reversed(range(x.shape[-2])):
        reaching = reached[..., t, :] + later
        if arrays.activation.joint:
            deltas[..., t, :] = (reaching[..., None, :] @ slopes[..., t, :, :])[..., 0, :]
        else:
            deltas[..., t, :] = reaching * slopes[..., t, :]
        later = (deltas[..., t, None, :] @ spread(recurrent, 2))[..., 0, :]
    trained = {
        "weights": outer(deltas, x),
        "recurrent": outer(deltas[..., 1:, :], outs[..., :-1, :]),
    }
    if "bias" in arrays.trained:
        trained["bias"] = summed(deltas, 1, over=2)
    return Gradients(trained, (deltas @ spread(weights, 2),))


def arriving(arrays: Arrays, times_: int, upstream: Array) -> Array:
    """∂E/∂outputs of every time step, of which only the last may have been handed on."""
    if len(arrays.plan.shape) > 1:
        return upstream
    return stacked([*[np.zeros_like(upstream)] * (times_ - 1), upstream], -2)


def outer(deltas: Array, sources: Array) -> Array:
    """Σ δ_j · x_i over samples and time steps, shape (…, units, sources): gradients of weights."""
    return summed(deltas[..., :, None] * sources[..., None, :], 2, over=2)


RECURRENT = LayerKind(
    "recurrent", "Elman's: the outputs of one time step are inputs of the next",
    connect, forward, backward, plan,
    keys={"units": "units", "returns": "outputs"},
    parameters=("weights", "recurrent", "bias"),
    activation="tanh",
    formulas=lambda _: (
        ("net_t", plus(times(LARGE_W, X_T), times(LARGE_U, BEFORE_T), Symbol("b"))),
        ("out_t", Function("f")(Symbol("net_t"))),
    ),
)  # fmt: skip
