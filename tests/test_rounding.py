"""The bounds on what rounding does: they hold, and they are small enough to prove something by."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.comparison import ROUNDINGS
from derive.derivation.derivation import derive as derivation
from derive.graph.graph import build
from derive.numbers import evaluate as evaluation
from derive.numbers.uncertainty import EPSILON, run_bounded
from tests.topologies import RANDOM

DEEP: list[dict[str, Any]] = [
    {"kind": "recurrent", "units": 6},
    {"kind": "recurrent", "units": 6, "activation": "relu"},
    {"kind": "recurrent", "units": 12, "activation": "sigmoid"},
    {"kind": "lstm", "units": 4},
    {"kind": "gru", "units": 6},
]


def deep(layer: dict[str, Any], steps: int = 80) -> derive.Problem:
    layers = [layer | {"returns": "last"}, {"units": 1}]
    return derive.read({"inputs": [steps, 2], "layers": layers})


@pytest.mark.parametrize("kind", sorted(RANDOM))
def test_sixty_digits_lie_within_the_bounds(kind: str) -> None:
    for seed in range(4):
        asked = derivation(build(derive.read(RANDOM[kind](Random(seed)))))
        values = np.full(asked.ledger.size, np.nan)
        for ids, numbers in asked.graph.given:
            values[ids] = numbers.values
        units = np.abs(np.nan_to_num(values))
        run_bounded(asked.families, values, units)

        precise, _ = evaluation._precisely(asked)

        known = np.isfinite(precise)
        off = np.abs(values - precise)[known]
        assert (off <= EPSILON * units[known] + np.abs(precise[known]) * EPSILON).all()


@pytest.mark.parametrize("layer", DEEP, ids=str)
def test_through_many_steps_the_bounds_stay_small(layer: dict[str, Any]) -> None:
    """So small that agreement with the witnesses proves something."""
    example = derive.work(deep(layer))
    worked = example.worked
    gradients = worked.derivation.gradient[worked.derivation.wanted]

    allowed = ROUNDINGS * worked.uncertainty[gradients]
    sizes = np.abs(worked.values[gradients])
    assert example.agreement.agree
    assert (allowed <= 1e-6 * sizes)[sizes > 0].all()


@pytest.mark.parametrize("layer", DEEP, ids=str)
def test_through_many_steps_nothing_is_taken_for_zero(
    layer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doubles alone, as for networks that are too large for more digits."""
    monkeypatch.setattr(evaluation, "MOST_TERMS", 0)
    assert derive.work(deep(layer)).agreement.agree
