"""Backpropagation in NumPy, with the catalogue's numeric halves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from derive.catalogue.entries import Array
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
    error: float
    deltas: list[Array]
    gradients: list[LayerGradient]


def backpropagate(network: Network) -> Backpropagation:
    """One forward and one backward pass."""
    with np.errstate(all="ignore"):
        run = network.forward()
        outputs = network.measured(run.outputs[-1])
        upstream = network.share * network.derivative(network.t, outputs)
        deltas: list[Array] = []
        gradients: list[LayerGradient] = []
        backwards = zip(network.kinds, network.layers, run.inputs, run.nets, strict=True)
        for kind, arrays, x, net in reversed(list(backwards)):
            found = kind.backward(arrays, x, net, upstream)
            deltas.insert(0, found.delta)
            gradients.insert(0, LayerGradient(found.weights, found.bias))
            upstream = found.sources
    return Backpropagation(run.nets, run.outputs, float(run.error), deltas, gradients)
