"""What commands have in common: which formats, what the files are called, and how a command fails.

>>> file_name("exams/net 1.toml"), names("w5,w[1,2,1]")
('net-1', ['w5', 'w[1,2,1]'])
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click

from derive.errors import DeriveError, Mistake, ProblemError


def fail(error: DeriveError) -> NoReturn:
    """Say what is wrong on standard error and leave with the error's status."""
    click.echo(str(error), err=True)
    sys.exit(error.status)


def chosen(text: str, formats: Mapping[str, str], out: str) -> list[str]:
    """The formats named in a list; every mistake at once."""
    found = list(dict.fromkeys(listed(text)))
    mistakes = unknown(found, "format", formats, "--format")
    if not found:
        mistakes.append(Mistake("--format", "no format is named", "known: " + ", ".join(formats)))
    if out == "-" and len(found) > 1:
        mistakes.append(
            Mistake("--out", f"- takes one format, not {len(found)}", "for example --format md")
        )
    refuse(mistakes)
    return found


def listed(text: str) -> list[str]:
    """What stands between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def unknown(found: Iterable[str], kind: str, known: Iterable[str], place: str) -> list[Mistake]:
    """A mistake for each name that is not a known one."""
    from derive.registry import Registry

    registry = Registry(kind, dict.fromkeys(known))
    return [registry.unknown(name, place) for name in found if name not in registry]


def refuse(mistakes: Sequence[Mistake]) -> None:
    """End here if there are any mistakes."""
    if mistakes:
        raise ProblemError(mistakes)


def names(text: str) -> list[str]:
    """w5,w[1,2,1] → ["w5", "w[1,2,1]"]: commas inside brackets belong to a key."""
    return [name.strip() for name in re.split(r",(?![^\[]*\])", text) if name.strip()]


def tell(paths: Iterable[Path], out: str, err: bool = False) -> None:
    """Say which files were written; those beside a page go without saying."""
    for path in paths:
        if path.parent == Path(out):
            click.echo(str(path), err=err)


def file_name(source: str) -> str:
    """What the output files are called: the input file's name, or the shorthand."""
    name = Path(source).name
    stem = name.removesuffix(".toml") or name
    return re.sub(r"[^\w.-]+", "-", stem).strip(".-") or "example"


def points_of(text: str | None) -> dict[str, float]:
    """Points by kind or line: delta=2,w_new=1, or those of a TOML file's table [points]."""
    from derive.checking.points import one

    pairs: list[tuple[str, object]]
    if text is not None and text.endswith(".toml"):
        pairs = _table_of_points(Path(text))
    else:
        parted = (entry.rpartition("=") for entry in names(text or ""))
        pairs = [(name or worth, worth if sign else "") for name, sign, worth in parted]
    refuse([_no_points(name, worth) for name, worth in pairs if one(worth) is None])
    return {name.strip(): one(worth) or 0.0 for name, worth in pairs}


def _no_points(name: str, worth: object) -> Mistake:
    from derive.checking.points import MOST
    from derive.problem.wrong import plain

    remedy = "write them as in delta=2,E=0.5"
    if worth == "":
        return Mistake("--points", f"'{plain(name)}' has no points", remedy)
    fact = f"the points for '{plain(name)}' must be a number from 0 to {MOST:,.0f}"
    return Mistake("--points", fact, remedy)


def _table_of_points(path: Path) -> list[tuple[str, object]]:
    from derive.problem import syntax

    table = syntax.data(syntax.text_of(path)).get("points")
    if not isinstance(table, dict):
        raise ProblemError(
            [Mistake(str(path), "there is no table of points", "[points], delta = 2")]
        )
    return [(name, getattr(worth, "text", worth)) for name, worth in table.items()]
