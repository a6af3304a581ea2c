"""A person's own formula, read into a tree without ever running anything.

    sum      =  product { ("+" | "-") product }
    product  =  signed { ("*" | "/") signed }
    signed   =  ("-" | "+") signed  |  power
    power    =  atom [ ("**" | "^") signed ]
    atom     =  number | name | function "(" sum { "," sum } ")" | "(" sum ")"

Python's own parser never sees the text, and there is no node for an attribute, a text, an index
or a foreign call. Size, nesting and the height of constants are capped, so that nothing read here
keeps a later computation busy for long.

>>> formula = parse("z/(1 + abs(z))", ["z"])
>>> fold(formula, {"z": 3.0}, FLOATS)
0.75

Every refusal says at which character, what is wrong, and what to write instead.

>>> parse("2z", ["z"])
Traceback (most recent call last):
derive.errors.ProblemError: at character 2: no sign before 'z' (write the multiplication: 2*z)
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import NamedTuple, NoReturn

from derive.algebra.formula_tokens import Token, refuse, tokens
from derive.algebra.formula_tree import (
    ARITHMETIC,
    CONSTANTS,
    FLOATS,
    FUNCTIONS,
    OPERATIONS,
    SEVERAL,
    Binary,
    Constant,
    Formula,
    Function,
    Literal,
    Negative,
    Variable,
    fold,
    variables,
    written,
)
from derive.errors import Mistake, ProblemError
from derive.registry import nearest

__all__ = [
    "FLOATS", "OPERATIONS", "Binary", "Constant", "Formula", "Function", "Literal", "Negative",
    "Variable", "fold", "parse", "variables", "written",
]  # fmt: skip

MOST_CHARACTERS = 500
MOST_NODES = 200
MOST_NESTING = 30
MOST_DIGITS = 40
LARGEST_EXPONENT = 64
MOST_BITS = 20_000  # of numerator and denominator together, for exact fractions
VARIABLE_BITS = 64  # what a number put in for a variable may have
LARGEST, SMALLEST = 1e12, 1e-100


class Known(NamedTuple):
    """What is known of a part before it is used: how large exact arithmetic could make it, and
    its value where there is no variable in it."""

    bits: int
    value: float | None


def parse(text: str, names: Collection[str]) -> Formula:
    """The tree of a formula in the variables `names`; a `ProblemError` says where it goes wrong."""
    if len(text) > MOST_CHARACTERS:
        fact = f"a formula of {len(text):,} characters"
        raise ProblemError([Mistake("", fact, f"at most {MOST_CHARACTERS}")])
    return _Reader(tokens(text), names).whole()


class _Reader:
    """Reads tokens one by one; each method reads one line of the grammar and knows its result."""

    def __init__(self, tokens: list[Token], names: Collection[str]) -> None:
        self.tokens = tokens
        self.names = names
        self.next = 0
        self.nodes = 0
        self.nesting = 0

    # --- tokens ---

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def take(self, *signs: str) -> Token | None:
        """The next token, if it is one of these signs."""
        token = self.token
        if token.kind != "sign" or token.text not in signs:
            return None
        self.next += 1
        return token

    def close(self, opened: Token) -> None:
        if self.take(")"):
            return
        if self.token.kind == "end":
            refuse(opened.at, "this bracket is never closed", "add ')'")
        self.unexpected()

    def unexpected(self) -> NoReturn:
        token = self.token
        if token.kind == "end":
            refuse(token.at, "the formula ends too early", "something is missing here")
        before = self.tokens[self.next - 1] if self.next else None
        ended = before is not None and (before.kind != "sign" or before.text == ")")
        if ended and (token.kind != "sign" or token.text == "("):
            refuse(token.at, f"no sign before '{token.text}'", "write the multiplication: 2*z")
        refuse(token.at, f"'{token.text}' is out of place", "a number, a name or '(' belongs here")

    # --- the grammar ---

    def whole(self) -> Formula:
        if self.token.kind == "end":
            raise ProblemError([Mistake("", "an empty formula", "for example z/(1 + abs(z))")])
        formula, _ = self.sum()
        if self.token.kind != "end":
            if self.token.text == ")":
                refuse(self.token.at, "this bracket was never opened", "remove it, or add '('")
            self.unexpected()
        return formula

    def sum(self) -> tuple[Formula, Known]:
        part = self.product()
        while sign := self.take("+", "-"):
            part = self.joined(sign, part, self.product())
        return part

    def product(self) -> tuple[Formula, Known]:
        part = self.signed()
        while sign := self.take("*", "/"):
            part = self.joined(sign, part, self.signed())
        return part

    def signed(self) -> tuple[Formula, Known]:
        sign = self.take("-", "+")
        if sign is None:
            return self.power()
        self.deeper(sign)
        formula, known = self.signed()
        self.nesting -= 1
        if sign.text == "+":
            return formula, known
        return self.counted(sign, Negative(formula), known.bits, known.value is not None)

    def power(self) -> tuple[Formula, Known]:
        base = self.atom()
        sign = self.take("**", "^")
        if sign is None:
            return base
        self.deeper(sign)
        exponent = self.signed()
        self.nesting -= 1
        return self.joined(sign, base, exponent)

    def atom(self) -> tuple[Formula, Known]:
        token = self.token
        if token.kind == "number":
            self.next += 1
            return self.number(token)
        if token.kind == "name":
            self.next += 1
            return self.name(token)
        if self.take("("):
            self.deeper(token)
            part = self.sum()
            self.close(token)
            self.nesting -= 1
            return part
        self.unexpected()

    def number(self, token: Token) -> tuple[Formula, Known]:
        digits, _, exponent = token.text.lower().partition("e")
        if len(digits) > MOST_DIGITS or len(exponent) > MOST_DIGITS:
            refuse(token.at, f"a number of {len(token.text)} digits", f"at most {MOST_DIGITS}")
        value = float(token.text)
        if value > LARGEST or (value < SMALLEST and digits.strip("0.")):
            size = "large" if value else "small"
            refuse(token.at, f"{token.text} is too {size}", "numbers go from 1e-100 to 1e12")
        bits = 4 * (len(digits) + abs(int(exponent or "0")))
        return self.counted(token, Literal(token.text), bits, constant=True)

    def name(self, token: Token) -> tuple[Formula, Known]:
        name = token.text
        if name in self.names:
            return self.counted(token, Variable(name), VARIABLE_BITS, constant=False)
        if name in FUNCTIONS:
            return self.call(token)
        if name in CONSTANTS:
            return self.counted(token, Constant(name), VARIABLE_BITS, constant=True)
        known = [*self.names, *FUNCTIONS, *CONSTANTS]
        refuse(token.at, f"there is no '{name[:40]}' here", nearest(name[:40], known))

    def call(self, token: Token) -> tuple[Formula, Known]:
        name = FUNCTIONS[token.text]
        opened = self.take("(")
        if opened is None:
            refuse(token.at, f"'{token.text}' needs brackets", f"write {token.text}(…)")
        self.deeper(opened)
        parts = [self.sum()]
        while self.take(","):
            parts.append(self.sum())
        self.close(opened)
        self.nesting -= 1
        if (len(parts) > 1) != (name in SEVERAL):
            remedy = "give it two or more" if name in SEVERAL else "give it one"
            fact = f"'{token.text}' with {len(parts)} argument{'s' * (len(parts) > 1)}"
            refuse(token.at, fact, remedy)
        formula = Function(name, tuple(part for part, _ in parts))
        constant = all(known.value is not None for _, known in parts)
        return self.counted(token, formula, max(known.bits for _, known in parts), constant)

    # --- what keeps a formula small ---

    def deeper(self, token: Token) -> None:
        self.nesting += 1
        if self.nesting > MOST_NESTING:
            refuse(token.at, "too many levels", f"at most {MOST_NESTING} inside each other")

    def joined(
        self, sign: Token, first: tuple[Formula, Known], second: tuple[Formula, Known]
    ) -> tuple[Formula, Known]:
        (left, before), (right, after) = first, second
        bits = before.bits + after.bits
        if sign.text in ("**", "^") and after.value is not None:
            if abs(after.value) > LARGEST_EXPONENT:
                refuse(sign.at, "too large an exponent", f"at most {LARGEST_EXPONENT}")
            bits = before.bits * max(1, math.ceil(abs(after.value)))
        operation = ARITHMETIC["**" if sign.text == "^" else sign.text]
        constant = before.value is not None and after.value is not None
        return self.counted(sign, Binary(operation, left, right), bits, constant)

    def counted(
        self, token: Token, formula: Formula, bits: int, constant: bool
    ) -> tuple[Formula, Known]:
        """A new node, if there is still room for it and, where constant, if it has a value."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            refuse(token.at, "the formula is too long", f"at most {MOST_NODES} names and signs")
        if bits > MOST_BITS:
            refuse(token.at, "powers of powers grow too large here", "use smaller exponents")
        return formula, Known(bits, self.value(token, formula) if constant else None)

    def value(self, token: Token, formula: Formula) -> float:
        try:
            value = fold(formula, {}, FLOATS)
        except (ArithmeticError, ValueError):
            value = math.nan
        if not math.isfinite(value):
            remedy = "it divides by zero, overflows, or is not a real number"
            refuse(token.at, "this part has no value", remedy)
        return float(value)
