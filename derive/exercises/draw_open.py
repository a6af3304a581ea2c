"""What a problem leaves open, and the numbers that a recipe has for it.

>>> from derive.derivation.derivation import derive
>>> from derive.exercises.recipe_reading import recipe
>>> from derive.graph.graph import build
>>> from derive.problem.reading import load
>>> problem = load("2-1", loss="hinge", activation="tanh")
>>> for opening in openings(problem, derive(build(problem)), recipe("easy")):
...     print(opening.place, opening.wholes.size, opening.decimals)
layers[1].weights 23 1
layers[1].bias 13 1
samples[1].inputs 16 1
samples[1].targets 2 0
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derive.algebra.ledger import Ids
from derive.derivation.derivation import Derivation
from derive.errors import Mistake, ProblemError
from derive.exercises.draw_words import words
from derive.exercises.recipe import Range, Recipe
from derive.problem import schedule
from derive.problem.model import Problem

_WHOLE = {"unit interval": [0, 1], "signs": [-1, 1], "distribution": [0, 1]}
"""The targets that a loss's kind of targets asks for."""


@dataclass(frozen=True, eq=False)
class Opening:
    """Quantities whose numbers are drawn: one of `wholes` each, times 10^−decimals.

    Of `hot` ones a single one is 1, and the others are 0.
    """

    place: str
    ids: Ids
    wholes: NDArray[np.int64]
    decimals: int
    hot: bool = False

    @property
    def targets(self) -> bool:
        """Whether these are targets, whose numbers the loss decides."""
        return self.place.endswith(".targets")

    def numbers(
        self, seed: int, numbers: NDArray[np.int64], attempts: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """The numbers of each pair of a sheet and a candidate; shape (pairs, quantities)."""
        dice = words(seed, self.place, numbers, attempts, 1 if self.hot else self.ids.size)
        if self.hot:
            hot = dice % np.uint64(self.ids.size) == np.arange(self.ids.size, dtype=np.uint64)
            return hot.astype(np.float64)
        found: NDArray[np.float64] = self._values[dice % np.uint64(self.wholes.size)]
        return found

    @property
    def _values(self) -> NDArray[np.float64]:
        return self.wholes / 10**self.decimals


def openings(problem: Problem, derivation: Derivation, recipe: Recipe) -> list[Opening]:
    """The places of `problem.drawn` that stand in the derivation; samples of later batches do not."""
    graph = derivation.graph
    ids = dict(_samples(problem, derivation))
    for number, layer in enumerate(graph.layers, start=1):
        ids |= {f"layers[{number}].{part}": every for part, every in layer.parameters.items()}
    return [
        _opening(place, ids[place].ravel(), problem, derivation, recipe)
        for place in problem.drawn if place in ids
    ]  # fmt: skip


def _samples(problem: Problem, derivation: Derivation) -> Iterator[tuple[str, Ids]]:
    graph = derivation.one.graph
    for position, sample in enumerate(schedule.batch(problem, 1)):
        yield f"samples[{sample + 1}].inputs", derivation.lift.of(graph.inputs, position)
        yield f"samples[{sample + 1}].targets", derivation.lift.of(graph.targets, position)


def _opening(
    place: str, ids: Ids, problem: Problem, derivation: Derivation, recipe: Recipe
) -> Opening:
    part = place.rpartition(".")[2]
    if part == "targets":
        kind = derivation.graph.loss.targets
        if kind in _WHOLE:
            return Opening(place, ids, np.array(_WHOLE[kind]), 0, kind == "distribution")
        activation = derivation.graph.layers[-1].activation
        wholes = recipe.targets.wholes(*activation.range)
        if not wholes.size:
            raise ProblemError([_unreachable(recipe, problem, activation.range)])
        return Opening(place, ids, wholes, recipe.targets.decimals)
    ranges = {"inputs": recipe.inputs, "weights": recipe.weights, "bias": recipe.biases}
    chosen: Range = ranges[part]
    wholes = chosen.wholes()
    if part == "weights":
        layer = next(layer for layer in derivation.graph.layers if ids[0] in layer.weights)
        wholes = _narrowed(wholes, recipe.sources, layer.weights.shape[1])
    return Opening(place, ids, wholes, chosen.decimals)


def _narrowed(wholes: NDArray[np.int64], few: int, sources: int) -> NDArray[np.int64]:
    """The smaller ones, where many are added up: a sum of n such terms grows with √n.

    >>> _narrowed(np.array([-2, -1, 1, 2]), 3, 3), _narrowed(np.array([-2, -1, 1, 2]), 3, 12)
    (array([-2, -1,  1,  2]), array([-1,  1]))
    """
    sizes = np.abs(wholes)
    limit = max(sizes.max() * min(1.0, (few / sources) ** 0.5), sizes.min())
    kept: NDArray[np.int64] = wholes[sizes <= limit]
    return kept


def _unreachable(recipe: Recipe, problem: Problem, ends: tuple[float, float]) -> Mistake:
    name = problem.layers[-1].activation.name
    wanted = f"{recipe.targets.low.text} to {recipe.targets.high.text}"
    fact = f"no target from {wanted} lies between {ends[0]:g} and {ends[1]:g}, what {name} gives"
    remedy = "more decimals for targets, other targets, or another activation for the last layer"
    return Mistake(f"recipe {recipe.name}", fact, remedy)
