"""What the user asked, as plain data: a network, its numbers, and how the page shall look.

Everything is frozen and complete: reading has checked it, drawing has filled in what was left out.
Layers, units and samples count from 0 here; people and keys count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Given(NamedTuple):
    """One number with the digits it was typed with."""

    value: float
    text: str


@dataclass(frozen=True, eq=False)
class Numbers:
    """An array of given numbers that remembers how each was written.

    Typed numbers keep their digits in `texts`; drawn ones all have `decimals` decimals.

    >>> Numbers.typed([["0.15", "0.20"]]).text(0, 1)
    '0.20'
    >>> Numbers(np.array([0.5]), decimals=2).text(0)
    '0.50'
    """

    values: NDArray[np.float64]
    texts: NDArray[np.object_] | None = None
    decimals: int = 2

    @classmethod
    def typed(cls, texts: object) -> Numbers:
        """Numbers from (nested lists of) decimal text."""
        array = np.array(texts, dtype=object)
        return cls(array.astype(np.float64), array)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    def reshaped(self, shape: tuple[int, ...]) -> Numbers:
        """The same numbers in another shape."""
        texts = None if self.texts is None else self.texts.reshape(shape)
        return Numbers(self.values.reshape(shape), texts, self.decimals)

    def text(self, *index: int) -> str:
        """The digits of one number, as they were typed or drawn."""
        if self.texts is not None:
            return str(self.texts[index])
        return f"{self.values[index]:.{self.decimals}f}"


@dataclass(frozen=True)
class Choice:
    """An activation, loss or optimizer: a catalogue name with parameters, or a user's formula."""

    name: str
    parameters: Mapping[str, Given] = field(default_factory=dict)
    formula: str | None = None


@dataclass(frozen=True)
class Bias:
    """How a layer's biases are arranged, and their numbers.

    `form` is "none"; "each", one per unit, shape (units,); "shared", one for the layer, shape ();
    or "threshold", a weight on a constant input of −1 per unit, shape (units,).
    """

    form: str
    numbers: Numbers | None = None


NOTHING = Numbers(np.zeros((0, 0)))


@dataclass(frozen=True)
class Layer:
    """One layer; `units` is how many numbers it gives, and `shape` how they are arranged.

    A dense layer has `weights` of shape (units, units of the layer before) and a `bias`; one of another
    kind has `arrays` by name instead, and `options` of its own. `sources` are the layers that it takes,
    counted from 1; 0 are the inputs.
    """

    units: int
    activation: Choice
    weights: Numbers = NOTHING
    bias: Bias = Bias("none")
    kind: str = "dense"
    frozen: frozenset[str] = frozenset()  # the names of arrays that are not updated
    names: tuple[tuple[str, ...], ...] | None = None  # the weights' own names, in their shape
    shape: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Numbers] = field(default_factory=dict)

    @property
    def numbers(self) -> Mapping[str, Numbers]:
        """All arrays of numbers that it has, by name."""
        if self.kind != "dense":
            return self.arrays
        bias = {} if self.bias.numbers is None else {"bias": self.bias.numbers}
        return {"weights": self.weights, **bias}


@dataclass(frozen=True)
class Equations:
    """An expression graph: `formulas` by the name of what they make, in an order in which each uses what
    is known; the numbers of its `values`; and whose `gradients` of which `output` are asked for."""

    formulas: Mapping[str, str]
    values: Mapping[str, Given]
    output: str
    gradients: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """One pair: inputs and targets in the shapes of the network's inputs and outputs."""

    inputs: Numbers
    targets: Numbers


class Digits(NamedTuple):
    """How many digits a computed number is shown with: "significant" or "decimals"."""

    kind: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs here


SIX = Digits("significant", 6)


@dataclass(frozen=True)
class Show:
    """How the page shall look.

    `letters` replace those of the notation (keys: `LETTERS`); `delta` is "subtract" (δ = ∂E/∂net) or
    "add" (δ = −∂E/∂net), None where the notation decides.
    """

    notation: str = "net-out"
    digits: Digits = SIX
    rounding: str = "half-up"  # or "half-even"
    carry: str = "full"  # or "printed": every line is computed from the numbers as printed
    detail: str = "standard"  # or "brief", "full"
    language: str = "en"
    letters: Mapping[str, str] = field(default_factory=dict)
    delta: str | None = None
    matrix: str = "column"  # net = W x; "row": net = x W; "none"
    samples: str = "first"  # which are worked in full: "first" or "all"


LETTERS = ("input", "target", "output", "net", "rate", "error", "weight", "bias", "delta")


@dataclass(frozen=True)
class Problem:
    """A network with its numbers and what to do with it, or an expression graph: then `equations` is
    given, and there are no layers and no samples."""

    title: str
    inputs: int
    layers: tuple[Layer, ...]
    loss: Choice
    learning_rate: Given
    samples: tuple[Sample, ...]
    seed: int = 1
    drawn: tuple[str, ...] = ()  # the places whose numbers were drawn: "layers[1].weights", …
    optimizer: Choice = Choice("gradient_descent")
    epochs: int = 1
    batch_size: int | None = None  # None: all samples
    reduction: str = "mean"  # how the errors of a batch combine; or "sum"
    stop_below: Given | None = None  # no further epoch once the error of all samples is below
    show: Show = Show()
    shape: tuple[int, ...] = ()  # of the inputs, where they are more than a list
    equations: Equations | None = None

    @property
    def chain(self) -> bool:
        """Whether this is the usual network: dense layers, each of which takes the one before."""
        dense = all(layer.kind == "dense" and not layer.sources for layer in self.layers)
        return dense and self.equations is None and len(self.shape) < 2

    @property
    def units(self) -> tuple[int, ...]:
        """Units per layer, the inputs first: (2, 2, 2)."""
        return (self.inputs, *(layer.units for layer in self.layers))
