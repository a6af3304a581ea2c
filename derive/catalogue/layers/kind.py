"""What a kind of layer must offer.

A layer takes one array or several, of any shape, and gives one. Shapes here are those of one sample;
arrays have the samples before them, and before those any further axes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import Constant
from derive.catalogue.entries import Activation, Array

Shape = tuple[int, ...]
Options = Mapping[str, Any]
Formulas = tuple[tuple[str, Expr], ...]  # what is made, and of what


class Asked(NamedTuple):
    """What a problem says of a layer, before anything is drawn.

    `units` is None where it says nothing; `given` has the shapes of the arrays that it types, `without`
    the names of those that it does not want (`bias = false`).
    """

    units: int | None
    bias: str  # the form of a dense layer's bias
    options: Options
    given: Mapping[str, Shape]
    without: frozenset[str] = frozenset()


class Plan(NamedTuple):
    """What a layer comes to: the shape of its output, and of every array of numbers that it has.

    `trained` are its parameters, `fixed` what is given with it and never updated, such as a mask. Where
    it takes whole numbers, they go from 1 to `tokens`.
    """

    shape: Shape
    trained: Mapping[str, Shape] = {}
    fixed: Mapping[str, Shape] = {}
    tokens: int = 0


class Misfit(ValueError):
    """A layer that cannot be built: at which of its keys, why, and what would help."""

    def __init__(self, key: str, fact: str, remedy: str = "") -> None:
        self.key, self.fact, self.remedy = key, fact, remedy
        super().__init__(fact)


class Wiring(NamedTuple):
    """What a layer is connected to, for its symbolic half."""

    number: int  # counting from 1
    plan: Plan
    bias: str  # of a dense layer: "none", "each", "shared" or "threshold"
    activation: Activation
    constants: Mapping[str, Constant]  # the activation's parameters
    options: Options
    sources: tuple[Ids, ...]  # what it takes, in their shapes
    numbers: Callable[[Ids], NDArray[np.float64]]  # the numbers of inputs: a table is read by them


class Connected(NamedTuple):
    """A layer's equations, and the quantities by which others reach it."""

    families: tuple[Family, ...]
    outputs: Ids
    trained: Mapping[str, Ids] = {}  # by the names of the plan, in its shapes
    fixed: Mapping[str, Ids] = {}
    net: Ids | None = None  # where there is one net input for each output


class Arrays(NamedTuple):
    """A layer's numbers, for its numeric half; leading axes of the arrays are free."""

    trained: Mapping[str, Array]
    activation: Activation
    parameters: Mapping[str, float]  # the activation's
    plan: Plan
    sources: tuple[Shape, ...]
    bias_form: str = "none"
    options: Options = {}
    fixed: Mapping[str, Array] = {}
    kinks: bool = False  # whether the network has one, in this layer or another

    def having(self, trained: Mapping[str, Array]) -> Arrays:
        """The same layer with these arrays in the places of its own."""
        return self._replace(trained={**self.trained, **trained})


class Gradients(NamedTuple):
    """What the numeric half finds on the way back.

    `trained` are summed over the samples; there is one of `sources` for each array that the layer takes.
    """

    trained: Mapping[str, Array]
    sources: tuple[Array, ...]


@dataclass(frozen=True)
class LayerKind:
    """The symbolic half `connect`, and the numeric halves `forward` and `backward`.

    forward(arrays, sources) gives (kept, outputs): what it wants to be reminded of on the way back, and
    the outputs, shape (…, samples, *shape), for `sources` of such shapes.
    backward(arrays, sources, kept, upstream) gives the gradients, where `upstream` is ∂E/∂outputs.

    `plan(asked, shapes)` finds the layer's shapes from those that it takes, or raises `Misfit`. `keys`
    are what can be said of such a layer besides its kind, activation and arrays: each with the name of
    its reader in `problem.kinds`. `parameters` and `constants` are the
    names of the arrays that a plan can have, in order; `letters` is what its own kinds of quantities
    are called, by the `Name.base` of `writing.maths`. `pairwise` names the local derivatives that have a
    number for each end, as softmax's have: "dalpha/ds" of the second output by the third input is 2,3.
    `formulas(options)` says in a few lines of letters what the layer does, for a reader; symbols are
    patterns of kinds of quantities, "net_t^f".
    `moved(options, arrays)` is there where a layer calculates nothing, and only arranges what it takes.
    """

    name: str
    summary: str
    connect: Callable[[Ledger, Wiring], Connected]
    forward: Callable[[Arrays, tuple[Array, ...]], tuple[Any, Array]]
    backward: Callable[[Arrays, tuple[Array, ...], Any, Array], Gradients]
    plan: Callable[[Asked, tuple[Shape, ...]], Plan]
    keys: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)
    pairwise: frozenset[str] = frozenset()
    formulas: Callable[[Options], Formulas] = lambda options: ()
    activation: str | None = None  # the usual one; None where the layer has no use for one
    inner: tuple[str, ...] = ()  # the activations that it always has inside
    joins: bool = False  # whether it takes several layers
    lists: bool = True  # whether its last axis lists units, among which a softmax can share out
    kinked: bool = False  # whether it compares numbers, as a maximum does
    skips: bool = False  # whether one layer in `from` means the layer before, and that one
    moved: Callable[[Options, tuple[Any, ...]], Any] | None = None  # arrays in, their array out


def axis_of(options: Options, usual: int, axes: int) -> int:
    """The axis that a layer works along, from the end: it is the same with samples before it.

    >>> axis_of({"axis": 1}, -1, 3), axis_of({}, -1, 3)
    (-3, -1)
    """
    number = options.get("axis")
    if number is None:
        return usual
    if number > axes:
        counted = "one axis" if axes == 1 else f"{axes} axes"
        raise Misfit("axis", f"there is no axis {number}: what it takes has {counted}")
    return int(number) - 1 - axes


def sides(shape: Shape) -> str:
    """A shape in a message: 2 × 3."""
    return " × ".join(map(str, shape))


def one(sources: tuple[Any, ...]) -> Any:
    """The only thing that a layer takes."""
    (only,) = sources
    return only


def spread(parameter: Array, axes: int, over: int = 1) -> Array:
    """A parameter of so many axes, with axes of length 1 before them for what it is used over: samples,
    and positions.

    >>> spread(np.ones((4, 2, 3)), 2).shape, spread(np.ones((2, 3)), 2, 2).shape
    ((4, 1, 2, 3), (1, 1, 2, 3))
    """
    lead = parameter.shape[: parameter.ndim - axes]
    return parameter.reshape(*lead, *(1,) * over, *parameter.shape[parameter.ndim - axes :])


def summed(gradient: Array, axes: int, over: int = 1) -> Array:
    """The sum over what a parameter of so many axes is used over: the inverse of `spread`."""
    first = gradient.ndim - axes - over
    return gradient.sum(axis=tuple(range(first, first + over)))


def stacked(arrays: Sequence[Array], axis: int) -> Array:
    """Arrays side by side along a new axis, also where only some of them have leading axes."""
    return np.stack(np.broadcast_arrays(*arrays), axis=axis)


def size(shape: Shape) -> int:
    """How many numbers an array of this shape has."""
    return math.prod(shape)
