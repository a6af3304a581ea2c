"""Dropout with a given mask, inverted: what is kept is made larger, so that the mean stays the same.

out = m · x / (1 − p) for every entry, with a mask m of ones and zeros: an entry that is dropped hands
nothing on, and nothing comes back through it. The mask is given, or drawn once, and then it is the same for
all samples and updates, because a calculation on paper must be one that can be repeated.
(Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: a simple way to prevent neural networks
from overfitting", 2014, section 10 for the form in which the outputs are divided.)
"""

from __future__ import annotations

from sympy import Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ledger
from derive.algebra.ordered import Constant, minus, over, times
from derive.algebra.rule import Rule, X, slot
from derive.catalogue.entries import Array
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
)

M = slot("m")


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """An entry of the mask for each entry of what comes in."""
    if "rate" not in asked.options:
        raise Misfit("rate", "nothing says how much is dropped", "write rate = 0.5: half of it")
    return Plan(one(sources), fixed={"mask": one(sources)})


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """One equation for each entry, also where it is dropped: its 0 is what there is to be seen."""
    number, shape, sources = wiring.number, wiring.plan.shape, one(wiring.sources)
    mask = ledger.add("mask", number, shape)
    outputs = ledger.add("out", number, shape)
    kept = minus(1, Constant(wiring.options["rate"].text))
    rule = Rule("out.dropout", over(times(M, X), kept), taught={X: over(M, kept)})
    family = Family(rule, outputs.ravel(), {M: mask.ravel(), X: sources.ravel()})
    return Connected((family,), outputs, fixed={"mask": mask})


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[Array, Array]:
    """The entries by what each is multiplied with: 0, or 1 / (1 − p)."""
    factors = arrays.fixed["mask"] * (1.0 / (1.0 - arrays.options["rate"].value))
    return factors, one(sources) * factors


def backward(
    arrays: Arrays, sources: tuple[Array, ...], factors: Array, upstream: Array
) -> Gradients:
    """The same factors on the way back."""
    return Gradients({}, (upstream * factors,))


DROPOUT = LayerKind(
    "dropout", "drops some entries, by a mask that is given, and makes the others larger",
    connect, forward, backward, plan,
    keys={"rate": "share"},
    constants=("mask",),
    letters={"mask": "m"},
    formulas=lambda _: (("out", over(times(Symbol("m"), Symbol("x")), minus(1, Symbol("p")))),),
)  # fmt: skip
