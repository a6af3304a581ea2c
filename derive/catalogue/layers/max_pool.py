"""Max pooling: of each window the largest entry.

Symbolic half: out = max(x₁, …, xₙ), whose derivative is 1 by the entry that is largest and 0 by the
others; of equal ones it is the last in the window, row by row. Numeric half: the place of that entry is
kept, and what comes back goes there. (Ranzato et al., "Unsupervised learning of invariant feature
hierarchies", 2007; Zeiler and Fergus, 2014, call the places switches.)
"""

from __future__ import annotations

from functools import cache

import numpy as np
from sympy import Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ledger
from derive.algebra.ordered import Largest
from derive.algebra.rule import Rule, slot
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
    size,
)
from derive.catalogue.layers.windows import pool
from derive.catalogue.special import beyond

MOST_ENTRIES = 100  # of a window: each of them is compared with all others


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """The windows' positions in the places of the axes that they move along."""
    shape = one(sources)
    windows = pool(shape, asked.options)
    if size(windows.size) > MOST_ENTRIES:
        fact = f"a window of {size(windows.size):,} entries"
        raise Misfit("size", fact, f"at most {MOST_ENTRIES}")
    return Plan((*shape[: -windows.axes], *windows.shape))


# --- symbolic half -------------------------------------------------------------------------------


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """One family: the largest of each window."""
    sources = one(wiring.sources)
    outputs = ledger.add("out", wiring.number, wiring.plan.shape)
    windows = pool(sources.shape, wiring.options)
    entries, _ = windows.entries()
    below = sources.reshape(-1, size(windows.given))[:, entries].reshape(-1, entries.shape[1])
    rule, slots = _rule(below.shape[1])
    arguments = {x: below[:, n] for n, x in enumerate(slots)}
    return Connected((Family(rule, outputs.ravel(), arguments),), outputs)


@cache
def _rule(entries: int) -> tuple[Rule, tuple[Symbol, ...]]:
    """The rule for windows of so many entries, and its slots in their order.

    Their names run backwards: the last entry of a window is met by the first of the windows that overlap
    there, and so sums of what comes back begin with that.
    """
    slots = tuple(slot(f"x{entries - n:03}") for n in range(entries))
    return Rule("pool.max", Largest(*slots) if entries > 1 else slots[0]), slots


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[Array, Array]:
    """Which entry is the largest in each window, and the outputs; of complex ones the real parts count."""
    windows = pool(arrays.sources[0], arrays.options)
    x = one(sources)
    lead = x.shape[: x.ndim - windows.axes]
    parts = windows.spread_out(x.reshape(*lead, *windows.given))
    largest, chosen = parts[0], np.zeros(parts[0].shape, dtype=int)
    for n, part in enumerate(parts[1:], start=1):
        smaller = beyond(largest, part)
        largest = np.where(smaller, largest, part)
        chosen = np.where(smaller, chosen, n)
    return chosen, largest.reshape(*lead, *windows.shape)


def backward(
    arrays: Arrays, sources: tuple[Array, ...], chosen: Array, upstream: Array
) -> Gradients:
    """What comes back to an output goes to the entry that it is."""
    windows = pool(arrays.sources[0], arrays.options)
    arriving = upstream.reshape(*upstream.shape[: upstream.ndim - windows.axes], -1)
    back = windows.gathered([arriving * (chosen == n) for n in range(size(windows.size))])
    return Gradients({}, (back.reshape(*back.shape[:-2], *arrays.sources[0][-windows.axes :]),))


MAX_POOL = LayerKind(
    "max_pool", "of each window the largest entry",
    connect, forward, backward, plan,
    keys={"size": "sizes", "stride": "sizes", "crop": "yes"},
    kinked=True,
)  # fmt: skip
