"""The embedding: a table with a row for each token, from which the inputs are looked up.

Symbolic half: out_{t,d} = w_{k,d}, where k is the whole number that stands at position t, so that ∂E/∂w_{k,d}
is the sum of ∂E/∂out_{t,d} over the positions where k stands, and 0 for a token that is not there. Numeric
half: each token as a row of zeros with a single 1, times the table, as a matrix product.
(Bengio, Ducharme, Vincent, Jauvin, "A neural probabilistic language model", 2003.)
"""

from __future__ import annotations

import numpy as np
from sympy import Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ledger
from derive.algebra.rule import Rule, W
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
    spread,
)


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """A row of `units` numbers for each token, whatever the arrangement of the tokens."""
    table = asked.given.get("weights", ())
    vocabulary = asked.options.get("vocabulary") or next(iter(table), None)
    units = asked.units or next(iter(table[1:]), None)
    if vocabulary is None:
        fact = "nothing says how many different tokens there are"
        raise Misfit("vocabulary", fact, "write vocabulary = 5: the inputs are then 1 to 5")
    if units is None:
        fact = "nothing says how many numbers stand for a token"
        raise Misfit("units", fact, "write units = 2")
    return Plan((*one(sources), units), {"weights": (vocabulary, units)}, tokens=vocabulary)


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Each output is a copy of a weight: of the row that the input at its position says."""
    tokens = one(wiring.sources)
    weights = ledger.add("w", wiring.number, wiring.plan.trained["weights"])
    outputs = ledger.add("out", wiring.number, wiring.plan.shape)
    rows = weights[wiring.numbers(tokens).astype(np.int64) - 1]
    family = Family(Rule("out.embedding", W), outputs.ravel(), {W: rows.ravel()})
    return Connected((family,), outputs, {"weights": weights})


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[Array, Array]:
    """Rows (…, samples, positions, units) of the table (…, tokens, units)."""
    x, table = np.real(one(sources)), arrays.trained["weights"]
    chosen = (x[..., None] == np.arange(1, table.shape[-2] + 1)).astype(float)
    return chosen, chosen @ spread(table, 2, over=len(one(arrays.sources)))


def backward(
    arrays: Arrays, sources: tuple[Array, ...], chosen: Array, upstream: Array
) -> Gradients:
    """What arrives at the positions of a token, added up; a token itself cannot be moved."""
    axes = len(one(arrays.sources))

    def rows(array: Array) -> Array:
        return array.reshape(*array.shape[: array.ndim - axes - 2], -1, array.shape[-1])

    weights = rows(chosen).swapaxes(-1, -2) @ rows(upstream)
    return Gradients({"weights": weights}, (np.zeros_like(one(sources)),))


EMBEDDING = LayerKind(
    "embedding", "a table with a row for each token, from which whole numbers are looked up",
    connect, forward, backward, plan,
    keys={"units": "units", "vocabulary": "whole"},
    parameters=("weights",),
    formulas=lambda _: (("out_t,d", Symbol("w_k,d")),),
)  # fmt: skip
