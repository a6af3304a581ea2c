"""A problem as far as it was given: what is None was left out, or could not be read.

`unreadable` tells the two apart, so that a check across fields neither asks for what is there nor
compares with what is broken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derive.problem.model import Bias, Choice, Given, Numbers, Show

MOST_UNITS = 10_000  # in one layer
MOST_LAYERS = 100
MOST_WEIGHTS = 2_000_000
MOST_SLOPES = 2_000_000  # of the outputs of a layer by its net inputs, each by each of its row
MOST_SAMPLES = 100_000
MOST_EPOCHS = 100_000
MOST_AT_ONCE = 4_000_000  # samples of an update, times parameters: they are held together
MOST_UPDATES = 1_000_000
MOST_WORK = 20_000_000_000  # samples of all updates, times parameters: some minutes
MOST_MISTAKES = 100  # reported at once
MOST_SEED = 10**15


@dataclass
class LayerDraft:
    """One layer; `weights` and `names` are rows of any length, and a `bias` without numbers is drawn.

    A layer of another kind than dense has `arrays` by name, None for one that is not wanted, and
    `options` of its own.
    """

    kind: str = "dense"
    units: int | None = None
    activation: Choice | None = None
    weights: tuple[Numbers, ...] | None = None
    names: tuple[tuple[str, ...], ...] | None = None
    bias: Bias | None = None
    frozen: frozenset[str] = frozenset()
    sources: tuple[int, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Numbers | None] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()


@dataclass
class SampleDraft:
    """One sample."""

    inputs: Numbers | None = None
    targets: Numbers | None = None
    unreadable: frozenset[str] = frozenset()


@dataclass
class Draft:
    """The whole problem."""

    title: str | None = None
    inputs: int | None = None
    shape: tuple[int, ...] = ()  # of the inputs, where it was said
    layers: list[LayerDraft] = field(default_factory=list)
    loss: Choice | None = None
    learning_rate: Given | None = None
    samples: list[SampleDraft] = field(default_factory=list)
    seed: int = 1
    optimizer: Choice | None = None
    epochs: int = 1
    stop_below: Given | None = None
    batch_size: int | None = None  # None: all samples
    reduction: str = "mean"
    show: Show = field(default_factory=Show)
    unreadable: frozenset[str] = frozenset()

    @property
    def chain(self) -> bool:
        """Whether this is the usual network, dense layers one after the other over a list of inputs."""
        dense = all(layer.kind == "dense" and not layer.sources for layer in self.layers)
        arrays = (a for sample in self.samples for a in (sample.inputs, sample.targets))
        return dense and not self.shape and all(a is None or len(a.shape) == 1 for a in arrays)
