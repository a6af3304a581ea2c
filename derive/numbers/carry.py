"""Every line from the numbers as they are printed: rounding on the way, as one does by hand.

Each value is computed from the printed values that its formula uses, in decimal arithmetic, and
rounded once. A family is computed in doubles at once; where a double is too close to the middle
between two roundings to tell, the value is computed again with fractions, or with sixty digits.

>>> from derive.derivation.derivation import derive
>>> from derive.graph.graph import build
>>> from derive.numbers.evaluate import evaluate
>>> from derive.problem.model import Digits
>>> from derive.problem.reading import load
>>> worked = evaluate(derive(build(load("2-2-1"))))
>>> carried = carry(worked, Figures(Digits("decimals", 3))).carried
>>> error = worked.derivation.error
>>> print(f"{carried.decimal(error)}, not {worked.values[error]:.3f}")
0.024, not 0.023
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.algebra.fold import FRACTIONS
from derive.algebra.ledger import Ids
from derive.derivation.derivation import Derivation
from derive.errors import Mistake, ProblemError
from derive.graph.graph import Given
from derive.numbers.evaluate import Values, Worked
from derive.numbers.precise import DIGITS, value_of
from derive.numbers.precise import typed as precisely
from derive.numbers.rounding import Figures, decimal_of
from derive.numbers.uncertainty import EPSILON, bounded

SAFE = 4.0  # times the bound on a double's error, within which its rounding is not trusted
LARGEST = 10**308  # about what a double can hold
LARGEST_EXACT = 2.0**52  # whole numbers up to here, and powers of ten up to 10²², are exact doubles
LARGEST_POWER = 22


class Carried:
    """The printed values of a derivation, and how they come about.

    `values[q]` is the double next to what is printed for q. The few printed numbers that no double
    reproduces, because they have more than fifteen digits, are kept in full.
    """

    def __init__(
        self, derivation: Derivation, figures: Figures, given: Given | None = None
    ) -> None:
        self.derivation = derivation
        self.figures = figures
        self.values: Values = np.full(derivation.ledger.size, np.nan)
        self._given = derivation.graph.given if given is None else given
        for ids, numbers in self._given:
            self.values[ids] = numbers.values
        self._long: dict[int, Decimal] = {}
        self._typed: dict[int, str] = {}

    def decimal(self, quantity: int) -> Decimal:
        """What is printed for a quantity."""
        if quantity in self._long:
            return self._long[quantity]
        text = self._text(quantity)
        return Decimal(repr(float(self.values[quantity])) if text is None else text)

    def fraction(self, quantity: int) -> Fraction:
        """The same as a fraction."""
        return Fraction(self.decimal(quantity))

    def _text(self, quantity: int) -> str | None:
        """The digits of what is given; None for what is computed."""
        return self._typed.get(quantity) or self._given.text(quantity)

    def give(self, olds: Ids, news: Ids, other: Carried) -> None:
        """Put the printed values of another calculation's quantities in the places of given ones."""
        for old, new in zip(olds.tolist(), news.tolist(), strict=True):
            text = str(other.decimal(new))
            self.values[old], self._typed[old] = float(text), text

    # --- one family after the other -----------------------------------------------------------

    def run(self, families: Iterable[Family]) -> None:
        """Fill in what these families make; ProblemError where rounding leaves no such number."""
        for family in families:
            if family.rule.is_copy:
                self._copy(family)
                continue
            value, units = bounded(family, self.values, np.abs(self.values))
            value, units = (np.broadcast_to(x, family.targets.shape) for x in (value, units))
            rounded, sure = self._rounded(value, EPSILON * units)
            self.values[family.targets] = rounded
            for member in np.flatnonzero(~sure).tolist():
                self._exactly(family, member)

    def _copy(self, family: Family) -> None:
        """What repeats another quantity is not rounded again."""
        originals = family.arguments[family.rule.formula]
        self.values[family.targets] = self.values[originals]
        for original, copy in zip(originals.tolist(), family.targets.tolist(), strict=True):
            if original in self._long:
                self._long[copy] = self._long[original]
            text = self._text(original)
            if text is not None:
                self._typed[copy] = text

    def _rounded(
        self, value: NDArray[np.float64], bound: NDArray[np.float64]
    ) -> tuple[Values, NDArray[np.bool_]]:
        """The values rounded, and for which of them that is certain."""
        digits = self.figures.digits
        with np.errstate(all="ignore"):
            if digits.kind == "decimals":
                power = np.full(value.shape, digits.count)
            else:
                first = np.floor(np.log10(np.abs(value)))
                power = (digits.count - 1 - np.nan_to_num(first, posinf=0, neginf=0)).astype(int)
            scale = 10.0 ** np.abs(power)
            scaled = np.where(power >= 0, value * scale, value / scale)
            nearest = np.rint(scaled)
            unsure = SAFE * (
                np.where(power >= 0, bound * scale, bound / scale) + EPSILON * np.abs(scaled)
            )
            sure = np.abs(np.abs(scaled - nearest) - 0.5) > unsure
            sure &= (np.abs(nearest) < LARGEST_EXACT) & (np.abs(power) <= LARGEST_POWER)
            sure |= (value == 0) & (bound == 0)
            rounded = np.where(power >= 0, nearest / scale, nearest * scale)
        return np.where(value == 0, 0.0, rounded), sure & (unsure < 0.5)

    def _exactly(self, family: Family, member: int) -> None:
        target = int(family.targets[member])
        exact = self._exact(family, member)
        if exact is None:
            raise ProblemError([self._undefined(target)])
        rounded = self.figures.decimal(exact)
        self.values[target] = float(rounded)
        if Decimal(repr(float(rounded))) != rounded:
            self._long[target] = rounded

    def _exact(self, family: Family, member: int) -> Decimal | None:
        """A member's value with all digits that rounding can need; None where there is none."""
        try:
            rational = family.value(member, self.fraction, FRACTIONS)
        except ZeroDivisionError:
            rational = None
        if rational is not None:
            return decimal_of(Fraction(rational)) if abs(rational) < LARGEST else None
        with mpmath.workdps(DIGITS):
            value = value_of(family, member, lambda q: precisely(str(self.decimal(q))))
            if not abs(value) < LARGEST:
                return None
            return Decimal(mpmath.nstr(value, DIGITS - 5, min_fixed=0, max_fixed=0))

    def _undefined(self, quantity: int) -> Mistake:
        place = str(self.derivation.ledger.place(quantity))
        fact = "computed from the numbers as they are printed, there is no such value"
        return Mistake(place, fact, 'show more digits, or write carry = "full"')


def carry(worked: Worked, figures: Figures) -> Worked:
    """The same derivation with every line computed from the numbers as they are printed."""
    derivation = worked.derivation
    now, after = Carried(derivation, figures), Carried(derivation, figures)
    now.run(derivation.families)
    after.give(*derivation.moved, now)
    with suppress(ProblemError):  # the page says so where the error after the step has no value
        after.run(derivation.errors)
    return Worked(derivation, now.values, worked.uncertainty, after.values, now, worked, sharp=True)
