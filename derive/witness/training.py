"""Many updates in NumPy: the numbers of a long run, without a formula in sight.

The optimizer's numeric half and the network's are all that is used, so the run is a witness too: the
symbolic equations, evaluated at its weights, must give its next weights.

>>> from derive.problem.reading import load
>>> problem = load("2-2-1", epochs=100)
>>> run = train(problem)
>>> run.made, len(run.snapshots), len(run.errors)
(100, 101, 100)
>>> first, last = errors(problem, [run.snapshots[0], run.snapshots[-1]])
>>> bool(first == run.errors[0]), bool(last < first)
(True, True)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import Arrays
from derive.catalogue.optimizers import DECAY, OPTIMIZERS, State, decays
from derive.problem import schedule
from derive.problem.model import Problem
from derive.witness.backprop import LayerGradient, passes
from derive.witness.network import Network

MOST_KEPT = 20_000_000  # numbers in all snapshots together
MOST_AT_ONCE = 4_000_000  # numbers that are computed at once
REPORT = 500  # updates between two reports of progress

Progress = Callable[[int, int], None]
Part = tuple[int, str]  # a layer, from 0, and the name of one of its arrays


class Snapshot(NamedTuple):
    """Where a run stands after so many updates: parameters, and what the optimizer remembers."""

    made: int
    layers: tuple[Arrays, ...]
    states: dict[Part, State]

    @property
    def parameters(self) -> Array:
        """All weights and biases, layer by layer; shape (parameters,)."""
        arrays = (array for layer in self.layers for array in layer.trained.values())
        return np.concatenate([np.ravel(array) for array in arrays])


@dataclass
class Run:
    """A run: `snapshots` in order, the first before any update and the last after the last one.

    `errors[n]` is the error of batch n + 1 before its update. `stopped` says that the error bound
    ended the run, `diverged` that the error was no number any more.
    """

    snapshots: list[Snapshot]
    errors: list[float] = field(default_factory=list)
    stopped: bool = False
    diverged: bool = False

    @property
    def made(self) -> int:
        """How many updates were made."""
        return self.snapshots[-1].made


def train(problem: Problem, progress: Progress | None = None) -> Run:
    """Make all updates that the problem asks for."""
    with np.errstate(all="ignore"):  # a run that diverges says so
        return _train(problem, progress)


def _train(problem: Problem, progress: Progress | None) -> Run:
    batches = [Network.of(problem, batch) for batch in schedule.batches(problem)]
    whole = Network.of(problem, range(len(problem.samples)))
    layers = batches[0].layers
    step = _Step(problem, layers)
    states = step.start(layers)
    total = schedule.updates(problem)
    every = _every(layers, len(step.optimizer.state), total)
    run = Run([Snapshot(0, layers, states)])
    bound = None if problem.stop_below is None else problem.stop_below.value
    for made in range(total):
        ended = made and made % len(batches) == 0  # an epoch, before this update
        if ended and bound is not None and float(whole.forward(layers).error) < bound:
            run.stopped = True
            break
        found = passes(batches[made % len(batches)], layers)
        if not math.isfinite(found.error):
            run.diverged = True
            break
        run.errors.append(float(found.error))
        layers, states = step(layers, found.gradients, states, made + 1)
        if (made + 1) % every == 0:
            run.snapshots.append(Snapshot(made + 1, layers, states))
        if progress is not None and (made + 1) % REPORT == 0:
            progress(made + 1, total)
    if run.made < len(run.errors):
        run.snapshots.append(Snapshot(len(run.errors), layers, states))
    return run


def _every(layers: Sequence[Arrays], states: int, updates: int) -> int:
    """One snapshot in so many updates is kept, so that all of them fit into memory."""
    size = sum(np.size(array) for layer in layers for array in layer.trained.values())
    return max(1, -(-size * (1 + states) * updates // MOST_KEPT))


def stacked(snapshots: Sequence[Snapshot]) -> list[Arrays]:
    """The layers of several snapshots as one: their arrays have the snapshots as first axis."""
    return [
        same[0].having({
            part: np.stack([arrays.trained[part] for arrays in same]) for part in same[0].trained
        })
        for same in zip(*(snapshot.layers for snapshot in snapshots), strict=True)
    ]  # fmt: skip


def errors(problem: Problem, snapshots: Sequence[Snapshot]) -> Array:
    """The error of all samples with the parameters of each snapshot; shape (snapshots,)."""
    network = Network.of(problem, range(len(problem.samples)))
    width = max(1, MOST_AT_ONCE // (len(network.x) * max(problem.units)))
    starts = range(0, len(snapshots), width)
    with np.errstate(all="ignore"):
        found = [network.forward(stacked(snapshots[n : n + width])).error for n in starts]
    return np.concatenate(found)


def first_step(
    problem: Problem, network: Network, gradients: Sequence[LayerGradient]
) -> tuple[Arrays, ...]:
    """The arrays of a network after its first update, for these gradients."""
    step = _Step(problem, network.layers)
    return step(network.layers, gradients, step.start(network.layers), 1)[0]


class _Step:
    """The optimizer, applied to every array that is not frozen."""

    def __init__(self, problem: Problem, layers: Sequence[Arrays]) -> None:
        self.optimizer = OPTIMIZERS[problem.optimizer.name]
        given = {name: number.value for name, number in problem.optimizer.parameters.items()}
        self.decay = given.pop(DECAY, 0.0)
        self.parameters = given
        self.rate = problem.learning_rate.value
        self.moving = [
            (number, part)
            for number, (asked, arrays) in enumerate(zip(problem.layers, layers, strict=True))
            for part in arrays.trained
            if part not in asked.frozen
        ]

    def start(self, layers: Sequence[Arrays]) -> dict[Part, State]:
        """What the optimizer remembers before the first update: zeros."""
        return {
            (number, part): tuple(
                np.zeros(np.shape(layers[number].trained[part])) for _ in self.optimizer.state
            )
            for number, part in self.moving
        }

    def __call__(
        self, layers: Sequence[Arrays], gradients: Sequence[LayerGradient],
        states: dict[Part, State], number: int,
    ) -> tuple[tuple[Arrays, ...], dict[Part, State]]:  # fmt: skip
        new, remembered = list(layers), {}
        for layer, part in self.moving:
            old, gradient = new[layer].trained[part], gradients[layer][part]
            if self.decay and decays(part):
                gradient = gradient + self.decay * old
            moved, remembered[layer, part] = self.optimizer.step(
                old, gradient, states[layer, part], self.rate, number, **self.parameters
            )
            new[layer] = new[layer].having({part: moved})
        return tuple(new), remembered
