"""The digits that somebody calculates with, told from the digits of the answers.

>>> from derive.checking.numerals import read
>>> style_of([read("0.5933"), read("0.0821"), read("1.1059")], Digits("significant", 6))
Style(decimals=4, significant=None)
>>> style_of([read("0.5933"), read("0.5969")], Digits("significant", 6))  # it can be either
Style(decimals=4, significant=4)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from derive.algebra.rule import Rule
from derive.checking.numerals import Number
from derive.numbers.evaluate import Values
from derive.problem.model import Digits

THIRD = 3  # of so many answers, one may have fewer digits than the person calculates with
LEAST = 2  # digits that a calculation is done with, unless the page asks for fewer


class Style(NamedTuple):
    """The digits that somebody calculates with: decimals, significant ones, or it is not known which."""

    decimals: int | None = None
    significant: int | None = None

    @classmethod
    def of(cls, digits: Digits) -> Style:
        """The digits that a page asks for."""
        return cls(**{digits.kind: digits.count})

    def half(self, values: Values) -> Values:
        """Half a unit of the last digit that values have."""
        half = 0.0 if self.decimals is None else 0.5 * 10.0**-self.decimals
        if self.significant is None:
            return np.full(np.shape(values), half)
        size = np.clip(np.abs(values), 1e-300, 1e300)
        first = np.floor(np.log10(size))
        return np.maximum(half, 0.5 * 10.0 ** (first - self.significant + 1))

    def half_of(self, size: float) -> float:
        """The same for one value; arrays of one take ten times as long."""
        half = 0.0 if self.decimals is None else 0.5 * 10.0**-self.decimals
        if self.significant is None or math.isnan(size):
            return half
        first = math.floor(math.log10(min(max(size, 1e-300), 1e300)))
        return max(half, 0.5 * 10.0 ** (first - self.significant + 1))

    def rounding(self, rule: Rule, low: Values, high: Values) -> Values | float:
        """How far rounding can move values between these that a rule gives; a copy is not rounded again."""
        return 0.0 if rule.is_copy else self.half(np.maximum(np.abs(low), np.abs(high)))


def style_of(numbers: Iterable[Number], asked: Digits) -> Style:
    """The style of these answers; that of the page where they do not tell.

    Now and then a last digit is 0 and not written, or an answer is a guess; so it is not the fewest
    digits that count, but those that two answers in three have. Nobody calculates with a single digit:
    whoever writes that has not calculated.
    """
    kept = [n for n in numbers if n.margin and n.digits]
    if not kept:
        return Style.of(asked)
    decimals, digits = sorted(n.decimals for n in kept), sorted(map(_digits, kept))
    position = len(kept) // THIRD
    kinds = len(set(decimals)), len(set(digits))
    least = min(LEAST, asked.count)
    by_decimals = kinds[0] <= kinds[1] and decimals[position] >= least
    by_digits = kinds[1] <= kinds[0] or not by_decimals
    return Style(
        decimals[position] if by_decimals else None,
        max(least, digits[position]) if by_digits else None,
    )


def _digits(number: Number) -> int:
    """How many digits a number has at least; zeros at the end of a whole one may only hold their places."""
    count = number.digits
    while number.decimals == 0 and count > 1 and not number.middle % 10 ** (number.digits - count + 1):
        count -= 1
    return count
