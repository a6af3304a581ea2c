"""Backpropagation in NumPy, with the catalogue's numeric halves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import Arrays
from derive.witness.network import Network


class LayerGradient(NamedTuple):
    """Something for each of a layer's parameters, in their shapes: gradients, or what is to be done.

    `bias` is None where there is no bias.
    """

    weights: Array
    bias: Array | None


class Backpropagation(NamedTuple):
    """The forward values, and per layer the deltas and gradients."""

    nets: list[Array]
    outputs: list[Array]
    error: Array
    deltas: list[Array]
    gradients: list[LayerGradient]


def backpropagate(network: Network) -> Backpropagation:
    """One forward and one backward pass of the batch.

    Deltas have the shape (…, samples, units); they and the gradients are those of the batch's error.
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
    deltas: list[Array] = []
    gradients: list[LayerGradient] = []
    for number in range(len(layers) - 1, -1, -1):
        found = network.kinds[number].backward(
            layers[number], run.inputs[number], run.nets[number], upstream
        )
        deltas.append(found.delta)
        gradients.append(LayerGradient(found.weights, found.bias))
        upstream = found.sources
    return Backpropagation(run.nets, run.outputs, run.error, deltas[::-1], gradients[::-1])
