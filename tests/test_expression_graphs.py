"""The promise of every expression graph: symbolic equations, NumPy and differences agree."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

import derive
from derive.errors import ProblemError
from tests.graphs import graph

GRAPHS = 200


def test_three_ways_agree() -> None:
    for seed in range(GRAPHS):
        example = derive.work(derive.read(graph(Random(seed))))
        gaps = example.agreement.numpy_gap, example.agreement.differences_gap
        assert max(gap.relative for gap in gaps) <= 1e-8, seed


@pytest.mark.parametrize(
    ("equations", "values", "expected"),
    [
        ({"f": "x + q", "q": "x*x"}, {"x": 3}, {"df/dx": 7}),  # 1 beside a product
        ({"f": "q - x", "q": "x + y"}, {"x": 3, "y": 1}, {"df/dx": 0, "df/dy": 1}),
        ({"f": "min(q, x) + x", "q": "2*x"}, {"x": 0.5}, {"df/dx": 2}),  # cases inside a sum
        ({"f": "x - x", "g": "f*x"}, {"x": 2}, {"dg/dx": 0}),
    ],
)
def test_graphs_worked_out_by_hand(equations: Any, values: Any, expected: Any) -> None:
    example = derive.work(derive.read({"equations": equations, "values": values}))
    assert {key: example[key] for key in expected} == expected


@pytest.mark.parametrize("equations", [{"f": "3"}, {"f": "q^2", "q": "2*pi"}])
def test_an_output_that_no_value_leads_to_is_refused(equations: Any) -> None:
    with pytest.raises(ProblemError, match="no value has a part in 'f'"):
        derive.read({"equations": equations, "values": {"x": 1}})
