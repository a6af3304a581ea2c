"""The way in: a problem file, TOML text, plain data or a shorthand becomes a `Problem`.

>>> load("2-3-1", seed=7).units
(2, 3, 1)
>>> read('''
... [[layers]]
... weights = [[0.15, 0.20]]
... activation = "tanh"
... ''').layers[0].weights.text(0, 1)
'0.20'

Whatever is wrong ends in one `ProblemError` with every mistake that could be found.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from derive.errors import Mistake, ProblemError
from derive.problem import syntax
from derive.problem.complete import completed
from derive.problem.draft import MOST_LAYERS, MOST_UNITS, Draft, LayerDraft
from derive.problem.embedded import text_at
from derive.problem.model import Problem
from derive.problem.overrides import override
from derive.problem.wrong import plain

_SHORTHAND = re.compile(r"[0-9]+(-[0-9]+)+")
_NEARLY = re.compile(r"[0-9x,;: -]{1,200}")


def load(source: str | Path, **options: Any) -> Problem:
    """The problem of a file or of a shorthand such as "2-3-1", with options as on the command line.

    The options are those of `derive.problem.overrides`; an option that is None was not given.
    """
    if isinstance(source, str) and not source.strip():
        raise ProblemError(
            [Mistake("problem", "no file or shorthand is named", "for example 2-2-2")]
        )
    if isinstance(source, str) and _SHORTHAND.fullmatch(source):
        return _finished(_shorthand(source), options, [])
    if isinstance(source, str) and _NEARLY.fullmatch(source) and not os.path.exists(source):
        fact = "this is neither a file nor a shorthand"
        raise ProblemError([Mistake(plain(source), fact, "a shorthand looks like 2-3-1")])
    if str(source).endswith(".json") and os.path.isfile(source):
        remedy = "of derive sheet's manifest, make a sheet again: derive sheet FILE --numbers 7; a "
        remedy += "filled-in Markdown sheet brings its problem along: derive check sheet.md"
        raise ProblemError([Mistake(plain(str(source)), "this is no problem file", remedy)])
    return read(Path(source), **options)


def read(source: Path | str | Mapping[str, Any], **options: Any) -> Problem:
    """The problem of a file or a filled-in sheet, of TOML text, or of data in the file's shape."""
    data = source
    if isinstance(data, Path):
        data = text_at(data)
    data = syntax.data(data) if isinstance(data, str) else _plain(data)
    if "equations" in data:
        from derive.problem.equations import read_equations

        return read_equations(data, options)
    from derive.problem import schema

    mistakes: list[Mistake] = []
    return _finished(schema.draft(data, mistakes), options, mistakes)


def _plain(data: Mapping[str, Any]) -> Any:
    """Data from Python as a file would hold it."""
    try:
        return _as_in_a_file(data)
    except RecursionError:
        raise ProblemError([Mistake("data", *syntax.TOO_DEEP)]) from None


def _as_in_a_file(value: Any) -> Any:
    """Keys are text, and arrays, their numbers and tuples become lists and Python's numbers."""
    if isinstance(value, Mapping):
        return {str(key): _as_in_a_file(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [_as_in_a_file(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _finished(draft: Draft, options: Mapping[str, Any], mistakes: list[Mistake]) -> Problem:
    override(draft, options, mistakes)
    return completed(draft, mistakes)


def _shorthand(text: str) -> Draft:
    """The draft that "2-3-1" stands for; pydantic is not needed, nor imported, for it."""
    mistakes: list[Mistake] = []
    parts = text.split("-")
    for number, part in enumerate(parts, 1):
        if len(part) > 9 or not 1 <= int(part) <= MOST_UNITS:
            fact = f"{plain(part)} {'inputs' if number == 1 else 'units'}"
            remedy = f"each number from 1 to {MOST_UNITS:,}"
            mistakes.append(Mistake(plain(text), fact, remedy))
    if len(parts) > MOST_LAYERS + 1:
        fact = f"{len(parts) - 1:,} layers"
        mistakes.append(Mistake(plain(text), fact, f"at most {MOST_LAYERS}"))
    if mistakes:
        raise ProblemError(mistakes)
    inputs, *units = map(int, parts)
    return Draft(inputs=inputs, layers=[LayerDraft(units=count) for count in units])
