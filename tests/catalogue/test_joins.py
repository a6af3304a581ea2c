"""Layers that look up, drop, add and arrange, against numbers by hand and loops in plain Python."""

from __future__ import annotations

import cmath
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import derive
from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import Arrays, Plan, Shape
from derive.example import Example
from derive.writing.printers import plain
from derive.writing.scribe import joined

IDENTITY = {"activation": "identity", "bias": False}
STEP = 1e-20


def work(inputs: Any, *layers: Mapping[str, Any], **more: Any) -> Example:
    return derive.work(derive.read({"inputs": inputs, "layers": list(layers), **more}))


def line(example: Example, key: str) -> str:
    """A quantity's printed line."""
    ledger = example.worked.derivation.ledger
    (found,) = (q for q in range(ledger.size) if str(ledger.place(q)) == key)
    return plain(joined(example.scribe.line(found)))


def slopes(error: Callable[..., complex], numbers: list[float]) -> list[float]:
    """∂E/∂number for each of the numbers, by an imaginary step."""
    found = []
    for moved in range(len(numbers)):
        every = [n + (1j * STEP if k == moved else 0) for k, n in enumerate(numbers)]
        found.append(error(*every).imag / STEP)
    return found


# --- embedding -----------------------------------------------------------------------------------


def test_a_row_collects_what_comes_back_from_all_its_positions():
    table = [["0.1", "0.2"], ["0.3", "0.4"], ["0.5", "0.6"]]
    rows = [[float(number) for number in row] for row in table]
    sample = {"inputs": [2, 3, 2], "targets": [[0, 0]] * 3}

    example = work(3, {"kind": "embedding", "weights": rows}, samples=[sample])

    for (k, d), expected in {
        (1, 1): 0, (1, 2): 0, (2, 1): 2 * 0.3, (2, 2): 2 * 0.4, (3, 1): 0.5, (3, 2): 0.6,
    }.items():  # fmt: skip
        assert expected == pytest.approx(example[f"dE/dw[1,{k},{d}]"], rel=1e-15), (k, d)
    assert "out_3,2 = w_2,2 = 0.4" == line(example, "out[1,3,2]")
    looked = "∂E_total/∂w_2,1 = ∂E_total/∂out_1,1 + ∂E_total/∂out_3,1 = 0.3 + 0.3 = 0.6"
    assert looked == line(example, "dE/dw[1,2,1]")
    assert "∂E_total/∂w_1,1 = 0" == line(example, "dE/dw[1,1,1]")
    assert "w_1,1⁺ = w_1,1 − η · ∂E_total/∂w_1,1 = 0.1 − 0.5 × 0 = 0.1" == line(
        example, "w_new[1,1,1]"
    )


def test_the_table_alone_says_how_many_tokens_there_are():
    problem = derive.read(
        {"inputs": [2, 2], "layers": [{"kind": "embedding", "weights": [[0.1], [0.2], [0.3]]}]}
    )

    values = problem.samples[0].inputs.values

    assert set(values.ravel()) <= {1.0, 2.0, 3.0}
    assert (2, 2, 1) == problem.layers[0].shape


def test_only_what_a_table_looks_up_is_drawn_as_tokens():
    layers = [
        {"kind": "slice", "first": 3},
        {"kind": "embedding", "vocabulary": 2, "units": 1},
        {"kind": "slice", "first": 1, "last": 1},
        {"kind": "embedding", "vocabulary": 9, "units": 1, "from": 0},
    ]
    layers[2]["from"] = 0
    layers[3]["from"] = 3
    joined_ = {"kind": "concat", "from": [2, 4], "axis": 1}

    for seed in range(20):
        problem = derive.read({"inputs": 4, "layers": [*layers, joined_], "seed": seed})
        one, number, *two = problem.samples[0].inputs.values.tolist()

        assert one in range(1, 10)
        assert number not in range(1, 10)
        assert set(two) <= {1, 2}
        assert derive.work(problem).agreement.agree


# --- dropout -------------------------------------------------------------------------------------


def test_what_is_dropped_gives_nothing_and_gets_nothing():
    layers = [
        {"units": 2, "weights": [[0.5], [0.25]], **IDENTITY},
        {"kind": "dropout", "rate": 0.2, "mask": [1, 0]},
        {"units": 1, "weights": [[2, 4]], **IDENTITY},
    ]

    example = work(1, *layers, samples=[{"inputs": [0.8], "targets": [0]}])

    # out: 0.4 and 0.2; 0.4 / 0.8 = 0.5 and 0; E = ½ · 1²
    assert (0.5, 0.0, 1.0) == (example["out[2,1]"], example["out[2,2]"], example["out[3,1]"])
    expected = {"w[3,1,1]": 0.5, "w[3,1,2]": 0, "w[1,1,1]": 2 / 0.8 * 0.8, "w[1,2,1]": 0}
    assert expected == {key: pytest.approx(example[f"dE/d{key}"], rel=1e-15) for key in expected}
    assert "out_1^[2] = (m1^[2] · out_1^[1])/(1 − 0.2) = (1 × 0.4)/(1 − 0.2) = 0.5" == line(
        example, "out[2,1]"
    )
    backwards = "∂E_total/∂out_2^[1] = ∂E_total/∂out_2^[2] · m2^[2]/(1 − 0.2) = 4 × 0/(1 − 0.2) = 0"
    assert backwards == line(example, "dE/dout[1,2]")


