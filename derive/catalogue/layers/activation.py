"""An activation by itself, where the layer before it has none of its own.

Symbolic half: net = x and out = f(net), entry by entry, or jointly over the last axis; the net input has a
name although it is only a copy, so that there is a delta as everywhere. Numeric half: the same with arrays.
"""

from __future__ import annotations

from sympy import Function, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ledger
from derive.algebra.rule import Rule, X
from derive.catalogue.entries import Array
from derive.catalogue.layers.dense import activate
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Gradients,
    LayerKind,
    Plan,
    Shape,
    Wiring,
    one,
)


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """The shape of what comes in."""
    return Plan(one(sources))


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Two families: net inputs, outputs."""
    number, shape = wiring.number, wiring.plan.shape
    net, outputs = ledger.add("net", number, shape), ledger.add("out", number, shape)
    copy = Family(Rule("net.activation", X), net.ravel(), {X: one(wiring.sources).ravel()})
    return Connected((copy, activate(wiring, net, outputs)), outputs, net=net)


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[None, Array]:
    """f of the array."""
    return None, arrays.activation.value(one(sources), **arrays.parameters)


def backward(arrays: Arrays, sources: tuple[Array, ...], kept: None, upstream: Array) -> Gradients:
    """What arrives, times the slopes."""
    slopes = arrays.activation.derivative(one(sources), **arrays.parameters)
    if arrays.activation.joint:
        return Gradients({}, ((upstream[..., None, :] @ slopes)[..., 0, :],))
    return Gradients({}, (upstream * slopes,))


ACTIVATION = LayerKind(
    "activation", "an activation by itself",
    connect, forward, backward, plan,
    formulas=lambda _: (("out", Function("f")(Symbol("x"))),),
    activation="relu",
)  # fmt: skip
