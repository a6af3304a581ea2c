"""A problem written out reads back to the same problem."""

from __future__ import annotations

import json

import numpy as np
import pytest

from derive.problem.keys import LAYER, PROBLEM, SAMPLE, SHOW
from derive.problem.model import Numbers, Problem
from derive.problem.reading import load, read
from derive.problem.saving import as_data, write_problem
from derive.problem.starter import starter

OTHER = """
title = 'A "quoted" title \\ with <odd> {{ signs }} é'
loss = { name = "huber", delta = 1.50 }
learning_rate = 1e-3
optimizer = { name = "adam", beta1 = 0.80, weight_decay = 1e-4 }
epochs = 3
stop_below = 0.010
batch_size = 2
reduction = "sum"
[[layers]]
activation = { name = "softsign", formula = "z/(1+abs(z))" }
weights = [[0.10, -2, 3e-4]]
bias = { threshold = [0.80] }
frozen = ["weights", "bias"]
[[layers]]
weights = [[1], [2]]
names = [["u"], ["theta_2"]]
bias = false
[[samples]]
inputs = [1, 0.0, 2.50]
targets = [1, 0.99]
[[samples]]
inputs = [1e-2, 7, 0.10]
targets = [0, 0.50]
[[samples]]
inputs = [3, 4, 5]
targets = [1, 1]
[show]
notation = "net-out"
digits = { decimals = 4 }
rounding = "half-even"
carry = "printed"
detail = "brief"
delta = "add"
matrix = "row"
samples = "all"
letters = { input = "x", rate = "α", error = "Cost" }
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
                 "epochs", "batch_size", "reduction", "stop_below", "show"):  # fmt: skip
        assert getattr(first, name) == getattr(second, name)
    for one, other in zip(first.layers, second.layers, strict=True):
        assert (one.activation, one.frozen, one.kind, one.names) == (
            other.activation, other.frozen, other.kind, other.names,
        )  # fmt: skip
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
    assert data["batch_size"] == 2
    assert data["optimizer"] == {
        "name": "adam", "beta1": 0.8, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 1e-4,
    }  # fmt: skip
    assert data["stop_below"] == 0.01
    assert data["layers"][1]["names"] == [["u"], ["theta_2"]]
    assert data["layers"][0]["weights"] == [[0.1, -2, 0.0003]]
    assert data["layers"][0]["bias"] == {"threshold": [0.8]}
    assert data["layers"][1]["bias"] is False
    assert data["samples"] == [
        {"inputs": [1, 0.0, 2.5], "targets": [1, 0.99]},
        {"inputs": [0.01, 7, 0.1], "targets": [0, 0.5]},
        {"inputs": [3, 4, 5], "targets": [1, 1]},
    ]
    assert data["show"] == {
        "notation": "net-out", "digits": {"decimals": 4}, "rounding": "half-even",
        "carry": "printed", "detail": "brief", "language": "en",
        "letters": {"input": "x", "rate": "alpha", "error": "Cost"}, "delta": "add",
        "matrix": "row", "samples": "all",
    }  # fmt: skip


def test_what_was_not_chosen_is_not_written() -> None:
    data = as_data(load("2-1"))
    assert data["batch_size"] == "all"
    assert "stop_below" not in data
    assert "names" not in data["layers"][0]
    assert not {"delta", "letters"} & data["show"].keys()


def test_every_key_is_written() -> None:
    data = as_data(read(OTHER))
    assert data.keys() - {"layers", "samples", "show"} == PROBLEM.keys()
    assert data["layers"][1].keys() == LAYER.keys()
    assert data["samples"][0].keys() == SAMPLE.keys()
    assert data["show"].keys() == SHOW.keys()


def test_the_text_keeps_the_digits() -> None:
    text = write_problem(read(OTHER))
    assert "learning_rate = 1e-3" in text
    assert "    [0.10, -2, 3e-4]," in text
    assert "inputs = [1, 0.0, 2.50]" in text
    assert "stop_below = 0.010" in text
    assert "beta1 = 0.80, beta2 = 0.999, epsilon = 1e-8, weight_decay = 1e-4" in text


def test_without_the_drawn_numbers_it_reads_back_to_the_same_problem():
    problem = load("3-2-2", bias="shared", loss="cross_entropy", seed=11)

    data = as_data(problem, drawn=False)

    assert "weights" not in data["layers"][0]
    assert write_problem(problem) == write_problem(read(data))
