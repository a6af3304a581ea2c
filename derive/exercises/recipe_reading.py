"""Find and read a recipe: one that comes with the program, by its name, or a file of one's own.

>>> recipe("exam").digits.count, recipe("integers").exact
(4, True)
>>> recipe("exma")
Traceback (most recent call last):
derive.errors.ProblemError: recipe: there is no recipe 'exma' (did you mean 'exam'?)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from derive import resources
from derive.errors import ProblemError
from derive.exercises.recipe import Recipe
from derive.exercises.recipe_keys import KEYS, table
from derive.problem import syntax
from derive.problem.wrong import Wrong, plain
from derive.registry import Registry

FOLDER, USUAL = "recipes", "calculator"


def names() -> list[str]:
    """The recipes that come with the program."""
    return resources.names(FOLDER)


def recipe(source: str | Path = USUAL) -> Recipe:
    """The recipe of a name, or of a file in the same form; ProblemError where it cannot be used."""
    if isinstance(source, str) and source in names():
        return _built_in(source)
    path = Path(source)
    if isinstance(source, str) and path.suffix != ".toml" and not _exists(path):
        known = Registry("recipe", dict.fromkeys(names()))
        raise ProblemError([known.unknown(plain(source), "recipe")])
    return read(syntax.data(syntax.text_of(path)), path.stem)


def read(data: Mapping[str, Any], name: str) -> Recipe:
    """The recipe that a file's data describes; what it leaves out is as in the usual one."""
    try:
        found = table(data, KEYS)
    except Wrong as error:
        raise ProblemError(error.mistakes) from None
    usual = {} if name == USUAL and found.keys() == KEYS.keys() else vars(_built_in(USUAL))
    title = {"title": plain(name)} if usual else {}
    return Recipe(**{**usual, **title, **found, "name": plain(name)})


@cache
def _built_in(name: str) -> Recipe:
    path = resources.templates() / FOLDER / f"{name}.toml"
    return read(syntax.data(path.read_text(encoding="utf-8")), name)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or no name at all
        return False
