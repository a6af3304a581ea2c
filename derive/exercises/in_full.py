"""Which values are shown in full, for many sheets at once: an arithmetic of values and what is known of them.

A pair is a value, and whether it is rational and made of values that are shown in full. What
`derive.numbers.exact` finds with fractions for one sheet, this finds with doubles for thousands.

>>> from sympy import symbols
>>> from derive.algebra.fold import fold
>>> x, y = symbols("x y")
>>> exact, rounded = (np.array([0.5]), np.array([True])), (np.array([0.25]), np.array([False]))
>>> [bool(fold(e, {x: exact, y: rounded}.__getitem__, IN_FULL)[1][0]) for e in (x * x + 1, x * y)]
[True, False]
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from derive.algebra.fold import FLOATS, UNDEFINED, Arithmetic
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest

Known = tuple[Any, Any]  # a value, and whether it is known in full


def _all(operation: Any) -> Any:
    def both(*parts: Known) -> Known:
        values, known = zip(*parts, strict=True)
        return operation(*values), np.logical_and.reduce(np.broadcast_arrays(*known))

    return both


def _product(*factors: Known) -> Known:
    value, known = _all(FLOATS.table[sympy.Mul])(*factors)
    for factor, sure in factors:
        known = known | ((factor == 0) & sure)
    return value, known


def _never(operation: Any) -> Any:
    return lambda *parts: (operation(*(value for value, _ in parts)), False)


def _always(operation: Any) -> Any:
    """A sign is known whether or not what it is the sign of is."""
    return lambda part: (operation(part[0]), True)


def _extreme(operation: Any) -> Any:
    """The largest or the least, known where that one is."""

    def chosen(*parts: Known) -> Known:
        value = operation(*(part for part, _ in parts))
        return value, np.logical_or.reduce([(part == value) & known for part, known in parts])

    return chosen


def _choose(branches: list[Any]) -> Known:
    *upper, (last, _) = branches
    value, known = last()
    for branch, condition in reversed(upper):
        (here, sure), (holds, _) = branch(), condition()
        value, known = np.where(holds, here, value), np.where(holds, sure, known)
    return value, known


def _total(series: Known) -> Known:
    value, known = series
    return value.sum(axis=-1), np.broadcast_to(known, value.shape).all(axis=-1)


IN_FULL = Arithmetic(
    number=lambda text: (FLOATS.number(text), True),
    table={
        **{kind: _all(operation) for kind, operation in FLOATS.table.items()},
        **{kind: _never(FLOATS.table[kind]) for kind in (
            sympy.exp, sympy.log, sympy.tanh, sympy.sinh, sympy.cosh, sympy.sin, sympy.cos, sympy.erf,
            type(sympy.E), type(sympy.pi), *UNDEFINED)},
        **{kind: _always(FLOATS.table[kind]) for kind in (Signum, sympy.sign)},
        sympy.Mul: _product, sympy.Max: _extreme(FLOATS.table[sympy.Max]),
        Largest: _extreme(FLOATS.table[Largest]), sympy.Min: _extreme(FLOATS.table[sympy.Min]),
        Smallest: _extreme(FLOATS.table[Smallest]), Magnitude: _all(FLOATS.table[Magnitude]),
        type(sympy.true): lambda: (True, True), type(sympy.false): lambda: (False, True),
    },
    choose=_choose,
    total=_total,
)  # fmt: skip
