"""Exact arithmetic for many sheets at once: whole numbers, and one power of ten for each quantity.

A quantity is `whole · 10^−places`, the same `places` in every sheet; sums and products keep that up,
and so does a division by 2 or 5. Where a formula needs more (a root, e^x, a third), `Inexact` is raised.

>>> half, tenths = DECIMALS.number("1/2"), Decimals(np.array([3, 25], dtype=object), 1)
>>> product = DECIMALS.table[sympy.Mul](half, tenths)
>>> product.wholes.tolist(), product.places
([15, 125], 2)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import sympy
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.algebra.fold import Arithmetic
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest
from derive.problem.model import Digits

MOST_PLACES = 200


class Inexact(Exception):
    """A formula whose value is not a decimal number, whatever its arguments are."""


class Decimals(NamedTuple):
    """`wholes · 10^−places`; the wholes are Python's numbers, which do not overflow."""

    wholes: Any
    places: int


class Exact:
    """The exact values of the quantities of many sheets, in arrays of shape (sheets, quantities)."""

    def __init__(self, sheets: int, quantities: int) -> None:
        self.wholes = np.zeros((sheets, quantities), dtype=object)
        self.places = np.zeros(quantities, dtype=np.int64)

    def give(self, ids: NDArray[np.int64], values: Decimals) -> None:
        """Set quantities."""
        self.wholes[:, ids] = values.wholes
        self.places[ids] = values.places

    def run(self, families: Sequence[Family]) -> None:
        """Fill in what these families make; `Inexact` carries the family that cannot be computed."""
        for family in families:
            try:
                self.give(family.targets, family.values(self._gather, DECIMALS))
            except (Inexact, KeyError):
                raise Inexact(family) from None

    def _gather(self, ids: NDArray[np.int64]) -> Decimals:
        places = int(self.places[ids].max())
        if (self.places[ids] == places).all():
            return Decimals(self.wholes[:, ids], places)
        lift = np.array(10, dtype=object) ** (places - self.places[ids]).astype(object)
        return Decimals(self.wholes[:, ids] * lift, places)

    def fit(self, ids: NDArray[np.int64], digits: Digits) -> NDArray[np.bool_]:
        """Whether the digits hold each value in full; shape (sheets, quantities)."""
        wholes = self.wholes[:, ids]
        if digits.kind == "decimals":
            spare = np.maximum(self.places[ids] - digits.count, 0)
            return np.asarray(wholes % (10 ** spare.astype(object)) == 0, dtype=bool)
        fitting = np.frompyfunc(lambda whole: _significant(whole) <= digits.count, 1, 1)
        return np.asarray(fitting(wholes), dtype=bool)


def _significant(whole: int) -> int:
    return len(str(abs(whole)).rstrip("0"))


def of(text: str) -> Decimals:
    """A typed number."""
    value, places = Fraction(text), 0
    while value.denominator != 1 and places < MOST_PLACES:
        value, places = value * 10, places + 1
    if value.denominator != 1:
        raise Inexact
    return Decimals(value.numerator, places)


def _aligned(parts: Sequence[Decimals]) -> tuple[list[Any], int]:
    places = max(part.places for part in parts)
    return [part.wholes * 10 ** (places - part.places) for part in parts], places


def _add(*parts: Decimals) -> Decimals:
    wholes, places = _aligned(parts)
    return _limited(functools.reduce(lambda a, b: a + b, wholes), places)


def _times(*parts: Decimals) -> Decimals:
    places = sum(part.places for part in parts)
    return _limited(functools.reduce(lambda a, b: a * b, (p.wholes for p in parts)), places)


def _limited(wholes: Any, places: int) -> Decimals:
    if places > MOST_PLACES:
        raise Inexact
    return Decimals(wholes, places)


def _power(base: Decimals, exponent: Decimals) -> Decimals:
    if np.ndim(exponent.wholes) or exponent.places or abs(exponent.wholes) > 8:
        raise Inexact
    if exponent.wholes < 0:
        if np.ndim(base.wholes) or not base.wholes:
            raise Inexact
        base = of(str(Fraction(10**base.places, base.wholes)))
    return _times(*[base] * abs(exponent.wholes)) if exponent.wholes else Decimals(1, 0)


def _chosen(choose: Callable[[Any, Any], Any]) -> Callable[..., Decimals]:
    def extreme(*parts: Decimals) -> Decimals:
        wholes, places = _aligned(parts)
        return Decimals(functools.reduce(choose, wholes), places)

    return extreme


def _choose(branches: list[tuple[Callable[[], Decimals], Callable[[], Any]]]) -> Decimals:
    found, places = _aligned([value() for value, _ in branches])
    result = found[-1]
    for wholes, (_, condition) in zip(found[-2::-1], branches[-2::-1], strict=True):
        result = np.where(np.asarray(condition(), dtype=bool), wholes, result)
    return Decimals(result, places)


def _compared(compare: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *sides: compare(*_aligned(sides)[0])


def _sign(x: Decimals) -> Decimals:
    return Decimals(np.sign(x.wholes), 0)


DECIMALS = Arithmetic(
    number=of,
    table={
        sympy.Add: _add, sympy.Mul: _times, sympy.Pow: _power,
        **dict.fromkeys((sympy.Abs, Magnitude), lambda x: Decimals(abs(x.wholes), x.places)),
        **dict.fromkeys((sympy.sign, Signum), _sign),
        **dict.fromkeys((sympy.Max, Largest), _chosen(np.maximum)),
        **dict.fromkeys((sympy.Min, Smallest), _chosen(np.minimum)),
        sympy.StrictGreaterThan: _compared(lambda a, b: a > b),
        sympy.GreaterThan: _compared(lambda a, b: a >= b),
        sympy.StrictLessThan: _compared(lambda a, b: a < b),
        sympy.LessThan: _compared(lambda a, b: a <= b),
        sympy.Equality: _compared(lambda a, b: a == b),
        sympy.Unequality: _compared(lambda a, b: a != b),
    },
    choose=_choose,
    total=lambda series: Decimals(series.wholes.sum(axis=-1), series.places),
)  # fmt: skip
