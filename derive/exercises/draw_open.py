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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from derive.algebra.ledger import Ids
from derive.derivation.derivation import Derivation
from derive.errors import Mistake, ProblemError
from derive.exercises.draw_words import words
from derive.exercises.recipe import Range, Recipe
from derive.problem import schedule
from derive.problem.model import Numbers, Problem

_WHOLE = {"unit interval": [0, 1], "signs": [-1, 1], "distribution": [0, 1]}
"""The targets that a loss's kind of targets asks for."""


@dataclass(frozen=True, eq=False)
class Opening:
    """Quantities whose numbers are drawn: one of `wholes` each, times 10^−decimals.

    Of every `hot` ones, where that is not 0, a single one is 1 and the others are 0. `among` are the
    positions of the quantities among those of their place, where these are not all.
    """

    place: str
    ids: Ids
    wholes: NDArray[np.int64]
    decimals: int
    hot: int = 0
    among: NDArray[np.int64] | None = None

    @property
    def targets(self) -> bool:
        """Whether these are targets, whose numbers the loss decides."""
        return self.place.endswith(".targets")

    def numbers(
        self, seed: int, numbers: NDArray[np.int64], attempts: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """The numbers of each pair of a sheet and a candidate; shape (pairs, quantities)."""
        count = self.ids.size // (self.hot or 1)
        dice = words(seed, self.place, numbers, attempts, count)
        if self.hot:
            chosen = dice[:, :, None] % np.uint64(self.hot)
            hot = chosen == np.arange(self.hot, dtype=np.uint64)
            return hot.reshape(len(dice), -1).astype(np.float64)
        found: NDArray[np.float64] = self._values[dice % np.uint64(self.wholes.size)]
        return found

    def filled(self, own: Numbers, texts: Sequence[str]) -> Numbers:
        """The numbers of the whole place with these among them; `own` are those that it has."""
        if self.among is None:
            return Numbers.typed(list(texts))
        every = [own.text(*index) for index in np.ndindex(own.shape)]
        for position, text in zip(self.among.tolist(), texts, strict=True):
            every[position] = text
        return Numbers.typed(every)

    @property
    def _values(self) -> NDArray[np.float64]:
        return self.wholes / 10**self.decimals


def openings(problem: Problem, derivation: Derivation, recipe: Recipe) -> list[Opening]:
    """The places of `problem.drawn` that stand in the derivation; samples of later batches do not.

    What never changes in the update, such as a mask, is part of the problem, and so are numbers that do
    not lead to the error: those that a table is looked up by.
    """
    found: list[Opening] = []
    for place, ids in _places(problem, derivation):
        if place not in problem.drawn:
            continue
        kept = np.flatnonzero(_leading(derivation, ids)) if place.endswith(".inputs") else None
        if kept is None or kept.size == ids.size:
            found.append(_opening(place, ids, problem, derivation, recipe))
        elif kept.size:
            some = _opening(place, ids.ravel()[kept], problem, derivation, recipe)
            found.append(replace(some, among=kept))
    order = {place: n for n, place in enumerate(problem.drawn)}
    return sorted(found, key=lambda opening: order[opening.place])


def _places(problem: Problem, derivation: Derivation) -> Iterator[tuple[str, Ids]]:
    """Every place of numbers that the derivation has, with its quantities."""
    graph, one = derivation.graph, derivation.one.graph
    if problem.equations is not None:
        for name, quantity in zip(problem.equations.values, graph.inputs, strict=True):
            yield f"values.{name}", quantity.reshape(1)
        return
    for number, layer in enumerate(graph.layers, start=1):
        yield from ((f"layers[{number}].{part}", ids) for part, ids in layer.parameters.items())
    for position, sample in enumerate(schedule.batch(problem, 1)):
        yield f"samples[{sample + 1}].inputs", derivation.lift.of(one.inputs, position)
        yield f"samples[{sample + 1}].targets", derivation.lift.of(one.targets, position)


def _leading(derivation: Derivation, ids: Ids) -> NDArray[np.bool_]:
    """Which quantities lead to the error."""
    leading = np.zeros(derivation.ledger.size, dtype=bool)
    leading[derivation.error] = True
    for family in reversed(derivation.errors):
        chosen = leading[family.targets]
        for held in family.arguments.values():
            leading[held[chosen]] = True
    found: NDArray[np.bool_] = leading[ids.ravel()]
    return found


def _opening(
    place: str, ids: Ids, problem: Problem, derivation: Derivation, recipe: Recipe
) -> Opening:
    part, every = place.rpartition(".")[2], ids.ravel()
    if part == "targets":
        return _targets(place, ids, problem, derivation, recipe)
    chosen: Range = _range(place, part, recipe)
    wholes = chosen.wholes()
    if chosen is recipe.weights and ids.ndim > 1:
        wholes = _narrowed(wholes, recipe.sources, _added(derivation, every))
    return Opening(place, every, wholes, chosen.decimals)


def _range(place: str, part: str, recipe: Recipe) -> Range:
    """Which of a recipe's ranges an array is drawn from, by what it is."""
    if part == "inputs" or part.startswith("gain"):
        return recipe.inputs
    is_added = part.startswith(("bias", "shift")) and not place.startswith("values.")
    return recipe.biases if is_added else recipe.weights


def _targets(
    place: str, ids: Ids, problem: Problem, derivation: Derivation, recipe: Recipe
) -> Opening:
    """Targets that the loss takes and that the last layer can come near."""
    kind = derivation.graph.loss.targets
    if kind in _WHOLE:
        hot = ids.shape[-1] if kind == "distribution" else 0
        return Opening(place, ids.ravel(), np.array(_WHOLE[kind]), 0, hot)
    activation = derivation.graph.layers[-1].activation
    wholes = recipe.targets.wholes(*activation.range)
    if not wholes.size:
        raise ProblemError([_unreachable(recipe, problem, activation.range)])
    return Opening(place, ids.ravel(), wholes, recipe.targets.decimals)


def _added(derivation: Derivation, ids: Ids) -> int:
    """How many terms are added up where such a weight is one factor; 1 where it stands alone."""
    most = 1
    for family in derivation.graph.families:
        if any(np.isin(ids, held).any() for held in family.arguments.values()):
            most = max(most, sum(map(family.length, family.rule.sums.values())))
    return most


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
