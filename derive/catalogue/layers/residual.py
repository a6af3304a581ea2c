"""The residual layer: it adds up what several layers give, which lets a signal skip those in between.

Symbolic half: out = f(x₁ + x₂ + …), entry by entry, or just the sum where there is no activation. What
comes back goes to each of them unchanged. Numeric half: the same with whole arrays.
(He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016.)
"""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
from sympy import Function, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ledger
from derive.algebra.ordered import plus
from derive.algebra.rule import TOTAL, Rule, X
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
    sides,
)
from derive.catalogue.layers.residue import tidied


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """Arrays of one shape, and the sum has it too."""
    first, *others = sources
    if not others:
        fact = "it adds up what several layers give, and here there is one"
        raise Misfit("from", fact, "from = 1: the layer before plus layer 1; 0 are the inputs")
    for shape in others:
        if shape != first:
            fact = f"{sides(first)} and {sides(shape)} numbers cannot be added up"
            raise Misfit("from", fact, "let a dense layer on one of the ways give as many units")
    return Plan(first)


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """One sum for each entry, and its activation, if there is one."""
    number, shape = wiring.number, wiring.plan.shape
    arguments = {X: np.stack([ids.ravel() for ids in wiring.sources], axis=1)}
    if wiring.activation.name == "identity":
        outputs = ledger.add("out", number, shape)
        rule = Rule("out.residual", TOTAL, {TOTAL: X})
        return Connected((Family(rule, outputs.ravel(), arguments),), outputs)
    net, outputs = ledger.add("net", number, shape), ledger.add("out", number, shape)
    total = Family(Rule("net.residual", TOTAL, {TOTAL: X}), net.ravel(), arguments)
    return Connected((total, activate(wiring, net, outputs)), outputs, net=net)


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[Array, Array]:
    """The sum, and the outputs, in the shape of each source."""
    net = tidied(arrays, reduce(add, sources), lambda: reduce(add, map(np.abs, sources)))
    return net, arrays.activation.value(net, **arrays.parameters)


def backward(arrays: Arrays, sources: tuple[Array, ...], net: Array, upstream: Array) -> Gradients:
    """∂E/∂net, for every source alike."""
    slopes = arrays.activation.derivative(net, **arrays.parameters)
    if arrays.activation.joint:
        delta = (upstream[..., None, :] @ slopes)[..., 0, :]
    else:
        delta = upstream * slopes
    return Gradients({}, (delta,) * len(sources))


RESIDUAL = LayerKind(
    "residual", "adds up what several layers give: the layers in between can be skipped",
    connect, forward, backward, plan,
    formulas=lambda _: (("out", Function("f")(plus(Symbol("x_1"), Symbol("x_2")))),),
    activation="identity",
    joins=True,
    skips=True,
)  # fmt: skip
