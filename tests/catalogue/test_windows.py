"""Convolutions and pools by hand: small pictures, and sums spelt out as loops."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.example import Example
from derive.writing.printers import plain
from derive.writing.scribe import joined
from tests.topologies import RANDOM, Data

PICTURE = [[1, 2, 0], [0, 1, 3], [2, 1, 0]]


def worked(inputs: Any, targets: Any, *layers: Data, **more: Any) -> Example:
    sample = {"inputs": inputs, "targets": targets}
    return derive.work(derive.read({"layers": list(layers), "samples": [sample], **more}))


def line(example: Example, key: str) -> str:
    """A line on paper, with its reason."""
    found = example.scribe.line(example.worked.derivation.ledger.find(Place.read(key)))
    return plain(joined(found)) + (f" since {plain(found.since[1])}" if found.since else "")


def values(example: Example, kind: str, layer: int, shape: tuple[int, ...]) -> Any:
    """An array of quantities, NaN for those that there are none of."""
    found = np.full(shape, np.nan)
    for index in product(*map(range, shape)):
        key = f"{kind}[{','.join(str(n) for n in (layer, *(i + 1 for i in index)))}]"
        if key in example._names:
            found[index] = example[key]
    return found


# --- convolutions by hand ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flip", "outputs", "gradients"),
    [
        (False, [[0, -1], [-1, 1]], [[-1, 2], [-2, -4]]),
        (True, [[0, 1], [1, -1]], [[4, 2], [-2, 1]]),
    ],
)
def test_a_picture_by_hand(flip: bool, outputs: Any, gradients: Any) -> None:
    layer = {"kind": "conv2d", "weights": [[1, 0], [0, -1]], "bias": [0], "flip": flip}
    example = worked(PICTURE, [[[0, 0], [0, 0]]], layer)

    assert values(example, "out", 1, (1, 2, 2)).tolist() == [outputs]
    assert values(example, "dE/dw", 1, (2, 2)).tolist() == gradients
    assert example["dE/db[1,1]"] == np.sum(outputs)


def test_the_lines_of_a_kernel() -> None:
    """Nothing of the padding is printed, and a weight's gradient is a sum over its positions."""
    layer = {"kind": "conv2d", "weights": [[1, 0.5], [0, -1]], "bias": [0.5], "padding": 1}
    example = worked([[1, 2], [3, 4]], [[[0] * 3] * 3], layer)

    assert line(example, "net[1,1,1,1]") == (
        "net_1,1,1 = w_2,2 · x_1,1 + b1 = (−1) × 1 + 0.5 = −0.5"
    )
    assert line(example, "net[1,1,1,2]") == (
        "net_1,1,2 = w_2,1 · x_1,1 + w_2,2 · x_1,2 + b1 = 0 × 1 + (−1) × 2 + 0.5 = −1.5"
    )
    assert line(example, "net[1,1,2,2]") == (
        "net_1,2,2 = w_1,1 · x_1,1 + w_1,2 · x_1,2 + w_2,1 · x_2,1 + w_2,2 · x_2,2 + b1 "
        "= 1 × 1 + 0.5 × 2 + 0 × 3 + (−1) × 4 + 0.5 = −1.5"
    )
    assert line(example, "dE/dw[1,1,1]") == (
        "∂E_total/∂w_1,1 = δ_1,2,2 · x_1,1 + δ_1,2,3 · x_1,2 + δ_1,3,2 · x_2,1 + δ_1,3,3 · x_2,2 "
        "= (−1.5) × 1 + 2.5 × 2 + 5.5 × 3 + 4.5 × 4 = 38"
    )


def test_a_flipped_kernel_is_the_convolution_of_mathematics() -> None:
    """(x ∗ w)_n = Σ_m w_m · x_{n−m}, in full where the padding is one less than the kernel."""
    inputs, weights = [1, 2, 4, 8], [3, 5, 7]
    layer = {"kind": "conv1d", "weights": weights, "bias": False, "flip": True, "padding": 2}
    example = worked(inputs, [[0] * 6], layer)

    assert values(example, "out", 1, (1, 6)).tolist() == [np.convolve(inputs, weights).tolist()]
    assert line(example, "net[1,1,3]") == (
        "net_1,3 = w1 · x3 + w2 · x2 + w3 · x1 = 3 × 4 + 5 × 2 + 7 × 1 = 29"
    )


@pytest.mark.parametrize(("bias", "value"), [([0.5], "b1 = 0.5"), (False, "0")])
def test_a_window_with_nothing_but_padding_below_it(bias: Any, value: str) -> None:
    layer = {"kind": "conv1d", "weights": [2], "bias": bias, "padding": 1}
    example = worked([3, 4], [[0] * 4], layer)

    assert line(example, "net[1,1,1]") == f"net_1,1 = {value}"
    assert example.agreement.agree


