"""Optimizers: how a gradient changes a parameter. Add one by adding an entry to `OPTIMIZERS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sympy import Expr

from derive.algebra.ordered import minus, times
from derive.algebra.rule import GRADIENT, RATE, W
from derive.catalogue.entries import Array, Parameter
from derive.registry import Registry


@dataclass(frozen=True)
class Optimizer:
    """`formula` is the new value in the slots W, RATE and GRADIENT; `step` is its numeric half."""

    name: str
    formula: Expr
    step: Callable[[Array, Array, float], Array]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


_ENTRIES = (
    Optimizer(
        "gradient_descent",
        formula=minus(W, times(RATE, GRADIENT)),
        step=lambda weights, gradient, rate: weights - rate * gradient,
    ),
)

OPTIMIZERS: Registry[Optimizer] = Registry("optimizer", {entry.name: entry for entry in _ENTRIES})
