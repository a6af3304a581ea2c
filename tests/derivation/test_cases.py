"""What leads nowhere hands nothing back, and a case is told as the one that holds."""

from __future__ import annotations

from typing import Any

import pytest

import derive
from derive.algebra.places import Place
from derive.example import Example
from derive.writing.printers import plain
from derive.writing.scribe import joined


def graph(values: dict[str, float], output: str = "f", **equations: str) -> Example:
    """An expression graph, with all gradients of its values."""
    data: dict[str, Any] = {"equations": equations, "values": values}
    return derive.work(derive.read({**data, "ask": {"output": output, "gradients": list(values)}}))


def written(example: Example, key: str) -> tuple[str, str | None]:
    """A line on paper, and its reason in numbers."""
    quantity = example.worked.derivation.ledger.find(Place.read(key))
    line = example.scribe.line(quantity)
    return plain(joined(line)), line.since and plain(line.since[1])


def test_an_equation_that_leads_nowhere_hands_nothing_back() -> None:
    example = graph({"x": 2, "y": 3}, f="x*y", g="x*x")

    assert example["df/dx"] == 3
    assert written(example, "df/dx") == ("∂f/∂x = y = 3", None)


@pytest.mark.parametrize(
    ("key", "line", "since"),
    [
        ("dq/dx", "∂q/∂x = 0", "1 ≤ 3"),
        ("dq/dy", "∂q/∂y = 1", "3 ≥ 1, 3 > 2"),
        ("dq/dz", "∂q/∂z = 0", "2 < 3"),
        ("df/dx", "∂f/∂x = ∂f/∂q · ∂q/∂x = 6 × 0 = 0", "1 ≤ 2"),
        ("df/dz", "∂f/∂z = 1 + ∂f/∂q · ∂q/∂z = 1 + 6 × 0 = 1", "2 ≥ 1"),
    ],
)
def test_a_maximum_says_which_part_counts(key: str, line: str, since: str) -> None:
    example = graph({"x": 1, "y": 3, "z": 2}, q="max(x, y, z)", f="q*q + max(x, z)")

    assert written(example, key) == (line, since)


def test_of_equal_parts_the_last_one_counts() -> None:
    example = graph({"x": 2, "y": 2, "z": 1}, f="max(x, y, z)")

    assert [example[f"df/d{name}"] for name in "xyz"] == [0, 1, 0]


def test_parts_that_only_rounding_tells_apart_are_equal() -> None:
    """In binary 0.1 + 0.2 is more than 0.3; on paper it is not."""
    example = graph({"x": 0.1, "y": 0.2, "z": 0.3}, s="x + y", f="max(s, z)")

    assert [example[f"df/d{name}"] for name in "xyz"] == [0, 0, 1]
    assert written(example, "df/dz")[1] == "0.3 ≥ 0.3"