@pytest.mark.parametrize("kind", ["conv1d", "conv2d"])
def test_loops_give_the_same(kind: str) -> None:
    """The formula as it stands in the docstring, and every gradient of it, one term at a time."""
    for seed in range(2000, 2040):
        example = derive.work(derive.read(RANDOM[kind](Random(seed))))
        nets, gradients = _by_loops(example, int(kind[4]))
        found = example.worked.derivation
        layer = found.graph.layers[0]
        for name, expected in gradients.items():
            ours = example.worked.values[found.gradient[layer.parameters[name]]]
            np.testing.assert_allclose(ours.ravel(), expected.ravel(), rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(
            example.worked.values[layer.net].ravel(), nets.ravel(), rtol=1e-9, atol=1e-15
        )


def _by_loops(example: Example, axes: int) -> tuple[Any, dict[str, Any]]:
    """The net inputs of the first layer, and the gradients by its deltas."""
    found, problem = example.worked.derivation, example.problem
    layer, options = problem.layers[0], problem.layers[0].options
    x = problem.samples[0].inputs.values
    x = x.reshape(-1, *([1] * (2 - axes)), *x.shape[-axes:])
    w = layer.arrays["weights"].values.reshape(
        options["filters"], len(x), *([1] * (2 - axes)), *np.atleast_1d(options["kernel"])
    )
    stride, padding = (
        (options[key],) * 2 if axes == 1 else options[key] for key in ("stride", "padding")
    )
    padding = (0, padding[1]) if axes == 1 else padding
    bias = layer.arrays["bias"].values if "bias" in layer.arrays else np.zeros(len(w))
    net_ids = found.graph.layers[0].net.reshape(len(w), *([1] * (2 - axes)), *layer.shape[1:])
    delta_ids = found.gradient[net_ids]
    deltas = np.where(delta_ids >= 0, example.worked.values[delta_ids], 0.0)
    nets, dw = np.zeros(net_ids.shape), np.zeros(w.shape)
    for f, r, c in np.ndindex(*nets.shape):
        nets[f, r, c] = bias[f]
        for k, i, j in np.ndindex(*w.shape[1:]):
            row, column = r * stride[0] + i - padding[0], c * stride[1] + j - padding[1]
            if not (0 <= row < x.shape[1] and 0 <= column < x.shape[2]):
                continue
            at = (f, k, w.shape[2] - 1 - i, w.shape[3] - 1 - j) if options["flip"] else (f, k, i, j)
            nets[f, r, c] += w[at] * x[k, row, column]
            dw[at] += deltas[f, r, c] * x[k, row, column]
    gradients = {"weights": dw}
    if "bias" in layer.arrays:
        gradients["bias"] = deltas.sum(axis=(1, 2))
    return nets, gradients


# --- pools by hand -------------------------------------------------------------------------------

ONE = {"kind": "conv2d", "weights": [[1]], "bias": False}  # changes nothing, but can be learnt
GRID = [[1, 3, 2, 4], [2, 0, 4, 1], [5, 5, 0, 1], [1, 5, 2, 3]]


def test_the_largest_of_each_window() -> None:
    example = worked(GRID, [[[0, 0], [0, 0]]], ONE, {"kind": "max_pool", "size": 2})

    assert values(example, "out", 2, (1, 2, 2)).tolist() == [[[3, 4], [5, 3]]]
    assert values(example, "dE/dout", 1, (1, 4, 4)).tolist() == [
        [[0, 3, 0, 0], [0, 0, 4, 0], [0, 0, 0, 0], [0, 5, 0, 3]]  # of equal ones, the last
    ]
    assert line(example, "out[2,1,1,1]") == (
        "out_1,1,1^[2] = max(out_1,1,1^[1], out_1,1,2^[1], out_1,2,1^[1], out_1,2,2^[1]) "
        "= max(1, 3, 2, 0) = 3"
    )
    assert line(example, "dE/dout[1,1,1,1]") == "∂E_total/∂out_1,1,1^[1] = 0 since 1 ≤ 3"
    assert line(example, "dE/dout[1,1,4,2]") == (
        "∂E_total/∂out_1,4,2^[1] = ∂E_total/∂out_1,2,1^[2] = 5 since 5 ≥ max(5, 5, 1)"
    )


def test_windows_that_overlap() -> None:
    """An entry that is the largest of several windows gets what comes back to each."""
    pool = {"kind": "max_pool", "size": [2], "stride": 1}
    first = {"kind": "conv1d", "weights": [1], "bias": False}
    example = worked([1, 5, 2, 2], [[0, 0, 0]], first, pool)

    assert values(example, "out", 2, (1, 3)).tolist() == [[5, 5, 2]]
    assert values(example, "dE/dout", 1, (1, 4)).tolist() == [[0, 10, 0, 2]]
    assert line(example, "dE/dout[1,1,2]") == (
        "∂E_total/∂out_1,2^[1] = ∂E_total/∂out_1,1^[2] + ∂E_total/∂out_1,2^[2] = 5 + 5 = 10"
    )
    assert line(example, "dE/dout[1,1,3]") == "∂E_total/∂out_1,3^[1] = 0 since 2 < 5, 2 ≤ 2"


def test_entries_between_windows_get_nothing_and_have_no_lines() -> None:
    pool = {"kind": "max_pool", "size": [1], "stride": 2, "crop": True}
    first = {"kind": "conv1d", "weights": [1], "bias": False}
    example = worked([1, 5, 2, 3], [[0, 0]], first, pool)

    assert values(example, "out", 2, (1, 2)).tolist() == [[1, 2]]
    assert np.isnan(values(example, "dE/dout", 1, (1, 4))).tolist() == [[False, True] * 2]
    assert line(example, "dE/dw[1,1]") == (
        "∂E_total/∂w1^[1] = δ_1,1^[1] · x1 + δ_1,3^[1] · x3 = 1 × 1 + 2 × 2 = 5"
    )
    assert example.data()["updates"][0]["samples"][0]["layers"][0]["delta"] == [[1, None, 2, None]]


def test_sums_that_only_rounding_tells_apart_are_equal() -> None:
    """In binary 0.1 + 0.2 + 0.3 is more than 0.2 + 0.3 + 0.1; on paper it is not."""
    first = {"kind": "conv1d", "weights": [1, 1, 1], "bias": False}
    example = worked([0.1, 0.2, 0.3, 0.1], [[0]], first, {"kind": "max_pool", "size": [2]})

    assert values(example, "dE/dout", 1, (1, 2)).tolist() == [[0, pytest.approx(0.6)]]
    assert line(example, "dE/dout[1,1,1]") == "∂E_total/∂out_1,1^[1] = 0 since 0.6 ≤ 0.6"
    assert line(example, "dE/dout[1,1,2]").endswith("= 0.6 since 0.6 ≥ 0.6")
    assert example.agreement.agree


def test_equal_edges_at_different_brightness_are_equal() -> None:
    """25.3 − 25.2 and 0.2 − 0.1: in binary they differ by many roundings."""
    first = {"kind": "conv1d", "weights": [[-1, 1]], "stride": 2, "bias": False}
    example = worked([25.2, 25.3, 0.1, 0.2], [[0]], first, {"kind": "max_pool", "size": [2]})

    assert values(example, "dE/dout", 1, (1, 2)).tolist() == [[0, pytest.approx(0.1)]]
    assert example.agreement.agree


def test_a_sum_of_which_rounding_leaves_something_is_no_more_than_0() -> None:
    """An edge in a picture of one colour: 0.1 + 0.2 − 0.3, and then nothing at all."""
    first = {"kind": "conv1d", "weights": [1, 1, -1], "bias": False, "activation": "relu"}
    example = worked([0.1, 0.2, 0.3, 0.5], [[0]], first, {"kind": "max_pool", "size": [2]})

    assert values(example, "net", 1, (1, 2)).tolist() == [[0, 0]]
    assert example.agreement.agree


def test_the_mean_of_each_window() -> None:
    example = worked(GRID, [[[0, 0], [0, 0]]], ONE, {"kind": "mean_pool", "size": 2})

    assert values(example, "out", 2, (1, 2, 2)).tolist() == [[[1.5, 2.75], [4, 1.5]]]
    assert line(example, "out[2,1,1,1]") == (
        "out_1,1,1^[2] = (out_1,1,1^[1] + out_1,1,2^[1] + out_1,2,1^[1] + out_1,2,2^[1])/4 "
        "= (1 + 3 + 2 + 0)/4 = 1.5"
    )
    assert line(example, "dE/dout[1,1,2,1]") == (
        "∂E_total/∂out_1,2,1^[1] = ∂E_total/∂out_1,1,1^[2] · 1/4 = 1.5 × 1/4 = 0.375"
    )


# --- flattening ----------------------------------------------------------------------------------


def test_a_list_has_no_quantities_of_its_own() -> None:
    dense = {"weights": [[1, 2, 3, 4]], "bias": False, "activation": "identity"}
    example = worked([[1, 2], [3, 4]], [0], {"kind": "flatten"}, dense)

    assert line(example, "net[2,1]") == (
        "net_1^[2] = w_1,1^[2] · x_1,1 + w_1,2^[2] · x_1,2 + w_1,3^[2] · x_2,1 + w_1,4^[2] · x_2,2 "
        "= 1 × 1 + 2 × 2 + 3 × 3 + 4 × 4 = 30"
    )
    assert example.data()["updates"][0]["samples"][0]["layers"][0]["out"] == [1, 2, 3, 4]


def test_a_picture_as_printed_digits() -> None:
    """Calculated line by line from what is printed, the same entry is the largest."""
    show = {"carry": "printed", "digits": {"decimals": 2}}
    layers = [
        {"kind": "conv2d", "filters": 2, "kernel": 2, "activation": "tanh"},
        {"kind": "max_pool", "size": 2, "stride": 1},
        {"kind": "flatten"},
        {"units": 1},
    ]
    example = derive.work(derive.read({"inputs": [4, 4], "layers": layers, "show": show}))

    assert example.agreement.agree
    outputs = values(example, "out", 2, (2, 2, 2))
    windows = values(example, "out", 1, (2, 3, 3))
    assert outputs[0, 0, 0] == windows[0, :2, :2].max()
