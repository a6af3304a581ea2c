"""What a kind of layer must offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import Constant
from derive.catalogue.entries import Activation, Array


class Wiring(NamedTuple):
    """What a layer is connected to, for its symbolic half."""

    number: int  # counting from 1
    units: int
    bias: str  # "none", "each", "shared" or "threshold"
    activation: Activation
    constants: Mapping[str, Constant]  # the activation's parameters
    sources: Ids  # the outputs of the layer before


class Connected(NamedTuple):
    """A layer's equations, and the quantities by which others reach it."""

    families: tuple[Family, ...]
    weights: Ids  # shape (units, sources)
    bias: Ids | None  # shape (units,), () where shared, None where there is none
    outputs: Ids  # shape (units,)


class Arrays(NamedTuple):
    """A layer's numbers, for its numeric half; leading axes of the arrays are free."""

    weights: Array
    bias: Array | None
    bias_form: str
    activation: Activation
    parameters: Mapping[str, float]

    @property
    def trained(self) -> dict[str, Array]:
        """The arrays of what is learned, as far as there are any, by their names."""
        arrays = {"weights": self.weights, "bias": self.bias}
        return {part: array for part, array in arrays.items() if array is not None}

    def having(self, trained: Mapping[str, Array]) -> Arrays:
        """The same layer with these arrays in the places of its own."""
        weights, bias = trained.get("weights", self.weights), trained.get("bias", self.bias)
        return self._replace(weights=weights, bias=bias)


class Gradients(NamedTuple):
    """What the numeric half finds on the way back: for the parameters, summed over the samples."""

    weights: Array
    bias: Array | None
    sources: Array
    delta: Array


@dataclass(frozen=True)
class LayerKind:
    """The symbolic half `connect`, and the numeric halves `forward` and `backward`.

    forward(arrays, x) gives (net inputs, outputs) for x of shape (…, samples, sources);
    backward(arrays, x, net, upstream) gives the gradients, where `upstream` is ∂E/∂outputs.
    """

    name: str
    connect: Callable[[Ledger, Wiring], Connected]
    forward: Callable[[Arrays, Array], tuple[Array, Array]]
    backward: Callable[[Arrays, Array, Array, Array], Gradients]
