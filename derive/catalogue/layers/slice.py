"""The slice: a part of what one layer gives, or of the inputs, so that parts can go ways of their own.

Nothing is calculated, so that no equations are needed: whoever takes the part takes the outputs in it, by
their own names. Numeric half: a part of an array; on the way back there are zeros around it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.algebra.ledger import Ledger
from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Gradients,
    LayerKind,
    Misfit,
    Options,
    Plan,
    Shape,
    Wiring,
    axis_of,
    one,
)


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """As long as the part along its axis; entries count from 1, and both ends are in it."""
    shape, options = list(one(sources)), asked.options
    axis = axis_of(options, -len(shape), len(shape))
    length = shape[axis]
    first, last = options.get("first", 1), options.get("last", length)
    if "first" not in options and "last" not in options:
        raise Misfit("first", "nothing says which part it takes", "write first = 1 and last = 2")
    for key, entry in (("first", first), ("last", last)):
        if entry > length:
            fact = f"there is no entry {entry}: along this axis there are {length}"
            raise Misfit(key, fact, f"a whole number from 1 to {length}")
    if first > last:
        raise Misfit("last", f"{last} comes before {first}, the first", "the last is in the part")
    shape[axis] = last - first + 1
    return Plan(tuple(shape))


def moved(options: Options, sources: tuple[Any, ...]) -> Any:
    """The part of one sample's array, whatever is in it."""
    array = one(sources)
    axis = axis_of(options, -array.ndim, array.ndim)
    entries = np.arange(options.get("first", 1) - 1, options.get("last", array.shape[axis]))
    return array.take(entries, axis)


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """The outputs are those of the source."""
    return Connected((), moved(wiring.options, wiring.sources))


# --- numeric half --------------------------------------------------------------------------------


def _part(arrays: Arrays) -> tuple[Any, ...]:
    """The index of the part in an array with samples and further axes before it."""
    axes = len(arrays.plan.shape)
    index: list[Any] = [slice(None)] * axes
    first = arrays.options.get("first", 1) - 1
    index[axis_of(arrays.options, -axes, axes)] = slice(first, arrays.options.get("last"))
    return (..., *index)


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[None, Array]:
    """The part along its axis."""
    return None, one(sources)[_part(arrays)]


def backward(arrays: Arrays, sources: tuple[Array, ...], kept: None, upstream: Array) -> Gradients:
    """What arrives at the part, and nothing for the rest."""
    axes = len(arrays.plan.shape)
    lead = upstream.shape[: upstream.ndim - axes]
    whole = np.zeros(lead + one(arrays.sources), upstream.dtype)
    whole[_part(arrays)] = upstream
    return Gradients({}, (whole,))


SLICE = LayerKind(
    "slice", "a part of what one layer gives, or of the inputs",
    connect, forward, backward, plan,
    keys={"first": "whole", "last": "whole", "axis": "whole"},
    moved=moved,
)  # fmt: skip
