"""A user's own formula as a catalogue entry: SymPy finds its derivative, NumPy measures it.

The text goes through the safe reader and becomes a small tree; each half gives the tree's
operations a meaning of its own. Nothing of the text is ever executed.

>>> entry = user_activation("softsign", "z/(1+abs(z))")
>>> entry.value(np.array([3.0])), entry.derivative(np.array([3.0]))
(array([0.75]), array([0.0625]))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Rational

from derive.algebra.formula import fold, parse
from derive.algebra.ordered import (
    Constant,
    Largest,
    Magnitude,
    Signum,
    Smallest,
    minus,
    negative,
    over,
    plus,
    times,
)  # fmt: skip
from derive.catalogue.entries import Activation, Array, Loss
from derive.catalogue.special import beyond, complex_erf

STEP = 1e-20

# --- symbolic half -------------------------------------------------------------------------------


def _number(text: str) -> Expr:
    return sympy.Integer(text) if text.isdigit() else Constant(text)


def _power(base: Expr, exponent: Expr) -> Expr:
    exponent = Rational(exponent.name) if isinstance(exponent, Constant) else exponent
    return sympy.Pow(base, exponent, evaluate=False)


SYMBOLS: Mapping[str, Callable[..., Expr]] = {
    "number": _number, "pi": lambda: sympy.pi, "e": lambda: sympy.E,
    "negative": negative, "add": plus, "subtract": minus, "multiply": times, "divide": over,
    "power": _power, "exp": sympy.exp, "ln": sympy.log, "sqrt": sympy.sqrt, "abs": Magnitude,
    "sign": Signum, "sin": sympy.sin, "cos": sympy.cos, "sinh": sympy.sinh, "cosh": sympy.cosh,
    "tanh": sympy.tanh, "erf": sympy.erf, "sigmoid": lambda x: over(1, plus(1, sympy.exp(-x))),
    "max": Largest, "min": Smallest,
}  # fmt: skip

# --- numeric half --------------------------------------------------------------------------------


def _greater(first: Array, second: Array) -> Array:
    return np.where(beyond(first, second), first, second)


def _less(first: Array, second: Array) -> Array:
    return np.where(beyond(second, first), first, second)


ARRAYS: Mapping[str, Callable[..., Any]] = {
    "number": float, "pi": lambda: np.pi, "e": lambda: np.e,
    "negative": np.negative, "add": np.add, "subtract": np.subtract, "multiply": np.multiply,
    "divide": np.divide, "power": np.power, "exp": np.exp, "ln": np.log, "sqrt": np.sqrt,
    "abs": lambda x: x * np.sign(np.real(x)), "sign": lambda x: np.sign(np.real(x)),
    "sin": np.sin, "cos": np.cos, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "erf": complex_erf, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "max": lambda *parts: reduce(_greater, parts), "min": lambda *parts: reduce(_less, parts),
}  # fmt: skip


def _measured(value: Callable[[Array], Array], x: Array) -> Array:
    """The derivative by an imaginary step: independent of every rule of differentiation."""
    return np.imag(value(x + 1j * STEP)) / STEP


# --- entries -------------------------------------------------------------------------------------


def user_activation(name: str, text: str) -> Activation:
    """An activation by its formula in `z`; ProblemError where the formula cannot be read."""
    formula = parse(text, ("z",))

    def value(z: Array) -> Array:
        return fold(formula, {"z": z}, ARRAYS) + 0 * z  # a constant takes the shape of z

    return Activation(
        name, name if name.isascii() and name.isalpha() else "f",
        formula=lambda z: fold(formula, {"z": z}, SYMBOLS),
        slope=None,
        value=value,
        derivative=lambda z: _measured(value, z),
        own=True,
    )  # fmt: skip


def user_loss(name: str, text: str) -> Loss:
    """A loss by its formula in `t` and `o`, which is summed over the outputs."""
    formula = parse(text, ("t", "o"))

    def value(t: Array, o: Array) -> Array:
        return fold(formula, {"t": t, "o": o}, ARRAYS) + 0 * o

    return Loss(
        name,
        term=lambda t, o: fold(formula, {"t": t, "o": o}, SYMBOLS),
        slope=None,
        value=value,
        derivative=lambda t, o: _measured(lambda moved: value(t, moved), o),
    )
