"""How the numbers of sheets with mistakes in them are printed.

A sheet's bent line is that of another derivation, in which one equation is another. The columns are
those of the given one all the same, since all else is alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.derivation.derivation import Derivation
from derive.exercises.columns import Column, Columns, Flags, Which
from derive.exercises.digits import placed
from derive.exercises.mistake import Planted
from derive.exercises.mistake_bends import Bend
from derive.numbers.uncertainty import EPSILON
from derive.writing.scribe import Scribe


@dataclass(frozen=True, eq=False)
class BentDerivation(Derivation):
    """A derivation that makes one of its quantities by another equation, `bend`."""

    bend: Family

    @classmethod
    def of(cls, derivation: Derivation, bend: Family) -> BentDerivation:
        """The derivation with one line bent."""
        own = {field.name: getattr(derivation, field.name) for field in fields(Derivation)}
        return cls(**own, bend=bend)

    def made(self, quantity: int) -> tuple[Family, int]:
        """The equation that makes a quantity, and which of its members it is."""
        return (self.bend, 0) if quantity == self.bend.targets[0] else super().made(quantity)


def bent_scribe(scribe: Scribe, bend: Bend) -> Scribe:
    """A scribe who writes one line as somebody does who makes a slip there."""
    if not bend.is_written:
        return scribe
    worked = scribe.worked
    derivation = BentDerivation.of(worked.derivation, bend.family)
    return Scribe(replace(worked, derivation=derivation), scribe.notation, scribe.figures)


class BentColumns(Columns):
    """The columns of sheets with a mistake in each; `right` are the same without."""

    def __init__(self, right: Columns, planted: Planted, decimals: Mapping[int, int]) -> None:
        self.right, self.planted = right, planted
        self.rows = {
            n: np.flatnonzero(planted.which == n) for n in np.unique(planted.which).tolist()
        }
        self._at: dict[int, list[int]] = {}
        for n in self.rows:
            self._at.setdefault(planted.bends[n].quantity, []).append(n)
        bounds = EPSILON * np.nan_to_num(planted.units)
        super().__init__(right.scribe, planted.values, bounds, decimals)

    def bent(self, quantity: int) -> dict[int, Which]:
        """The bends that change how a line is written, and the sheets on which they do."""
        bends = self.planted.bends
        return {n: self.rows[n] for n in self._at.get(quantity, []) if bends[n].is_written}

    def as_written(self, bend: int) -> Columns:
        """The same columns for the line of a bend."""
        found: Columns = copy(self)
        found.scribe = bent_scribe(self.scribe, self.planted.bends[bend])
        return found

    def _column(self, quantity: int) -> Column:
        """A value that has been copied looks like what it repeats."""
        column = super()._column(quantity)
        for n, rows in self.bent(quantity).items():
            family = self.planted.bends[n].family
            if family.rule.is_copy:
                copied = self[int(family.arguments[family.rule.formula][0])]
                digits = placed(column.digits, rows, copied.digits[rows])
                column.exact[rows] = copied.exact[rows]
                column = column._replace(digits=digits)
        return column

    def _tell(
        self, family: Family, exact: Flags, found: NDArray[np.int64], rows: Which | None = None
    ) -> None:  # fmt: skip
        super()._tell(family, exact, found, rows)
        for quantity in self._at.keys() & set(family.targets.tolist()):
            for n in self._at[quantity]:
                super()._tell(self.planted.bends[n].family, exact, found, self.rows[n])
