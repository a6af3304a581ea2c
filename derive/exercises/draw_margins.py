"""How far each value is from where its formula has another case: from the kink of a ReLU, say.

>>> from derive.algebra.fold import fold
>>> from derive.algebra.rule import Z
>>> net = np.array([0.3, -0.01])
>>> fold(sympy.Max(0, Z, evaluate=False), {Z: (net, np.inf)}.__getitem__, MARGINS)[1]
array([0.3 , 0.01])
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.relational import Relational

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, Arithmetic
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest

_JUMPS = (sympy.Abs, sympy.sign, Magnitude, Signum)  # at 0
_CHOICES = (sympy.Max, sympy.Min, Largest, Smallest)  # where two arguments are equal
Pair = tuple[Any, Any]  # a value, and its distance from another case


def has_cases(family: Family) -> bool:
    """Whether a family's formula distinguishes cases at all."""
    parts = (family.rule.formula, *family.rule.sums.values())
    return any(part.has(sympy.Piecewise, *_JUMPS, *_CHOICES) for part in parts)


def margins(family: Family, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distances of a family's members; shape (…, members)."""
    with np.errstate(all="ignore"):
        _, found = family.values(lambda ids: (values[..., ids], np.inf), MARGINS)
    shape = (*values.shape[:-1], family.targets.size)
    spread: NDArray[np.float64] = np.broadcast_to(found, shape)
    return spread


def _nearest(parts: tuple[Pair, ...]) -> Any:
    return functools.reduce(np.minimum, (gap for _, gap in parts), np.inf)


def _smooth(kind: Any) -> Callable[..., Pair]:
    return lambda *parts: (FLOATS.table[kind](*(v for v, _ in parts)), _nearest(parts))


def _jump(kind: Any) -> Callable[[Pair], Pair]:
    return lambda x: (FLOATS.table[kind](x[0]), np.minimum(x[1], np.abs(x[0])))


def _choice(kind: Any) -> Callable[..., Pair]:
    def apart(*parts: Pair) -> Pair:
        values = [value for value, _ in parts]
        gaps = (np.abs(a - b) for a, b in itertools.combinations(values, 2))
        return FLOATS.table[kind](*values), functools.reduce(np.minimum, gaps, _nearest(parts))

    return apart


def _choose(branches: list[tuple[Callable[[], Pair], Callable[[], Pair]]]) -> Pair:
    *upper, (last, _) = branches
    value, gap = last()
    for branch, condition in reversed(upper):
        (holds, edge), (v, g) = condition(), branch()
        value, gap = np.where(holds, v, value), np.minimum(edge, np.where(holds, g, gap))
    return value, gap


MARGINS = Arithmetic(
    number=lambda text: (FLOATS.number(text), np.inf),
    table={
        **{kind: _smooth(kind) for kind in FLOATS.table},
        **{kind: _choice(kind) for kind in FLOATS.table if issubclass(kind, Relational)},
        **{kind: _choice(kind) for kind in _CHOICES},
        **{kind: _jump(kind) for kind in _JUMPS},
    },
    choose=_choose,
    total=lambda series: (series[0].sum(axis=-1), np.min(series[1], axis=-1)),
)
