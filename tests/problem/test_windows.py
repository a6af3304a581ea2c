"""Convolutions and pools that cannot be: what is wrong, and what would help."""

from __future__ import annotations

from typing import Any

import pytest

from derive.errors import ProblemError
from derive.problem.model import Choice
from derive.problem.reading import read

LIST = {"kind": "flatten"}
DENSE = {"units": 1}


def messages(inputs: Any, *layers: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        read({"inputs": inputs, "layers": list(layers), **more})
    return [str(mistake) for mistake in caught.value.mistakes]


def conv(axes: int = 2, **keys: Any) -> dict[str, Any]:
    return {"kind": f"conv{axes}d", "filters": 1, "kernel": 2, **keys}


def pool(**keys: Any) -> dict[str, Any]:
    return {"kind": "max_pool", **keys}


IMAGES = "it takes [height, width] or [channels, height, width]"
TWO = "an array of two axes may be height × width, or channels × length"
TAKEN = {
    # how large, and how many
    "no kernel": (
        [4, 4], {"kind": "conv2d", "filters": 1},
        "layers[1].kernel: nothing says how large the kernel is (write kernel = 2)",
    ),
    "no filters": (
        [4, 4], {"kind": "conv2d", "kernel": 2},
        "layers[1].filters: nothing says how many filters there are (write filters = 2)",
    ),
    "no size": (
        [4, 4], pool(),
        "layers[1].size: nothing says how large the windows are (write size = [2, 2])",
    ),
    "three sizes": (
        [4, 4], pool(size=[1, 2, 3]),
        "layers[1].size: a list of 3 (one whole number, or two: [height, width])",
    ),
    "filters of nothing": (
        [4, 4], conv(filters=0),
        "layers[1].filters: 0 is too small (a whole number from 1 to 10,000)",
    ),
    # what they are laid on
    "a list for an image": (
        [4], conv(),
        f"layers[1]: {IMAGES}, not an array of 1 axis (inputs = [1, 4, 4] is one channel)",
    ),
    "an image for a length": (
        [1, 4, 4], conv(1),
        "layers[1]: it takes [length] or [channels, length], not an array of 3 axes "
        "(inputs = [1, 4] is one channel)",
    ),
    "height or channels": (
        [4, 4], pool(size=2),
        f"layers[1].size: {TWO} (size = [2, 2] is for both, [2] for the last)",
    ),
    "a height of a length": (
        [4], pool(size=[2, 2]),
        "layers[1].size: 2 numbers, but there is a length alone (write size = 2)",
    ),
    "strides that are too many": (
        [3, 4], pool(size=[2], stride=[1, 2]),
        "layers[1].stride: 2 numbers, but windows move along 1 (one for each number in size)",
    ),
    # what does not fit
    "a large kernel": (
        [4, 3], conv(kernel=4),
        "layers[1].kernel: a kernel of 4 does not fit into a width of 3 (at most 3)",
    ),
    "a large kernel with padding": (
        [4, 3], conv(kernel=6, padding=1),
        "layers[1].kernel: a kernel of 6 does not fit into a width of 3 with a padding of 1 "
        "(at most 5)",
    ),
    "a large window": (
        [5], pool(size=6),
        "layers[1].size: a window of 6 does not fit into a length of 5 (at most 5)",
    ),
    "a rest": (
        [4, 5], conv(stride=2),
        "layers[1].stride: a kernel of 2 in steps of 2 leaves 1 over of a width of 5 "
        "(a stride of 1 or 3 fits; crop = true leaves the rest out)",
    ),
    "a rest of a pool": (
        [7], pool(size=2),
        "layers[1].stride: a window of 2 in steps of 2 leaves 1 over of a length of 7 "
        "(a stride of 1 or 5 fits; crop = true leaves the rest out)",
    ),
    "a stride beyond the end": (
        [1, 5], conv(1, stride=9),
        "layers[1].stride: a kernel of 2 in steps of 9 leaves 3 over of a length of 5 "
        "(a stride of 3 fits; crop = true leaves the rest out)",
    ),
    # weights
    "weights of other filters": (
        [4, 4], conv(filters=2, weights=[[[1, 2], [3, 4]]]),
        "layers[1].weights: 1 × 2 × 2 numbers, but there is room for 2 × 2 × 2 numbers "
        "(write a list of 2 lists of 2 lists of 2 numbers)",
    ),
    "weights without channels": (
        [3, 4, 4], {"kind": "conv2d", "weights": [[[1, 2], [3, 4]]]},
        "layers[1].weights: 1 × 2 × 2 numbers, but there is room for 1 × 3 × 2 × 2 numbers "
        "(write a list of 1 list of 3 lists of 2 lists of 2 numbers)",
    ),
    "biases of other filters": (
        [4, 4], conv(bias=[1, 2]),
        "layers[1].bias: 2 numbers, but there is room for one number (write a list of 1 number)",
    ),
    # too much
    "too many products": (
        [100, 100], conv(kernel=[40, 40]),
        "layers[1].kernel: 5,953,600 products of a weight and an input (at most 1,000,000)",
    ),
    "too large a maximum": (
        [11, 11], pool(size=[11, 11]),
        "layers[1].size: a window of 121 entries (at most 100)",
    ),
    # shares of a list
    "softmax over a picture": (
        [4, 4], conv(activation="softmax"),
        "layers[1].activation: softmax shares out among the units of a list "
        '(kind = "flatten" makes one, and a dense layer can follow)',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_a_layer_that_cannot_be_is_refused(name: str) -> None:
    inputs, layer, expected = TAKEN[name]

    assert messages(inputs, layer, LIST, DENSE) == [expected]


def test_nothing_to_learn() -> None:
    assert messages([4], pool(size=2), LIST) == [
        "layers: no layer has weights, so that there is nothing to derive the error by "
        "(add one with units = 2)"
    ]


@pytest.mark.parametrize(
    ("inputs", "layer", "shape"),
    [
        ([4, 5], conv(stride=[1, 3]), (1, 3, 2)),
        ([4, 5], conv(stride=2, crop=True), (1, 2, 2)),
        ([6, 6], conv(kernel=3, stride=2, padding=1, crop=True), (1, 3, 3)),
        ([3, 6], conv(1, filters=2, kernel=6, stride=5), (2, 1)),
        ([2, 4, 6], pool(size=2), (2, 2, 3)),
        ([2, 4, 6], pool(size=[2]), (2, 4, 3)),
        ([4, 6], pool(size=[2, 3]), (2, 2)),
        ([4, 6], pool(size=[1, 3], stride=1), (4, 4)),
        ([7], pool(size=2, crop=True), (3,)),
        ([7], pool(size=1, stride=3), (3,)),
        ([2, 3, 2], LIST, (12,)),
    ],
)
def test_shapes(inputs: list[int], layer: dict[str, Any], shape: tuple[int, ...]) -> None:
    problem = read({"inputs": inputs, "layers": [layer, LIST, DENSE]})

    assert problem.layers[0].shape == shape


@pytest.mark.parametrize(
    ("inputs", "weights"),
    [
        ([3, 3], [[1, 0], [0, -1]]),
        ([3, 3], [[[1, 0], [0, -1]]]),
        ([3, 3], [[[[1, 0], [0, -1]]]]),
        ([1, 3, 3], [[1, 0], [0, -1]]),
    ],
)
def test_one_channel_needs_no_brackets(inputs: list[int], weights: list[Any]) -> None:
    """The kernel alone, one for each filter, or one for each filter and channel: as it is typed."""
    problem = read({"inputs": inputs, "layers": [{"kind": "conv2d", "weights": weights}]})

    assert problem.layers[0].shape == (1, 2, 2)
    assert problem.layers[0].arrays["weights"].values.tolist() == weights


def test_a_convolution_that_ends_a_network_of_shares_has_no_softmax() -> None:
    layer = conv(activation="sigmoid")
    problem = read({"inputs": [3, 3], "layers": [layer], "loss": "cross_entropy"})
    assert problem.layers[0].activation == Choice("sigmoid")

    problem = read({"inputs": [3, 3], "layers": [conv()], "loss": "cross_entropy"})
    assert problem.layers[0].activation == Choice("identity")
