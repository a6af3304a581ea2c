"""Flattening: an array of any shape as one list, row by row, so that a dense layer can take all of it.

Nothing is calculated, so that no equations are needed: the numbers keep their names.
"""

from __future__ import annotations

from typing import Any

from derive.algebra.ledger import Ledger
from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Gradients,
    LayerKind,
    Options,
    Plan,
    Shape,
    Wiring,
    one,
    size,
)


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """As many numbers as the array has."""
    return Plan((size(one(sources)),))


def moved(options: Options, sources: tuple[Any, ...]) -> Any:
    """One sample's array as a list, whatever is in it."""
    return one(sources).reshape(-1)


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """The outputs are those of the source."""
    return Connected((), moved(wiring.options, wiring.sources))


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[None, Array]:
    """Shape (…, samples, numbers)."""
    x = one(sources)
    lead = x.shape[: x.ndim - len(one(arrays.sources))]
    return None, x.reshape(lead + arrays.plan.shape)


def backward(arrays: Arrays, sources: tuple[Array, ...], kept: None, upstream: Array) -> Gradients:
    """What arrives, in the shape of the array."""
    return Gradients({}, (upstream.reshape(upstream.shape[:-1] + one(arrays.sources)),))


FLATTEN = LayerKind(
    "flatten", "an array of any shape as one list",
    connect, forward, backward, plan,
    moved=moved,
)  # fmt: skip
