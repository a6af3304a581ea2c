"""What is ordered: a problem, a recipe, so many sheets, and what is blank on them.

>>> order = Order.of("2-2-2", variants=30, seed=7, fade=2)
>>> order.numbers[:3], order.fading.level, order.recipe.name
((1, 2, 3), 2, 'calculator')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from derive.errors import Mistake, ProblemError
from derive.exercises import recipe_reading
from derive.exercises.columns import MOST_DIGITS
from derive.exercises.fading import BLANKS, Fading
from derive.exercises.recipe import Recipe
from derive.exercises.recipe_problem import problem_for
from derive.exercises.recipe_reading import USUAL
from derive.problem import syntax
from derive.problem.model import Problem
from derive.problem.schedule import updates

MOST = 1_000_000  # sheets of one order
RANDOM = "random"
LAST = "last"  # the level at which only the questions are left


@dataclass(frozen=True)
class Order:
    """Everything that decides what the sheets are; the same order gives the same bytes.

    `numbers` are those of the sheets that are wanted, from 1 to `variants`; `names` whose they are, by
    number. `fading.level` is −1 for the last. With `certified`, numbers are drawn until known slips lead to
    different answers.
    """

    problem: Problem
    recipe: Recipe
    seed: int
    variants: int
    numbers: tuple[int, ...]
    names: Mapping[int, str] = field(default_factory=dict)
    fading: Fading = field(default_factory=lambda: Fading(-1))
    points: Mapping[str, float] = field(default_factory=dict)
    certified: bool = True
    mistake: bool = False  # the whole solution, with one mistake in it
    recipe_text: str = ""  # of a recipe of one's own, so that the manifest stands by itself

    @classmethod
    def of(
        cls, problem: str | Path | Mapping[str, Any], *, variants: int = 1, seed: int | None = None,
        recipe: str | Path = USUAL, fade: int | str = LAST, first: bool = False,
        blank: str = "numbers", students: Sequence[str] = (), points: Mapping[str, float] | None = None,
        certified: bool = True, mistake: bool = False, recipe_text: str = "", **options: Any,
    ) -> Order:  # fmt: skip
        """An order in the words of the command line; ProblemError for what cannot be made.

        `students` are names, one a sheet; then `variants` is not asked for. The problem "random" is a
        network that the seed draws within the recipe's depth and width.
        """
        count = len(students) or variants
        _check(count, fade, blank)
        if mistake:
            _refuse_beside_mistake(fade, first, blank, points)
        chosen, text = _recipe(recipe, recipe_text)
        if problem == RANDOM:
            problem = chosen.topology(1 if seed is None else seed, 0)
        read = problem_for(problem, chosen, seed=seed, **options)
        _refuse(read)
        names = dict(enumerate(students, 1))
        level = 0 if mistake else -1 if fade == LAST else int(fade)
        numbers = tuple(range(1, count + 1))
        fading = Fading(level, first, blank)
        return cls(
            read, chosen, read.seed, count, numbers, names, fading, points or {}, certified, mistake,
            text,
        )  # fmt: skip

    def only(self, numbers: Iterable[int]) -> Order:
        """Some of the sheets; ProblemError where there are no such."""
        wanted = tuple(dict.fromkeys(numbers))
        missing = [number for number in wanted if not 1 <= number <= self.variants]
        if missing:
            fact = f"there is no sheet {missing[0]}"
            raise ProblemError([Mistake("--numbers", fact, f"there are {self.variants:,}")])
        return replace(self, numbers=wanted)


def _recipe(source: str | Path, text: str) -> tuple[Recipe, str]:
    """The recipe, and its text where it is one's own."""
    if text:
        return recipe_reading.read(syntax.data(text), str(source)), text
    if str(source) in recipe_reading.names():
        return recipe_reading.recipe(str(source)), ""
    found = recipe_reading.recipe(source)
    return found, syntax.text_of(Path(source))


def _check(count: int, fade: int | str, blank: str) -> None:
    mistakes = []
    if not 1 <= count <= MOST:
        mistakes.append(Mistake("--variants", f"{count:,} sheets", f"from 1 to {MOST:,}"))
    if fade != LAST and not (str(fade).isdecimal() and len(str(fade)) < 4):
        remedy = "0 is the whole solution, each level more leaves a stage blank, 'last' all of them"
        mistakes.append(Mistake("--fade", f"'{fade}' is no level", remedy))
    if blank not in BLANKS:
        mistakes.append(Mistake("--blank", f"'{blank}'", "known: " + ", ".join(BLANKS)))
    if mistakes:
        raise ProblemError(mistakes)


def _refuse_beside_mistake(
    fade: int | str, first: bool, blank: str, points: Mapping[str, float] | None
) -> None:
    mistakes = []
    fact = "a solution with a mistake in it is shown whole"
    blanks = {
        "--fade": str(fade) not in (LAST, "0"),
        "--from": first,
        "--blank": blank != "numbers",
    }
    for option, said in blanks.items():
        if said:
            mistakes.append(Mistake(option, fact, f"leave out {option} or --find-the-mistake"))
    if points:
        fact = "a mistake is worth a point for the line, one for what was done, one for the value"
        mistakes.append(Mistake("--points", fact, "leave out --points or --find-the-mistake"))
    if mistakes:
        raise ProblemError(mistakes)


def _refuse(problem: Problem) -> None:
    """What sheets are not made of."""
    mistakes = []
    if problem.show.digits.count > MOST_DIGITS:
        mistakes.append(Mistake("show.digits", f"sheets show at most {MOST_DIGITS} digits", ""))
    if problem.show.carry != "full":
        fact = "the numbers of a sheet are not rounded on the way; who rounds is marked right"
        mistakes.append(Mistake("show.carry", fact, 'write carry = "full", or leave it out'))
    if updates(problem) > 1:
        fact = f"a sheet has one update, and this problem {updates(problem):,}"
        mistakes.append(Mistake("epochs", fact, 'epochs = 1 and batch_size = "all"'))
    if mistakes:
        raise ProblemError(mistakes)
