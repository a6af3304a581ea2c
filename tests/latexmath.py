"""Reads the LaTeX that the pages hold back into trees, and recomputes them from what is printed.

    sum      =  [sign] product { ("+" | "-") product }
    product  =  power { ("×" | "·" | thin space) power }
    power    =  atom [ "^" group ]
    atom     =  number | name [ "(" sum { "," sum } ")" ] | fraction | root | brackets | group

A derivative, ∂E/∂w, is a name. What is printed is known within half a unit of its last digit, so
numbers are intervals; where everything is printed in full they are exact fractions as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeAlias

# --- tokens --------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?(?:\\times 10\^\{-?\d+\})?)|(?P<command>\\[A-Za-z]+|\\[^A-Za-z])|(?P<sign>\S)"
)
_IGNORED = {"\\left", "\\right", "\\mathopen", "\\displaystyle"}
RELATIONS = {"=": "=", "\\approx": "≈"}


def tokens(source: str) -> list[str]:
    """Numbers (with their power of ten), commands and signs; what only sizes brackets is left out."""
    for only_for_the_eye, meant in (("\\mathopen{}", ""), ("\\text{}", ""), ("{-}", "-")):
        source = source.replace(only_for_the_eye, meant)
    return [found[0] for found in _TOKEN.finditer(source) if found[0] not in _IGNORED]


_OPENING = {"{", "(", "[", "\\lvert", "\\begin"}
_CLOSING = {"}", ")", "]", "\\rvert", "\\end"}


def pieces(line: list[str]) -> list[tuple[str, list[str]]]:
    """name = piece = piece ≈ value, as (relation before it, tokens); a remark after it is cut off."""
    found: list[tuple[str, list[str]]] = [("", [])]
    depth = 0
    for token in line:
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth == 0 and token == "\\quad":
            break
        if depth == 0 and token in RELATIONS:
            found.append((RELATIONS[token], []))
        else:
            found[-1][1].append(token)
    return found


def remark(line: list[str]) -> list[str]:
    """What stands after the value: "since 0.3 > 0", "by (4)"."""
    return line[line.index("\\quad") + 1 :] if "\\quad" in line else []


# --- trees ---------------------------------------------------------------------------------------


class Num(NamedTuple):
    """A number as printed."""

    text: str


class Name(NamedTuple):
    """A quantity or a constant, by its LaTeX without spaces."""

    key: str


class Op(NamedTuple):
    """An operation on parts; a sum's parts are (sign, term) pairs written as Op("+"/"-", term)."""

    kind: str
    parts: tuple[Tree, ...]


class Dots(NamedTuple):
    """Terms left out of a long sum."""


Tree: TypeAlias = Num | Name | Op | Dots


class Unreadable(ValueError):
    """The LaTeX is not of the kind that lines are made of."""


def parse(source: list[str] | str) -> Tree:
    """The tree of one piece of a line."""
    reader = _Reader(tokens(source) if isinstance(source, str) else source)
    tree = reader.sum()
    if reader.token:
        raise Unreadable(f"{reader.token} in {' '.join(reader.tokens)}")
    return tree


def condition(source: list[str]) -> Tree:
    """The tree of a condition, 0.3 > 0."""
    reader = _Reader(source)
    tree = reader.condition()
    if reader.token:
        raise Unreadable(f"{reader.token} in {' '.join(reader.tokens)}")
    return tree


_WRAPPERS = {"\\mathbf", "\\bm"}
_FUNCTIONS = {"\\ln", "\\tanh", "\\sinh", "\\cosh", "\\sin", "\\cos", "\\max", "\\min", "\\exp"}
_MARKS = {"+", "\\prime"}


