"""Give an expression a meaning: numbers, exact fractions, intervals, whatever an arithmetic offers.

One walk serves every kind of number, so a formula is written once and never turned into code.

>>> from sympy import symbols
>>> x, y = symbols("x y")
>>> fold(x * y + 1, {x: 3.0, y: np.array([1.0, 2.0])}.__getitem__, FLOATS)
array([4., 7.])
>>> fold(x / 3, {x: Fraction(1, 2)}.__getitem__, FRACTIONS)
Fraction(1, 6)
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from sympy import Basic, Expr, Symbol

from derive.algebra.ordered import Constant, Largest, Magnitude, Signum, Smallest

Number = Any  # whatever an arithmetic computes with

# What SymPy makes of a division by 0, in a formula that somebody typed: no number.
UNDEFINED = (type(sympy.zoo), type(sympy.nan), type(sympy.oo), type(-sympy.oo))


def _along_the_last_axis(series: Number) -> Number:
    return series.sum(axis=-1)


@dataclass(frozen=True)
class Arithmetic:
    """What the operations mean: `number` reads a decimal or a fraction, `table` has the functions.

    `choose(branches)` takes (value thunk, condition thunk) pairs, the last condition always true.
    `total` adds up a series that one array holds, along its last axis. `lower(one, series)` subtracts
    the same from one thing as from all in a series where their powers of e would be too large or small.
    """

    number: Callable[[str], Number]
    table: Mapping[type[Basic], Callable[..., Number]]
    choose: Callable[[list[tuple[Callable[[], Number], Callable[[], Number]]]], Number]
    total: Callable[[Number], Number] = _along_the_last_axis
    lower: Callable[[Number, Number], tuple[Number, Number]] | None = None


def fold(expression: Expr, leaf: Callable[[Symbol], Number], arithmetic: Arithmetic) -> Number:
    """The expression's value where `leaf` gives the value of each symbol."""

    def walk(node: Basic) -> Number:
        if isinstance(node, Constant):
            return arithmetic.number(node.name)
        if node.is_Symbol:
            return leaf(node)
        if node.is_Rational:
            return arithmetic.number(_text(node))
        if node.is_Piecewise:
            return arithmetic.choose(
                [(functools.partial(walk, value), functools.partial(walk, condition))
                 for value, condition in node.args]
            )  # fmt: skip
        return arithmetic.table[node.func](*map(walk, node.args))

    return walk(expression)


_text = functools.lru_cache(str)  # SymPy's printer takes longer than the arithmetic


def active(formula: Expr, leaf: Callable[[Symbol], float]) -> Expr:
    """What a formula with cases, or a maximum, comes to where symbols have these values."""
    if isinstance(formula, sympy.Max | Largest):
        parts = formula.args if isinstance(formula, sympy.Max) else formula.args[::-1]
        return max(parts, key=lambda part: float(fold(part, leaf, FLOATS)))
    return active_branch(formula, leaf)[0] if isinstance(formula, sympy.Piecewise) else formula


def active_branch(
    piecewise: sympy.Piecewise, leaf: Callable[[Symbol], float]
) -> tuple[Expr, Basic]:
    """The (value, condition) pair of a Piecewise that holds where symbols have these values."""
    for value, condition in piecewise.args:
        if bool(fold(condition, leaf, FLOATS)):
            return value, condition
    raise ValueError("no branch holds")  # the catalogue ends every Piecewise with True


# --- floating point, elementwise over arrays -----------------------------------------------------

LARGE = 200.0  # so that a double holds e to this power, its square and its inverse


def _power(base: Number, exponent: Number) -> Number:
    if np.ndim(exponent) == 0:
        if exponent == -1:
            return 1.0 / base
        if exponent == 2:
            return base * base
        if exponent == 0.5:
            return np.sqrt(base)
    return np.power(base, exponent)


def _choose_arrays(branches: list[tuple[Callable[[], Number], Callable[[], Number]]]) -> Number:
    *upper, (last, _) = branches
    result = last()
    for value, condition in reversed(upper):
        result = np.where(condition(), value(), result)
    return result


def _largest(*parts: Number) -> Number:
    return functools.reduce(np.maximum, parts)


def _smallest(*parts: Number) -> Number:
    return functools.reduce(np.minimum, parts)


def excess(series: Number) -> Number:
    """What to subtract from exponents of e along the last axis; 0 where doubles hold their powers."""
    largest = series.max(axis=-1)
    return np.where(np.abs(largest) > LARGE, largest, 0.0)


def _lowered(one: Number, series: Number) -> tuple[Number, Number]:
    much = excess(series)
    return one - much, series - much[..., None]


@functools.lru_cache
def _read_float(text: str) -> float:
    return float(Fraction(text))


