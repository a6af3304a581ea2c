"""Judge answers: against the truth, and against what follows from the person's own earlier values.

One walk over the equations gives, for each quantity, two intervals of what its value can be:

- `own`: from the person's own earlier answers, wherever there are some;
- `rounded`: from true values, each rounded on the way as the person does.

An answer stands for everything that its digits can stand for. It is *right* if that holds the truth,
*rounded* if it meets the interval from true values, *follows* if it meets the one from own values that
are wrong, and else *wrong*.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.checking.intervals import Pair, made
from derive.checking.numerals import Number
from derive.checking.style import Style, style_of
from derive.checking.unrolled import Unrolled
from derive.numbers.evaluate import Values
from derive.problem.model import Digits

COARSE = 0.05  # of the truth: an answer must say more than that, unless the page asks for less
SLACK = 1e-12  # relative; what doubles can add
NEAR = 0.1  # of what is right: as near an answer must be where rounding could have led anywhere
SMALL = 64  # members of a family that is always calculated whole
ZERO = np.zeros(())
OWN, ROUNDED = 0, 1  # the rows of a walk
GOOD = ("right", "rounded")


@dataclass(frozen=True, eq=False)
class Judged:
    """What a walk has found.

    `low[OWN]` and `high[OWN]` are what the person's values can be, answers put in their places;
    `expected` is what the formulas give with the person's own earlier values. `verdicts` are right,
    rounded, follows or wrong.
    """

    unrolled: Unrolled
    answers: Mapping[int, Number]
    style: Style
    asked: Digits
    last: int  # the last update that somebody asks about
    low: Values
    high: Values
    expected: Pair
    verdicts: Mapping[int, str]
    plan: tuple[Family, ...]  # the equations that lead to the answers

    @property
    def truth(self) -> Values:
        """What is right."""
        return self.unrolled.known(self.last)

    @cached_property
    def is_constant(self) -> bool:
        """Whether the same was answered everywhere: 0 or 1 where that is not right, or any other number.

        That can be right in some lines, so it must be wrong in most. In an expression graph what comes
        back to a sum is handed on as it is, so there it may follow as well.
        """
        values = {abs(number.value) for number in self.answers.values()}
        fine = GOOD if values <= {0, 1} or not self.unrolled.is_free else (*GOOD, "follows")
        wrong = sum(verdict not in fine for verdict in self.verdicts.values())
        least = 1 if values <= {0, 1} else len(self.answers) / 2
        return len(values) == 1 and len(self.answers) >= 3 and wrong >= least

    def meets(self, quantity: int, low: float, high: float) -> bool:
        """Whether an answer can stand for something in this interval."""
        return meets(self.answers[quantity], low, high, self.asked, self.style)

    def reach(self, quantity: int, size: float) -> float:
        """How far an answer can be from what it stands for, where that is of this size."""
        return reach(self.answers[quantity], size, self.asked, self.style)

    def note(self, quantity: int) -> str:
        """How an answer's digits differ from the right ones; see `note`."""
        if self.verdicts.get(quantity) == "right":
            return ""
        return note(self.answers[quantity], float(self.truth[quantity]))

    def own(self, quantity: int) -> Pair:
        """What a quantity's formula gives with the person's own earlier values."""
        return float(self.expected[0][quantity]), float(self.expected[1][quantity])


def meets(answer: Number, low: float, high: float, asked: Digits, style: Style) -> bool:
    """Whether an answer can stand for something in this interval."""
    middle, size = answer.value, max(abs(low), abs(high))
    slack = SLACK * max(abs(middle), size if math.isfinite(size) else 0.0)
    half = reach(answer, size, asked, style) + slack
    return bool(low - half <= middle <= high + half)


def reach(answer: Number, size: float, asked: Digits, style: Style) -> float:
    """Half the width of what an answer can stand for, where the value is of this size.

    It stands for everything that its digits can mean, but for no more than the digits that the page
    asks for, or than a small share of the value: "1" is no answer where 0.75 is meant. Somebody who
    gives every answer with as many decimals does mean 0.00 where it is 0.004, also by 0.
    """
    half = max(answer.margin, _rounded_to_zeros(answer, style))
    if not answer.digits and style.decimals is not None:
        return min(half, max(COARSE * size, float(style.half(ZERO))))
    is_custom = style.decimals is not None and answer.decimals >= style.decimals >= 2
    if half <= COARSE * size or is_custom or not math.isfinite(size):
        return half
    return min(half, max(Style.of(asked).half_of(size), COARSE * size))


