"""The convolution over height and width: each filter slides over all channels of an image.

It takes [height, width], which is one channel, or [channels, height, width], and gives [filters, height,
width]; see `convolution` for the formula. The activation is the identity unless it is said: a ReLU would
leave a beginner with units that are dead.
"""

from __future__ import annotations

from functools import partial

from derive.catalogue.layers.convolution import (
    backward,
    connect,
    formulas,
    forward,
    plan,
)
from derive.catalogue.layers.kind import LayerKind

CONV2D = LayerKind(
    "conv2d", "filters that slide over height and width",
    connect, forward, backward, partial(plan, 2),
    keys={
        "filters": "whole", "kernel": "pair", "stride": "pair", "padding": "padding",
        "crop": "yes", "flip": "yes",
    },
    parameters=("weights", "bias"),
    formulas=partial(formulas, 2),
    activation="identity",
    lists=False,
)  # fmt: skip
