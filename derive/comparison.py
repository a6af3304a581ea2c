"""Do the symbolic gradients, NumPy's and the measured ones agree?

>>> gap(np.array([1.0, 2.0]), np.array([1.0, 4.0]), np.zeros(2))
Gap(absolute=2.0, relative=0.5)
>>> gap(np.array([0.0]), np.array([3e-17]), np.array([1e-15])).relative  # nothing but rounding
0.0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from derive.algebra.ledger import Ids
from derive.catalogue.entries import Array
from derive.errors import Disagreement, Mistake, ProblemError
from derive.graph.graph import Graph
from derive.numbers.evaluate import Worked
from derive.witness.backprop import Backpropagation, LayerGradient, backpropagate
from derive.witness.differences import Measured, differences
from derive.witness.network import Network
from derive.witness.tape import Tape
from derive.witness.training import first_step

TOLERANCE = 1e-9
UNDERFLOW = 1e-270  # below this a factor on the way may have become 0
ROUNDINGS = 16  # times a gradient's own rounding bound, within which two values are the same


class Gap(NamedTuple):
    """The largest difference between two arrays, absolute and relative."""

    absolute: float = 0.0
    relative: float = 0.0

    def joined(self, other: Gap) -> Gap:
        """The larger of each."""
        return Gap(max(self.absolute, other.absolute), max(self.relative, other.relative))


def gap(ours: Array, theirs: Array, uncertainty: Array) -> Gap:
    """The gap where both have a value.

    Relative means: the distance beyond what rounding can explain, to the larger of the two. Where
    terms cancel, rounding is large against what is left of them; elsewhere it does not count.
    """
    both = np.isfinite(ours) & np.isfinite(theirs)
    if not both.any():
        return Gap()
    distance = np.abs(ours - theirs)[both]
    larger = np.maximum(np.abs(ours), np.abs(theirs))[both]
    noise = ROUNDINGS * uncertainty[both] + UNDERFLOW
    drowned = noise > TOLERANCE * larger  # no computation in doubles could tell better
    beyond = np.where(drowned, np.maximum(distance - noise, 0), distance)
    relative = beyond / np.maximum(larger, np.finfo(float).tiny)
    return Gap(float(distance.max()), float(relative.max()))


@dataclass(frozen=True, eq=False)
class Agreement:
    """What each witness says, and how far from it the symbolic gradients of the batch's error are.

    `numpy` and `differences` hold one value per quantity of the graph (NaN where none was found), so
    `numpy[q]` stands beside the symbolic ∂E/∂q. `measured` of `parameters` were measured one by one;
    where that is not all, `directions` says along how many moves of all at once the slope was.
    `update_gap` is that of the new parameters, which NumPy calculates from its own gradients.
    """

    numpy: Array
    differences: Array
    numpy_gap: Gap
    differences_gap: Gap
    update_gap: Gap
    parameters: int
    measured: int
    directions: int
    worst: str

    @property
    def agree(self) -> bool:
        """Whether nothing differs by more than rounding can explain."""
        gaps = (self.numpy_gap, self.differences_gap, self.update_gap)
        return max(found.relative for found in gaps) <= TOLERANCE

    def demand(self) -> None:
        """Raise `Disagreement` unless the witnesses agree."""
        if not self.agree:
            raise Disagreement(
                f"{self.worst}: the symbolic gradient and its witnesses differ by more than rounding "
                f"(relative {self.numpy_gap.relative:.1e} against NumPy, "
                f"{self.differences_gap.relative:.1e} against differences, "
                f"{self.update_gap.relative:.1e} after the update); please report this problem"
            )


def compare(worked: Worked) -> Agreement:
    """Call the witnesses and hold their gradients against the symbolic ones."""
    derivation = worked.derivation
    graph = derivation.graph
    if graph.problem.equations is not None:
        return _compare_equations(worked, Tape.of(graph.problem.equations))
    network = Network.of(graph.problem)
    back = backpropagate(network)
    everything = derivation.wanted.size == graph.parameters.size
    measured = differences(network, None if everything else _masks(graph, derivation.wanted))
    ours = np.full(graph.ledger.size, np.nan)
    named = derivation.wanted
    ours[named] = worked.values[derivation.gradient[named]]
    unsure = np.zeros_like(ours)
    unsure[named] = worked.uncertainty[derivation.gradient[named]]
    theirs, steps = np.full_like(ours, np.nan), np.full_like(ours, np.nan)
    gaps: list[tuple[Gap, Gap, Ids]] = []
    for ids, from_numpy, from_steps in _parameters(graph, back.gradients, measured.gradients):
        theirs[ids], steps[ids] = from_numpy, from_steps
        noise = unsure[ids]
        gaps.append((gap(ours[ids], from_numpy, noise), gap(ours[ids], from_steps, noise), ids))
    _refuse_silence(graph, named, ours[named], theirs[named])
    error = np.array([derivation.error])
    numpy_gap = gap(worked.values[error], np.array([back.error]), worked.uncertainty[error])
    step_gap = _directions(graph, ours, unsure, measured)
    for first, second, _ in gaps:
        numpy_gap, step_gap = numpy_gap.joined(first), step_gap.joined(second)
    worst = max(gaps, key=lambda row: max(row[0].relative, row[1].relative))[2]
    return Agreement(
        theirs, steps, numpy_gap, step_gap, _updated(worked, network, back),
        derivation.wanted.size, measured.count,
        len(measured.directions), str(graph.ledger.place(int(worst.flat[0]))),
    )  # fmt: skip


def _refuse_silence(graph: Graph, ids: Ids, ours: Array, theirs: Array) -> None:
    """Raise ProblemError where NumPy has no number to set against ours, so that nothing would be proved."""
    silent = ids[np.isfinite(ours) & ~np.isfinite(theirs)]
    if silent.size:
        fact = "a part of a formula overflows in NumPy's doubles, so that nothing would prove the gradient"
        remedy = "use smaller numbers, or a formula without such a part"
        raise ProblemError([Mistake(str(graph.ledger.place(int(silent[0]))), fact, remedy)])


def _compare_equations(worked: Worked, tape: Tape) -> Agreement:
    """The same for an expression graph: its values, and the gradients that are asked for."""
    derivation = worked.derivation
    place = derivation.ledger.place
    theirs = np.full(derivation.graph.ledger.size, np.nan)
    steps = theirs.copy()
    found = tape.gradients()
    for quantity in derivation.wanted.tolist():
        name = place(quantity).kind
        theirs[quantity], steps[quantity] = found[name], tape.measured(name)
    asked = derivation.wanted
    ids = derivation.gradient[asked]
    ours, unsure = worked.values[ids], worked.uncertainty[ids]
    _refuse_silence(derivation.graph, asked, ours, theirs[asked])
    every = np.arange(derivation.one.graph.ledger.size)
    values = np.array([float(tape.values[place(q).kind]) for q in every.tolist()])
    forward = gap(worked.values[every], values, worked.uncertainty[every])
    gaps = [gap(ours, theirs[asked], unsure), gap(ours, steps[asked], unsure)]
    return Agreement(
        theirs, steps, forward.joined(gaps[0]), gaps[1], Gap(), asked.size, asked.size, 0,
        str(place(int(asked[0]))),
    )  # fmt: skip


def _updated(worked: Worked, network: Network, back: Backpropagation) -> Gap:
    """The new parameters against those that NumPy's optimizer makes of NumPy's gradients."""
    derivation = worked.derivation
    found = first_step(derivation.graph.problem, network, back.gradients)
    theirs = np.full(derivation.ledger.size, np.nan)
    for layer, arrays in zip(derivation.graph.layers, found, strict=True):
        for part, ids in layer.parameters.items():
            theirs[ids] = arrays.trained[part]
    olds, news = derivation.moved
    return gap(worked.values[news], theirs[olds], worked.uncertainty[news])


def _parameters(graph: Graph, *columns: list[LayerGradient]) -> list[tuple[Ids, Array, Array]]:
    """Each array of parameters: its quantities, and what each witness found."""
    rows = []
    for number, layer in enumerate(graph.layers):
        for part, ids in layer.parameters.items():
            first, second = (column[number][part] for column in columns)
            rows.append((ids, first, second))
    return rows


def _masks(graph: Graph, wanted: Ids) -> list[LayerGradient]:
    chosen = np.zeros(graph.ledger.size, dtype=bool)
    chosen[wanted] = True
    return [{part: chosen[ids] for part, ids in layer.parameters.items()} for layer in graph.layers]


def _directions(graph: Graph, ours: Array, unsure: Array, measured: Measured) -> Gap:
    """The slope along each measured move, against the one that the symbolic gradients give."""
    worst = Gap()
    for moves, slope in measured.directions:
        rows = _parameters(graph, moves, moves)
        terms = [ours[ids] * move for ids, move, _ in rows]
        noise = sum(float((unsure[ids] * np.abs(move)).sum()) for ids, move, _ in rows)
        predicted = sum(float(term.sum()) for term in terms)
        size = sum(float(np.abs(term).sum()) for term in terms)
        distance = max(abs(predicted - slope) - ROUNDINGS * noise, 0.0)
        worst = worst.joined(Gap(abs(predicted - slope), distance / size if size else distance))
    return worst
