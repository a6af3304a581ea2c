"""A family: all quantities that one rule makes, as arrays of who is made from whom.

>>> from derive.algebra.rule import B, TOTAL, W, X, Rule
>>> net = Rule("net", TOTAL + B, {TOTAL: W * X})
>>> family = Family(net, np.array([10, 11]), {
...     W: np.array([[0, 1], [2, 3]]), X: np.array([[4, 5], [4, 5]]), B: np.array([6, 7])})
>>> family.member(1)[W], family.member(1)[B], family.needs(1)
((2, 3), 7, (7, 2, 3, 4, 5))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sympy import Symbol

from derive.algebra.ledger import Ids
from derive.algebra.rule import Rule


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
