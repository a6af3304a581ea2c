"""Intervals through a derivation: what a value can be when every line before it was rounded.

An interval is a pair (low, high), of numbers or of arrays. Each operation gives an interval that holds
every result for operands inside theirs.

>>> from sympy import symbols
>>> x, y = symbols("x y", real=True)
>>> calculation(x * y)({x: (1.0, 2.0), y: (-1.0, 3.0)}.__getitem__)
(-2.0, 6.0)
>>> calculation(x**2)({x: (np.array([-1.0, 2.0]), np.array([0.5, 3.0]))}.__getitem__)
(array([0., 4.]), array([1., 9.]))
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from sympy import Basic, Expr, Symbol

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, UNDEFINED
from derive.algebra.ordered import Constant, Largest, Magnitude, Signum, Smallest

Pair = tuple[Any, Any]
Leaf = Callable[[Symbol], Pair]
Calculation = Callable[[Leaf], Pair]
SLACK = 4 * float(np.finfo(float).eps)


def made(family: Family, low: Any, high: Any) -> Pair:
    """What the members of a family can be, each widened by what rounding in doubles can do.

    `low` and `high` have the quantities as their last axis; so has the result the members.
    """
    with np.errstate(all="ignore"):
        pairs = {slot: (low[..., ids], high[..., ids]) for slot, ids in family.arguments.items()}
        for total, term in family.rule.sums.items():
            series = {
                slot: pairs[slot] if ids.ndim == 2 else tuple(x[..., None] for x in pairs[slot])
                for slot, ids in family.arguments.items()
            }
            terms = calculation(term)(series.__getitem__)
            pairs[total] = terms[0].sum(axis=-1), terms[1].sum(axis=-1)
        least, most = calculation(family.rule.formula)(pairs.__getitem__)
        shape = (*low.shape[:-1], *family.targets.shape)
        return widened(np.broadcast_to(least, shape), np.broadcast_to(most, shape))


def widened(low: Any, high: Any) -> Pair:
    """A little more on both sides; anything where there is no such number."""
    low, high = low - SLACK * np.abs(low), high + SLACK * np.abs(high)
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)


def scaled(pair: Pair, factor: float) -> Pair:
    """The interval times a number."""
    ends = pair[0] * factor, pair[1] * factor
    return ends if factor >= 0 else ends[::-1]


# --- from an expression to its calculation -------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def calculation(expression: Expr) -> Calculation:
    """The interval of an expression, as a function of those of its symbols.

    An expression is taken apart once; a line that somebody got wrong is calculated in very many ways.
    """
    if isinstance(expression, Constant):
        return _always(float(FLOATS.number(expression.name)))
    if expression.is_Symbol:
        return lambda leaf: leaf(expression)
    if expression.is_Rational:
        return _always(float(expression))
    if expression.is_Piecewise:
        return _cases([tuple(map(calculation, branch)) for branch in expression.args])
    operation = TABLE[expression.func]
    parts = tuple(map(calculation, expression.args))
    if len(parts) == 1:
        only = parts[0]
        return lambda leaf: operation(only(leaf))
    return lambda leaf: operation(*[part(leaf) for part in parts])


def _always(value: float) -> Calculation:
    pair = value, value
    return lambda leaf: pair


def _cases(branches: list[tuple[Calculation, ...]]) -> Calculation:
    """Every case that can hold; of a condition the pair says whether it must hold, and whether it can."""
    *upper, (last, _) = branches

    def chosen(leaf: Leaf) -> Pair:
        low, high = last(leaf)
        for value, condition in reversed(upper):
            surely, perhaps = condition(leaf)
            least, most = value(leaf)
            low = np.where(surely, least, np.where(perhaps, np.minimum(low, least), low))
            high = np.where(surely, most, np.where(perhaps, np.maximum(high, most), high))
        return low, high

    return chosen


# --- operations ----------------------------------------------------------------------------------


def _hull(ends: list[Any]) -> Pair:
    """The least and the most of some numbers or arrays; of 0 · ∞, at an open end, that is 0."""
    if all(isinstance(end, float) for end in ends):
        known = [0.0 if math.isnan(end) else end for end in ends]
        return min(known), max(known)
    least, most = functools.reduce(np.minimum, ends), functools.reduce(np.maximum, ends)
    if not np.isnan(least).any():  # one of several that is none would have made it none
        return least, most
    known = [np.where(np.isnan(end), 0.0, end) for end in ends]
    return functools.reduce(np.minimum, known), functools.reduce(np.maximum, known)


def _sum(*terms: Pair) -> Pair:
    return sum(t[0] for t in terms), sum(t[1] for t in terms)


def _product(*factors: Pair) -> Pair:
    return functools.reduce(_times, factors)


def _times(first: Pair, second: Pair) -> Pair:
    if second[0] is second[1]:
        first, second = second, first
    if first[0] is first[1] and isinstance(first[0], float):  # a number that stands in the formula
        return scaled(second, first[0])
    return _hull([a * b for a in _ends(first) for b in _ends(second)])


def _ends(pair: Pair) -> Pair | tuple[Any]:
    """Both ends, or the only one of what is known exactly."""
    return pair[:1] if pair[0] is pair[1] else pair


def _power(base: Pair, exponent: Pair) -> Pair:
    n = exponent[0]
    if exponent[0] is exponent[1] and isinstance(n, float):
        if n == -1:
            return _reciprocal(base)
        if n == 0.5:
            return _root(base)
        if n.is_integer() and n > 0 and n % 2 == 0:
            least, most = _magnitude(base)
            return np.power(np.float64(least), n), np.power(np.float64(most), n)
        if n.is_integer() and n < -1:
            positive = -n
            return _reciprocal(_power(base, (positive, positive)))
    power = FLOATS.table[sympy.Pow]
    return _hull([power(np.float64(b), e) for b in base for e in exponent])


def _reciprocal(x: Pair) -> Pair:
    if isinstance(x[0], float) and isinstance(x[1], float):
        holds = x[0] <= 0 <= x[1]
        return (-math.inf, math.inf) if holds else (1 / x[1], 1 / x[0])
    holds = (x[0] <= 0) & (x[1] >= 0)
    with np.errstate(divide="ignore"):
        return np.where(holds, -np.inf, 1 / x[1]), np.where(holds, np.inf, 1 / x[0])


def _root(x: Pair) -> Pair:
    """Of what cannot be negative, however it was rounded."""
    return np.sqrt(np.maximum(x[0], 0.0)), np.sqrt(np.maximum(x[1], 0.0))


def _logarithm(x: Pair) -> Pair:
    return np.log(np.maximum(x[0], 0.0)), np.log(np.maximum(x[1], 0.0))


def _rising(kind: Any) -> Callable[[Pair], Pair]:
    function = FLOATS.table[kind]
    return lambda x: (function(x[0]), function(x[1]))


def _bounded(kind: Any, steepest: float) -> Callable[[Pair], Pair]:
    """A function that rises and falls: its value in the middle, give or take its steepest slope."""
    function = FLOATS.table[kind]

    def around(x: Pair) -> Pair:
        middle, half = (x[0] + x[1]) / 2, (x[1] - x[0]) / 2
        return function(middle) - steepest * half, function(middle) + steepest * half

    return around


def _magnitude(x: Pair) -> Pair:
    if isinstance(x[0], float) and isinstance(x[1], float):
        ends = abs(x[0]), abs(x[1])
        return (0.0 if x[0] <= 0 <= x[1] else min(ends)), max(ends)
    first, second = np.abs(x[0]), np.abs(x[1])
    inside = (x[0] <= 0) & (x[1] >= 0)
    return np.where(inside, 0.0, np.minimum(first, second)), np.maximum(first, second)


def _each(function: Callable[..., Any]) -> Callable[..., Pair]:
    """max and min, end by end."""
    return lambda *parts: (function(*(p[0] for p in parts)), function(*(p[1] for p in parts)))


def _cosh(x: Pair) -> Pair:
    least, most = _magnitude(x)
    return np.cosh(least), np.cosh(most)


# --- conditions ----------------------------------------------------------------------------------


def _less(a: Pair, b: Pair) -> Pair:
    return a[1] < b[0], a[0] < b[1]


def _at_most(a: Pair, b: Pair) -> Pair:
    return a[1] <= b[0], a[0] <= b[1]


def _equal(a: Pair, b: Pair) -> Pair:
    same = (a[0] == a[1]) & (b[0] == b[1]) & (a[0] == b[0])
    return same, (a[0] <= b[1]) & (b[0] <= a[1])


def _not(condition: Pair) -> Pair:
    return np.logical_not(condition[1]), np.logical_not(condition[0])


def _joined(function: Callable[..., Any]) -> Callable[..., Pair]:
    def both(*parts: Pair) -> Pair:
        surely, perhaps = zip(*parts, strict=True)
        return functools.reduce(function, surely), functools.reduce(function, perhaps)

    return both


TABLE: dict[type[Basic], Callable[..., Pair]] = {
    sympy.Add: _sum, sympy.Mul: _product, sympy.Pow: _power,
    sympy.exp: _rising(sympy.exp), sympy.log: _logarithm,
    sympy.tanh: _rising(sympy.tanh), sympy.sinh: _rising(sympy.sinh),
    sympy.erf: _rising(sympy.erf), sympy.cosh: _cosh,
    sympy.sin: _bounded(sympy.sin, 1.0), sympy.cos: _bounded(sympy.cos, 1.0),
    sympy.sign: _rising(sympy.sign), Signum: _rising(Signum),
    sympy.Abs: _magnitude, Magnitude: _magnitude,
    sympy.Max: _each(FLOATS.table[sympy.Max]), Largest: _each(FLOATS.table[Largest]),
    sympy.Min: _each(FLOATS.table[sympy.Min]), Smallest: _each(FLOATS.table[Smallest]),
    type(sympy.E): lambda: (math.e, math.e), type(sympy.pi): lambda: (math.pi, math.pi),
    **dict.fromkeys(UNDEFINED, lambda: (math.nan, math.nan)),
    sympy.StrictLessThan: _less, sympy.LessThan: _at_most,
    sympy.StrictGreaterThan: lambda a, b: _less(b, a),
    sympy.GreaterThan: lambda a, b: _at_most(b, a),
    sympy.Equality: _equal, sympy.Unequality: lambda a, b: _not(_equal(a, b)),
    sympy.And: _joined(np.logical_and), sympy.Or: _joined(np.logical_or), sympy.Not: _not,
    type(sympy.true): lambda: (True, True), type(sympy.false): lambda: (False, False),
}  # fmt: skip
