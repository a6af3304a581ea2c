"""A formula as a small tree, which means nothing by itself.

`fold` gives it a meaning through a table with one function for each of `OPERATIONS`, be it for
numbers, arrays, symbols or text.

>>> formula = Binary("multiply", Literal("2"), Function("exp", (Variable("z"),)))
>>> fold(formula, {"z": 0.0}, FLOATS)
2.0
>>> written(formula)
'2*exp(z)'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

CONSTANTS = ("pi", "e")
FUNCTIONS: Mapping[str, str] = {  # what can be typed, and what it is called in the tree
    "exp": "exp", "ln": "ln", "log": "ln", "sqrt": "sqrt", "abs": "abs", "sign": "sign",
    "sin": "sin", "cos": "cos", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "erf": "erf", "sigmoid": "sigmoid", "max": "max", "min": "min",
}  # fmt: skip
SEVERAL = ("max", "min")  # functions of two or more arguments; the others take one
ARITHMETIC: Mapping[str, str] = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power",
}  # fmt: skip
OPERATIONS = (
    "number", *CONSTANTS, "negative", *ARITHMETIC.values(), *dict.fromkeys(FUNCTIONS.values()),
)  # fmt: skip
"""What a table for `fold` must hold: "number" takes the typed digits, "pi" and "e" nothing."""


@dataclass(frozen=True)
class Literal:
    """A number, with its digits as typed."""

    text: str


@dataclass(frozen=True)
class Constant:
    """π or e."""

    name: str


@dataclass(frozen=True)
class Variable:
    """One of the names that the formula is about."""

    name: str


@dataclass(frozen=True)
class Negative:
    """Minus something."""

    operand: Formula


@dataclass(frozen=True)
class Binary:
    """Two parts joined by one of the operations in `ARITHMETIC`."""

    operation: str
    left: Formula
    right: Formula


@dataclass(frozen=True)
class Function:
    """A known function, by its name in the tree, of one argument or, for max and min, more."""

    name: str
    arguments: tuple[Formula, ...]


Formula = Literal | Constant | Variable | Negative | Binary | Function


def fold(formula: Formula, values: Mapping[str, T], algebra: Mapping[str, Callable[..., T]]) -> T:
    """The formula's meaning: variables from `values`, everything else from `algebra`."""

    def walk(node: Formula) -> T:
        match node:
            case Literal(text):
                return algebra["number"](text)
            case Constant(name):
                return algebra[name]()
            case Variable(name):
                return values[name]
            case Negative(operand):
                return algebra["negative"](walk(operand))
            case Binary(operation, left, right):
                return algebra[operation](walk(left), walk(right))
            case Function(name, arguments):
                return algebra[name](*map(walk, arguments))

    return walk(formula)


def variables(formula: Formula) -> frozenset[str]:
    """The variables that a formula uses.

    >>> sorted(variables(Binary("add", Variable("t"), Negative(Variable("o")))))
    ['o', 't']
    """
    match formula:
        case Variable(name):
            return frozenset([name])
        case Negative(operand):
            return variables(operand)
        case Binary(_, left, right):
            return variables(left) | variables(right)
        case Function(_, arguments):
            return frozenset().union(*map(variables, arguments))
    return frozenset()


# --- as text -------------------------------------------------------------------------------------

_SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(5)
_Piece = tuple[str, int]  # text, and how tightly it holds together


def _joined(sign: str, strength: int, left_least: int, right_least: int) -> Callable[..., _Piece]:
    def join(left: _Piece, right: _Piece) -> _Piece:
        return f"{_held(left, left_least)}{sign}{_held(right, right_least)}", strength

    return join


def _held(piece: _Piece, least: int) -> str:
    text, strength = piece
    return text if strength >= least else f"({text})"


def _called(name: str) -> Callable[..., _Piece]:
    return lambda *arguments: (f"{name}({', '.join(text for text, _ in arguments)})", _ATOM)


_TEXT: dict[str, Callable[..., _Piece]] = {
    "number": lambda text: (text, _ATOM),
    "pi": lambda: ("pi", _ATOM),
    "e": lambda: ("e", _ATOM),
    "negative": lambda piece: (f"-{_held(piece, _NEGATIVE)}", _NEGATIVE),
    "add": _joined(" + ", _SUM, _SUM, _PRODUCT),
    "subtract": _joined(" - ", _SUM, _SUM, _PRODUCT),
    "multiply": _joined("*", _PRODUCT, _PRODUCT, _NEGATIVE),
    "divide": _joined("/", _PRODUCT, _PRODUCT, _NEGATIVE),
    "power": _joined("**", _POWER, _ATOM, _NEGATIVE),
    **{name: _called(name) for name in FUNCTIONS.values()},
}


def written(formula: Formula) -> str:
    """The formula as text that reads back to the same tree."""
    names: dict[str, _Piece] = {name: (name, _ATOM) for name in variables(formula)}
    return fold(formula, names, _TEXT)[0]


# --- as numbers ----------------------------------------------------------------------------------


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


FLOATS: Mapping[str, Callable[..., Any]] = {
    "number": float,
    "pi": lambda: math.pi,
    "e": lambda: math.e,
    "negative": lambda x: -x,
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "power": math.pow,
    "exp": math.exp,
    "ln": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "sin": math.sin,
    "cos": math.cos,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "erf": math.erf,
    "sigmoid": _sigmoid,
    "max": max,
    "min": min,
}
"""The table for plain numbers; what has no finite value raises an ArithmeticError or ValueError."""