@pytest.mark.parametrize(("text", "printed"), [
    ("0.5", "0.5"), ("0.50", "0.50"), ("0.3", "0.3"), ("5e-1", "(5 × 10⁻¹)")
])  # fmt: skip
def test_the_rate_keeps_its_digits(text: str, printed: str):
    dropout = f'inputs = 2\n[[layers]]\nkind = "dropout"\nrate = {text}'
    problem = derive.read(f"{dropout}\n[[layers]]\nunits = 1")

    assert f"(1 − {printed})" in line(derive.work(problem), "out[1,1]")
    assert f"rate = {text}\n" in derive.write_problem(problem)


@pytest.mark.parametrize(("units", "rate", "dropped"), [
    (10, 0.2, 2), (4, 0.5, 2), (2, 0.01, 1), (3, 0.99, 2), (1, 0.9, 0)
])  # fmt: skip
def test_a_drawn_mask_drops_as_much_as_the_rate_says(units: int, rate: float, dropped: int):
    for seed in range(5):
        layers = [{"kind": "dropout", "rate": rate}, {"units": 1}]
        problem = derive.read({"inputs": units, "layers": layers, "seed": seed})

        mask = problem.layers[0].arrays["mask"]

        assert units - dropped == mask.values.sum()
        assert {"0", "1"} >= {mask.text(n) for n in range(units)}
        assert "layers[1].mask" in problem.drawn


# --- residual ------------------------------------------------------------------------------------


def test_a_skip_around_two_dense_layers():
    """E(w, u, v) of x → h = tanh(w·x) → tanh(u·h) → v·· + h, written out in plain Python."""
    w, u, v, x, t = 0.7, -0.4, 1.1, 0.6, 0.25

    def error(w: complex, u: complex, v: complex) -> complex:
        h = cmath.tanh(w * x)
        return (v * cmath.tanh(u * h) + h - t) ** 2 / 2

    layers = [
        {"units": 1, "weights": [[w]], "activation": "tanh", "bias": False},
        {"units": 1, "weights": [[u]], "activation": "tanh", "bias": False},
        {"units": 1, "weights": [[v]], **IDENTITY},
        {"kind": "residual", "from": 1},
    ]
    example = work(1, *layers, samples=[{"inputs": [x], "targets": [t]}])

    assert slopes(error, [w, u, v]) == pytest.approx(
        [example[f"dE/dw[{n},1,1]"] for n in (1, 2, 3)], rel=1e-14
    )
    assert (3, 1) == example.problem.layers[3].sources
    assert line(example, "out[4,1]").startswith("out_1^[4] = out_1^[3] + out_1^[1] = ")
    back = "∂E_total/∂out_1^[1] = ∂E_total/∂out_1^[4] + δ1^[2] · w_1,1^[2] = "
    assert line(example, "dE/dout[1,1]").startswith(back)


def test_an_activation_after_the_sum():
    layers = [
        {"units": 2, "weights": [[1, 0], [0, -2]], **IDENTITY},
        {"kind": "residual", "from": [1, 0], "activation": "relu"},
    ]
    sample = {"inputs": [0.5, 0.25], "targets": [0, 0]}

    example = work(2, *layers, samples=[sample])

    assert (1.0, -0.25) == (example["net[2,1]"], example["net[2,2]"])
    assert (1.0, 0.0) == (example["out[2,1]"], example["out[2,2]"])
    assert (1.0, 0.0) == (example["delta[2,1]"], example["delta[2,2]"])
    assert (0.5, 0.0) == (example["dE/dw[1,1,1]"], example["dE/dw[1,2,2]"])


def test_a_sum_that_is_nothing_but_rounding_is_at_the_kink():
    """0.1 · 3 − 0.3 is 5.6e-17 in doubles, and 0."""
    layers = [
        {"units": 1, "weights": [[0.1]], **IDENTITY},
        {"units": 1, "weights": [[-0.1]], "from": 0, **IDENTITY},
        {"kind": "residual", "from": [1, 2, 2, 1], "activation": "relu"},
    ]

    example = work(1, *layers, samples=[{"inputs": [3], "targets": [1]}])

    assert (0.0, 0.0) == (example["net[3,1]"], example["dE/dw[1,1,1]"])


def test_what_is_taken_twice_comes_back_twice():
    layers = [
        {"units": 1, "weights": [[2]], **IDENTITY},
        {"kind": "residual", "from": [1, 1]},
    ]

    example = work(1, *layers, samples=[{"inputs": [3], "targets": [10]}])

    assert (12.0, 2 * 2.0 * 3) == (example["out[2,1]"], example["dE/dw[1,1,1]"])