class _Reader:
    def __init__(self, found: list[str]) -> None:
        self.tokens = found
        self.at = 0

    @property
    def token(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.token
        if token and token in wanted:
            self.at += 1
            return token
        return ""

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise Unreadable(f"no {wanted} at {self.at} in {' '.join(self.tokens)}")

    # --- the grammar ---

    def sum(self) -> Tree:
        sign = self.take("-", "+") or "+"
        terms = [Op(sign, (self.product(),))]
        while sign := self.take("+", "-"):
            if self.token in ("+", "-"):
                raise Unreadable(f"two signs in {' '.join(self.tokens)}")
            terms.append(Op(sign, (self.product(),)))
        if len(terms) == 1 and terms[0].kind == "+":
            return terms[0].parts[0]
        return Op("sum", tuple(terms))

    def product(self) -> Tree:
        factors = [self.power()]
        while self.take("\\times", "\\cdot", "\\,"):
            factors.append(self.power())
        return factors[0] if len(factors) == 1 else Op("product", tuple(factors))

    def power(self) -> Tree:
        base = self.atom()
        if self.take("^"):
            return Op("power", (base, self.group()))
        return base

    def group(self) -> Tree:
        self.need("{")
        tree = self.sum()
        self.need("}")
        return tree

    def raw(self) -> str:
        """A group as text."""
        self.need("{")
        start, depth = self.at, 1
        while depth:
            if not self.token:
                raise Unreadable("a group without an end")
            depth += (self.token == "{") - (self.token == "}")
            self.at += 1
        return "".join(self.tokens[start : self.at - 1])

    def atom(self) -> Tree:
        token = self.token
        self.at += 1
        if token[:1].isdigit():
            return Num(token)
        if token == "(":
            return self.closed(")")
        if token == "\\lvert":
            return Op("abs", (self.closed("\\rvert"),))
        if token == "{":
            return self.closed("}")
        if token in _WRAPPERS:
            return self.group()
        if token == "\\textcolor":
            self.raw()
            return self.group()
        if token == "\\underbrace":
            inside = self.group()
            self.need("_")
            self.raw()
            return inside
        if token == "\\frac":
            return self.fraction()
        if token == "\\sqrt":
            return Op("root", (self.group(),))
        if token == "\\dots":
            return Dots()
        if token == "\\begin":
            return self.cases()
        if token == "\\sum":
            self.need("_")
            return Op(f"sum over {self.raw()}", (self.product(),))
        return self.name(token)

    def closed(self, end: str) -> Tree:
        inside = self.sum()
        self.need(end)
        return inside

    def fraction(self) -> Tree:
        start = self.at
        above = self.raw()
        below = self.raw()
        if above.startswith("\\partial"):
            return Name(f"{above}/{below}")
        self.at = start
        return Op("over", (self.group(), self.group()))

    def cases(self) -> Tree:
        if (kind := self.raw()) != "cases":
            raise Unreadable(kind)
        rows = []
        while self.token != "\\end":
            value = self.sum()
            self.need("&")
            rows.append(Op("case", (value, self.condition())))
            self.take("\\\\")
        self.need("\\end")
        self.raw()
        return Op("cases", tuple(rows))

    def condition(self) -> Tree:
        if self.take("\\text") and (word := self.raw()) != "if":
            return Op(word, ())
        left, relation = self.sum(), self.token
        self.at += 1
        return Op(f"is {relation}", (left, self.sum()))

    def name(self, token: str) -> Tree:
        if token == "\\mathrm":
            token = self.raw()
        elif not (token.isalpha() or re.fullmatch(r"\\[A-Za-z]+", token)) or token in _CLOSING:
            raise Unreadable(f"{token or 'the end'} in {' '.join(self.tokens)}")
        sub = f"_{self.raw()}" if self.take("_") else ""
        if self.token == "^" and self.tokens[self.at + 2 : self.at + 3][0] in _MARKS:
            self.take("^")
            sub += f"^{self.raw()}"
        if self.token == "(":
            self.at += 1
            return Op(f"call {token}{sub}", self.arguments())
        if token in _FUNCTIONS:
            raise Unreadable(f"{token} without brackets")
        return Name(token + sub)

    def arguments(self) -> tuple[Tree, ...]:
        found = [self.sum()]
        while self.take(","):
            self.take("\\,")
            found.append(self.sum())
        self.need(")")
        return tuple(found)


CONSTANTS = {"e": math.e, "\\pi": math.pi}


def names(tree: Tree) -> set[str]:
    """The names of quantities in a tree."""
    match tree:
        case Name(key):
            return set() if key in CONSTANTS else {key}
        case Op(_, parts):
            return set().union(*map(names, parts))
    return set()


def has_dots(tree: Tree) -> bool:
    """Whether terms are left out."""
    return isinstance(tree, Dots) or (isinstance(tree, Op) and any(map(has_dots, tree.parts)))


def literal(tree: Tree) -> str | None:
    """The text of a number with its sign, or None where the tree is none."""
    match tree:
        case Num(text):
            return text
        case Op("sum", (Op("-", (Num(text),)),)):
            return f"-{text}"
    return None


def numbers_for_names(symbols: Tree, numbers: Tree) -> list[tuple[str, str]]:
    """(name, number) pairs, where `numbers` is `symbols` with a number in each name's place.

    Unreadable where the two differ in anything else: a sign, a bracket, an order, an operation.
    """
    if isinstance(symbols, Name) and symbols.key not in CONSTANTS:
        text = literal(numbers)
        if text is None:
            raise Unreadable(f"{symbols.key} became {numbers}")
        return [(symbols.key, text)]
    if (
        isinstance(symbols, Op)
        and isinstance(numbers, Op)
        and symbols.kind == "sum" == numbers.kind
    ):
        return _terms(symbols, numbers)
    # a single term that turns out to be negative: −0.3 in the place of w
    if isinstance(symbols, Op) and isinstance(numbers, Op) and symbols.kind == numbers.kind:
        pairs = zip(symbols.parts, numbers.parts, strict=True)
        return [found for one, other in pairs for found in numbers_for_names(one, other)]
    if symbols != numbers:
        raise Unreadable(f"{symbols} became {numbers}")
    return []


def _terms(symbols: Op, numbers: Op) -> list[tuple[str, str]]:
    if len(symbols.parts) != len(numbers.parts):
        raise Unreadable(f"{len(symbols.parts)} terms became {len(numbers.parts)}")
    found = []
    for position, (one, other) in enumerate(zip(symbols.parts, numbers.parts, strict=True)):
        assert isinstance(one, Op)
        assert isinstance(other, Op)
        (inner,), (value,) = one.parts, other.parts
        if one.kind != other.kind:
            opens = position == 0 and other.kind == "-" and isinstance(inner, Name)
            if not opens:  # only a leading number may bring its own sign
                raise Unreadable(f"{one.kind}{inner} became {other.kind}{value}")
            value = Op("sum", (other,))
        found += numbers_for_names(inner, value)
    return found


# --- numbers -------------------------------------------------------------------------------------

SLACK = 1e-12  # relative; what floating point adds here


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


def amount(text: str) -> tuple[Fraction, Fraction]:
    """A printed number, and half a unit of its last digit: −0.30, 3.3\\times 10^{-19}."""
    digits, _, power = text.replace(" ", "").replace("{,}", "").partition("\\times10^{")
    if not re.fullmatch(r"-?\d+(\.\d+)?", digits):
        raise Unreadable(f"{text} is no number")
    scale = Fraction(10) ** int(power.rstrip("}") or 0)
    whole, _, places = digits.partition(".")
    unit = Fraction(1, 10 ** len(places)) if places else Fraction(10) ** _zeros(whole)
    return Fraction(Decimal(digits)) * scale, unit / 2 * scale


def _zeros(whole: str) -> int:
    """The zeros at the end of 281500, which may be there only to show how large it is."""
    return len(whole) - len(whole.rstrip("0")) if whole.strip("-0") else 0


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
                return _negative(walk(part))
            case Op("sum", parts):
                return _total([walk(part) for part in parts])
            case Op("product", parts):
                return _product([walk(part) for part in parts])
            case Op("over", (above, below)):
                return _product([walk(above), _inverse(walk(below))])
            case Op("power", (base, exponent)):
                return _power(base, walk(base), walk(exponent))
            case Op("root", (inside,)):
                return _rising(math.sqrt, walk(inside), {})
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


def _negative(x: Value) -> Value:
    return Value(-x.high, -x.low, None if x.exact is None else -x.exact)


def _total(parts: list[Value]) -> Value:
    exact = [part.exact for part in parts]
    return Value(
        math.fsum(part.low for part in parts), math.fsum(part.high for part in parts),
        None if None in exact else sum(exact, Fraction(0)),
    )  # fmt: skip


def _product(parts: list[Value]) -> Value:
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
    "\\min": lambda *parts: _negative(_largest(*map(_negative, parts))),
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
    "SiLU": lambda x: _product([x, _rising(_logistic, x, {})]),
    "GELU": lambda x: _product([x, _rising(lambda v: (1 + math.erf(v / 2**0.5)) / 2, x, {})]),
}
