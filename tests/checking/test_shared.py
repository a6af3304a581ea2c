"""Weights that are used more than once: what people get wrong about them, by explicit loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
from derive.checked import Checked
from derive.example import Example

THROUGH_TIME = {"inputs": [3, 2], "layers": [{"kind": "recurrent", "units": 2}], "seed": 3}
IMAGE: dict[str, Any] = {
    "inputs": [3, 3],
    "layers": [
        {"kind": "conv2d", "filters": 1, "kernel": 2, "activation": "tanh"},
        {"kind": "flatten"},
        {"units": 1},
    ],
    "seed": 5,
}


def checked(example: Example, answers: dict[str, float]) -> Checked:
    return derive.check(example.problem, {name: f"{value:.6g}" for name, value in answers.items()})


def first(found: Checked) -> tuple[str, list[str]]:
    told = found.report.first
    assert told is not None
    return told.key, [explanation.slip for explanation in told.slips]


def uses(example: Example, kind: str, unit: int, source: int) -> list[float]:
    """δ_t · x_t, or δ_t · out_{t−1}: what each time step adds to a gradient."""
    delta = {t: example[f"delta[1,{t},{unit}]"] for t in (1, 2, 3)}
    if kind == "w":
        return [delta[t] * example[f"out[0,{t},{source}]"] for t in (1, 2, 3)]
    return [delta[t] * example[f"out[1,{t - 1},{source}]"] for t in (2, 3)]


@pytest.mark.parametrize("kind", ["w", "u"])
@pytest.mark.parametrize(("unit", "source"), [(1, 1), (2, 1), (1, 2)])
def test_the_last_step_and_one_use(kind: str, unit: int, source: int) -> None:
    example = derive.work(derive.read(THROUGH_TIME))
    key = f"dE/d{kind}[1,{unit},{source}]"
    terms = uses(example, kind, unit, source)
    assert example[key] == pytest.approx(sum(terms))
    before = {f"delta[1,{t},{u}]": example[f"delta[1,{t},{u}]"] for t in (1, 2, 3) for u in (1, 2)}

    for n, term in enumerate(terms):
        slip = "last_step" if n == len(terms) - 1 else "one_use"
        assert first(checked(example, {**before, key: term})) == (key, [slip])


def test_a_bias_that_a_dense_layer_shares_is_used_by_every_unit() -> None:
    example = derive.work("2-3-1", seed=4, bias="shared")
    deltas = {f"delta[1,{n}]": example[f"delta[1,{n}]"] for n in (1, 2, 3)}
    found = checked(example, {**deltas, "dE/db[1]": deltas["delta[1,2]"]})
    assert first(found) == ("dE/db[1]", ["one_use"])


def test_what_comes_back_through_time_is_a_path() -> None:
    example = derive.work(derive.read(THROUGH_TIME))
    deltas = {f"delta[1,{t},{u}]": example[f"delta[1,{t},{u}]"] for t in (2, 3) for u in (1, 2)}
    error = example["out[1,2,1]"] - example["t[2,1]"]
    back = sum(example[f"u[1,{k},1]"] * deltas[f"delta[1,3,{k}]"] for k in (1, 2))
    assert example["dE/dout[1,2,1]"] == pytest.approx(error + back)

    wrong = {"one_path": error, "factor_two": 2 * error + back, "error_sign": back - error}
    for slip, value in wrong.items():
        key, slips = first(checked(example, {**deltas, "dE/dout[1,2,1]": value}))
        assert (key, slips[0]) == ("dE/dout[1,2,1]", slip)


def test_a_kernel_taken_in_reverse_order() -> None:
    example = derive.work(derive.read(IMAGE))
    layer = example.problem.layers[0]
    kernel = np.flip(layer.numbers["weights"].values.reshape(2, 2))
    x = example.problem.samples[0].inputs.values
    bias = float(layer.numbers["bias"].values.ravel()[0])
    answers = {
        f"net[1,1,{r + 1},{c + 1}]": float((kernel * x[r : r + 2, c : c + 2]).sum()) + bias
        for r in range(2)
        for c in range(2)
    }
    found = checked(example, answers)
    slips = {f.key: [e.slip for e in f.slips][:1] for f in found.report.findings}
    assert slips == {key: ["kernel_flipped"] for key in answers}


def test_the_gradient_of_an_entry_that_is_not_the_largest() -> None:
    pool = {"kind": "max_pool", "size": 2}
    layers = [IMAGE["layers"][0], pool, *IMAGE["layers"][1:]]
    example = derive.work(derive.read({**IMAGE, "layers": layers}))
    outs = {(r, c): example[f"out[1,1,{r},{c}]"] for r in (1, 2) for c in (1, 2)}
    row, column = min(outs, key=lambda place: outs[place])
    key, up = f"dE/dout[1,1,{row},{column}]", example["dE/dout[2,1,1,1]"]
    assert example[key] == 0

    where, slips = first(checked(example, {"dE/dout[2,1,1,1]": up, key: up}))
    assert (where, slips[0]) == (key, "other_case")  # as large as that of the largest, "other_unit"
