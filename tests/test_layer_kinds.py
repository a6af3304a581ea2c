"""The promise of every kind of layer: symbolic equations, NumPy and differences agree on random shapes.

`derive.work` raises `Disagreement` where they do not; the gaps are read here all the same.
"""

from __future__ import annotations

from random import Random

import pytest

import derive
from derive.catalogue.layers import LAYERS
from derive.problem.saving import as_data, write_problem
from tests.topologies import RANDOM

SHAPES = 100


def test_every_kind_is_tried() -> None:
    assert set(RANDOM) == set(LAYERS)


@pytest.mark.parametrize("kind", sorted(RANDOM))
def test_three_ways_agree(kind: str) -> None:
    for seed in range(SHAPES):
        example = derive.work(derive.read(RANDOM[kind](Random(seed))))
        gaps = example.agreement.numpy_gap, example.agreement.differences_gap
        assert max(gap.relative for gap in gaps) <= 1e-9, seed
        assert example.agreement.measured == example.agreement.parameters, seed


@pytest.mark.parametrize("kind", sorted(RANDOM))
def test_a_problem_is_written_and_read_back(kind: str) -> None:
    for seed in range(10):
        problem = derive.read(RANDOM[kind](Random(seed)))
        text = write_problem(problem)
        assert write_problem(derive.read(text)) == text, seed
        assert as_data(derive.read(as_data(problem))) == as_data(problem), seed


@pytest.mark.parametrize("kind", sorted(RANDOM))
def test_two_samples_at_once(kind: str) -> None:
    """Samples have equations of their own, and share parameters."""
    for seed in range(5):
        data = RANDOM[kind](Random(seed))
        if data.get("samples") or kind == "embedding":
            continue
        example = derive.work(derive.read({**data, "samples": [{}, {}]}))
        assert example.agreement.agree, seed
