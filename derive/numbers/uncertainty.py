"""How far rounding can have carried each value from the truth: a running error analysis.

Each quantity gets a bound on its error in units of the machine's precision, from the bounds of what
it is made from, to first order (Wilkinson, "Rounding Errors in Algebraic Processes", 1963). Two
computations that differ by no more than a small multiple of it do not disagree, however small
the value is that terms have cancelled to; anything beyond it is a mistake.

Errors are taken for independent, so that their squares add up (Higham, Mary, "A new approach to
probabilistic rounding error analysis", 2019), and each rounding for several, so that the bound holds
for those that are not. Were they added up themselves, the bound would grow with every time step of a
recurrent network until it says nothing: after 40 steps it was larger than the gradients.

>>> one = (np.array([1.0]), np.array([3.0]))
>>> value, units = BOUNDS.table[sympy.Add](one, (np.array([-1.0]), np.array([4.0])))
>>> value, units  # what is left is 0, give or take what the two have brought
(array([0.]), array([5.]))
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, UNDEFINED, Arithmetic, excess
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest

EPSILON = float(np.finfo(float).eps)
ROUNDED = 8.0  # how many roundings each one counts for
RESIDUE = 2.0  # a value of at most so many times its bound is what rounding left of 0
UNROLLED = 8  # terms from which NumPy adds several at a time
Pair = tuple[Any, Any]  # a value, and the bound on its error in units of EPSILON


def run_bounded(
    families: Iterable[Family], values: NDArray[np.float64], units: NDArray[np.float64]
) -> None:
    """Fill in the values that these families make, and their bounds in units of EPSILON.

    Shapes are (…, quantities).
    """
    for family in families:
        at = ..., family.targets
        values[at], units[at] = settled(family, values, units)


def settled(family: Family, values: NDArray[np.float64], units: NDArray[np.float64]) -> Pair:
    """What `bounded` gives, but 0 for what is no larger than its own bound allows.

    Nothing but rounding is left of that.
    """
    value, unit = bounded(family, values, units)
    residue = np.isfinite(unit) & (np.abs(value) <= RESIDUE * EPSILON * unit)
    residue &= not family.rule.positive
    return np.where(residue, 0.0, value), unit


def bounded(family: Family, values: NDArray[np.float64], units: NDArray[np.float64]) -> Pair:
    """What one family makes: values, and bounds in units of EPSILON.

    To the last bit a row comes to what it comes to alone: NumPy adds eight terms and more in another
    order where they do not lie side by side in memory, so there they are laid side by side.
    """
    lengths = (ids.shape[1] for ids in family.arguments.values() if ids.ndim == 2)
    laid = np.ascontiguousarray if max(lengths, default=0) >= UNROLLED else np.asarray
    with np.errstate(all="ignore"):  # what is not finite is reported with its place afterwards
        found: Pair = family.values(
            lambda ids: (laid(values[..., ids]), laid(units[..., ids])), BOUNDS
        )
        return found


def _total(series: Pair) -> Pair:
    """A sum of n terms is rounded n times, each time by no more than the sizes that were added."""
    value, units = series
    carried = np.hypot.reduce(units, axis=-1)
    return value.sum(axis=-1), carried + ROUNDED * np.abs(value).sum(axis=-1)


def _rounded(value: Any, units: Any) -> Pair:
    """A result carries what its arguments carried, and one rounding of its own."""
    return value, units + ROUNDED * np.abs(value)


def _add(*terms: Pair) -> Pair:
    return _rounded(sum(v for v, _ in terms), functools.reduce(np.hypot, (u for _, u in terms)))


def _times(first: Pair, second: Pair) -> Pair:
    (a, ua), (b, ub) = first, second
    carried = np.hypot(_share(a, ub), _share(b, ua)) + EPSILON * _share(ua, ub)
    return _rounded(a * b, carried)


def _share(factor: Any, units: Any) -> Any:
    """|factor| · units, where nothing times a bound that has overflowed is nothing."""
    share = np.abs(factor) * units
    if np.isfinite(share).all():
        return share
    return np.where(factor == 0, 0.0, np.where(units == 0, 0.0, share))


def _power(base: Pair, exponent: Pair) -> Pair:
    value = FLOATS.table[sympy.Pow](base[0], exponent[0])
    b, n = np.abs(base[0]), np.abs(exponent[0])
    slope = n * np.abs(value) / np.where(b == 0, 1, b)
    bend = np.where(n >= 2, n * (n - 1) / 2 * np.power(b, np.maximum(n - 2, 0)), 0.0)
    turn = np.abs(value * np.log(np.maximum(b, 1e-300))) * exponent[1]
    units = _share(slope, base[1]) + EPSILON * bend * base[1] * base[1]
    return _rounded(value, units + np.where(np.ndim(exponent[0]) > 0, turn, 0.0))


def _smooth(kind: Any, slope: Callable[[Any, Any], Any]) -> Callable[[Pair], Pair]:
    """A function of one argument; `slope(x, f(x))` is its derivative."""

    def bounded(argument: Pair) -> Pair:
        x, units = argument
        value = FLOATS.table[kind](x)
        return _rounded(value, np.abs(slope(x, value)) * units)

    return bounded


def _chosen(kind: Any) -> Callable[..., Pair]:
    """The largest or smallest: one of the arguments, with the worst of their bounds."""
    return lambda *parts: (
        FLOATS.table[kind](*(v for v, _ in parts)),
        functools.reduce(np.maximum, (u for _, u in parts)),
    )


def _choose(branches: list[tuple[Callable[[], Pair], Callable[[], Any]]]) -> Pair:
    *upper, (last, _) = branches
    value, units = last()
    for branch, condition in reversed(upper):
        holds, (v, u) = condition(), branch()
        value, units = np.where(holds, v, value), np.where(holds, u, units)
    return value, units


def _lowered(one: Pair, series: Pair) -> tuple[Pair, Pair]:
    """What is subtracted is exact; each difference is rounded once."""
    much = excess(series[0])

    def less(pair: Pair, much: Any) -> Pair:
        value = pair[0] - much
        return value, pair[1] + np.where(much == 0, 0.0, ROUNDED * np.abs(value))

    return less(one, much), less(series, much[..., None])


def _compared(compare: Callable[..., Any]) -> Callable[..., Any]:
    """Two values that differ by no more than their bounds allow are equal."""

    def holds(first: Pair, second: Pair) -> Any:
        (a, ua), (b, ub) = first, second
        allowed = RESIDUE * EPSILON * (ua + ub)
        same = np.isfinite(allowed) & (np.abs(a - b) <= allowed)
        return compare(np.where(same, b, a), b)

    return holds


def _number(text: str) -> Pair:
    value = FLOATS.number(text)
    return value, abs(value)


_LOGIC = (sympy.And, sympy.Or, sympy.Not, type(sympy.true), type(sympy.false))
_RELATIONS = (
    sympy.StrictGreaterThan, sympy.GreaterThan, sympy.StrictLessThan, sympy.LessThan,
    sympy.Equality, sympy.Unequality,
)  # fmt: skip

BOUNDS = Arithmetic(
    number=_number,
    table={
        sympy.Add: _add,
        sympy.Mul: lambda *factors: functools.reduce(_times, factors),
        sympy.Pow: _power,
        sympy.exp: _smooth(sympy.exp, lambda x, f: f),
        sympy.log: _smooth(sympy.log, lambda x, f: 1 / x),
        sympy.tanh: _smooth(sympy.tanh, lambda x, f: 1 - f * f),
        sympy.sinh: _smooth(sympy.sinh, lambda x, f: np.cosh(x)),
        sympy.cosh: _smooth(sympy.cosh, lambda x, f: np.sinh(x)),
        sympy.sin: _smooth(sympy.sin, lambda x, f: np.cos(x)),
        sympy.cos: _smooth(sympy.cos, lambda x, f: np.sin(x)),
        sympy.erf: _smooth(sympy.erf, lambda x, f: 2 / math.sqrt(math.pi) * np.exp(-x * x)),
        sympy.Abs: lambda x: (np.abs(x[0]), x[1]),
        Magnitude: lambda x: (np.abs(x[0]), x[1]),
        sympy.sign: lambda x: (np.sign(x[0]), 0.0 * x[1]),
        Signum: lambda x: (np.sign(x[0]), 0.0 * x[1]),
        sympy.Max: _chosen(sympy.Max),
        sympy.Min: _chosen(sympy.Min),
        Largest: _chosen(Largest),
        Smallest: _chosen(Smallest),
        type(sympy.E): lambda: (math.e, math.e),
        **dict.fromkeys(UNDEFINED, lambda: (math.nan, math.nan)),
        type(sympy.pi): lambda: (math.pi, math.pi),
        **{kind: FLOATS.table[kind] for kind in _LOGIC},
        **{kind: _compared(FLOATS.table[kind]) for kind in _RELATIONS},
    },
    choose=_choose,
    total=_total,
    lower=_lowered,
)
