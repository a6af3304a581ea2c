"""Mean pooling: of each window the mean of its entries.

Symbolic half: out = (x₁ + … + xₙ)/n, so that an nth of what comes back goes to each entry. Numeric half:
the same with sums of arrays. (LeCun et al., "Handwritten digit recognition with a back-propagation
network", 1989, where such layers are called averaging.)
"""

from __future__ import annotations

import numpy as np
from sympy import Integer, Rational

from derive.algebra.family import Family
from derive.algebra.ledger import Ledger
from derive.algebra.ordered import over
from derive.algebra.rule import TOTAL, Rule, X
from derive.catalogue.entries import Array
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
    size,
)
from derive.catalogue.layers.residue import tidied
from derive.catalogue.layers.windows import pool


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """The windows' positions in the places of the axes that they move along."""
    shape = one(sources)
    windows = pool(shape, asked.options)
    return Plan((*shape[: -windows.axes], *windows.shape))


# --- symbolic half -------------------------------------------------------------------------------


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """One family: the mean of each window."""
    sources = one(wiring.sources)
    outputs = ledger.add("out", wiring.number, wiring.plan.shape)
    windows = pool(sources.shape, wiring.options)
    entries, _ = windows.entries()
    count = entries.shape[1]
    below = sources.reshape(-1, size(windows.given))[:, entries].reshape(-1, count)
    if count == 1:
        family = Family(Rule("pool.mean", X), outputs.ravel(), {X: below[:, 0]})
    else:
        rule = Rule(
            "pool.mean", over(TOTAL, Integer(count)), {TOTAL: X}, taught={X: Rational(1, count)}
        )
        family = Family(rule, outputs.ravel(), {X: below})
    return Connected((family,), outputs)


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[None, Array]:
    """The outputs; nothing needs to be kept."""
    windows = pool(arrays.sources[0], arrays.options)
    x = one(sources)
    lead = x.shape[: x.ndim - windows.axes]
    parts = windows.spread_out(x.reshape(*lead, *windows.given))
    means = tidied(arrays, np.mean(parts, axis=0), lambda: np.mean(np.abs(parts), axis=0))
    return None, means.reshape(*lead, *windows.shape)


def backward(arrays: Arrays, sources: tuple[Array, ...], kept: None, upstream: Array) -> Gradients:
    """An equal share of what comes back goes to each entry of the window."""
    windows = pool(arrays.sources[0], arrays.options)
    count = size(windows.size)
    arriving = upstream.reshape(*upstream.shape[: upstream.ndim - windows.axes], -1) / count
    back = windows.gathered([arriving] * count)
    return Gradients({}, (back.reshape(*back.shape[:-2], *arrays.sources[0][-windows.axes :]),))


MEAN_POOL = LayerKind(
    "mean_pool", "of each window the mean of its entries",
    connect, forward, backward, plan,
    keys={"size": "sizes", "stride": "sizes", "crop": "yes"},
)  # fmt: skip
