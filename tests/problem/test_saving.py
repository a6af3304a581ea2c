"""A problem written out reads back to the same problem."""

from __future__ import annotations

import json

import numpy as np
import pytest

from derive.problem.model import Numbers, Problem
from derive.problem.reading import load, read
from derive.problem.saving import as_data, write_problem
from derive.problem.starter import starter

OTHER = """
title = 'A "quoted" title \\ with <odd> {{ signs }} é'
loss = { name = "huber", delta = 1.50 }
learning_rate = 1e-3
[[layers]]
activation = { name = "softsign", formula = "z/(1+abs(z))" }
weights = [[0.10, -2, 3e-4]]
bias = { threshold = [0.80] }
frozen = ["weights", "bias"]
[[layers]]
weights = [[1], [2]]
bias = false
[[samples]]
inputs = [1, 0.0, 2.50]
targets = [1, 0.99]
[show]
digits = { decimals = 4 }
carry = "full"
"""

PROBLEMS = {
    "typed": lambda: read(OTHER),
    "starter": lambda: read(starter()),
    "drawn": lambda: load("3-4-2", seed=5, learning_rate=".50"),
    "classes": lambda: load("2-3", loss="cross_entropy", bias="shared"),
}


def same(first: Numbers, second: Numbers) -> bool:
    equal = np.array_equal(first.values, second.values)
    texts = all(first.text(*i) == second.text(*i) for i in np.ndindex(first.shape))
    return equal and texts


def assert_same(first: Problem, second: Problem) -> None:
    for name in ("title", "inputs", "units", "loss", "learning_rate", "seed", "optimizer",
                 "epochs", "batch_size", "reduction", "show"):  # fmt: skip
        assert getattr(first, name) == getattr(second, name)
    for one, other in zip(first.layers, second.layers, strict=True):
        assert (one.activation, one.frozen, one.kind) == (
            other.activation,
            other.frozen,
            other.kind,
        )
        assert one.bias.form == other.bias.form
        assert same(one.weights, other.weights)
        if one.bias.numbers is not None:
            assert same(one.bias.numbers, other.bias.numbers)  # type: ignore[arg-type]
    for before, after in zip(first.samples, second.samples, strict=True):
        assert same(before.inputs, after.inputs)
        assert same(before.targets, after.targets)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_written_file_is_the_same_problem(name: str) -> None:
    problem = PROBLEMS[name]()
    again = read(write_problem(problem))
    assert_same(problem, again)
    assert again.drawn == ()


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_data_survives_json_and_keeps_every_value(name: str) -> None:
    data = as_data(PROBLEMS[name]())
    assert json.loads(json.dumps(data)) == data
    assert as_data(read(data)) == data


def test_the_shape_of_the_data() -> None:
    data = as_data(read(OTHER))
    assert data["loss"] == {"name": "huber", "delta": 1.5}
    assert data["batch_size"] == "all"
    assert data["layers"][0]["weights"] == [[0.1, -2, 0.0003]]
    assert data["layers"][0]["bias"] == {"threshold": [0.8]}
    assert data["layers"][1]["bias"] is False
    assert data["samples"] == [{"inputs": [1, 0.0, 2.5], "targets": [1, 0.99]}]


def test_the_text_keeps_the_digits() -> None:
    text = write_problem(read(OTHER))
    assert "learning_rate = 1e-3" in text
    assert "    [0.10, -2, 3e-4]," in text
    assert "inputs = [1, 0.0, 2.50]" in text


def test_without_the_drawn_numbers_it_reads_back_to_the_same_problem():
    problem = load("3-2-2", bias="shared", loss="cross_entropy", seed=11)

    data = as_data(problem, drawn=False)

    assert "weights" not in data["layers"][0]
    assert write_problem(problem) == write_problem(read(data))
