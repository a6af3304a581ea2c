"""Formulas with cases: which of them hold, and why."""

from __future__ import annotations

import functools
from collections.abc import Callable

import sympy
from sympy import Basic, Expr, Ge, Le

from derive.algebra.ordered import Largest, Smallest


def decided(formula: Expr, holds: Callable[[Basic], bool]) -> tuple[Expr, list[Basic | None]]:
    """A formula with the case that holds in the place of each Piecewise, and why each does.

    Terms of a sum that come to 0 in this way are left out. There is no reason (None) for the last of
    more than two cases.

    >>> from sympy import symbols
    >>> x, y = symbols("x y", real=True)
    >>> cases = sympy.Piecewise((x, x > y), (0, True), evaluate=False)
    >>> decided(sympy.Add(y, cases, evaluate=False), lambda condition: False)
    (y, [x <= y])
    """
    reasons: list[Basic | None] = []

    def walk(node: Basic) -> Basic:
        if node.is_Piecewise:
            number = next(
                n for n, (_, case) in enumerate(node.args) if case == sympy.true or holds(case)
            )
            value, case = node.args[number]
            reasons.append(_excluding(node, holds) if case == sympy.true else case)
            return walk(value)
        if not node.has(sympy.Piecewise):
            return node
        parts = [walk(part) for part in node.args]
        if node.is_Add:
            parts = [part for part in parts if part != 0] or [sympy.S.Zero]
        return parts[0] if node.is_Add and len(parts) == 1 else node.func(*parts, evaluate=False)

    return walk(formula), reasons


def _excluding(piecewise: Basic, holds: Callable[[Basic], bool]) -> Basic | None:
    """What holds in the last of two cases: z ≤ 0 where the first is z > 0."""
    if len(piecewise.args) != 2:
        return None
    condition = piecewise.args[0][1]
    if isinstance(condition, sympy.And):
        condition = next(part for part in condition.args if not holds(part))
    first, second = condition.args
    return condition.negated.func(first, _reached(second, holds), evaluate=False)


def _reached(thing: Basic, holds: Callable[[Basic], bool]) -> Basic:
    """What a maximum or minimum comes to: x ≤ z says more shortly than x ≤ max(y, z) why x is none."""
    if not isinstance(thing, Largest | Smallest):
        return thing
    as_far = Ge if isinstance(thing, Largest) else Le
    return functools.reduce(
        lambda best, part: part if holds(as_far(part, best, evaluate=False)) else best, thing.args
    )
