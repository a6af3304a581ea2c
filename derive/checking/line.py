"""One line of a calculation as somebody could have got it wrong: bent, and then calculated.

A line knows which quantities stand in its formula. Bending gives another line: with another formula,
other quantities in its slots, other terms in its sum, or a factor; so bends can follow one another.
Values are numbers, or arrays: one person's, or those of many people with different numbers, side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from math import isnan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol

from derive.algebra.places import Place
from derive.algebra.rule import slot
from derive.checking.intervals import Pair, calculation, scaled
from derive.checking.kinds import Kinds
from derive.checking.numerals import Number
from derive.checking.unrolled import Unrolled
from derive.numbers.evaluate import Values
from derive.problem.model import Problem

COPY = slot("copy")
MOST_SINGLE = 12  # terms that are calculated one by one; more of them are calculated as arrays
MOST_EXCHANGED = 64  # quantities in one slot that are looked up one by one


class Fixed(NamedTuple):
    """A number, or an interval, in the place of a quantity; for many people, an array of them."""

    low: Any
    high: Any


# What a slot holds: a quantity, a number, or a row of quantities.
Held = int | Fixed | tuple[int, ...]


class Known:
    """What a person's values can be: the interval of each quantity.

    What leads to no answer has not been calculated, and is taken to be right.
    """

    def __init__(self, unrolled: Unrolled, low: Values, high: Values) -> None:
        self.unrolled, self.low, self.high = unrolled, low, high

    def pair(self, quantity: int) -> Pair:
        """One quantity's interval."""
        low = self.low[quantity]
        if isnan(low):
            low = self.truth(quantity)
            return low, low
        return low, self.high[quantity]

    def pairs(self, quantities: tuple[int, ...]) -> Pair:
        """The intervals of several, as arrays."""
        ids = np.array(quantities)
        low, high = self.low[ids], self.high[ids]
        missing = np.isnan(low)
        if missing.any():
            truth = np.array([self.truth(q) for q in quantities])
            low, high = np.where(missing, truth, low), np.where(missing, truth, high)
        return low, high

    def truth(self, quantity: int) -> Any:
        """What is right there."""
        return self.unrolled.known(self.unrolled.update(quantity))[quantity]

    def whole(self, end: Any) -> Any:
        """What a calculation gives, as a value of one person is held."""
        return float(end)


