"""Arithmetic without rounding, and rounding as one does it on paper: for tests that want every digit.

Rational numbers are fractions. Of what is not rational there are ninety digits, and it is known to be
no fraction, so that it can be no tie between two roundings and is never shown in full.

>>> POLICY = Policy("decimals", 2, "half-even")
>>> POLICY.rounded(Fraction("0.125")), POLICY.holds(number("0.13"))
(Fraction(3, 25), True)
>>> exp(number("0")).rational, exp(number("1")).rational
(True, False)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

DIGITS = 90
TIE = Fraction(1, 10**60)  # what is not rational is never as near to a tie as that by accident
LARGEST = 10_000  # of an exponent


class Undefined(ArithmeticError):
    """There is no such number: ln 0, 1/0, the root of something negative, or one that is enormous."""


@dataclass(frozen=True)
class Exact:
    """A number: a fraction, or ninety digits of what is none."""

    value: Fraction
    rational: bool = True

    def __add__(self, other: Exact) -> Exact:
        return Exact(self.value + other.value, self.rational and other.rational)

    def __neg__(self) -> Exact:
        return Exact(-self.value, self.rational)

    def __sub__(self, other: Exact) -> Exact:
        return self + -other

    def __mul__(self, other: Exact) -> Exact:
        if any(factor.rational and factor.value == 0 for factor in (self, other)):
            return number(0)
        return Exact(self.value * other.value, self.rational and other.rational)

    def __truediv__(self, other: Exact) -> Exact:
        if other.value == 0:
            raise Undefined("1/0")
        return self * Exact(1 / other.value, other.rational)

    def __abs__(self) -> Exact:
        return Exact(abs(self.value), self.rational)


def number(value: str | int | Fraction) -> Exact:
    return Exact(Fraction(value))


def _digits(function: Callable[[Decimal], Decimal], x: Fraction) -> Exact:
    """Ninety digits of a function that is rational nowhere but where the caller says so."""
    with localcontext(Context(prec=DIGITS + 20)) as context:
        argument = context.divide(Decimal(x.numerator), Decimal(x.denominator))
        return Exact(Fraction(function(argument)), rational=False)


def exp(x: Exact) -> Exact:
    if x.rational and x.value == 0:
        return number(1)
    if abs(x.value) > LARGEST:
        raise Undefined("an exponent that is enormous")
    return _digits(Decimal.exp, x.value)


def ln(x: Exact) -> Exact:
    if x.value <= 0:
        raise Undefined("the logarithm of what is not positive")
    return number(0) if x.rational and x.value == 1 else _digits(Decimal.ln, x.value)


def root(x: Exact) -> Exact:
    if x.value < 0:
        raise Undefined("the root of something negative")
    if x.rational:
        above, below = math.isqrt(x.value.numerator), math.isqrt(x.value.denominator)
        if above**2 == x.value.numerator and below**2 == x.value.denominator:
            return Exact(Fraction(above, below))
    return _digits(Decimal.sqrt, x.value)


def tanh(x: Exact) -> Exact:
    if x.rational and x.value == 0:
        return x
    power = exp(x + x)
    return (power - number(1)) / (power + number(1))


def sinh(x: Exact) -> Exact:
    return (exp(x) - exp(-x)) / number(2) if x.value else x


def cosh(x: Exact) -> Exact:
    return (exp(x) + exp(-x)) / number(2) if x.value else number(1)


def _series(x: Fraction, first: Decimal, step: Callable[[Decimal, int], Decimal]) -> Decimal:
    """first · (1 + q₁ + q₁q₂ + …), where q_n = step(x², n)."""
    square = Decimal(x.numerator) / Decimal(x.denominator)
    square *= square
    term = total = first
    count = 0
    while term and term.adjusted() > -DIGITS - 15:
        count += 1
        term *= step(square, count)
        total += term
    return total


def _by_series(
    x: Exact, odd: bool, step: Callable[[Decimal, int], Decimal], factor: Fraction = Fraction(1)
) -> Exact:
    with localcontext(Context(prec=2 * DIGITS)):
        first = Decimal(x.value.numerator) / Decimal(x.value.denominator) if odd else Decimal(1)
        return Exact(Fraction(_series(x.value, first, step)) * factor, rational=False)


def sin(x: Exact) -> Exact:
    if x.rational and x.value == 0:
        return x
    return _by_series(x, True, lambda square, n: -square / (2 * n * (2 * n + 1)))


def cos(x: Exact) -> Exact:
    if x.rational and x.value == 0:
        return number(1)
    return _by_series(x, False, lambda square, n: -square / (2 * n * (2 * n - 1)))


def erf(x: Exact) -> Exact:
    """2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1))."""
    if x.rational and x.value == 0:
        return x
    if abs(x.value) > 14:  # 1 to eighty digits
        return Exact(Fraction(1 if x.value > 0 else -1) * (1 - Fraction(1, 10**85)), False)
    inner = _by_series(x, True, lambda square, n: -square * (2 * n - 1) / (n * (2 * n + 1)))
    return number(2) * inner / root(pi())


def pi() -> Exact:
    """By Machin's formula, π/4 = 4 arctan(1/5) − arctan(1/239)."""

    def arctan(n: int) -> Fraction:
        total, power, k = Fraction(0), Fraction(1, n), 0
        while power > Fraction(1, 10 ** (DIGITS + 10)):
            total += (-1) ** k * power / (2 * k + 1)
            power, k = power / (n * n), k + 1
        return total

    return Exact(4 * (4 * arctan(5) - arctan(239)), rational=False)


