"""What a formula comes to when its numbers are known as closely as a page prints them.

What is printed is known within half a unit of its last digit, so numbers are intervals; where
everything is printed in full they are exact fractions as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from tests.latexmath import Name, Num, Op, Tree, Unreadable, amount

SLACK = 1e-12  # relative; what floating point adds here
CONSTANTS = {"e": math.e, "\\pi": math.pi}


@dataclass(frozen=True)
class Value:
    """What is known of a number: it lies between two bounds, and what it is exactly, if known."""

    low: float
    high: float
    exact: Fraction | None = None

    @classmethod
    def of(cls, text: str, rounded: bool) -> Value:
        """A printed number: itself, or, where it was rounded, anything within half a unit."""
        number, half = amount(text)
        if not rounded:
            return cls.known(number)
        return cls(float(number - half), float(number + half))

    @classmethod
    def known(cls, number: Fraction) -> Value:
        return cls(float(number), float(number), number)


def agrees(value: Value, text: str) -> bool:
    """Whether a value can have been rounded to this text."""
    number, half = amount(text)
    slack = SLACK * max(abs(value.low), abs(value.high), 1e-300)
    return value.low - slack <= number + half and number - half <= value.high + slack


def evaluate(tree: Tree, known: Mapping[str, Value], functions: Functions | None = None) -> Value:
    """The value of a tree, its names being known."""
    functions = FUNCTIONS if functions is None else functions

    def walk(node: Tree) -> Value:
        match node:
            case Num(text):
                return Value.of(text, rounded=False)
            case Name(key):
                number = CONSTANTS.get(key)
                return known[key] if number is None else Value(number, number)
            case Op("+", (part,)):
                return walk(part)
            case Op("-", (part,)):
                return negative(walk(part))
            case Op("sum", parts):
                return total([walk(part) for part in parts])
            case Op("product", parts):
                return product([walk(part) for part in parts])
            case Op("over", (above, below)):
                return product([walk(above), _inverse(walk(below))])
            case Op("power", (base, exponent)):
                return _power(base, walk(base), walk(exponent))
            case Op("root", (inside,)):
                return _rising(lambda v: math.sqrt(max(v, 0)), walk(inside), {})
            case Op("abs", (inside,)):
                return _magnitude(walk(inside))
            case Op("cases", rows):
                return _cases([row.parts for row in rows if isinstance(row, Op)], walk)
            case Op(kind, parts) if kind.startswith("call "):
                return functions[kind.removeprefix("call ")](*map(walk, parts))
        raise Unreadable(str(node))

    return walk(tree)


_BELOW = {"<": (1, False), "\\lt": (1, False), "\\le": (1, True), ">": (-1, False),
          "\\gt": (-1, False), "\\ge": (-1, True)}  # fmt: skip


def holds(condition: Tree, walk: Callable[[Tree], Value]) -> bool | None:
    """Whether a condition holds; None where what is printed cannot tell."""
    assert isinstance(condition, Op)
    if condition.kind == "otherwise":
        return True
    sign, equal = _BELOW[condition.kind.removeprefix("is ")]
    left, right = map(walk, condition.parts)
    least, most = right.low - left.high, right.high - left.low
    if sign < 0:
        least, most = -most, -least
    if least > 0 or (equal and least == 0):
        return True
    return False if most < 0 or (not equal and most == 0) else None


def _cases(rows: list[tuple[Tree, ...]], walk: Callable[[Tree], Value]) -> Value:
    """The first case that holds; where what is printed cannot tell, anything between two of them."""
    (value, condition), *rest = rows
    known = holds(condition, walk)
    if known:
        return walk(value)
    if known is None:
        either = walk(value), _cases(rest, walk)
        return Value(min(v.low for v in either), max(v.high for v in either))
    return _cases(rest, walk)


def negative(x: Value) -> Value:
    return Value(-x.high, -x.low, None if x.exact is None else -x.exact)


def total(parts: list[Value]) -> Value:
    exact = [part.exact for part in parts]
    return Value(
        math.fsum(part.low for part in parts), math.fsum(part.high for part in parts),
        None if None in exact else sum(exact, Fraction(0)),
    )  # fmt: skip


def product(parts: list[Value]) -> Value:
    if any(part.exact == 0 for part in parts):
        return Value.known(Fraction(0))
    low, high, exact = 1.0, 1.0, Fraction(1)
    for part in parts:
        ends = [a * b for a in (low, high) for b in (part.low, part.high)]
        low, high = min(ends), max(ends)
        exact = None if exact is None or part.exact is None else exact * part.exact
    return Value(low, high, exact)


def _inverse(x: Value) -> Value:
    if x.low <= 0 <= x.high:
        return Value(-math.inf, math.inf)
    return Value(1 / x.high, 1 / x.low, None if x.exact is None else 1 / x.exact)


def _power(base: Tree, x: Value, exponent: Value) -> Value:
    if base == Name("e"):
        return _rising(math.exp, exponent, {0: 1})
    if exponent.exact is None or exponent.exact.denominator != 1:
        ends = [a**b for a in (x.low, x.high) for b in (exponent.low, exponent.high)]
        return Value(min(ends), max(ends))
    n = int(exponent.exact)
    if n < 0:
        return _inverse(_power(base, x, Value.known(Fraction(-n))))
    low, high = sorted((x.low**n, x.high**n))
    if n % 2 == 0 and x.low < 0 < x.high:
        low = 0.0
    return Value(low, high, None if x.exact is None else x.exact**n)


def _magnitude(x: Value) -> Value:
    low, high = sorted((abs(x.low), abs(x.high)))
    return Value(
        0.0 if x.low < 0 < x.high else low, high, None if x.exact is None else abs(x.exact)
    )


def _rising(function: Callable[[float], float], x: Value, known: Mapping[int, int]) -> Value:
    """An increasing function, with the few places where its value is rational."""
    exact = None if x.exact is None else known.get(x.exact)  # type: ignore[call-overload]
    return Value(function(x.low), function(x.high), None if exact is None else Fraction(exact))


def _largest(*parts: Value) -> Value:
    low, high = max(p.low for p in parts), max(p.high for p in parts)
    winners = [p for p in parts if p.high >= low]
    return Value(low, high, winners[0].exact if len(winners) == 1 else
                 max(exact) if None not in (exact := [p.exact for p in winners]) else None)  # fmt: skip


def _sign(x: Value) -> Value:
    if x.low > 0 or x.high < 0:
        return Value.known(Fraction(1 if x.low > 0 else -1))
    return Value.known(Fraction(0)) if x.exact == 0 else Value(-1, 1)


def _waves(function: Callable[[float], float]) -> Callable[[Value], Value]:
    def wave(x: Value) -> Value:
        middle, reach = function((x.low + x.high) / 2), (x.high - x.low) / 2
        return Value(middle - reach, middle + reach)

    return wave


def _even(function: Callable[[float], float]) -> Callable[[Value], Value]:
    def even(x: Value) -> Value:
        return _rising(function, _magnitude(x), {0: 1})

    return even


Functions: TypeAlias = Mapping[str, Callable[..., Value]]
FUNCTIONS: Functions = {
    "\\ln": lambda x: _rising(lambda v: math.log(v) if v > 0 else -math.inf, x, {1: 0}),
    "\\tanh": lambda x: _rising(math.tanh, x, {0: 0}),
    "\\sinh": lambda x: _rising(math.sinh, x, {0: 0}),
    "\\cosh": _even(math.cosh),
    "\\sin": _waves(math.sin),
    "\\cos": _waves(math.cos),
    "erf": lambda x: _rising(math.erf, x, {0: 0}),
    "sgn": _sign,
    "\\max": _largest,
    "\\min": lambda *parts: negative(_largest(*map(negative, parts))),
}


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# What a page calls the activations where it nests them.
ACTIVATIONS: Functions = {
    **FUNCTIONS,
    "\\sigma": lambda x: _rising(_logistic, x, {}),
    "ReLU": lambda x: _largest(Value.known(Fraction(0)), x),
    "LReLU": lambda x: _rising(lambda v: v if v > 0 else 0.01 * v, x, {}),
    "ELU": lambda x: _rising(lambda v: v if v > 0 else math.expm1(v), x, {}),
    "softplus": lambda x: _rising(lambda v: math.log1p(math.exp(v)), x, {}),
    "SiLU": lambda x: product([x, _rising(_logistic, x, {})]),
    "GELU": lambda x: product([x, _rising(lambda v: (1 + math.erf(v / 2**0.5)) / 2, x, {})]),
}
