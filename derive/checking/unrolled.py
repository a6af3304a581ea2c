"""Several updates as one list of equations, so that an answer about any of them can be judged.

The equations of an update are those of the derivation; those of the next use the new parameters in
the places of the old ones. After the last update, the forward pass goes once more.

A line that the page calculates in one go can also be calculated through another: where a page adds
η · δ · x to a weight, somebody can subtract η · ∂E/∂w. What comes of a person's values is calculated
through the most lines, for any of them can have an answer; `ways` knows both.

>>> from derive.graph.graph import build
>>> from derive.derivation.derivation import derive
>>> from derive.problem.reading import load
>>> unrolled = Unrolled(derive(build(load("1-1", seed=1))))
>>> before, after = (unrolled.find(Place("E", update=u)) for u in (None, 2))
>>> bool(unrolled.truth[after] < unrolled.truth[before])
True
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.algebra.places import Place
from derive.checking.kinds import Kinds
from derive.checking.part import Part
from derive.derivation.derivation import Derivation
from derive.numbers.evaluate import Values, run
from derive.problem import schedule


class Unrolled:
    """The quantities of `updates` updates and of the forward pass behind them.

    Quantity q of update u (from 1) has the number q + (u − 1) · size. What nobody asks about is not
    made. `first` are the values of the first update where they are known more exactly than doubles
    give them.
    """

    def __init__(
        self, derivation: Derivation, updates: int = 1, first: Values | None = None
    ) -> None:
        self.derivation, self.updates = derivation, updates
        self.is_free = derivation.graph.problem.equations is not None  # an expression graph
        self.size = derivation.ledger.size
        self._first = first
        self._parts: list[Part] = []
        self._places: dict[int, Place] = {}
        self._keys: dict[int, str] = {}
        self._orders: dict[int, tuple[int, int, int]] = {}
        self._slots: dict[int, set[Symbol]] = {}
        self._news: dict[int, dict[int, int]] = {}
        self._held: dict[tuple[int, ...], frozenset[str]] = {}
        self._columns: dict[tuple[int, int], dict[Symbol, int | tuple[int, ...]]] = {}
        self._operands: dict[tuple[int, int], tuple[int, ...]] = {}
        self.last = updates if self.is_free else updates + 1  # that there is something of
        self._values = np.full(self.size * self.last, np.nan)
        self._given = np.zeros(self._values.size, dtype=bool)

    # --- parts --------------------------------------------------------------------------------

    def part(self, update: int) -> Part:
        """The equations of one update, or of the forward pass behind the last."""
        while len(self._parts) < update:
            self._parts.append(self._next())
        return self._parts[update - 1]

    def families(self, last: int) -> Iterator[Family]:
        """All equations up to those of an update, in order."""
        for update in range(1, last + 1):
            yield from self.part(update).walked

    def _next(self) -> Part:
        update = len(self._parts) + 1
        batch = schedule.batch(self.derivation.graph.problem, update)
        derivation = self.derivation.resized(len(batch))
        mapped = self._mapped(update, derivation)
        part = Part.of(update, derivation, batch, mapped, update <= self.updates)
        self._give(part, batch)
        run(part.families, self._values)
        if update == 1 and self._first is not None:
            self._values[: self.size] = self._first
        return part

    def _mapped(self, update: int, derivation: Derivation) -> Ids:
        """For each quantity of the derivation the one that it is in this update."""
        mapped: Ids = np.arange(derivation.ledger.size) + (update - 1) * self.size
        if update == 1:
            return mapped
        before = self._parts[-1]
        mapped[derivation.graph.parameters] = before.mapped[before.derivation.graph.parameters]
        pairs = zip(derivation.update.lasting, before.derivation.update.lasting, strict=True)
        for (olds, _), (_, news) in pairs:
            mapped[olds] = before.mapped[news]
        return mapped

    def _give(self, part: Part, batch: range) -> None:
        """Fill in the numbers that the problem gives, but for what an earlier update has made."""
        for ids, numbers in part.derivation.given(batch, part.update):
            own = part.mapped[ids]
            fresh = own >= (part.update - 1) * self.size
            self._values[own[fresh]] = numbers.values[fresh]
            self._given[own[fresh]] = True

    # --- values -------------------------------------------------------------------------------

    @property
    def truth(self) -> Values:
        """Every value, nothing rounded on the way; NaN where there is no such quantity."""
        self.part(self.last)
        return self._values

    def known(self, last: int) -> Values:
        """The same as far as the equations up to an update make it."""
        self.part(last)
        return self._values

    def given(self, last: int) -> NDArray[np.bool_]:
        """Which quantities have their numbers from the problem."""
        self.part(last)
        return self._given

    # --- places -------------------------------------------------------------------------------

    def find(self, place: Place) -> int:
        """The number of the quantity at a place; KeyError where there is none.

        Without an update it is the first, or the first that uses the sample.
        """
        update = place.update or self._first_with(place.sample)
        if not 1 <= update <= self.last:
            raise KeyError(place)
        part = self.part(update)
        try:
            number = part.find(place)
        except ValueError:  # as many indices as another quantity of this kind has
            raise KeyError(place) from None
        quantity = int(part.mapped[number])
        if np.isnan(self._values[quantity]):  # the forward pass has no gradients
            raise KeyError(place)
        return quantity

    def _first_with(self, sample: int | None) -> int:
        return 1 if sample is None else (sample - 1) // self.derivation.samples + 1

    def alone(self, update: int) -> int | None:
        """The only sample of an update, where the problem has others; or None."""
        if not (self.derivation.lift.marked and 1 <= update <= self.last):
            return None
        batch = schedule.batch(self.derivation.graph.problem, update)
        return batch[0] + 1 if len(batch) == 1 else None

    def update(self, quantity: int) -> int:
        """The update that a quantity belongs to."""
        return quantity // self.size + 1

    def place(self, quantity: int) -> Place:
        """Where a quantity stands; without its update where that is the only one."""
        if quantity not in self._places:
            update, own = divmod(quantity, self.size)
            part = self.part(update + 1)
            found = part.numbered(part.derivation.ledger.place(own))
            first = found.update is None and update == 0
            self._places[quantity] = found if first else found._replace(update=update + 1)
        return self._places[quantity]

    def key(self, quantity: int) -> str:
        """A quantity's key; what belongs to the first update needs no "#1"."""
        if quantity not in self._keys:
            place = self.place(quantity)
            self._keys[quantity] = str(place._replace(update=None) if place.update == 1 else place)
        return self._keys[quantity]

    @cached_property
    def kinds(self) -> Kinds:
        """What the kinds of its quantities are to each other."""
        return Kinds.of(self.derivation)

    def kinds_of(self, quantities: tuple[int, ...]) -> frozenset[str]:
        """The kinds of some quantities."""
        if quantities not in self._held:
            self._held[quantities] = frozenset(self.place(q).kind for q in quantities)
        return self._held[quantities]

    # --- who makes what -----------------------------------------------------------------------

    def order(self, quantity: int) -> tuple[int, int, int]:
        """Where a quantity stands in the order of the calculation: update, family, member."""
        if quantity not in self._orders:
            update, own = divmod(quantity, self.size)
            part = self.part(update + 1)
            family, member = part.derivation.made(own)
            self._orders[quantity] = update, part.positions[id(family)], member
        return self._orders[quantity]

    def made(self, quantity: int) -> tuple[Family, int]:
        """The family that makes a quantity, and which of its members it is."""
        return self.ways(quantity)[0]

    def ways(self, quantity: int) -> list[tuple[Family, int]]:
        """Every way to calculate a quantity, that of the page first."""
        update, position, member = self.order(quantity)
        part = self.part(update + 1)
        every = part.families[position], part.others.get(position)
        return [(family, member) for family in every if family is not None]

    def columns(self, quantity: int, way: int = 0) -> dict[Symbol, int | tuple[int, ...]]:
        """What stands in each slot of a quantity's formula, or of another one."""
        if (quantity, way) not in self._columns:
            family, member = self.ways(quantity)[way]
            rule = family.rule
            if id(rule) not in self._slots:
                self._slots[id(rule)] = rule.slots()
            held = family.member(member)
            self._columns[quantity, way] = {
                name: held[name] for name in held if name in self._slots[id(rule)]
            }
        return self._columns[quantity, way]

    def operands(self, quantity: int, way: int = 0) -> tuple[int, ...]:
        """The quantities in a quantity's formula, or in another one, each once."""
        if (quantity, way) not in self._operands:
            held = self.columns(quantity, way).values()
            rows = (row if isinstance(row, tuple) else (row,) for row in held)
            self._operands[quantity, way] = tuple(dict.fromkeys(chain.from_iterable(rows)))
        return self._operands[quantity, way]

    def renewed(self, quantities: Sequence[int], update: int) -> list[int] | None:
        """The new values of parameters that an update uses, or None where one of them has none."""
        found = [self._renewed(update).get(q) for q in quantities]
        return None if None in found else [q for q in found if q is not None]

    def _renewed(self, update: int) -> dict[int, int]:
        if update not in self._news:
            part = self.part(update)
            olds, news = part.derivation.moved
            chosen = (olds, news) if update <= self.updates else (olds[:0], news[:0])
            pairs = (part.mapped[ids].tolist() for ids in chosen)
            self._news[update] = dict(zip(*pairs, strict=True))
        return self._news[update]
