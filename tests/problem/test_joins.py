"""Layers that look up, drop, add and arrange: what cannot be built, with the message a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from derive.errors import ProblemError
from derive.problem.reading import read

DENSE: dict[str, Any] = {"units": 2}
ROWS = {"kind": "embedding", "weights": [[1, 2], [3, 4]]}
ONE_RESIDUAL = (
    "it adds up what several layers give, and here there is one "
    "(from = 1: the layer before plus layer 1; 0 are the inputs)"
)
ONE_CONCAT = (
    "it joins what several layers give, and here there is one "
    "(write from = [1, 2]; 0 are the inputs)"
)


def joined(kind: str, *sources: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "from": list(sources), **more}


def messages(data: dict[str, Any]) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        read(data)
    return [str(mistake) for mistake in caught.value.mistakes]


MISTAKES: list[tuple[Any, list[dict[str, Any]], str]] = [
    # residual
    (2, [DENSE, {"kind": "residual"}], f"layers[2].from: {ONE_RESIDUAL}"),
    (2, [joined("residual", 0)], f"layers[1].from: {ONE_RESIDUAL}"),
    (2, [DENSE, DENSE, joined("residual", 2)], f"layers[3].from: {ONE_RESIDUAL}"),
    (3, [DENSE, joined("residual", 0)],
     "layers[2].from: 2 and 3 numbers cannot be added up "
     "(let a dense layer on one of the ways give as many units)"),
    ([4, 3], [DENSE, joined("residual", 0, 1)],
     "layers[2].from: 4 × 3 and 4 × 2 numbers cannot be added up "
     "(let a dense layer on one of the ways give as many units)"),
    # concat
    (3, [DENSE, {"kind": "concat"}], f"layers[2].from: {ONE_CONCAT}"),
    (3, [DENSE, joined("concat", 0, 1, axis=2)],
     "layers[2].axis: there is no axis 2: what it takes has one axis"),
    ([4, 3], [DENSE, joined("concat", 0, 1, axis=1)],
     "layers[2].from: 4 × 3 and 4 × 2 numbers cannot be put side by side "
     "(their lengths may differ along axis 1 only)"),
    ([4, 3], [{"kind": "recurrent", "units": 2, "returns": "last"}, joined("concat", 0, 1)],
     "layers[2].from: 4 × 3 and 2 numbers cannot be put side by side "
     "(their lengths may differ along axis 2 only)"),
    # slice
    (3, [{"kind": "slice"}, DENSE],
     "layers[1].first: nothing says which part it takes (write first = 1 and last = 2)"),
    (3, [{"kind": "slice", "first": 4}],
     "layers[1].first: there is no entry 4: along this axis there are 3 (a whole number from 1 to 3)"),
    ([3, 2], [{"kind": "slice", "last": 3, "axis": 2}],
     "layers[1].last: there is no entry 3: along this axis there are 2 (a whole number from 1 to 2)"),
    (3, [{"kind": "slice", "first": 3, "last": 2}],
     "layers[1].last: 2 comes before 3, the first (the last is in the part)"),
    ([3, 2], [{"kind": "slice", "last": 2, "axis": 3}],
     "layers[1].axis: there is no axis 3: what it takes has 2 axes"),
    (3, [{"kind": "slice", "last": 0}],
     "layers[1].last: 0 is too small (a whole number from 1 to 10,000)"),
    # dropout
    (3, [{"kind": "dropout"}],
     "layers[1].rate: nothing says how much is dropped (write rate = 0.5: half of it)"),
    (3, [{"kind": "dropout", "rate": 1}],
     "layers[1].rate: 1 is not below 1 (write a number between 0 and 1, such as 0.5)"),
    (3, [{"kind": "dropout", "rate": 0}],
     "layers[1].rate: 0 is not above 0 (write a positive number, such as 0.5)"),
    (3, [{"kind": "dropout", "rate": 0.5, "mask": [1, 0]}],
     "layers[1].mask: 2 numbers, but there is room for 3 numbers (write a list of 3 numbers)"),
    ([2, 2], [{"kind": "dropout", "rate": 0.5, "mask": [[1, 0], [2, 1]]}],
     "layers[1].mask[2][1]: 2 is neither 0 nor 1 (1 keeps, 0 drops)"),
    (3, [{"kind": "dropout", "rate": 0.5, "mask": False}],
     "layers[1].mask: false drops nothing "
     "(leave mask out to have it drawn, or leave the layer out)"),
    # embedding
    (3, [{"kind": "embedding", "units": 2}],
     "layers[1].vocabulary: nothing says how many different tokens there are "
     "(write vocabulary = 5: the inputs are then 1 to 5)"),
    (3, [{"kind": "embedding", "vocabulary": 3}],
     "layers[1].units: nothing says how many numbers stand for a token (write units = 2)"),
    (3, [{**ROWS, "vocabulary": 3}],
     "layers[1].weights: 2 × 2 numbers, but there is room for 3 × 2 numbers "
     "(write a list of 3 lists of 2 numbers)"),
    (3, [DENSE, ROWS],
     "layers[2].from: what it looks up must be inputs, not numbers that are calculated "
     "(write from = 0: the inputs)"),
    # what a layer takes
    (3, [DENSE, {**DENSE, "from": 5}],
     "layers[2].from: there is no layer 5 (it can take layer 1, or 0, the inputs)"),
    (3, [{**DENSE, "from": 1}],
     "layers[1].from: layer 1 cannot take itself: its outputs would go round in a circle "
     "(it can take the inputs, from = 0)"),
    (3, [DENSE, DENSE, joined("residual", 1, 4), DENSE],
     "layers[3].from: layer 3 cannot take layer 4, which comes later "
     "(it can take layers 1 to 2, or 0, the inputs)"),
    (3, [DENSE, {**DENSE, "from": [0, 1]}],
     'layers[2].from: a dense layer takes one layer, not 2 (join them with kind = "concat" first)'),
    (3, [{"kind": "dropout", "rate": 0.5}],
     "layers: no layer has weights, so that there is nothing to derive the error by "
     "(add one with units = 2)"),
    (3, [DENSE, {**DENSE, "from": 0}, DENSE],
     "layers[1]: its outputs lead nowhere (let another layer take it: from = 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "layers", "message"), MISTAKES)
def test_each_mistake_is_named(inputs: Any, layers: list[dict[str, Any]], message: str):
    assert [message] == messages({"inputs": inputs, "layers": layers})


@pytest.mark.parametrize(("inputs", "place", "text"), [
    ([1, 2, 3], "[3]", "3"), ([1, 1.5, 2], "[2]", "1.5"), ([0, 1, 1], "[1]", "0")
])  # fmt: skip
def test_inputs_that_are_no_tokens(inputs: list[float], place: str, text: str):
    sample = {"inputs": inputs, "targets": [[0, 0]] * 3}

    found = messages({"layers": [ROWS], "samples": [sample]})

    assert [f"samples[1].inputs{place}: {text} is no token (whole numbers from 1 to 2)"] == found


def test_tokens_of_a_part_of_the_inputs():
    layers = [{"kind": "slice", "first": 2, "last": 2}, ROWS]
    sample = {"inputs": [0.5, 3], "targets": [[0, 0]]}

    found = messages({"layers": layers, "samples": [sample]})

    assert ["samples[1].inputs[2]: 3 is no token (whole numbers from 1 to 2)"] == found


def test_an_embedding_has_one_sample():
    found = messages({"inputs": 2, "layers": [ROWS], "samples": [{}, {}]})

    fact = "an embedding looks up its rows by the inputs: every sample has equations of its own"
    assert [f"samples: {fact} (keep one sample)"] == found