def _rounded_to_zeros(answer: Number, style: Style) -> float:
    """Half a unit of the last digit of a whole number whose zeros only hold their places: 3720 for 3724."""
    left_over = answer.digits - (style.significant or answer.digits)
    if left_over <= 0 or answer.decimals > 0 or answer.middle % 10**left_over:
        return 0.0
    return 0.5 * 10.0**left_over * 2 * answer.margin


def note(answer: Number, truth: float) -> str:
    """ "truncated" for digits that are cut off, "last digit" for one that is off by one; or ""."""
    if not answer.margin or answer.digits < 2 or not math.isfinite(truth):
        return ""
    if abs(abs(truth) - abs(answer.value)) > 4 * answer.margin:
        return ""
    exact = Fraction(truth)
    off = abs(exact) - abs(answer.middle)
    if exact * answer.middle <= 0 or not answer.half < abs(off) <= 3 * answer.half:
        return ""
    if off < 2 * answer.half and off > 0:
        return "truncated"
    return "last digit" if abs(off) <= Fraction(COARSE) * abs(exact) else ""


class Judge:
    """Judges answers to one problem; which equations that takes is found once."""

    def __init__(self, unrolled: Unrolled, asked: Digits) -> None:
        self.unrolled, self.asked = unrolled, asked
        self._plans: dict[frozenset[int], tuple[Family, ...]] = {}

    def judge(
        self, answers: Mapping[int, Number], assumed: Mapping[int, Pair] | None = None
    ) -> Judged:
        """The verdicts on these answers, by quantity.

        `assumed` are values that a person must have had at lines without answers, wrong ones. Where
        more are wrong than right or consistent, it is not rounding that explains the others: the walk is
        a strict one.
        """
        last = max((self.unrolled.update(q) for q in answers), default=1)
        truth = self.unrolled.known(last)
        inexact = [n for q, n in answers.items() if abs(n.value - truth[q]) > SLACK * abs(truth[q])]
        style, plan = style_of(inexact, self.asked), self.plan(frozenset(answers), last)
        judged = _Walk(self, answers, style, last, assumed or {}).run(plan)
        counts = Counter(judged.verdicts.values())
        if counts["wrong"] > counts["right"] + counts["follows"] and len(counts) > 1:
            judged = _Walk(self, answers, style, last, assumed or {}, strict=True).run(plan)
        return judged

    def plan(self, asked: frozenset[int], last: int) -> tuple[Family, ...]:
        """The equations that lead to these quantities, in order."""
        if asked not in self._plans:
            if len(self._plans) > 100:
                self._plans.clear()
            self._plans[asked] = tuple(reversed(tuple(self._needed(asked, last))))
        return self._plans[asked]

    def _needed(self, asked: frozenset[int], last: int) -> Iterator[Family]:
        needed = np.zeros(self.unrolled.known(last).size, dtype=bool)
        needed[list(asked)] = True
        for family in reversed(list(self.unrolled.families(last))):
            chosen = np.flatnonzero(needed[family.targets])
            if not chosen.size:
                continue
            few = family.targets.size > max(SMALL, 2 * chosen.size)
            leading = part_of(family, chosen) if few else family
            for ids in leading.arguments.values():
                needed[ids] = True
            yield leading


def part_of(family: Family, members: NDArray[np.int64]) -> Family:
    """Only these members of a family."""
    arguments = {slot: ids[members] for slot, ids in family.arguments.items()}
    return Family(family.rule, family.targets[members], arguments)


