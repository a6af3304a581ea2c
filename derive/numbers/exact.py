"""Which values the page shows in full, so that it can say = for those and ≈ for the others.

A value is shown in full when its formula is rational, everything in the formula is shown in full
too, and the digits asked for hold the result. Where every line is computed from the numbers as they
are printed, those are what counts as exact in a formula.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from sympy import Integer, Symbol, sign

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, FRACTIONS, active, fold
from derive.algebra.ordered import Signum
from derive.numbers.evaluate import Worked
from derive.numbers.rounding import Figures

LONGEST = 60  # terms of a sum that are added exactly; of more, the page prints only a few anyway


class Exactness:
    """Exact values of a worked derivation's quantities, found when they are asked for."""

    def __init__(self, worked: Worked, figures: Figures) -> None:
        self._worked = worked
        self._derivation = worked.derivation
        self._figures = figures
        self._known: dict[int, Fraction | None] = {}

    def exact(self, number: int) -> Fraction | None:
        """The exact value where the page shows it in full, or else None.

        What it is made of is found first, with a list of what is open: a long chain of equations is deeper
        than calls can be.
        """
        waiting = [] if number in self._known else [number]
        while waiting:
            missing = self._missing(waiting[-1])
            if missing:
                waiting += missing
                continue
            found = waiting.pop()
            if found not in self._known:
                self._known[found] = self._find(found)
        return self._known[number]

    def _missing(self, number: int) -> list[int]:
        """Which quantities have to be known before this one; none where a sum is too long anyway."""
        if self._worked.carried is not None or self._derivation.graph.text(number) is not None:
            return []
        family, member = self._derivation.made(number)
        if self._is_long(family):
            return []
        return [q for q in family.needs(member) if q not in self._known]

    def _find(self, number: int) -> Fraction | None:
        text = self._derivation.graph.text(number)
        if text is not None:
            return Fraction(text)
        return self._made(number)

    @staticmethod
    def _is_long(family: Family) -> bool:
        return any(family.length(term) > LONGEST for term in family.rule.sums.values())

    def operand(self, number: int) -> Fraction | None:
        """A quantity's value in another's formula; None where it is only known about."""
        carried = self._worked.carried
        return self.exact(number) if carried is None else carried.fraction(number)

    def _made(self, number: int) -> Fraction | None:
        family, member = self._derivation.made(number)
        value = self._value(family, member)
        return None if value is None or self._figures.exactly(value) is None else value

    def _value(self, family: Family, member: int) -> Fraction | None:
        if self._is_long(family):
            return None
        columns = family.member(member)

        def about(symbol: Symbol) -> float:
            return float(self._worked.values[np.asarray(columns[symbol])])

        # which part of a maximum counts, which case holds and which sign something has is known
        # whether or not the numbers that decide it are exact
        formula, _ = self._worked.decided(family, member)
        formula = active(formula, about)
        if formula.has(sign, Signum):
            for kind in (sign, Signum):
                formula = formula.replace(
                    kind, lambda x: Integer(int(np.sign(fold(x, about, FLOATS))))
                )
        value = family.value(member, self.operand, FRACTIONS, formula)
        return None if value is None else Fraction(value)
