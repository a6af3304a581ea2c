"""Evaluate a derivation with sixty digits, from the numbers as they were typed.

Doubles are enough for almost every network. Where they are not, because a unit is saturated or
terms cancel, fewer digits would be right than the page prints; then everything is computed again
here, and the result rounded once.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import mpmath
import numpy as np
import sympy
from numpy.typing import NDArray
from sympy import Expr, Symbol

from derive.algebra.family import Family
from derive.algebra.fold import UNDEFINED, Arithmetic, fold
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest

DIGITS = 60
LARGEST = 1e6  # of an exponent
NOTHING = 1e-45  # times the largest term: what sixty digits leave of a sum that is 0

Known = dict[int, Any]  # mpmath numbers by quantity


def run_precise(families: Iterable[Family], known: Known) -> None:
    """Fill in what these families make, one quantity after the other."""
    with mpmath.workdps(DIGITS):
        for family in families:
            for member, target in enumerate(family.targets.tolist()):
                known[target] = value_of(family, member, known.__getitem__)


def typed(text: str) -> Any:
    """A number with all its digits."""
    with mpmath.workdps(DIGITS):
        return mpmath.mpf(text)


def evaluated(expression: Expr, digits: Mapping[Symbol, str]) -> float:
    """An expression's value, rounded once, where symbols have these numbers."""
    with mpmath.workdps(DIGITS):
        known = {symbol: mpmath.mpf(text) for symbol, text in digits.items()}
        try:
            return float(fold(expression, known.__getitem__, PRECISE))
        except OverflowError:
            return float("nan")


def doubles(known: Known, size: int) -> NDArray[np.float64]:
    """The nearest doubles, NaN for what is not known."""
    values = np.full(size, np.nan)
    for quantity, value in known.items():
        try:
            values[quantity] = float(value)
        except OverflowError:
            values[quantity] = np.inf
    return values


def value_of(family: Family, member: int, known: Callable[[int], Any]) -> Any:
    """What a member comes to, where `known` gives its arguments; infinity where that is too large."""
    try:
        return family.value(member, known, PRECISE)
    except OverflowError:
        return mpmath.inf


def _sum(*terms: Any) -> Any:
    total = mpmath.fsum(terms)
    largest = max(abs(term) for term in terms)
    return mpmath.mpf(0) if abs(total) < NOTHING * largest else total


def _number(text: str) -> Any:
    above, _, below = text.partition("/")
    return mpmath.mpf(above) / mpmath.mpf(below) if below else mpmath.mpf(above)


def _choose(branches: list[tuple[Callable[[], Any], Callable[[], Any]]]) -> Any:
    return next(value() for value, condition in branches if condition())


def _real(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function that is NaN where its value is not real."""

    def real(x: Any) -> Any:
        value = function(x)
        return value if isinstance(value, mpmath.mpf) else mpmath.nan

    return real


def _exponential(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function that is refused where its result, or the work for it, would be enormous."""

    def bounded(x: Any) -> Any:
        if not abs(x) < LARGEST:
            raise OverflowError
        return function(x)

    return bounded


def _exp(x: Any) -> Any:
    """e^x; beyond what can be calculated it is 0 or ∞, in whose inverse nothing is left: 1/(1 + ∞)."""
    if abs(x) < LARGEST:
        return mpmath.exp(x)
    return mpmath.mpf(0) if x < 0 else mpmath.inf


def _power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent < 0:
        return mpmath.nan
    if mpmath.isinf(base) and exponent < 0:
        return mpmath.mpf(0)
    if base != 0 and not abs(exponent * mpmath.log(abs(base))) < LARGEST:
        raise OverflowError
    value = mpmath.power(base, exponent)
    return value if isinstance(value, mpmath.mpf) else mpmath.nan


def _compared(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Two values that differ by what sixty digits leave of a difference of 0 are equal."""

    def holds(first: Any, second: Any) -> Any:
        same = abs(first - second) <= NOTHING * max(abs(first), abs(second))
        return compare(second if same else first, second)

    return holds


PRECISE = Arithmetic(
    number=_number,
    table={
        sympy.Add: _sum,
        sympy.Mul: lambda *factors: functools.reduce(operator.mul, factors),
        sympy.Pow: _power,
        sympy.exp: _exp,
        sympy.log: _real(lambda x: mpmath.log(x) if x else mpmath.nan),
        sympy.tanh: lambda x: mpmath.tanh(x) if abs(x) < LARGEST else mpmath.sign(x),
        sympy.sinh: _exponential(mpmath.sinh), sympy.cosh: _exponential(mpmath.cosh),
        sympy.sin: _exponential(mpmath.sin), sympy.cos: _exponential(mpmath.cos),
        sympy.erf: lambda x: mpmath.erf(x) if abs(x) < LARGEST else mpmath.sign(x),
        sympy.Abs: abs, Magnitude: abs, sympy.sign: mpmath.sign, Signum: mpmath.sign,
        sympy.Max: max, Largest: max, sympy.Min: min, Smallest: min,
        type(sympy.E): lambda: mpmath.e * 1, type(sympy.pi): lambda: mpmath.pi * 1,
        **dict.fromkeys(UNDEFINED, lambda: mpmath.nan),
        sympy.And: lambda *parts: all(parts), sympy.Or: lambda *parts: any(parts),
        sympy.Not: operator.not_,
        type(sympy.true): lambda: True, type(sympy.false): lambda: False,
        sympy.StrictGreaterThan: _compared(operator.gt), sympy.GreaterThan: _compared(operator.ge),
        sympy.StrictLessThan: _compared(operator.lt), sympy.LessThan: _compared(operator.le),
        sympy.Equality: _compared(operator.eq), sympy.Unequality: _compared(operator.ne),
    },
    choose=_choose,
)  # fmt: skip
