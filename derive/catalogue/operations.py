"""The numeric half of a formula of any variables: its value, and what comes back to each of them.

A formula is a small tree of operations. Forwards each operation is calculated in NumPy; backwards each
hands on what comes to it, by the derivative of that one operation. No formula is differentiated as a
whole, and nothing symbolic is asked.

>>> product = Numeric("x*y + x", ["x", "y"])
>>> known = {"x": 2.0, "y": 3.0}
>>> float(product.value(known)), product.backward(known, 1.0)
(8.0, {'x': 4.0, 'y': 2.0})
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from derive.algebra.formula import (
    Binary,
    Constant,
    Formula,
    Function,
    Literal,
    Negative,
    Variable,
    fold,
    parse,
)
from derive.catalogue.special import beyond
from derive.catalogue.user import ARRAYS

Values = Mapping[str, Any]


def _last(parts: tuple[Any, ...], best: Callable[..., Any]) -> tuple[float, ...]:
    """1 for the last of the arguments that are equal to the value, 0 for the others."""
    *arguments, _ = parts
    far = best(arguments)
    equal = (n for n, a in enumerate(arguments) if not (beyond(a, far) or beyond(far, a)))
    chosen = max(equal)
    return tuple(float(n == chosen) for n in range(len(arguments)))


SLOPES: Mapping[str, Callable[..., tuple[Any, ...]]] = {
    "negative": lambda a, y: (-1.0,),
    "add": lambda a, b, y: (1.0, 1.0),
    "subtract": lambda a, b, y: (1.0, -1.0),
    "multiply": lambda a, b, y: (b, a),
    "divide": lambda a, b, y: (1 / b, -y / b),
    "power": lambda a, b, y: (b * np.power(a, b - 1), y * np.log(a) if a > 0 else 0.0),
    "exp": lambda a, y: (y,),
    "ln": lambda a, y: (1 / a,),
    "sqrt": lambda a, y: (0.5 / y,),
    "abs": lambda a, y: (np.sign(a),),
    "sign": lambda a, y: (0.0,),
    "sin": lambda a, y: (np.cos(a),),
    "cos": lambda a, y: (-np.sin(a),),
    "sinh": lambda a, y: (np.cosh(a),),
    "cosh": lambda a, y: (np.sinh(a),),
    "tanh": lambda a, y: (1 - y * y,),
    "erf": lambda a, y: (2 / math.sqrt(math.pi) * np.exp(-a * a),),
    "sigmoid": lambda a, y: (y * (1 - y),),
    "max": lambda *parts: _last(parts, max),
    "min": lambda *parts: _last(parts, min),
}
"""By operation, the derivative by each argument, of the arguments and the value."""


class Numeric:
    """A formula in some variables, read once; ProblemError where it cannot be read."""

    def __init__(self, text: str, variables: Collection[str]) -> None:
        self._tree = parse(text, variables)

    def value(self, known: Values) -> Any:
        """What it comes to, for numbers or arrays, real or complex."""
        return np.asarray(fold(self._tree, known, ARRAYS))

    def backward(self, known: Values, arriving: Any) -> dict[str, float]:
        """What comes back to each of its variables, where so much comes to the formula."""
        found: dict[str, float] = {}
        self._hand_on(self._tree, known, arriving, found)
        return found

    def _hand_on(
        self, node: Formula, known: Values, arriving: Any, found: dict[str, float]
    ) -> None:
        parts: tuple[Formula, ...]
        match node:
            case Variable(name):
                found[name] = float(found.get(name, 0.0) + arriving)
                return
            case Literal() | Constant():
                return
            case Negative(operand):
                operation, parts = "negative", (operand,)
            case Binary(operation, left, right):
                parts = (left, right)
            case Function(operation, parts):
                pass
        arguments = [np.asarray(fold(part, known, ARRAYS)) for part in parts]
        slopes = SLOPES[operation](*arguments, fold(node, known, ARRAYS))
        for part, slope in zip(parts, slopes, strict=True):
            self._hand_on(part, known, arriving * slope, found)
