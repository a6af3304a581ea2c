"""Reads the LaTeX that the pages hold back into trees.

    sum      =  [sign] product { ("+" | "-") product }
    product  =  power { ("×" | "·" | thin space | "⊙") power }
    power    =  atom [ "^" group ]
    atom     =  number | name [ "(" sum { "," sum } ")" ] | fraction | root | brackets | group | matrix

A derivative, ∂E/∂w, is a name, and so is what has marks: z₁¹ is no power, {z₁¹}² is one. What the trees
come to is told by `tests.intervals` (as closely as what is printed says) and by `tests.exactly`.
"""

from __future__ import annotations

import re
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


CONSTANTS = ("e", "\\pi")
_WRAPPERS = {"\\mathbf", "\\bm"}
_FUNCTIONS = {"\\ln", "\\tanh", "\\sinh", "\\cosh", "\\sin", "\\cos", "\\max", "\\min", "\\exp"}


def _joined(factors: list[Tree]) -> Tree:
    return factors[0] if len(factors) == 1 else Op("product", tuple(factors))


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
        while sign := self.take("\\times", "\\cdot", "\\,", "\\odot"):
            factor = self.power()
            if sign == "\\odot":
                factors = [Op("entrywise", (_joined(factors), factor))]
            else:
                factors.append(factor)
        return _joined(factors)

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
            return self.cases() if (kind := self.raw()) == "cases" else self.grid(kind)
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

    def grid(self, kind: str) -> Tree:
        if kind != "bmatrix":
            raise Unreadable(kind)
        rows: list[list[Tree]] = [[]]
        while self.token != "\\end":
            rows[-1].append(self.sum())
            if self.take("\\\\"):
                rows.append([])
            else:
                self.take("&")
        self.need("\\end")
        self.raw()
        return Op("grid", tuple(Op("row", tuple(row)) for row in rows))

    def cases(self) -> Tree:
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
        elif token == "\\hat":
            token = f"\\hat{{{self.raw()}}}"
        elif not (token.isalpha() or re.fullmatch(r"\\[A-Za-z]+", token)) or token in _CLOSING:
            raise Unreadable(f"{token or 'the end'} in {' '.join(self.tokens)}")
        sub = f"_{self.raw()}" if self.take("_") else ""
        if token not in CONSTANTS and self.take("^"):
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


# --- printed numbers ------------------------------------------------------------------------------


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