# --- concat and slice ----------------------------------------------------------------------------


def test_two_inputs_go_their_own_ways():
    """E of (a, b) → tanh(w·a), tanh(v·b), and both again in two units with softmax-free sums."""
    a, b, t = 0.3, -0.8, (0.1, 0.9)
    numbers = [0.5, -0.6, 0.7, 0.2, -0.3, 0.4]

    def error(w: complex, v: complex, p: complex, q: complex, r: complex, s: complex) -> complex:
        g, h = cmath.tanh(w * a), cmath.tanh(v * b)
        return (p * g + q * h - t[0]) ** 2 / 2 + (r * g + s * h - t[1]) ** 2 / 2

    w, v, p, q, r, s = numbers
    layers = [
        {"kind": "slice", "last": 1},
        {"units": 1, "weights": [[w]], "activation": "tanh", "bias": False},
        {"kind": "slice", "first": 2, "from": 0},
        {"units": 1, "weights": [[v]], "activation": "tanh", "bias": False},
        {"kind": "concat", "from": [2, 4]},
        {"units": 2, "weights": [[p, q], [r, s]], **IDENTITY},
    ]

    example = work(2, *layers, samples=[{"inputs": [a, b], "targets": list(t)}])

    keys = ["2,1,1", "4,1,1", "6,1,1", "6,1,2", "6,2,1", "6,2,2"]
    found = [example[f"dE/dw[{key}]"] for key in keys]
    assert slopes(error, numbers) == pytest.approx(found, rel=1e-14)
    net = "net_2^[6] = w_2,1^[6] · out_1^[2] + w_2,2^[6] · out_1^[4] = "
    assert line(example, "net[6,2]").startswith(net)


def test_what_nobody_takes_has_no_gradient():
    layers = [
        {"units": 3, "weights": [[1], [2], [3]], **IDENTITY},
        {"kind": "slice", "first": 2, "last": 2},
    ]

    example = work(1, *layers, samples=[{"inputs": [1], "targets": [1]}])

    assert [0, 1, 0] == [example[f"dE/dw[1,{j},1]"] for j in (1, 2, 3)]
    assert line(example, "dE/dw[1,3,1]").endswith(" = 0")


def test_axes_are_counted_from_one():
    """A 2 × 3 array: its columns, its rows, and both rows one after the other."""
    array = np.array([[1, 2, 3], [4, 5, 6]])

    def part(**options: int) -> Any:
        moved = LAYERS["slice"].moved
        assert moved is not None
        return moved(options, (array,)).tolist()

    def twice(**options: int) -> Any:
        moved = LAYERS["concat"].moved
        assert moved is not None
        return moved(options, (array, array)).tolist()

    assert [[2], [5]] == part(axis=2, first=2, last=2)
    assert [[1, 2], [4, 5]] == part(axis=2, last=2)
    assert [[1, 2, 3]] == part(last=1)
    assert [[4, 5, 6]] == part(first=2) == part(first=2, axis=1)
    assert [[1, 2, 3, 1, 2, 3], [4, 5, 6, 4, 5, 6]] == twice() == twice(axis=2)
    assert [*array.tolist(), *array.tolist()] == twice(axis=1)


# --- numeric halves ------------------------------------------------------------------------------

ARRANGED: list[tuple[str, dict[str, Any], list[Shape], Shape]] = [
    ("concat", {}, [(2, 3), (2, 1)], (2, 4)),
    ("concat", {"axis": 1}, [(2, 3), (1, 3), (2, 3)], (5, 3)),
    ("slice", {"first": 2, "axis": 2}, [(2, 3)], (2, 2)),
    ("residual", {}, [(2, 3), (2, 3)], (2, 3)),
]


@pytest.mark.parametrize(("kind", "options", "shapes", "shape"), ARRANGED)
@pytest.mark.parametrize("leading", [(), (3,), (2, 3)])
def test_only_some_of_what_is_taken_has_leading_axes(
    kind: str, options: dict[str, Any], shapes: list[Shape], shape: Shape, leading: Shape
):
    """What a moved parameter changes has axes that the other ways do not have."""
    from derive.catalogue.chosen import activation

    dice = np.random.default_rng(1)
    entry = LAYERS[kind]
    arrays = Arrays({}, activation("identity"), {}, Plan(shape), tuple(shapes), "none", options)
    first = dice.random((*leading, 4, *shapes[0]))
    others = [dice.random((4, *other)) for other in shapes[1:]]
    upstream = dice.random((*leading, 4, *shape))

    kept, outputs = entry.forward(arrays, (first, *others))
    gradients = entry.backward(arrays, (first, *others), kept, upstream).sources

    assert (*leading, 4, *shape) == outputs.shape
    for index in np.ndindex(*leading):
        alone, expected = entry.forward(arrays, (first[index], *others))
        assert np.array_equal(expected, outputs[index])
        found = entry.backward(arrays, (first[index], *others), alone, upstream[index]).sources
        for own, every in zip(found, gradients, strict=True):
            assert np.array_equal(own, every[index])
