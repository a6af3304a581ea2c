"""Pairs of activation and loss whose delta at the output is simply out − t.

For (softmax, cross-entropy) the sum over the Jacobian collapses (Bridle, "Probabilistic
interpretation of feedforward classification network outputs", 1990); for (sigmoid, binary
cross-entropy) the slope of the unit cancels the denominator of the loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol

from derive.algebra.ordered import (
    SumOverAll,
    SumOverOthers,
    minus,
    negative,
    over,
    plus,
    times,
)  # fmt: skip

O_J, T_J = Symbol("o_j", real=True), Symbol("t_j", real=True)  # the unit's own output and target
O_K, T_K = Symbol("o_k", real=True), Symbol("t_k", real=True)  # those of unit k, inside a sum


@dataclass(frozen=True)
class Shortcut:
    """The short form of δ_j, and equal expressions that lead to it from the full chain rule."""

    formula: Expr
    proof: tuple[Expr, ...]
    needs_distribution: bool = False  # whether it holds only where the targets add up to 1

    def holds(self, targets: NDArray[np.float64]) -> bool:
        """Whether the short form applies to these targets, of shape (…, units)."""
        if not self.needs_distribution:
            return True
        return bool((np.abs(targets.sum(axis=-1) - 1) < 1e-12).all())


_SHORT = minus(O_J, T_J)
_OWN_SLOPE = times(O_J, minus(1, O_J))

SHORTCUTS: dict[tuple[str, str], Shortcut] = {
    ("softmax", "cross_entropy"): Shortcut(
        _SHORT,
        (
            plus(
                times(negative(over(T_J, O_J)), _OWN_SLOPE),
                SumOverOthers(times(negative(over(T_K, O_K)), negative(times(O_K, O_J)))),
            ),
            plus(negative(T_J), times(T_J, O_J), SumOverOthers(times(T_K, O_J))),
            minus(times(O_J, SumOverAll(T_K)), T_J),
            _SHORT,
        ),
        needs_distribution=True,
    ),
    ("sigmoid", "binary_cross_entropy"): Shortcut(
        _SHORT,
        (times(over(_SHORT, _OWN_SLOPE), _OWN_SLOPE), _SHORT),
    ),
}
