"""A habit: a slip made at every line on the way to an answer, because the rule itself is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from derive.checking.intervals import Pair
from derive.checking.judge import GOOD, OWN, Judged
from derive.checking.line import Known, Line
from derive.checking.scenarios import Scenario, line_of
from derive.checking.slips import SLIPS
from derive.checking.slips.slip import Slip
from derive.checking.ways import on_the_way

MOST_OPERANDS = 50_000  # in the lines that are calculated for all habits together


def habits(judged: Judged, quantity: int) -> Iterator[Scenario]:
    """What an answer would be under each habit: first those that no other answer contradicts.

    Then the answers on the way are ignored: they may have been written right, and then not been used.
    """
    ways = on_the_way(judged, quantity)
    yield from _habits(judged, quantity, ways, ignoring=False)
    further = on_the_way(judged, quantity, ignoring=True)
    if further.keys() != ways.keys():
        yield from _habits(judged, quantity, further, ignoring=True)


def _habits(
    judged: Judged, quantity: int, ways: Mapping[int, int], *, ignoring: bool
) -> Iterator[Scenario]:
    room = MOST_OPERANDS // sum(1 + len(judged.unrolled.operands(q)) for q in ways)
    if not room:
        return
    known = Known(judged.unrolled, judged.low[OWN], judged.high[OWN])
    lines = {q: line_of(judged, known, q) for q in sorted(ways, key=judged.unrolled.order)}
    others = [] if ignoring else _behind(judged, quantity, ways)
    with np.errstate(all="ignore"):
        for slip, variant, bent in _repeated(lines, 1 if ignoring else 2)[:room]:
            habit = _Habit(judged, lines, slip, variant, bent, ignoring)
            low, high = habit.pair(quantity)
            if habit.first is None or not (np.isfinite(low) and np.isfinite(high)):
                continue
            if all(habit.agrees(other) for other in others):
                yield Scenario((slip.code,), habit.first, 0, float(low), float(high))


def _repeated(lines: Mapping[int, Line], least: int) -> list[tuple[Slip, int, set[int]]]:
    """The habits that show in so many lines: slip, variant, and those lines; the commonest first."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    for slip in SLIPS.values():
        if slip.habit:
            for quantity, line in lines.items():
                for variant in range(len(slip.bent(line))):
                    found[slip.code, variant].add(quantity)
    several = [key for key, bent in found.items() if len(bent) >= least]
    several.sort(key=lambda key: (SLIPS[key[0]].rank, key))
    return [(SLIPS[code], variant, found[code, variant]) for code, variant in several]


def _behind(judged: Judged, quantity: int, ways: Mapping[int, int]) -> list[int]:
    """The other good answers that rest directly on lines on the way."""
    return [
        q for q in judged.answers
        if q != quantity and judged.verdicts[q] in GOOD
        and any(needed in ways for needed in judged.unrolled.operands(q))
    ]  # fmt: skip


class _Habit(Known):
    """The values of somebody with a habit, each calculated when it is asked for.

    `bent` are the lines in which the slip can be made; before the first of them nothing changes.
    """

    def __init__(
        self, judged: Judged, lines: Mapping[int, Line], slip: Slip, variant: int, bent: set[int],
        ignoring: bool,
    ) -> None:  # fmt: skip
        ends = (judged.truth,) * 2 if ignoring else (judged.low[OWN], judged.high[OWN])
        super().__init__(judged.unrolled, *ends)
        self.judged, self.lines, self.slip, self.variant = judged, lines, slip, variant
        self.bent, self.ignoring = bent, ignoring
        self.first: int | None = None  # the first line in which it makes a difference
        self._found: dict[int, Pair] = {}
        self._open: set[int] = set()  # being calculated: a value must not rest on itself
        self._changed: set[int] = set()
        for quantity in lines:
            self.pair(quantity)

    def pair(self, quantity: int) -> Pair:
        """One quantity's interval."""
        if quantity in self._found:
            return self._found[quantity]
        if quantity not in self.lines or quantity in self._open:
            return super().pair(quantity)
        self._open.add(quantity)
        for needed in self.unrolled.operands(quantity):
            self.pair(needed)
        if quantity in self.bent or self._changed.intersection(self.unrolled.operands(quantity)):
            self._found[quantity] = self._calculated(quantity)
        else:
            self._found[quantity] = super().pair(quantity)
        self._open.discard(quantity)
        return self._found[quantity]

    def pairs(self, quantities: tuple[int, ...]) -> Pair:
        """The intervals of several, as arrays."""
        low, high = zip(*map(self.pair, quantities), strict=True)
        return np.array(low), np.array(high)

    def agrees(self, other: int) -> bool:
        """Whether an answer that rests on these lines is what it would be."""
        if not self._changed.intersection(self.unrolled.operands(other)):
            return True
        line = line_of(self.judged, self, other)
        return self.judged.meets(other, *line.value())

    def _calculated(self, quantity: int) -> Pair:
        self._changed.add(quantity)
        low, high = self._value(quantity)
        if self.ignoring or quantity in self.judged.answers:
            return low, high
        if self.unrolled.made(quantity)[0].rule.is_copy:  # that is not rounded again
            return low, high
        half = self.judged.style.half_of(max(abs(low), abs(high)))
        return low - half, high + half

    def _value(self, quantity: int) -> Pair:
        """What the line gives, with the slip where it is made; the first line that it changes is noted."""
        line = self.lines[quantity]._replace(known=self)
        bent = self.slip.bent(line) if quantity in self.bent else []
        if self.variant >= len(bent):
            return line.value()
        low, high = bent[self.variant].value()
        if self.first is None:
            usual = line.value()
            if not (low <= usual[1] and usual[0] <= high):
                self.first = quantity
        return low, high
