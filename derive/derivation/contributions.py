"""What comes back to a quantity from all that use it, and the equation that adds it up.

A quantity is used many times, and not all of a block's quantities equally often; contributions whose
terms have one shape are kept together in arrays, so that a family of any size is added up at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Mul, Piecewise, S, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import negative, plus, replaced, times
from derive.algebra.rule import LOCAL, TOTAL, UP, Rule, slot


@dataclass(frozen=True, eq=False)
class Uses:
    """Contributions of one shape: `term`, in slots, for each of the sources.

    Each source is used by the target beside it, whose ∂E/∂target is handed on. Shapes: (uses,), or,
    once they are put in order, (members, uses of each).
    """

    sources: Ids
    targets: Ids  # terms stand in this order
    term: Expr
    arguments: Mapping[Symbol, Ids]

    def only(self, chosen: NDArray[np.bool_]) -> Uses:
        """Some of them."""
        arguments = {name: ids[chosen] for name, ids in self.arguments.items()}
        return Uses(self.sources[chosen], self.targets[chosen], self.term, arguments)


def by_block(ledger: Ledger, uses: Uses) -> Iterator[tuple[int, Uses]]:
    """The uses of each block's quantities, with the block's first one.

    There are several blocks where a unit takes the outputs of several layers side by side.
    """
    blocks = ledger.among(uses.sources)
    for block in blocks:
        mine = (uses.sources >= block.start) & (uses.sources < block.start + block.size)
        yield block.start, uses if len(blocks) == 1 else uses.only(mine)


def grouped(uses: list[Uses]) -> list[tuple[Ids, list[Uses]]]:
    """Split a block's quantities into groups that are used equally often, with their uses."""
    first = min(int(u.sources.min()) for u in uses)
    used = np.flatnonzero(np.bincount(np.concatenate([u.sources for u in uses]) - first)) + first
    counts = np.stack([
        np.bincount(np.searchsorted(used, u.sources), minlength=used.size) for u in uses
    ])  # fmt: skip
    if (counts == counts[:, :1]).all():  # the usual case: everything is used equally often
        return [(used, [_sorted(u, used, int(n)) for u, n in zip(uses, counts[:, 0], strict=True)])]
    patterns, inverse = np.unique(counts, axis=1, return_inverse=True)
    groups = []
    for number, pattern in enumerate(patterns.T):
        members = used[inverse.ravel() == number]
        pairs = zip(uses, pattern.tolist(), strict=True)
        groups.append((members, [_sorted(u, members, count) for u, count in pairs if count]))
    return groups


def _sorted(uses: Uses, members: Ids, count: int) -> Uses:
    """The uses of these members only, member by member: arguments of shape (members, count)."""
    order = np.arange(uses.sources.size)
    if order.size > members.size * count:
        order = order[np.isin(uses.sources, members)]
    if count > 1 or (np.diff(uses.sources[order]) < 0).any():
        order = order[np.lexsort((uses.targets[order], uses.sources[order]))]
    arguments = {name: ids[order].reshape(-1, count) for name, ids in uses.arguments.items()}
    sources, targets = (ids[order].reshape(-1, count) for ids in (uses.sources, uses.targets))
    return Uses(sources, targets, uses.term, arguments)


def merged(uses: list[Uses]) -> list[Uses]:
    """Put together the uses whose terms have the same shape."""
    groups: dict[Expr, list[Uses]] = defaultdict(list)
    for use in uses:
        groups[use.term].append(use)
    return [
        Uses(
            np.concatenate([u.sources for u in group]),
            np.concatenate([u.targets for u in group]),
            term,
            {s: np.concatenate([u.arguments[s] for u in group]) for s in group[0].arguments},
        )
        for term, group in groups.items()
    ]


def added_up(kind: str, targets: Ids, uses: list[Uses]) -> Family:
    """Each target = the sum of the uses of one member, which are in order."""
    if len(uses) == 1 and uses[0].sources.shape[1] == 1:
        arguments = {name: ids[:, 0] for name, ids in uses[0].arguments.items()}
        return Family(Rule(f"gradient.{kind}", uses[0].term), targets, arguments)
    sums: dict[Symbol, Expr] = {}
    terms: list[Expr] = []
    arguments = {}
    for number, part in enumerate(_singly(uses)):
        if not part.arguments:  # only a number comes back, from where the output is made
            terms += [part.term] * part.sources.shape[1]
            continue
        renamed = {name: slot(f"{name}_{number}") if number else name for name in part.arguments}
        term = replaced(part.term, renamed)
        if term.has(Piecewise):
            arguments |= {renamed[name]: ids[:, 0] for name, ids in part.arguments.items()}
            terms.append(term)
            continue
        terms.append(slot(f"{TOTAL}_{number}") if number else TOTAL)
        sums[terms[-1]] = term
        arguments |= {renamed[name]: ids for name, ids in part.arguments.items()}
    formula = plus(*terms) if len(terms) > 1 else terms[0]
    return Family(Rule(f"gradient.{kind}", formula, sums), targets, arguments)


def _singly(uses: list[Uses]) -> Iterator[Uses]:
    """The same uses, but those with cases one by one: which case holds is told term by term."""
    for part in uses:
        if not part.term.has(Piecewise):
            yield part
            continue
        for n in range(part.sources.shape[1]):
            one = slice(n, n + 1)
            arguments = {name: ids[:, one] for name, ids in part.arguments.items()}
            yield Uses(part.sources[:, one], part.targets[:, one], part.term, arguments)


def times_upstream(
    local: Expr, arguments: Mapping[Symbol, Ids], upstream: Ids
) -> tuple[Expr, dict[Symbol, Ids]]:
    """∂E/∂target · local, where a local derivative of 1 or −1 is not written, and a minus comes first."""
    if local == 1:
        return UP, {UP: upstream}
    if local == -1:
        return negative(UP), {UP: upstream}
    if local.is_Mul and local.args[0] == -1:
        return negative(times(UP, *local.args[1:])), {UP: upstream, **arguments}
    if local.is_Symbol and local in arguments:  # w or x: every such product is of one shape
        return times(UP, LOCAL), {UP: upstream, LOCAL: arguments[local]}
    if local.is_Piecewise and {value for value, _ in local.args} == {S.One, S.Zero}:
        # all of it or nothing: what comes back to the largest of a window
        cases = [(UP if value == 1 else S.Zero, holds) for value, holds in local.args]
        return Piecewise(*cases, evaluate=False), {UP: upstream, **arguments}
    return times(UP, local), {UP: upstream, **arguments}


def times_constant(constant: Expr, local: Expr) -> Expr:
    """constant · local, merging numbers in front but leaving the rest in its order."""
    if constant == 1:
        return local
    first, *rest = local.args if local.is_Mul else (local,)
    number = constant * first if first.is_Number else constant
    kept = rest if first.is_Number else [first, *rest]
    if not kept:
        return number
    return Mul(*kept, evaluate=False) if number == 1 else Mul(number, *kept, evaluate=False)
