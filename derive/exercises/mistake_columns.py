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
from derive.exercises.columns import Column, Columns, Flags, Which, printed
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

    def original(self, quantity: int) -> int:
        """The quantity that one repeats, unless it is bent on some sheet."""
        return quantity if quantity in self._at else super().original(quantity)

    def _column(self, quantity: int) -> Column:
        """A value that has been copied looks like what it repeats; one that has not, like itself."""
        source = super().original(quantity)
        column = super()._column(quantity) if source == quantity else self[source]
        for n in self._at.get(quantity, []):
            bend, rows = self.planted.bends[n], self.rows[n]
            if bend.is_written and bend.family.rule.is_copy:
                copied = self[int(bend.family.arguments[bend.family.rule.formula][0])]
                column = _put(column, rows, copied, rows)
            elif source != quantity:
                values, in_full = self.values[rows, quantity], self._in_full[rows, quantity]
                own = printed(values, in_full, self.scribe.figures)
                column = _put(column, rows, own, np.arange(rows.size))
        return column

    def _tell(
        self, family: Family, exact: Flags, found: NDArray[np.int64], rows: Which | None = None
    ) -> None:  # fmt: skip
        super()._tell(family, exact, found, rows)
        for quantity in self._at.keys() & set(family.targets.tolist()):
            for n in self._at[quantity]:
                super()._tell(self.planted.bends[n].family, exact, found, self.rows[n])


def _put(column: Column, rows: Which, other: Column, places: Which) -> Column:
    """A column with the numbers of another one, in these places, in its rows."""
    digits = placed(column.digits, rows, other.digits[places])
    negative, exact = column.negative.copy(), column.exact.copy()
    negative[rows], exact[rows] = other.negative[places], other.exact[places]
    powers = list(column.powers)
    if other.powers or powers:
        powers = powers or [None] * len(negative)
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            powers[row] = other.powers[place] if other.powers else None
    return Column(digits, negative, exact, powers)
