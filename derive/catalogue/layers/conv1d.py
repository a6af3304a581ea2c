"""The convolution over a length, such as time: each filter slides over all channels of a sequence.

It takes [length], which is one channel, or [channels, length], and gives [filters, positions]; see
`convolution` for the formula.
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

CONV1D = LayerKind(
    "conv1d", "filters that slide over a length",
    connect, forward, backward, partial(plan, 1),
    keys={
        "filters": "whole", "kernel": "whole", "stride": "whole", "padding": "count",
        "crop": "yes", "flip": "yes",
    },
    parameters=("weights", "bias"),
    formulas=partial(formulas, 1),
    activation="identity",
    lists=False,
)  # fmt: skip
