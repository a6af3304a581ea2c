"""The error as one expression in the parameters, differentiated as it stands.

An independent derivation for small networks: no deltas, no chain-rule factors, no reuse. It grows
so fast with the network that `predicted_size` is asked first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Max, Piecewise, Rational, Symbol, diff

from derive.algebra.family import Family
from derive.algebra.fold import active
from derive.algebra.ledger import Ids
from derive.algebra.ordered import Constant, Largest
from derive.graph.graph import Graph

LARGEST = 150  # operations in the error, beyond which it is neither printed nor differentiated


@dataclass(frozen=True, eq=False)
class Direct:
    """The error in the parameters' symbols, and its derivatives by the wanted ones.

    `digits` has each symbol's number as it was typed.
    """

    error: Expr
    wanted: Ids
    derivatives: tuple[Expr, ...]
    digits: Mapping[Symbol, str]

    @property
    def operations(self) -> int:
        """Operations in the longest derivative."""
        return max((int(d.count_ops()) for d in self.derivatives), default=0)


def predicted_size(graph: Graph) -> float:
    """About how many operations the error has when everything is substituted into it."""
    size = np.zeros(graph.ledger.size)
    for family in graph.families:
        made = np.full(family.targets.size, float(family.rule.formula.count_ops()))
        for slot in family.rule.slots():
            ids = family.arguments[slot]
            inner = size[ids] + 2 if ids.ndim == 2 else size[ids]
            made += inner if ids.ndim == 1 else inner.sum(axis=1)
        size[family.targets] = made
    return float(size[graph.error])


def direct(graph: Graph, wanted: Ids, values: NDArray[np.float64]) -> Direct | None:
    """Substitute and differentiate; None where the network is too large for that.

    `values` of the forward pass only decide which case of a formula with cases holds.
    """
    if predicted_size(graph) > LARGEST:
        return None
    known: dict[int, Expr] = {}
    digits: dict[Symbol, str] = {}
    parameters = set(graph.parameters.tolist())
    for ids, numbers in graph.given:
        for index, number in np.ndenumerate(ids):
            if int(number) in parameters:
                symbol = Symbol(str(graph.ledger.place(int(number))), real=True)
                known[int(number)], digits[symbol] = symbol, numbers.text(*index)
            else:
                known[int(number)] = Rational(numbers.text(*index))
    for family in graph.families:
        for member, target in enumerate(family.targets.tolist()):
            known[target] = _substituted(family, member, known, values)
    error = known[graph.error]
    derivatives = tuple(diff(error, known[number]) for number in wanted.tolist())
    return Direct(error, wanted, derivatives, digits)


def _substituted(
    family: Family, member: int, known: dict[int, Expr], values: NDArray[np.float64]
) -> Expr:
    """One member's formula with the expressions of its arguments in their places."""
    slots = family.rule.slots()
    columns = {slot: ids for slot, ids in family.member(member).items() if slot in slots}
    used: dict[Symbol, Expr] = {
        slot: known[ids] for slot, ids in columns.items() if isinstance(ids, int)
    }
    for total, term in family.rule.sums.items():
        length = max(len(ids) for ids in columns.values() if isinstance(ids, tuple))
        used[total] = sum(
            (_plain(term).xreplace({
                slot: known[ids[i] if isinstance(ids, tuple) else ids]
                for slot, ids in columns.items() if slot in term.free_symbols
            }) for i in range(length)),
            start=Rational(0),
        )  # fmt: skip
    formula = family.rule.formula
    if isinstance(formula, Max | Largest | Piecewise):
        formula = active(formula, lambda slot: float(values[np.asarray(columns[slot])]))
    return _plain(formula).xreplace(used)


def _plain(expression: Expr) -> Expr:
    """The expression with typed constants as exact numbers."""
    typed = {c: Rational(c.name) for c in expression.free_symbols if isinstance(c, Constant)}
    return expression.xreplace(typed) if typed else expression
