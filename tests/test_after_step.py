"""A step that is too long leads where the error has no value; the page says so, in words."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import derive
from derive.example import Example

DIGITS = [{"significant": 6}, {"decimals": 4}]


def too_long(digits: Any) -> Example:
    """One step takes the output from 0.5 to 20.5, of whose 1 − out there is no logarithm."""
    return derive.work(derive.read({
        "loss": "binary_cross_entropy",
        "learning_rate": 10,
        "layers": [{"weights": [[0.5]], "bias": False, "activation": "identity"}],
        "samples": [{"inputs": [1], "targets": [1]}],
        "show": {"digits": digits},
    }))  # fmt: skip


def far_too_long(digits: Any) -> Example:
    """One step takes the net input to where e^net is more than a computer's numbers hold."""
    return derive.work(derive.read({
        "loss": "squared_error",
        "learning_rate": 1000,
        "layers": [
            {"weights": [[1]], "bias": False, "activation": {"name": "own", "formula": "exp(z)"}}
        ],
        "samples": [{"inputs": [1], "targets": [1000]}],
        "show": {"digits": digits},
    }))  # fmt: skip


@pytest.mark.parametrize("digits", DIGITS)
@pytest.mark.parametrize("problem", [too_long, far_too_long])
@pytest.mark.parametrize("format", ["md", "tex", "html"])
def test_the_page_says_so_in_words(problem: Any, digits: Any, format: str):
    page = problem(digits).render(format).content.decode()

    assert [] == re.findall(r"(?i)\bnan\b|\binf\b|∞|infty", page)


@pytest.mark.parametrize("problem", [too_long, far_too_long])
def test_the_data_is_json(problem: Any):
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = problem(DIGITS[0]).render("json").content.decode()
    data = json.loads(text, parse_constant=refuse)

    assert data["final_loss"] is None
    assert data["agreement"]["agree"]


def test_an_ordinary_step_says_how_far_the_error_falls():
    example = derive.work("2-2-2")
    page = example.render("md").content.decode()

    assert example.error_after < example.error
    assert "it falls by" in page
    assert example.data()["final_loss"] == example.error_after


def test_a_long_step_says_that_the_error_rises():
    example = derive.work("2-2-2", activation="identity", learning_rate="9")

    assert example.error < example.error_after
    assert "try a smaller learning rate" in example.render("md").content.decode()