_erf = np.vectorize(math.erf, otypes=[np.float64])
_COMPARE: dict[type[Basic], Callable[..., Number]] = {
    sympy.StrictGreaterThan: operator.gt, sympy.GreaterThan: operator.ge,
    sympy.StrictLessThan: operator.lt, sympy.LessThan: operator.le,
    sympy.Equality: operator.eq, sympy.Unequality: operator.ne,
}  # fmt: skip

FLOATS = Arithmetic(
    number=_read_float,
    table={
        sympy.Add: lambda *terms: functools.reduce(operator.add, terms),
        sympy.Mul: lambda *factors: functools.reduce(operator.mul, factors),
        sympy.Pow: _power,
        sympy.exp: np.exp, sympy.log: np.log, sympy.tanh: np.tanh, sympy.sinh: np.sinh,
        sympy.cosh: np.cosh, sympy.sin: np.sin, sympy.cos: np.cos, sympy.erf: _erf,
        sympy.Abs: np.abs, Magnitude: np.abs, Signum: np.sign, sympy.sign: np.sign,
        sympy.Max: _largest, Largest: _largest, sympy.Min: _smallest, Smallest: _smallest,
        type(sympy.E): lambda: math.e, type(sympy.pi): lambda: math.pi,
        **dict.fromkeys(UNDEFINED, lambda: math.nan),
        type(sympy.true): lambda: True, type(sympy.false): lambda: False,
        sympy.And: lambda *all_: functools.reduce(np.logical_and, all_),
        sympy.Or: lambda *some: functools.reduce(np.logical_or, some), sympy.Not: np.logical_not,
        **_COMPARE,
    },
    choose=_choose_arrays,
    lower=_lowered,
)  # fmt: skip

# --- exact fractions, or None ---------------------------------------------------------------------------

MOST_BITS = 400  # a longer fraction is never printed in full


def _strict(function: Callable[..., Number]) -> Callable[..., Number]:
    """The function, with an unknown value (None) wherever an argument is unknown."""

    def known(*arguments: Fraction | None) -> Number:
        return None if None in arguments else function(*arguments)

    return known


def _sign(x: Fraction) -> Fraction:
    return Fraction((x > 0) - (x < 0))


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator == 2 and base >= 0:
        roots = math.isqrt(base.numerator), math.isqrt(base.denominator)
        if (roots[0] ** 2, roots[1] ** 2) != (base.numerator, base.denominator):
            return None
        base, exponent = Fraction(*roots), 2 * exponent
    if exponent.denominator != 1 or abs(exponent) > 64 or (base == 0 and exponent < 0):
        return None
    return base ** int(exponent)


def _only(argument: int, value: int) -> Callable[..., Number]:
    """A function that is rational at one argument: e⁰ = 1, ln 1 = 0, tanh 0 = 0."""
    return _strict(lambda x: Fraction(value) if x == argument else None)


def _unknown(*_: object) -> None:
    return None


def _choose_one(branches: list[tuple[Callable[[], Number], Callable[[], Number]]]) -> Number:
    for value, condition in branches:
        holds = condition()
        if holds is None:
            return None
        if holds:
            return value()
    return None


def _product(*factors: Fraction | None) -> Fraction | None:
    if 0 in factors:  # whatever the others are
        return Fraction(0)
    product = _strict(lambda *known: functools.reduce(operator.mul, known))(*factors)
    too_long = product is not None and product.denominator.bit_length() > MOST_BITS
    return None if too_long else product


# A leaf is None where its value is not known exactly; so is a result.
FRACTIONS = Arithmetic(
    number=Fraction,
    table={
        sympy.Add: _strict(lambda *terms: sum(terms, Fraction(0))),
        sympy.Mul: _product,
        sympy.Pow: _strict(_exact_power),
        sympy.exp: _only(0, 1), sympy.log: _only(1, 0), sympy.tanh: _only(0, 0),
        sympy.sinh: _only(0, 0), sympy.cosh: _only(0, 1), sympy.sin: _only(0, 0),
        sympy.cos: _only(0, 1), sympy.erf: _only(0, 0),
        sympy.Abs: _strict(abs), Magnitude: _strict(abs), Signum: _strict(_sign),
        Largest: _strict(max), Smallest: _strict(min),
        sympy.sign: _strict(_sign),
        sympy.Max: _strict(max), sympy.Min: _strict(min),
        type(sympy.E): _unknown, type(sympy.pi): _unknown, **dict.fromkeys(UNDEFINED, _unknown),
        type(sympy.true): lambda: True, type(sympy.false): lambda: False,
        **{relation: _strict(compare) for relation, compare in _COMPARE.items()},
    },
    choose=_choose_one,
)  # fmt: skip
