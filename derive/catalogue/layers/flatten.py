"""Flattening: an array of any shape as one list, row by row, so that a dense layer can follow.

Nothing is calculated, so there are no quantities of its own: its outputs are those that it takes.
"""

from __future__ import annotations

from derive.algebra.ledger import Ledger
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


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """One list of everything."""
    return Plan((size(one(sources)),))


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """What it takes, in a row."""
    return Connected((), one(wiring.sources).ravel())


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[None, Array]:
    """The same numbers in another shape; nothing needs to be kept."""
    x = one(sources)
    return None, x.reshape(*x.shape[: x.ndim - len(arrays.sources[0])], -1)


def backward(arrays: Arrays, sources: tuple[Array, ...], kept: None, upstream: Array) -> Gradients:
    """What comes back, in the shape of what was taken."""
    return Gradients({}, (upstream.reshape(*upstream.shape[:-1], *arrays.sources[0]),))


FLATTEN = LayerKind(
    "flatten", "an array of any shape as one list", connect, forward, backward, plan
)
