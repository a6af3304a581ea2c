"""Scenarios: a slip at one line, and what it would make of the answers behind that line.

All scenarios are walked side by side, as the rows of one array.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import numpy as np

from derive.checking.intervals import Pair, made
from derive.checking.judge import GOOD, OWN, Judged
from derive.checking.line import Known, Line
from derive.checking.slips import SLIPS
from derive.checking.ways import Behind, behind

MOST_NUMBERS = 2_000_000  # in all scenarios together


class Scenario(NamedTuple):
    """A slip, or two, at a line that is so many lines before an answer, and the value it gives there."""

    slips: tuple[str, ...]
    quantity: int
    distance: int
    low: float
    high: float

    @property
    def cost(self) -> int:
        """How unlikely it is: seldom slips, several of them, and lines further off are less likely."""
        return (
            sum(SLIPS[code].rank for code in self.slips) + 2 * len(self.slips) - 2 + self.distance
        )


def scenarios(judged: Judged, ways: Mapping[int, int]) -> list[Scenario]:
    """Every slip at each of these lines that makes a difference there."""
    known = Known(judged.unrolled, judged.low[OWN], judged.high[OWN])
    found = []
    with np.errstate(all="ignore"):
        for quantity, distance in ways.items():
            for line in _lines_of(judged, known, quantity):
                for slip in SLIPS.values():
                    if distance and slip.written:
                        continue
                    for bent in slip.bent(line):
                        found += _scenario((slip.code,), line, bent, distance)
    return found


def pairs(judged: Judged, quantity: int, most: int) -> list[Scenario]:
    """Two slips at once at an answer's own line."""
    known = Known(judged.unrolled, judged.low[OWN], judged.high[OWN])
    line = line_of(judged, known, quantity)
    found: list[Scenario] = []
    with np.errstate(all="ignore"):
        for codes, bent in islice(_bent_twice(line), most):
            found += _scenario(codes, line, bent, 0)
    return found


def _bent_twice(line: Line) -> Iterator[tuple[tuple[str, str], Line]]:
    """The line with two slips, one after the other in the order of the table.

    What stands in the place of the whole line leaves nothing to be bent.
    """
    slips = [slip for slip in SLIPS.values() if not slip.written]
    for position, first in enumerate(slips):
        for once in first.bent(line):
            if not once.is_copied:
                for second in slips[position + 1 :]:
                    for twice in second.bent(once):
                        if not twice.is_copied:
                            yield (first.code, second.code), twice


def line_of(judged: Judged, known: Known, quantity: int) -> Line:
    """The line of a quantity, as it should be."""
    return next(_lines_of(judged, known, quantity))


def _lines_of(judged: Judged, known: Known, quantity: int) -> Iterator[Line]:
    """The same by every way to calculate it that comes to something else with this person's answers."""
    for way in range(len(judged.unrolled.ways(quantity))):
        through = judged.unrolled.operands(quantity, way)
        if not way or any(judged.verdicts.get(q, "right") not in GOOD for q in through):
            answer = judged.answers.get(quantity)
            yield Line.of(known, quantity, judged.own(quantity), answer, way)


def _scenario(slips: tuple[str, ...], line: Line, bent: Line, distance: int) -> list[Scenario]:
    low, high = bent.value()
    differs = not (low <= line.expected[1] and line.expected[0] <= high)
    if not (np.isfinite(low) and np.isfinite(high) and differs):
        return []
    return [Scenario(slips, line.quantity, distance, low, high)]


class Outcomes:
    """What each scenario would make of the answers: `of(quantity)` gives intervals, row by row."""

    def __init__(self, judged: Judged, tried: list[Scenario]) -> None:
        self.judged, self.tried = judged, tried
        self._ends: dict[int, Pair] = {}
        distant = [n for n, s in enumerate(tried) if s.quantity not in judged.answers]
        if not distant:
            return
        ends = behind(judged, {tried[n].quantity for n in distant}, judged.plan)
        terms = sum(ids.size for f in ends.families for ids in f.arguments.values())
        room = max(1, MOST_NUMBERS // max(1, terms))
        self._walk(ends, sorted(distant, key=lambda n: tried[n].cost)[:room])

    def of(self, quantity: int) -> Pair | None:
        """The intervals of an answer, NaN in scenarios that do not reach it; None where none does."""
        return self._ends.get(quantity)

    def _walk(self, ends: Behind, rows: list[int]) -> None:
        own, style = self.judged, self.judged.style
        at = np.array([ends.numbers[self.tried[n].quantity] for n in rows])
        low = np.tile(own.low[OWN][ends.ids], (len(rows), 1))
        high = np.tile(own.high[OWN][ends.ids], (len(rows), 1))
        every = np.arange(len(rows))
        low[every, at] = [self.tried[n].low for n in rows]
        high[every, at] = [self.tried[n].high for n in rows]
        for family in ends.families:
            least, most = made(family, low, high)
            half = style.rounding(family.rule, least, most)
            for column, target in enumerate(family.targets.tolist()):
                if target in ends.answered:
                    self._keep(ends.answered[target], rows, least[:, column], most[:, column])
            free = (at[:, None] != family.targets) & ~np.isin(family.targets, list(ends.answered))
            low[:, family.targets] = np.where(free, least - half, low[:, family.targets])
            high[:, family.targets] = np.where(free, most + half, high[:, family.targets])

    def _keep(self, quantity: int, rows: list[int], least: object, most: object) -> None:
        ends = np.full(len(self.tried), np.nan), np.full(len(self.tried), np.nan)
        ends[0][rows], ends[1][rows] = least, most
        self._ends[quantity] = ends
