"""Which values are 0 whatever the other numbers are: because a factor of them is given as 0.

With one-hot targets most errors' slopes are 0, and that is no fault of the draw; everything else
that comes out as 0 is.

>>> from derive.algebra.fold import fold
>>> from derive.algebra.rule import T, O, W
>>> is_zero = {T: np.array([True, False]), O: np.False_, W: np.False_}
>>> fold(T * O, is_zero.__getitem__, ZEROS), fold(T + O, is_zero.__getitem__, ZEROS)
(array([ True, False]), array([False, False]))
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, Arithmetic
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest

Zeros = NDArray[np.bool_]


def run_zeros(families: Iterable[Family], zero: Zeros) -> None:
    """Fill in which of the values that these families make are 0; shape (…, quantities)."""
    for family in families:
        zero[..., family.targets] = family.values(lambda ids: zero[..., ids], ZEROS)


def _every(*parts: Any) -> Any:
    return functools.reduce(np.logical_and, parts)


def _some(*parts: Any) -> Any:
    return functools.reduce(np.logical_or, parts)


def _never(*parts: Any) -> Any:
    return np.False_


def _choose(branches: list[tuple[Callable[[], Any], Callable[[], Any]]]) -> Any:
    return _every(*(value() for value, _ in branches))


_ODD = (sympy.tanh, sympy.sinh, sympy.sin, sympy.erf)  # they are 0 at 0

ZEROS = Arithmetic(
    number=lambda text: np.bool_(Fraction(text) == 0),
    table={
        **dict.fromkeys(FLOATS.table, _never),
        **dict.fromkeys((sympy.Abs, sympy.sign, *_ODD), lambda x: x),
        **dict.fromkeys((Magnitude, Signum), lambda x: x),
        **dict.fromkeys((sympy.Max, sympy.Min, Largest, Smallest), _every),
        sympy.Add: _every,
        sympy.Mul: _some,
        sympy.Pow: lambda base, exponent: base,
    },
    choose=_choose,
    total=lambda series: np.logical_and.reduce(series, axis=-1),
)  # fmt: skip
