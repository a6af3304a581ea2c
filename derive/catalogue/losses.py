"""Losses: add one by adding an entry to `LOSSES`.

>>> from sympy import Symbol
>>> LOSSES["half_squared_error"].slope(Symbol("t"), Symbol("o"))
-(-o + t)
"""

from __future__ import annotations

import numpy as np
from sympy import Abs, Expr, Le, Lt, Max, Piecewise, Rational, S, log, sign

from derive.algebra.ordered import minus, negative, over, plus, scaled, squared, times
from derive.catalogue.entries import Array, Loss, Parameter
from derive.registry import Registry

HALF = Rational(1, 2)
INFINITE = float("inf")


def _huber(t: Expr, o: Expr, delta: Expr) -> Expr:
    gap = minus(t, o)
    far = scaled(delta, minus(Abs(gap, evaluate=False), scaled(delta, HALF)))
    near = Le(Abs(gap, evaluate=False), delta, evaluate=False)
    return Piecewise((times(HALF, squared(gap)), near), (far, True), evaluate=False)


def _huber_slope(t: Expr, o: Expr, delta: Expr) -> Expr:
    gap = minus(t, o)
    far = negative(scaled(delta, sign(gap)))
    near = Le(Abs(gap, evaluate=False), delta, evaluate=False)
    return Piecewise((negative(gap), near), (far, True), evaluate=False)


def _hinge_slope(t: Expr, o: Expr) -> Expr:
    inside = Lt(times(t, o), 1, evaluate=False)
    return Piecewise((negative(t), inside), (S.Zero, True), evaluate=False)


def _binary(t: Expr, o: Expr) -> Expr:
    return negative(plus(times(t, log(o)), times(minus(1, t), log(minus(1, o)))))


def _binary_proof(t: Expr, o: Expr) -> tuple[Expr, ...]:
    return (
        plus(negative(over(t, o)), over(minus(1, t), minus(1, o))),
        over(plus(negative(times(t, minus(1, o))), times(minus(1, t), o)), times(o, minus(1, o))),
        over(minus(o, t), times(o, minus(1, o))),
    )


def _huber_value(t: Array, o: Array, delta: float) -> Array:
    gap = _magnitude(o - t)
    return np.where(np.real(gap) <= delta, gap * gap / 2, delta * (gap - delta / 2))


def _magnitude(x: Array) -> Array:
    """|x| by the real part's sign, which keeps a complex step."""
    return np.where(np.real(x) < 0, -x, x) * (np.real(x) != 0)


def _binary_value(t: Array, o: Array) -> Array:
    return -(t * np.log(o) + (1 - t) * np.log(1 - o))


_ENTRIES = (
    Loss(
        "half_squared_error",
        term=lambda t, o: times(HALF, squared(minus(t, o))),
        slope=lambda t, o: negative(minus(t, o)),
        proof=lambda t, o: (times(-1, HALF, 2, minus(t, o)), negative(minus(t, o))),
        value=lambda t, o: (o - t) * (o - t) / 2,
        derivative=lambda t, o: o - t,
    ),
    Loss(
        "squared_error",
        term=lambda t, o: squared(minus(t, o)),
        slope=lambda t, o: times(-2, minus(t, o)),
        value=lambda t, o: (o - t) * (o - t),
        derivative=lambda t, o: 2 * (o - t),
    ),
    Loss(
        "mean_squared_error",
        term=lambda t, o: squared(minus(t, o)),
        slope=lambda t, o: times(-2, minus(t, o)),
        value=lambda t, o: (o - t) * (o - t),
        derivative=lambda t, o: 2 * (o - t),
        mean=True,
    ),
    Loss(
        "absolute_error",
        term=lambda t, o: Abs(minus(t, o), evaluate=False),
        slope=lambda t, o: negative(sign(minus(t, o))),
        value=lambda t, o: _magnitude(o - t),
        derivative=lambda t, o: np.sign(np.real(o - t)),
        kinked=True,
    ),
    Loss(
        "huber",
        term=_huber,
        slope=_huber_slope,
        value=_huber_value,
        derivative=lambda t, o, delta: np.clip(np.real(o - t), -delta, delta),
        parameters={"delta": Parameter("1", 0, 1e6)},
    ),
    Loss(
        "hinge",
        term=lambda t, o: Max(0, minus(1, times(t, o)), evaluate=False),
        slope=_hinge_slope,
        value=lambda t, o: np.where(np.real(t * o) < 1, 1 - t * o, 0),
        derivative=lambda t, o: -t * (np.real(t * o) < 1),
        targets="signs",
        kinked=True,
    ),
    Loss(
        "binary_cross_entropy",
        term=_binary,
        slope=lambda t, o: over(minus(o, t), times(o, minus(1, o))),
        proof=_binary_proof,
        value=_binary_value,
        derivative=lambda t, o: (1 - t) / (1 - o) - t / o,
        domain=(0, 1),
        targets="unit interval",
    ),
    Loss(
        "cross_entropy",
        term=lambda t, o: times(-1, t, log(o)),
        slope=lambda t, o: negative(over(t, o)),
        value=lambda t, o: -t * np.log(o),
        derivative=lambda t, o: -t / o,
        domain=(0, INFINITE),
        targets="distribution",
    ),
)

LOSSES: Registry[Loss] = Registry("loss", {entry.name: entry for entry in _ENTRIES})
