"""Intervals hold everything that a formula can come to, for numbers and for arrays alike."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest
from sympy import (
    Abs,
    Expr,
    Max,
    Min,
    Piecewise,
    Symbol,
    cos,
    cosh,
    erf,
    exp,
    log,
    sign,
    sin,
    sqrt,
    tanh,
)

from derive.algebra.fold import FLOATS, fold
from derive.checking.intervals import calculation, made, scaled, widened
from derive.derivation.derivation import Derivation
from derive.errors import ProblemError
from derive.numbers.evaluate import evaluate
from tests import networks
from tests.checking.planting import derived

X, Y = Symbol("x", real=True), Symbol("y", real=True)
FORMULAS = [
    X + Y, X * Y, X - 2 * Y, X**2, X**3, Y**2 - X, 1 / (3 + X), X / (4 + Y), exp(X), exp(-X) + Y,
    1 / (1 + exp(-X)), tanh(X) * Y, log(4 + X), sqrt(X + 4), erf(X), cosh(X), sin(X), cos(Y), sign(X),
    Abs(X), Max(0, X), Min(X, Y), Piecewise((X, X > 0), (Y, True)), Piecewise((X, X <= Y), (2 * Y, True)),
    X**-2, Y * X**-3, (X**2 + 1) ** -2,
    X * (1 - X), Abs(X - Y) * X, (X**2 + 1) ** -1, Piecewise((Y, (X > 0) & (Y > 0)), (X, True)),
]  # fmt: skip


def inside(formula: Expr, x: tuple[float, float], y: tuple[float, float]) -> list[float]:
    """Values of a formula for operands in these intervals."""
    points = np.linspace(0, 1, 9)
    return [
        float(fold(formula, {X: x[0] + a * (x[1] - x[0]), Y: y[0] + b * (y[1] - y[0])}.__getitem__, FLOATS))
        for a in points
        for b in points
    ]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_an_interval_holds_every_value(formula: Expr):
    rng = random.Random(str(formula))
    for _ in range(20):
        x, y = (tuple(sorted(rng.uniform(-2.5, 2.5) for _ in range(2))) for _ in range(2))

        low, high = calculation(formula)({X: x, Y: y}.__getitem__)
        low, high = widened(np.float64(low), np.float64(high))
        values = inside(formula, x, y)

        assert low <= min(values)
        assert max(values) <= high


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_arrays_come_to_the_same_as_numbers(formula: Expr):
    rng = np.random.default_rng(len(str(formula)))
    x, y = (np.sort(rng.uniform(-2.5, 2.5, (2, 20)), axis=0) for _ in range(2))

    low, high = calculation(formula)({X: (x[0], x[1]), Y: (y[0], y[1])}.__getitem__)
    single = [
        calculation(formula)(
            {X: (float(a), float(b)), Y: (float(c), float(d))}.__getitem__
        )
        for a, b, c, d in zip(*x, *y, strict=True)
    ]  # fmt: skip

    expected = np.array([[float(end) for end in pair] for pair in single]).T
    np.testing.assert_array_equal(expected, [np.broadcast_to(low, 20), np.broadcast_to(high, 20)])


def derivations() -> Iterator[Derivation]:
    """Random networks with every activation and every loss."""
    for seed in range(40):
        last = networks.ACTIVATIONS[seed % len(networks.ACTIVATIONS)]
        loss = networks.LOSSES[seed % len(networks.LOSSES)]
        with suppress(ProblemError):  # these numbers cannot be used
            yield derived(networks.drawn(seed, last, loss, deepest=3, widest=3))


def test_every_family_holds_its_values_for_rounded_operands():
    rng = np.random.default_rng(1)
    for derivation in derivations():
        values = evaluate(derivation).values
        half = 0.01 * np.abs(values)
        for family in derivation.families:
            low, high = made(family, values - half, values + half)
            for _ in range(5):
                moved = values + half * rng.uniform(-1, 1, values.size)
                with np.errstate(all="ignore"):
                    found = family.values(moved.__getitem__, FLOATS)

                assert (np.isnan(found) | ((low <= found) & (found <= high))).all()


def test_what_has_no_value_can_be_anything():
    with np.errstate(all="ignore"):
        low, high = calculation(log(X) / Y)({X: (-2.0, -1.0), Y: (-1.0, 1.0)}.__getitem__)
        low, high = widened(np.array(low), np.array(high))

    assert (-np.inf, np.inf) == (float(low), float(high))


def test_a_negative_factor_turns_an_interval_round():
    assert (-3.0, 2.0) == scaled((-2.0, 3.0), -1.0)
