"""The chain rule without deltas: a sum over all paths from the error to a parameter.

Each path is a product of local derivatives. A sweep that reuses deltas gives the same polynomial
with far fewer factors; `equal_forms` proves the one, `count` gives the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
from sympy import QQ, Expr, Symbol
from sympy.polys.rings import PolyElement, ring

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.algebra.rule import LOCAL, UP
from derive.derivation.derivation import Derivation
from derive.derivation.sweep import Backward

# The quantities whose product is the path's share, from the error to the parameter.
Path = tuple[int, ...]


class Step(NamedTuple):
    """One contribution to a derivative: what came back so far, times a local derivative (or ±1)."""

    upstream: int
    local: int | None
    sign: int


class Counts(NamedTuple):
    """What the gradients of the weights cost: `factors` in the products of all `paths`, or, with
    deltas, `products` of a few known numbers (a slope that multiplies a sum is counted with the
    sum), which have `reused` factors together, slopes included."""

    paths: float
    factors: float
    products: int
    reused: int


def steps(derivation: Derivation, gradient: int) -> list[Step]:
    """The contributions to a derivative; none where it comes straight from the loss."""
    family, member = derivation.made(gradient)
    found = []
    for up, local, term in _contributions(family):
        ups = np.atleast_1d(family.arguments[up][member])
        sign = -1 if term.could_extract_minus_sign() else 1
        locals_: list[int | None] = [None] * ups.size
        if local is not None:
            locals_ = np.atleast_1d(family.arguments[local][member]).tolist()
        found += [Step(u, x, sign) for u, x in zip(ups.tolist(), locals_, strict=True)]
    return found


def _contributions(family: Family) -> Iterator[tuple[Symbol, Symbol | None, Expr]]:
    """The (upstream slot, local slot or None, term) of each sum in a derivative's rule."""
    for expression in family.rule.sums.values() or (family.rule.formula,):
        slots = {str(s).partition("_")[0]: s for s in expression.free_symbols}
        if str(UP) in slots:
            yield slots[str(UP)], slots.get(str(LOCAL)), expression


def paths(derivation: Derivation, gradient: int) -> Iterator[tuple[int, Path]]:
    """Every path's sign and factors. There can be very many: `count` them first."""
    contributions = steps(derivation, gradient)
    if not contributions:
        yield 1, (gradient,)
    for step in contributions:
        for sign, factors in paths(derivation, step.upstream):
            yield sign * step.sign, factors if step.local is None else (*factors, step.local)


def count(derivation: Derivation, kinds: Collection[str] = ("dE/dw",)) -> Counts:
    """What one sample's gradients of some kinds cost, by a walk over the families, not the paths."""
    one = derivation.one
    ways = np.zeros(one.ledger.size)
    factors = np.zeros(one.ledger.size)
    products = reused = 0
    total = [0.0, 0.0]
    for family in one.families:
        if not family.rule.code.startswith("gradient."):
            continue
        contributions = list(_contributions(family))
        if not contributions:
            ways[family.targets], factors[family.targets] = 1, 1
        for up, local, _ in contributions:
            ids = family.arguments[up].reshape(family.targets.size, -1)
            ways[family.targets] += ways[ids].sum(axis=1)
            longer = factors[ids] + (0 if local is None else ways[ids])
            factors[family.targets] += longer.sum(axis=1)
            products += 0 if _only_a_slope(one, family, ids) else ids.size
            reused += 0 if local is None else 2 * ids.size
        if family.rule.code.removeprefix("gradient.") in kinds:
            total[0] += float(ways[family.targets].sum())
            total[1] += float(factors[family.targets].sum())
        elif family.rule.code == "gradient.dE/db":
            products -= sum(family.arguments[up].size for up, _, _ in contributions)
    return Counts(total[0], total[1], products, reused)


def _only_a_slope(one: Backward, family: Family, upstream: Ids) -> bool:
    """Whether this only multiplies a sum that is counted already by the slope of a unit."""
    if family.rule.sums or family.rule.code not in ("gradient.delta", "gradient.negdelta"):
        return False
    first = int(upstream.flat[0])
    source = next(f for f in one.families if first in f.targets)
    return any(True for _ in _contributions(source))


def equal_forms(derivation: Derivation, gradient: int) -> bool:
    """Prove that the sum over paths and the delta form are one polynomial in the local derivatives.

    Every local derivative becomes an indeterminate over the rational numbers; both forms are
    multiplied out exactly and compared.
    """
    every = list(paths(derivation, gradient))
    letters = {q: n for n, q in enumerate(dict.fromkeys(q for _, path in every for q in path))}
    domain, *symbols = ring([f"q{n}" for n in range(len(letters))], QQ)
    known: dict[int, PolyElement] = {}

    def delta_form(quantity: int) -> PolyElement:
        if quantity not in known:
            contributions = steps(derivation, quantity)
            known[quantity] = symbols[letters[quantity]] if not contributions else domain.zero
            for step in contributions:
                term = delta_form(step.upstream) * step.sign
                known[quantity] += (
                    term if step.local is None else term * symbols[letters[step.local]]
                )
        return known[quantity]

    by_paths = domain.zero
    for sign, path in every:
        term = domain.one * sign
        for quantity in path:
            term *= symbols[letters[quantity]]
        by_paths += term
    return bool(by_paths == delta_form(gradient))
