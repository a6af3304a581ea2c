"""Backpropagation in NumPy, with the catalogue's numeric halves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import Arrays
from derive.witness.network import Network

LayerGradient = Mapping[str, Array]
"""Something for each of a layer's arrays, by name and in their shapes: gradients, or what is to be done."""


class Backpropagation(NamedTuple):
    """The error, and per layer the gradients."""

    error: Array
    gradients: list[LayerGradient]


def backpropagate(network: Network) -> Backpropagation:
    """One forward and one backward pass of the batch: the gradients of the batch's error.

    Where the network's arrays have leading axes, so has everything.
    """
    with np.errstate(all="ignore"):
        return passes(network, network.layers)


def passes(network: Network, layers: Sequence[Arrays]) -> Backpropagation:
    """The same with other arrays than the network's own; overflow is left to the caller."""
    run = network.forward(layers)
    upstream = network.derivative(network.t, network.measured(run.outputs[-1]))
    scale = network.part * network.share
    if scale != 1:
        upstream = scale * upstream
    back: list[Array | None] = [None] * len(layers) + [upstream]  # ∂E/∂outputs, the inputs' first
    gradients: list[LayerGradient] = []
    for number in range(len(layers) - 1, -1, -1):
        taken, arriving = network.sources[number], back[number + 1]
        assert arriving is not None  # every layer leads to the error
        found = network.kinds[number].backward(
            layers[number], tuple(run.outputs[n] for n in taken), run.kept[number], arriving
        )
        gradients.append(found.trained)
        for source, gradient in zip(taken, found.sources, strict=True):
            before = back[source]
            back[source] = gradient if before is None else before + gradient
    return Backpropagation(run.error, gradients[::-1])
