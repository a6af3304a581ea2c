"""Draw the numbers of many sheets at once, each worth doing.

A sheet tries one candidate after another, and takes the first that passes every check. What a
candidate is depends on the seed, the sheet's number, the candidate's and the place of the numbers:
so a sheet is the same alone and among ten thousand.

>>> from derive.derivation.derivation import derive
>>> from derive.exercises.recipe_problem import problem_for
>>> from derive.exercises.recipe_reading import recipe
>>> from derive.graph.graph import build
>>> problem = problem_for("2-2-1", recipe("easy"))
>>> drawer = Drawer(problem, derive(build(problem)), recipe("easy"), seed=7)
>>> drawn = drawer.draw(range(1, 101))
>>> again = drawer.again(42, int(drawn.attempts[41]))
>>> np.array_equal(drawn.values[41], again.values[0], equal_nan=True)
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derive.derivation.derivation import Derivation
from derive.errors import Mistake, ProblemError
from derive.exercises.draw_open import openings
from derive.exercises.draw_refusal import ACCEPTED, refuse_inexact, refused
from derive.exercises.draw_subject import Subject
from derive.exercises.draw_words import digests
from derive.exercises.recipe import Recipe
from derive.exercises.worth import Tally, good
from derive.numbers.evaluate import Values
from derive.problem.model import Numbers, Problem
from derive.problem.numbered import numbers_at, renumbered

Numbered = NDArray[np.int64]
Accepts = Callable[[Values], NDArray[np.bool_]]
SURVEY = 4096  # candidates that are tried at most before a recipe is refused; of a large network
SURVEYED = 20_000_000  # only as many as make so many values
ENOUGH = 8  # of 4,096 must be worth doing
MOST_ATTEMPTS = 2**17  # of one sheet; with as few good ones as that, one in 10^110 needs more
AT_ONCE = 1024  # candidates, where few sheets are left
FEW = 4  # of one sheet, until there is reason to think that it needs many
LARGEST_ARRAY = 4_000_000


@dataclass(frozen=True, eq=False)
class Drawn:
    """Sheets with their numbers, in the order in which they were asked for.

    `attempts` says which candidate each took, from 0. `values` has every quantity of the derivation,
    shape (sheets, quantities), and `units` the bounds of `run_bounded`. Sheets with the same numbers
    have the same `digests`.
    """

    numbers: Numbered
    attempts: Numbered
    values: Values
    units: Values
    digests: NDArray[np.uint64]


class Drawer:
    """Draws what the problem leaves open, until the recipe's checks and `accepts` are satisfied.

    `accepts` takes the values of candidates that passed the checks, shape (candidates, quantities).
    Where a problem leaves nothing open, every sheet is the same, and nothing is checked.
    """

    def __init__(
        self, problem: Problem, derivation: Derivation, recipe: Recipe, seed: int,
        accepts: Accepts | None = None,
    ) -> None:  # fmt: skip
        if recipe.exact:
            refuse_inexact(Subject(derivation, recipe, []))
        self._subject = Subject(derivation, recipe, openings(problem, derivation, recipe))
        self._seed = seed
        self._accepts = accepts
        self._rows = max(1, LARGEST_ARRAY // derivation.ledger.size)
        self._surveyed = False

    def draw(self, numbers: Sequence[int]) -> Drawn:
        """The sheets with these numbers; ProblemError where too few candidates are worth doing."""
        if not self._surveyed and self._subject.openings:
            tally, passed = self.survey()
            if passed * SURVEY < ENOUGH * tally.draws:
                raise refused(self._subject, tally, passed)
            self._surveyed = True
        asked = np.asarray(numbers, dtype=np.int64)
        attempts = np.full(asked.size, -1)
        values = np.empty((asked.size, self._subject.start.size))
        units = np.empty_like(values)
        for start in range(0, asked.size, self._rows):
            part = slice(start, start + self._rows)
            self._search(asked[part], attempts[part], values[part], units[part])
        return self._drawn(asked, attempts, values, units)

    def again(self, number: int, attempt: int) -> Drawn:
        """One sheet with the candidate that it is known to take, without a search."""
        numbers, attempts = np.array([number]), np.array([attempt])
        return self._drawn(numbers, attempts, *self._candidates(numbers, attempts))

    def survey(self) -> tuple[Tally, int]:
        """How candidates fare: those of a sheet 0 that nobody gets, until enough of them pass."""
        tally, passed, step = Tally(), 0, min(256, self._rows)
        most = min(SURVEY, max(256, SURVEYED // self._subject.start.size))
        while tally.draws < most and passed < ENOUGH:
            attempts = np.arange(tally.draws, min(tally.draws + step, most))
            values, units = self._candidates(np.zeros_like(attempts), attempts)
            passed += self._good(values, units, tally).size
        return tally, passed

    def _search(self, numbers: Numbered, attempts: Numbered, values: Values, units: Values) -> None:
        """Fill in the first good candidate of each sheet."""
        pending, first, tally = np.arange(numbers.size), 0, Tally()
        while pending.size:
            if first >= MOST_ATTEMPTS:
                fact = f"sheet {numbers[pending[0]]}: none of {first:,} draws is worth doing"
                raise ProblemError([Mistake(f"recipe {self._subject.recipe.name}", fact)])
            most = min(AT_ONCE, self._rows) // pending.size
            width = max(1, min(most, max(first, FEW)))
            tries = np.tile(np.arange(first, first + width), pending.size)
            found, bounds = self._candidates(np.repeat(numbers[pending], width), tries)
            rows = self._good(found, bounds, tally)
            sheets, where = np.unique(rows // width, return_index=True)
            taken, done = rows[where], pending[sheets]
            attempts[done] = tries[taken]
            values[done], units[done] = found[taken], bounds[taken]
            pending = np.delete(pending, sheets)
            first += width

    def _candidates(self, numbers: Numbered, attempts: Numbered) -> tuple[Values, Values]:
        """Every value of these candidates, and its bound."""
        values = self._subject.row(numbers.size)
        for opening in self._subject.openings:
            values[:, opening.ids] = opening.numbers(self._seed, numbers, attempts)
        return values, self._subject.run(values)

    def _good(self, values: Values, units: Values, tally: Tally) -> Numbered:
        """The rows that pass everything; where nothing is open, there is nothing to choose."""
        if not self._subject.openings:
            return np.arange(len(values))
        rows = good(self._subject, values, units, tally)
        if self._accepts is None or not rows.size:
            return rows
        accepted = self._accepts(np.ascontiguousarray(values[rows]))
        failed = tally.failed.get(ACCEPTED, 0) + int((~accepted).sum())
        tally.failed[ACCEPTED] = failed
        return rows[accepted]

    def _drawn(self, numbers: Numbered, attempts: Numbered, values: Values, units: Values) -> Drawn:
        ids = [opening.ids for opening in self._subject.openings]
        drawn = values[:, np.concatenate([np.array([], dtype=int), *ids])]
        return Drawn(numbers, attempts, values, units, digests(drawn))


def problem_of(
    problem: Problem, derivation: Derivation, values_row: Values, recipe: Recipe
) -> Problem:
    """The problem of one sheet: what was drawn has its numbers, with as many decimals as they need."""
    drawn: dict[str, Numbers] = {}
    for opening in openings(problem, derivation, recipe):
        numbers = Numbers(values_row[opening.ids].copy(), decimals=opening.decimals)
        if opening.among is not None:
            texts = [numbers.text(n) for n in range(opening.ids.size)]
            numbers = opening.filled(numbers_at(problem, opening.place), texts)
        drawn[opening.place] = numbers
    return renumbered(problem, drawn)