class Line(NamedTuple):
    """The line of one quantity, or what somebody has made of it.

    `picked` are the positions of the terms, in all its sums one after the other, where they are not each
    taken once. `expected` is what the line gives unbent, and `answer` what was answered there. Of many
    people `holds` tells for whom there is such a line; the others have no value there.
    """

    known: Known
    quantity: int
    code: str  # of its rule, such as "gradient.delta"
    formula: Expr
    sums: Mapping[Symbol, Expr]
    columns: Mapping[Symbol, Held]
    expected: Pair
    answer: Number | None = None
    picked: tuple[int, ...] | None = None
    factor: float = 1.0
    holds: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls, known: Known, quantity: int, expected: Pair, answer: Number | None = None, way: int = 0
    ) -> Line:
        """A quantity's line as it should be; `way` says by which of its formulas."""
        rule = known.unrolled.ways(quantity)[way][0].rule
        columns = known.unrolled.columns(quantity, way)
        return cls(known, quantity, rule.code, rule.formula, rule.sums, columns, expected, answer)

    # --- what stands where --------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the line's quantity stands."""
        return self.known.unrolled.place(self.quantity)

    @property
    def kind(self) -> str:
        """The kind of that quantity; "" in an expression graph, whose names say nothing."""
        return "" if self.is_free else self.place.kind

    @property
    def is_free(self) -> bool:
        """Whether the line is one of an expression graph."""
        return self.known.unrolled.is_free

    @property
    def problem(self) -> Problem:
        """The problem that it belongs to."""
        return self.known.unrolled.derivation.graph.problem

    @property
    def of_parameter(self) -> bool:
        """Whether the line belongs to the update."""
        return self.code.startswith("update.")

    @property
    def is_copied(self) -> bool:
        """Whether something else stands in the place of the line."""
        return bool(self.formula == COPY)

    @property
    def terms(self) -> int:
        """How many terms the line's sums have together; 0 where there is none."""
        return sum(map(self.length, self.sums.values()))

    def length(self, term: Expr) -> int:
        """How many terms a sum of this term has."""
        rows = (self.columns.get(name) for name in term.free_symbols)
        return max(
            (len(row) for row in rows if isinstance(row, tuple) and not isinstance(row, Fixed)),
            default=1,
        )

    def quantities(self, name: Symbol) -> tuple[int, ...]:
        """The quantities in a slot; none where there is no such slot."""
        held = self.columns.get(name, ())
        if isinstance(held, int):
            return (held,)
        return () if isinstance(held, Fixed) else held

    def interval(self, name: Symbol) -> Pair:
        """What can stand in a slot that holds one thing."""
        return self._pair(self.single(name))

    def single(self, name: Symbol) -> int | Fixed:
        """What stands in a slot that holds one thing."""
        held = self.columns[name]
        assert isinstance(held, int | Fixed)
        return held

    @property
    def known_kinds(self) -> Kinds:
        """What the kinds of the problem's quantities are to each other."""
        return self.known.unrolled.kinds

    def kinds(self, name: Symbol) -> frozenset[str]:
        """The kinds of the quantities in a slot: {"out"}."""
        return self.known.unrolled.kinds_of(self.quantities(name)[:MOST_EXCHANGED])

    def holding(self, kinds: Set[str]) -> list[Symbol]:
        """The slots in which there are quantities of these kinds alone."""
        if not kinds:
            return []
        found = [(name, self.kinds(name)) for name in self.columns]
        return [name for name, own in found if own and own <= kinds]

    def beside(self, place: Place) -> int | None:
        """The quantity at a place of the same update, or None where there is none."""
        try:
            return self.known.unrolled.find(place._replace(update=self.place.update))
        except KeyError:
            return None

    # --- bending ------------------------------------------------------------------------------

    def where(self, condition: Any) -> Line | None:
        """The line for those people for whom something holds; None where it does not for the only one."""
        if not isinstance(condition, np.ndarray):
            return self if condition else None
        return self._replace(holds=condition if self.holds is None else self.holds & condition)

    def times(self, factor: float) -> Line:
        """The line's value, multiplied."""
        return self._replace(factor=self.factor * factor)

    def put(self, name: Symbol, held: Held | float) -> Line:
        """Something else in a slot."""
        what = Fixed(held, held) if isinstance(held, float) else held
        return self._replace(columns={**self.columns, name: what})

    def formed(self, formula: Expr, **columns: Held) -> Line:
        """Another formula, with the same sum."""
        added = {slot(name): held for name, held in columns.items()}
        return self._replace(formula=formula, columns={**self.columns, **added})

    def picking(self, *positions: int) -> Line:
        """Only these terms of the sums, or one of them more than once."""
        return self._replace(picked=positions)

    def copying(self, held: int | Fixed) -> Line:
        """Another value in the place of what the line gives."""
        return self._replace(formula=COPY, sums={}, columns={COPY: held}, factor=1.0)

    def exchanging(self, name: Symbol, other: Callable[[Place], Place | None]) -> Line | None:
        """Other quantities in the place of those in a slot; None where one of them has no other."""
        own = self.quantities(name)
        if not own or len(own) > MOST_EXCHANGED:
            return None
        places = [other(self.known.unrolled.place(q)) for q in own]
        found = [None if place is None else self.beside(place) for place in places]
        return self.putting(name, found)

    def putting(self, name: Symbol, quantities: list[int | None]) -> Line | None:
        """These quantities in a slot; None where one of them is missing, or all are the same."""
        chosen = tuple(q for q in quantities if q is not None)
        if len(chosen) < len(quantities) or chosen == self.quantities(name):
            return None
        single = isinstance(self.columns[name], int)
        return self.put(name, chosen[0] if single else chosen)

    # --- calculating --------------------------------------------------------------------------

    def value(self) -> Pair:
        """The line's interval."""
        known: dict[Symbol, Pair] = {}
        picked = self.picks()
        for total, term in self.sums.items():
            known[total] = self._sum(term, picked.get(total))
        for name, held in self.columns.items():
            if not isinstance(held, tuple) or isinstance(held, Fixed):
                known[name] = self._pair(held)
        low, high = map(self.known.whole, calculation(self.formula)(known.__getitem__))
        if self.holds is not None:
            low, high = (np.where(self.holds, end, np.nan) for end in (low, high))
        return scaled((low, high), self.factor)

    def picks(self) -> dict[Symbol, tuple[int, ...]]:
        """The positions that are picked in each sum; nothing where all are."""
        if self.picked is None:
            return {}
        found, first = {}, 0
        for total, term in self.sums.items():
            last = first + self.length(term)
            found[total] = tuple(n - first for n in self.picked if first <= n < last)
            first = last
        return found

    def _sum(self, term: Expr, picked: tuple[int, ...] | None) -> Pair:
        length = self.length(term)
        if length > MOST_SINGLE:
            low, high = self._long_sum(term, picked)
            return low, high
        count = calculation(term)
        positions = range(length) if picked is None else picked
        terms = [count(lambda name, n=n: self._entry(name, n)) for n in positions]  # type: ignore[misc]
        return sum((t[0] for t in terms), 0.0), sum((t[1] for t in terms), 0.0)

    def _long_sum(self, term: Expr, picked: tuple[int, ...] | None) -> Pair:
        columns = {
            name: self._pair(held) if isinstance(held, int | Fixed) else self.known.pairs(held)
            for name, held in self.columns.items()
        }
        low, high = calculation(term)(columns.__getitem__)
        if picked is not None:
            chosen = np.array(picked, dtype=int)
            low, high = low[chosen], high[chosen]
        return low.sum(axis=0), high.sum(axis=0)

    def _entry(self, name: Symbol, position: int) -> Pair:
        held = self.columns[name]
        return self._pair(held if isinstance(held, int | Fixed) else held[position])

    def _pair(self, held: int | Fixed) -> Pair:
        return self.known.pair(held) if isinstance(held, int) else (held.low, held.high)
