"""A line with a slip in it as an equation of its own: as somebody who makes the slip would write it.

A bent line knows what stands in its slots, and numbers in the places of some. Here those numbers get
their meaning back: a bias of 0 is left out, and so is a factor 1; the number −b is a minus before b.

>>> from derive.algebra.ordered import plus
>>> from derive.algebra.rule import TOTAL, B
>>> tidied(plus(TOTAL, B), {B: S.Zero}), tidied(plus(TOTAL, B), {B: negative(B)})
(total, -b + total)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from sympy import Add, Expr, Integer, Mul, Pow, Rational, S, Symbol, log
from sympy.functions.elementary.piecewise import ExprCondPair

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS
from derive.algebra.ordered import minus, negative, squared, times
from derive.algebra.rule import Rule
from derive.checking.line import Fixed, Line

# In these the formula is right, and its value is not: that is how they are made.
OF_VALUE = frozenset({"sign", "sign_lost", "decimal_point", "other_unit", "common_logarithm"})
LONGEST = 1000  # the largest denominator of a factor
SAME = 1e-9  # relative


class Bent(NamedTuple):
    """A bent line as an equation; `is_written` says that it is written like that, and not right."""

    family: Family
    is_written: bool


def bent(line: Line, right: Line, slip: str) -> Bent | None:
    """A bent line as an equation of one member; None where that cannot be told from its numbers.

    The lines are those of several people whose numbers have nothing to do with each other.
    """
    meant = {
        name: _meaning(line, right, name)
        for name, held in line.columns.items() if isinstance(held, Fixed)
    }  # fmt: skip
    factor = _factor(line.factor)
    put = {name: meaning for name, meaning in meant.items() if meaning is not None}
    if factor is None or len(put) < len(meant) or (factor != 1 and line.formula.is_Piecewise):
        return None
    put |= {total: S.Zero for total, positions in line.picks().items() if not positions}
    formula = multiplied(tidied(mirrored(line.formula), put), factor)
    sums = {total: tidied(e, put) for total, e in line.sums.items() if total not in put}
    family = _family(line, right, Rule(line.code, formula, sums))
    return Bent(family, slip not in OF_VALUE) if _is_same(family, line) else None


def _family(line: Line, right: Line, rule: Rule) -> Family:
    picks = {
        name: positions
        for total, positions in line.picks().items()
        for name in line.sums[total].free_symbols
    }
    arguments = {}
    for name in rule.slots():
        held = line.columns[name]
        if isinstance(held, Fixed):
            held = right.columns[name]
        if isinstance(held, tuple) and name in picks:
            held = tuple(held[n] for n in picks[name])
        arguments[name] = np.array([held])
    return Family(rule, np.array([line.quantity]), arguments)


def _is_same(family: Family, line: Line) -> bool:
    """Whether the equation comes to what the bent line does."""
    values = line.known.low.T
    with np.errstate(all="ignore"):
        found = np.broadcast_to(family.values(lambda ids: values[:, ids], FLOATS), (len(values), 1))
        expected = line._replace(holds=None).value()[0]
    return bool(np.allclose(found[:, 0], expected, rtol=SAME, atol=0, equal_nan=True))


def _meaning(line: Line, right: Line, name: Symbol) -> Expr | None:
    """What a number stands for that has taken the place of a quantity."""
    held = line.columns[name]
    assert isinstance(held, Fixed)
    number = np.asarray(held.low)
    if number.ndim == 0:
        return Integer(int(number)) if float(number).is_integer() else None
    if name not in right.columns:
        return None
    own = np.asarray(right.interval(name)[0])
    readings = {
        negative(name): -own, times(2, name): 2 * own, squared(name): own * own, minus(1, name): 1 - own,
    }  # fmt: skip
    return next((e for e, value in readings.items() if np.allclose(number, value)), None)


# --- formulas -------------------------------------------------------------------------------------


def tidied(formula: Expr, put: Mapping[Symbol, Expr]) -> Expr:
    """The formula with expressions in the places of symbols; no 0 is added and no 1 multiplied."""
    return _tidied(formula, put) if formula.free_symbols & put.keys() else formula


def _tidied(e: Expr, put: Mapping[Symbol, Expr]) -> Expr:
    if e.is_Symbol:
        return put.get(e, e)
    if not e.args:
        return e
    parts = [_tidied(part, put) for part in e.args]
    if e.is_Add:
        return _sum([part for part in parts if part != 0])
    if e.is_Mul:
        return S.Zero if 0 in parts else _product([part for part in parts if part != 1])
    if e.is_Pow and parts[0] == 1:
        return S.One
    if isinstance(e, ExprCondPair):  # that of a formula with cases
        return e.func(*parts)
    return e.func(*parts, evaluate=False)


def _sum(terms: list[Expr]) -> Expr:
    """1 − (1 − x) is x."""
    if len(terms) < 2:
        return terms[0] if terms else S.Zero
    whole = Add(*terms, evaluate=False)
    if len(terms) == 2 and terms[0] == 1:
        inner = _opposite(terms[1])
        if inner is not None and inner.is_Add and len(inner.args) == 2 and inner.args[0] == 1:
            return _opposite(inner.args[1]) or whole
    return whole


def _product(factors: list[Expr]) -> Expr:
    """−(−x) is x."""
    if len(factors) == 2 and factors[0] == -1:
        inner = _opposite(factors[1])
        if inner is not None:
            return inner
    if len(factors) < 2:
        return factors[0] if factors else S.One
    return Mul(*factors, evaluate=False)


def _opposite(e: Expr) -> Expr | None:
    """x of −x."""
    if e.is_Mul and e.args[0] == -1:
        return _product(list(e.args[1:]))
    return None


def mirrored(e: Expr) -> Expr:
    """2w − (w − s) is w + s.

    >>> from derive.algebra.rule import RATE, W
    >>> mirrored(minus(times(2, W), minus(W, RATE))).args
    (w, rate)
    """
    if not (e.is_Add and len(e.args) == 2 and e.args[0].is_Mul and e.args[0].args[0] == 2):
        return e
    old, inner = e.args[0].args[1], _opposite(e.args[1])
    if inner is None or not inner.is_Add or len(inner.args) != 2 or inner.args[0] != old:
        return e
    step = _opposite(inner.args[1])
    return minus(old, inner.args[1]) if step is None else Add(old, step, evaluate=False)


def multiplied(e: Expr, factor: Expr) -> Expr:
    """The formula times a number, which goes into a number that stands there already.

    >>> from derive.algebra.rule import O, T
    >>> multiplied(times(Rational(1, 2), squared(minus(T, O))), Integer(2))
    (-o + t)**2
    >>> multiplied(minus(O, T), Integer(-1)).args
    (t, -o)
    """
    if factor == 1:
        return e
    if not factor.is_Rational:
        return times(e, factor)
    if factor == -1 and e.is_Add and len(e.args) == 2:
        second = _opposite(e.args[1])
        if second is not None:
            return minus(second, e.args[0])
    number, others = factor, list[Expr]()
    for part in e.args if e.is_Mul else (e,):
        value = _rational(part)
        if value is None:
            others.append(part)
        else:
            number = number * value
    return _product(others if number == 1 else [number, *others])


def _rational(e: Expr) -> Expr | None:
    if e.is_Rational:
        return e
    is_reciprocal = isinstance(e, Pow) and e.args[0].is_Rational and e.args[1] == -1
    return 1 / e.args[0] if is_reciprocal else None


def _factor(number: float) -> Expr | None:
    """The number by which slips multiply a line."""
    if number == 1 / math.log(10):
        return Pow(log(10), -1, evaluate=False)
    found = Fraction(number).limit_denominator(LONGEST)
    return Rational(found.numerator, found.denominator) if math.isclose(found, number) else None