def power(base: Exact, exponent: Exact) -> Exact:
    if exponent.rational and exponent.value.denominator == 1:
        count = int(exponent.value)
        if base.value == 0 and count < 0:
            raise Undefined("1/0")
        return Exact(base.value**count, base.rational)
    if exponent.rational and exponent.value.denominator == 2:
        return power(root(base), exponent * number(2))
    if base.rational and base.value == 0:
        return base
    return exp(exponent * ln(base))


# --- rounding ------------------------------------------------------------------------------------


class Policy(NamedTuple):
    """How many digits a result has, "decimals" or "significant", and what becomes of halves."""

    kind: str
    digits: int
    rounding: str = "half-up"

    def unit(self, value: Fraction) -> Fraction:
        """One unit of the last digit that the value is shown with."""
        if self.kind == "decimals":
            return Fraction(1, 10**self.digits)
        return Fraction(10) ** (leading(value) - self.digits + 1)

    def rounded(self, value: Fraction) -> Fraction:
        """The value on paper."""
        if value == 0:
            return value
        unit = self.unit(value)
        units = abs(value) / unit
        below = math.floor(units)
        rest = units - below
        up = rest > Fraction(1, 2)
        if rest == Fraction(1, 2):
            up = self.rounding == "half-up" or below % 2 == 1
        return (below + up) * unit * (1 if value > 0 else -1)

    def shown(self, x: Exact) -> Fraction:
        """A result on paper, in full where it fits."""
        if not x.rational and x.value:
            units = abs(x.value) / self.unit(x.value)
            assert abs(units - math.floor(units) - Fraction(1, 2)) > TIE, "too close to call"
        return x.value if self.holds(x) else self.rounded(x.value)

    def holds(self, x: Exact) -> bool:
        """Whether a number is shown in full."""
        if not x.rational:
            return False
        return x.value == 0 or (x.value / self.unit(x.value)).denominator == 1


def leading(value: Fraction) -> int:
    """The power of ten of a number's first digit."""
    size = abs(value)
    guess = len(str(size.numerator)) - len(str(size.denominator))
    while Fraction(10) ** guess > size:
        guess -= 1
    while Fraction(10) ** (guess + 1) <= size:
        guess += 1
    return guess
