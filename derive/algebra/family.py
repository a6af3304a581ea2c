"""A family: all quantities that one rule makes, as arrays of who is made from whom.

>>> from fractions import Fraction
>>> from derive.algebra.fold import FLOATS, FRACTIONS
>>> from derive.algebra.rule import B, TOTAL, W, X, Rule
>>> net = Rule("net", TOTAL + B, {TOTAL: W * X})
>>> family = Family(net, np.array([10, 11]), {
...     W: np.array([[0, 1], [2, 3]]), X: np.array([[4, 5], [4, 5]]), B: np.array([6, 7])})
>>> family.member(1)[W], family.member(1)[B], family.needs(1)
((2, 3), 7, (7, 2, 3, 4, 5))

Given numbers for the quantities, it evaluates itself, all members at once or one of them:

>>> numbers = np.array([1.0, 2, 3, 4, 10, 20, 0.5, 0.25])
>>> family.values(numbers.__getitem__, FLOATS)
array([ 50.5 , 110.25])
>>> family.value(1, lambda quantity: Fraction(numbers[quantity]), FRACTIONS)
Fraction(441, 4)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from sympy import Add, Expr, Symbol

from derive.algebra.fold import Arithmetic, Number, fold
from derive.algebra.ledger import Ids
from derive.algebra.rule import ZS, Rule, Z


@dataclass(frozen=True, eq=False)
class Family:
    """`targets[m]` is made by `rule` from `arguments[slot][m]`: one quantity, or a row of them.

    Shapes: targets (members,); an argument (members,) for a slot in the formula itself, and
    (members, length) for a slot inside a sum.
    """

    rule: Rule
    targets: Ids
    arguments: Mapping[Symbol, Ids]

    def member(self, m: int) -> dict[Symbol, int | tuple[int, ...]]:
        """What one member is made from."""
        return {
            slot: int(ids[m]) if ids.ndim == 1 else tuple(ids[m].tolist())
            for slot, ids in self.arguments.items()
        }

    def needs(self, m: int) -> tuple[int, ...]:
        """The quantities in one member's formula, each once: plain slots first, then the series."""
        used = self.rule.slots()
        columns = sorted(self.arguments.items(), key=lambda item: item[1].ndim)
        found = [ids[m] for slot, ids in columns if slot in used]
        return (
            tuple(dict.fromkeys(np.concatenate([np.atleast_1d(i) for i in found]).tolist()))
            if found
            else ()
        )

    def length(self, term: Expr) -> int:
        """How many terms a sum of this term has."""
        used = (self.arguments[slot] for slot in term.free_symbols if slot in self.arguments)
        return max(ids.shape[1] for ids in used if ids.ndim == 2)

    def values(self, gather: Callable[[Ids], Number], arithmetic: Arithmetic) -> Number:
        """What all members come to, in one go.

        `gather` gives the values of quantities in an array of numbers' shape, after any other axes.
        """
        columns = {slot: gather(ids) for slot, ids in self.arguments.items()}
        if self.rule.relative and arithmetic.lower is not None:
            columns[Z], columns[ZS] = arithmetic.lower(columns[Z], columns[ZS])
        for total, term in self.rule.sums.items():
            series = {
                slot: columns[slot] if ids.ndim == 2 else gather(ids[:, None])
                for slot, ids in self.arguments.items()
            }
            columns[total] = arithmetic.total(fold(term, series.__getitem__, arithmetic))
        return fold(self.rule.formula, columns.__getitem__, arithmetic)

    def value(
        self, m: int, known: Callable[[int], Number], arithmetic: Arithmetic,
        formula: Expr | None = None,
    ) -> Number:  # fmt: skip
        """What one member comes to; `known` gives the value of each quantity.

        `formula` may stand for the rule's own, for instance where one of its cases is known to hold.
        """
        columns = self.member(m)

        def leaf(symbol: Symbol, position: int = 0) -> Number:
            ids = columns[symbol]
            return known(ids if isinstance(ids, int) else ids[position])

        totals: dict[Symbol, Number] = {}
        for total, term in self.rule.sums.items():
            terms = [
                fold(term, partial(leaf, position=i), arithmetic) for i in range(self.length(term))
            ]
            totals[total] = arithmetic.table[Add](*terms)
        chosen = self.rule.formula if formula is None else formula
        return fold(chosen, lambda s: totals[s] if s in totals else leaf(s), arithmetic)