class _Walk:
    """One walk over the equations; see the module's docstring.

    In a `strict` one an interval that is wider than the value itself, into which anything falls, is met
    only by what is near that value.
    """

    def __init__(
        self, judge: Judge, answers: Mapping[int, Number], style: Style, last: int,
        assumed: Mapping[int, Pair], strict: bool = False,
    ) -> None:  # fmt: skip
        self.strict = strict
        self.answers, self.style, self.asked, self.assumed = answers, style, judge.asked, assumed
        self.unrolled, self.last = judge.unrolled, last
        self.truth = judge.unrolled.known(last)
        given = np.where(judge.unrolled.given(last), self.truth, np.nan)
        self.low, self.high = np.stack([given, given]), np.stack([given, given])
        self.expected = np.full_like(given, np.nan), np.full_like(given, np.nan)
        self.special = np.zeros(given.size, dtype=bool)
        self.special[[*answers, *assumed]] = True
        self.tainted = np.zeros(given.size, dtype=bool)  # rests on an answer that is wrong
        self.verdicts: dict[int, str] = {}

    def run(self, families: tuple[Family, ...]) -> Judged:
        for family in families:
            self._family(family)
        return Judged(
            self.unrolled, self.answers, self.style, self.asked, self.last, self.low, self.high,
            self.expected, self.verdicts, families,
        )  # fmt: skip

    def _family(self, family: Family) -> None:
        targets = family.targets
        least, most = made(family, self.low, self.high)
        self.expected[0][targets], self.expected[1][targets] = least[OWN], most[OWN]
        half = self.style.rounding(family.rule, least, most)
        self.low[:, targets], self.high[:, targets] = least - half, most + half
        for ids in family.arguments.values():
            hit = self.tainted[ids]
            self.tainted[targets] |= hit if hit.ndim == 1 else hit.any(axis=1)
        for member in np.flatnonzero(self.special[targets]).tolist():
            quantity = int(targets[member])
            if quantity in self.answers:
                self._answered(
                    quantity, (float(least[ROUNDED, member]), float(most[ROUNDED, member]))
                )
            else:
                self.low[OWN, quantity], self.high[OWN, quantity] = self.assumed[quantity]
                self.tainted[quantity] = True

    def _answered(self, quantity: int, rounded: Pair) -> None:
        answer, truth = self.answers[quantity], float(self.truth[quantity])
        verdict = self._verdict(quantity, rounded)
        self.verdicts[quantity] = verdict
        self.tainted[quantity] = verdict not in GOOD
        half = reach(answer, abs(answer.value), self.asked, self.style)
        if abs(answer.value - truth) <= SLACK * abs(truth):  # 0.15 of somebody who writes six digits
            half = min(half, max(self.style.half_of(abs(truth)), SLACK * abs(truth)))
        ends = answer.value - half, answer.value + half
        if verdict in GOOD:  # the person may have kept more digits than the answer shows
            ends = min(ends[0], truth), max(ends[1], truth)
            self.low[ROUNDED, quantity], self.high[ROUNDED, quantity] = ends
        elif verdict == "wrong":  # who had the right value here after all had it as it is
            self.low[ROUNDED, quantity] = self.high[ROUNDED, quantity] = truth
        self.low[OWN, quantity], self.high[OWN, quantity] = ends

    def _verdict(self, quantity: int, rounded: Pair) -> str:
        answer, truth = self.answers[quantity], float(self.truth[quantity])
        if meets(answer, truth, truth, self.asked, self.style):
            return "right"
        if self._meets(answer, *rounded, truth) or note(answer, truth):
            return "rounded"
        if not any(self._meets(answer, *own, sum(own) / 2) for own in self._own(quantity)):
            return "wrong"
        return "follows" if self.tainted[quantity] else "rounded"

    def _own(self, quantity: int) -> Iterator[Pair]:
        """What a quantity's formula gives with the person's own earlier values, or another formula."""
        yield float(self.expected[0][quantity]), float(self.expected[1][quantity])
        page, *others = self.unrolled.ways(quantity)
        if others:  # by one of which the walk went
            family, member = page
            low, high = made(part_of(family, np.array([member])), self.low[OWN], self.high[OWN])
            yield float(low[0]), float(high[0])

    def _meets(self, answer: Number, low: float, high: float, middle: float) -> bool:
        """Whether an answer can stand for something in an interval about a value."""
        if not meets(answer, low, high, self.asked, self.style):
            return False
        is_vague = self.strict and not high - low <= abs(middle)
        return not is_vague or abs(answer.value - middle) <= NEAR * abs(middle)
