"""How far apart the answers are to which known slips lead: from what is right, and from each other.

Two slips can be told apart at a line if no answer that one of them leads to can stand for what the other
leads to. Each leads to an interval, for what comes before may have been rounded; an answer is rounded
once more, and stands for half a unit of its last digit on both sides.

>>> import derive
>>> from derive.problem.model import Digits
>>> worked = derive.work("2-2-2", seed=7).worked
>>> certified = Certifier(worked.derivation, Digits("significant", 4)).certify(worked.values[None])
>>> together = certified.gaps[0] <= 0
>>> [str(pair) for pair, alike in zip(certified.pairs, together) if alike][0]
'E[1]: what is right, output_and_target'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.places import Place
from derive.derivation.derivation import Derivation
from derive.exercises.certificate_lines import Bends, Outcome, Outcomes, Sheets
from derive.numbers.evaluate import Values
from derive.problem.model import Digits

CHUNK = 1024  # sheets that are looked at side by side, so that what is at hand stays in the cache


class Pair(NamedTuple):
    """Two things that somebody can write in a line, and that should differ."""

    quantity: int
    place: Place
    first: Outcome
    second: Outcome

    def __str__(self) -> str:
        return f"{self.place}: {self.first}, {self.second}"


@dataclass(frozen=True, eq=False)
class LinePairs:
    """What can stand in one line, and the pairs of those that should differ: all but variants of one slip.

    `start` is the position of its first pair among those of all lines.
    """

    quantity: int
    place: Place
    outcomes: tuple[Outcome, ...]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    start: int

    @property
    def positions(self) -> slice:
        """Where its pairs are among those of all lines."""
        return slice(self.start, self.start + self.first.size)

    def pairs(self) -> Iterator[Pair]:
        for n, m in zip(self.first.tolist(), self.second.tolist(), strict=True):
            yield Pair(self.quantity, self.place, self.outcomes[n], self.outcomes[m])


@dataclass(frozen=True, eq=False)
class Certified:
    """How far apart the pairs are: `gaps` of shape (sheets, pairs), in units of the last digit.

    They are not separated where that is 0 or less. It is +∞ where one of the two does not arise: where
    a minus cannot be lost, or a logarithm does not exist.
    """

    gaps: Values
    pairs: Sequence[Pair]


class Certifier:
    """Tells how far apart slips are in the lines that are asked for; see the module's docstring.

    `lines` are quantities of the derivation's ledger; all that are calculated unless said.
    """

    def __init__(
        self, derivation: Derivation, digits: Digits, lines: Sequence[int] | None = None
    ) -> None:
        self.bends = Bends(derivation, digits)
        asked = None if lines is None else set(lines)
        chosen = [q for q in self.bends.lines() if asked is None or q in asked]
        self.lines = tuple(self._lines(chosen))
        self.count = sum(line.first.size for line in self.lines)  # pairs

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs, line after line."""
        return tuple(pair for line in self.lines for pair in line.pairs())

    def certify(self, values: Values) -> Certified:
        """Every gap in each sheet, from values of shape (sheets, quantities)."""
        gaps = np.empty((len(values), self.count))
        for start in range(0, len(values), CHUNK):
            sheets = self.bends.sheets(values[start : start + CHUNK])
            for line in self.lines:
                gaps[start : start + CHUNK, line.positions] = self.gaps(line, sheets).T
        return Certified(gaps, self.pairs)

    def gaps(self, line: LinePairs, sheets: Sheets) -> Values:
        """The gaps at one line, of shape (pairs, sheets)."""
        return gaps(self.bends.of(line.quantity, sheets), line.first, line.second)

    def _lines(self, chosen: list[int]) -> Iterator[LinePairs]:
        unrolled = self.bends.unrolled
        example = self.bends.sheets(unrolled.known(1)[None, : unrolled.size])
        start = 0
        for quantity in chosen:
            outcomes = tuple(self.bends.outcomes(quantity, example))
            found = [
                (n, m) for n, m in combinations(range(len(outcomes)), 2)
                if outcomes[n].slip != outcomes[m].slip
            ]  # fmt: skip
            first, second = np.array(found, dtype=int).reshape(-1, 2).T
            yield LinePairs(quantity, unrolled.place(quantity), outcomes, first, second, start)
            start += first.size


def gaps(outcomes: Outcomes, first: NDArray[np.int64], second: NDArray[np.int64]) -> Values:
    """How far apart pairs of outcomes are beyond the tolerance, in units of the last digit."""
    with np.errstate(all="ignore"):
        away, unit = _apart(outcomes, first, second)
        found = away / unit - 1.0
    return np.where(np.isnan(found), np.inf, found)  # two that are both none


def are_apart(
    outcomes: Outcomes, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """In which sheets all these pairs are separated."""
    with np.errstate(all="ignore"):
        away, unit = _apart(outcomes, first, second)
        apart: NDArray[np.bool_] = np.all(~(away <= unit), axis=0)
        return apart


def _apart(
    outcomes: Outcomes, first: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[Values, Values]:
    low, high, margin = outcomes
    away = np.maximum(low[first] - high[second], low[second] - high[first])
    return away, 2.0 * np.maximum(margin[first], margin[second])
