"""Do the symbolic gradients, NumPy's and the measured ones agree?

>>> gap(np.array([1.0, 2.0]), np.array([1.0, 4.0]), size=2.0)
Gap(absolute=2.0, relative=0.5)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from derive.algebra.ledger import Ids
from derive.catalogue.entries import Array
from derive.errors import Disagreement
from derive.graph.graph import Graph
from derive.numbers.evaluate import Worked
from derive.witness.backprop import LayerGradient, backpropagate
from derive.witness.differences import Measured, differences
from derive.witness.network import Network

TOLERANCE = 1e-9
FLOOR = 1e-4  # of the layer's largest gradient: what cancels to less is compared to this


class Gap(NamedTuple):
    """The largest difference between two arrays, absolute and relative."""

    absolute: float = 0.0
    relative: float = 0.0

    def joined(self, other: Gap) -> Gap:
        """The larger of each."""
        return Gap(max(self.absolute, other.absolute), max(self.relative, other.relative))


def gap(ours: Array, theirs: Array, size: float) -> Gap:
    """The gap where both have a value. Relative to the larger of the two, or to `FLOOR` times
    `size`, the layer's largest, so that rounding in a sum that cancels to nearly 0 does not count."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    if not both.any():
        return Gap()
    distance = np.abs(ours - theirs)[both]
    larger = np.maximum(np.abs(ours), np.abs(theirs))[both]
    least = max(FLOOR * size, np.finfo(float).tiny)
    return Gap(float(distance.max()), float((distance / np.maximum(larger, least)).max()))


@dataclass(frozen=True, eq=False)
class Agreement:
    """What each witness says, and how far from it the symbolic gradients are.

    `numpy` and `differences` hold one value per quantity of the graph (NaN where none was found), so
    `numpy[q]` stands beside the symbolic ∂E/∂q. `measured` of `parameters` were measured one by one;
    where that is not all, `directions` says along how many moves of all at once the slope was.
    """

    numpy: Array
    differences: Array
    numpy_gap: Gap
    differences_gap: Gap
    parameters: int
    measured: int
    directions: int
    worst: str

    @property
    def agree(self) -> bool:
        """Whether nothing differs by more than rounding can explain."""
        return max(self.numpy_gap.relative, self.differences_gap.relative) <= TOLERANCE

    def demand(self) -> None:
        """Raise `Disagreement` unless the witnesses agree."""
        if not self.agree:
            raise Disagreement(
                f"{self.worst}: the symbolic gradient and its witnesses differ by more than rounding "
                f"(relative {self.numpy_gap.relative:.1e} against NumPy, "
                f"{self.differences_gap.relative:.1e} against differences); please report this problem"
            )


def compare(worked: Worked) -> Agreement:
    """Call the witnesses and hold their gradients against the symbolic ones."""
    derivation = worked.derivation
    graph = derivation.graph
    network = Network.of(graph.problem)
    back = backpropagate(network)
    everything = derivation.wanted.size == graph.parameters.size
    measured = differences(network, None if everything else _masks(graph, derivation.wanted))
    ours = np.full(graph.ledger.size, np.nan)
    named = np.flatnonzero(derivation.gradient >= 0)
    ours[named] = worked.values[derivation.gradient[named]]
    theirs, steps = np.full_like(ours, np.nan), np.full_like(ours, np.nan)
    gaps: list[tuple[Gap, Gap, Ids]] = []
    for layer, ids, from_numpy, from_steps in _parameters(
        graph, back.gradients, measured.gradients
    ):
        theirs[ids], steps[ids] = from_numpy, from_steps
        size = max(float(np.abs(back.deltas[layer]).max()), float(np.nanmax(np.abs(from_numpy))))
        gaps.append((gap(ours[ids], from_numpy, size), gap(ours[ids], from_steps, size), ids))
    numpy_gap = gap(np.array([worked.error]), np.array([back.error]), abs(back.error))
    step_gap = _directions(graph, ours, measured)
    for first, second, _ in gaps:
        numpy_gap, step_gap = numpy_gap.joined(first), step_gap.joined(second)
    worst = max(gaps, key=lambda row: max(row[0].relative, row[1].relative))[2]
    return Agreement(
        theirs, steps, numpy_gap, step_gap, derivation.wanted.size, measured.count,
        len(measured.directions), str(graph.ledger.place(int(worst.flat[0]))),
    )  # fmt: skip


def _parameters(graph: Graph, *columns: list[LayerGradient]) -> list[tuple[int, Ids, Array, Array]]:
    """Each array of parameters: its layer from 0, its quantities, and what each witness found."""
    rows = []
    for number, layer in enumerate(graph.layers):
        for part, ids in enumerate((layer.weights, layer.bias)):
            if ids is not None:
                found = [column[number][part] for column in columns]
                first, second = (np.full(ids.shape, np.nan) if f is None else f for f in found)
                rows.append((number, ids, first, second))
    return rows


def _masks(graph: Graph, wanted: Ids) -> list[LayerGradient]:
    chosen = np.zeros(graph.ledger.size, dtype=bool)
    chosen[wanted] = True
    return [
        LayerGradient(chosen[layer.weights], None if layer.bias is None else chosen[layer.bias])
        for layer in graph.layers
    ]


def _directions(graph: Graph, ours: Array, measured: Measured) -> Gap:
    """The slope along each measured move, against the one that the symbolic gradients give."""
    worst = Gap()
    for moves, slope in measured.directions:
        terms = [ours[ids] * move for _, ids, move, _ in _parameters(graph, moves, moves)]
        predicted = sum(float(term.sum()) for term in terms)
        size = sum(float(np.abs(term).sum()) for term in terms)
        distance = abs(predicted - slope)
        worst = worst.joined(Gap(distance, distance / size if size else distance))
    return worst
