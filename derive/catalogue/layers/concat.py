"""Concatenation: what several layers give, side by side in one array.

Nothing is calculated, so that no equations are needed: whoever takes the array takes the outputs of those
layers, by their own names. Numeric half: arrays put together, and taken apart on the way back.
"""

from __future__ import annotations

from itertools import accumulate
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
    sides,
)


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """Arrays that are equally long along every other axis."""
    first = sources[0]
    if len(sources) == 1:
        fact = "it joins what several layers give, and here there is one"
        raise Misfit("from", fact, "write from = [1, 2]; 0 are the inputs")
    axis = axis_of(asked.options, -1, len(first))
    for shape in sources:
        others = [(*s[:axis], *s[len(s) + axis + 1 :]) for s in (first, shape)]
        if len(shape) != len(first) or others[0] != others[1]:
            fact = f"{sides(first)} and {sides(shape)} numbers cannot be put side by side"
            axis += len(first) + 1
            raise Misfit("from", fact, f"their lengths may differ along axis {axis} only")
    found = list(first)
    found[axis] = sum(shape[axis] for shape in sources)
    return Plan(tuple(found))


def moved(options: Options, sources: tuple[Any, ...]) -> Any:
    """The arrays of one sample side by side, whatever is in them."""
    return np.concatenate(sources, axis=axis_of(options, -1, sources[0].ndim))


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """The outputs are those of the sources."""
    return Connected((), moved(wiring.options, wiring.sources))


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[None, Array]:
    """The arrays side by side, also where only some of them have leading axes."""
    axes = len(arrays.plan.shape) + 1
    lead = np.broadcast_shapes(*(x.shape[: x.ndim - axes] for x in sources))
    same = [np.broadcast_to(x, lead + x.shape[x.ndim - axes :]) for x in sources]
    return None, np.concatenate(same, axis=axis_of(arrays.options, -1, axes - 1))


def backward(arrays: Arrays, sources: tuple[Array, ...], kept: None, upstream: Array) -> Gradients:
    """To each source its part of what arrives."""
    axis = axis_of(arrays.options, -1, len(arrays.plan.shape))
    ends = list(accumulate(shape[axis] for shape in arrays.sources))
    return Gradients({}, tuple(np.split(upstream, ends[:-1], axis=axis)))


CONCAT = LayerKind(
    "concat", "what several layers give, side by side",
    connect, forward, backward, plan,
    keys={"axis": "whole"},
    joins=True,
    moved=moved,
)  # fmt: skip
