"""The front door for exercise sheets: an order goes in, files come out.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     paths = sheet("2-1", folder, variants=3, seed=7, formats=["md"])
...     sorted(path.name for path in paths)
['keys.md', 'manifest.json', 'sheets.md']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from derive.errors import Mistake, ProblemError
from derive.render import formats as all_formats
from derive.sheets import files, manifest
from derive.sheets.files import Job, Progress, run
from derive.sheets.order import Order


def sheet(
    problem: str | Path | Mapping[str, Any], out: str | Path = "output", *,
    formats: Iterable[str] = ("pdf",), singly: bool = False, jobs: int = 1,
    numbers: Iterable[int] = (), templates: Path | None = None, progress: Progress | None = None,
    **order: Any,
) -> list[Path]:  # fmt: skip
    """Write exercise sheets and their keys, and manifest.json; returns the files.

    `problem` is a file, a shorthand, data, or the manifest of sheets to be made again. `order` are the
    arguments of `Order.of`: variants, seed, fade, recipe, students … `numbers` asks for some of the
    sheets only. Bound in one file of sheets and one of keys, or `singly`. What was complete when an
    order was interrupted is kept. Raises `ProblemError` for what cannot be made.
    """
    wanted, known = tuple(formats), sheet_formats(templates)
    mistakes = [
        Mistake("--format", f"there are no sheets in '{name}'", "known: " + ", ".join(known))
        for name in wanted if name not in known
    ]  # fmt: skip
    if jobs == 0:
        remedy = "1, or -1 for as many as there are cores"
        mistakes.append(Mistake("--jobs", "no process does nothing", remedy))
    if mistakes:
        raise ProblemError(mistakes)
    job = Job(ordered(problem, numbers, **order), Path(out), wanted, singly, templates, files.LOT)
    return run(job, progress, jobs)


def ordered(
    problem: str | Path | Mapping[str, Any], numbers: Iterable[int] = (), **order: Any
) -> Order:
    """The order for a problem, or that of a manifest; only these of its sheets."""
    if isinstance(problem, str | Path) and str(problem).endswith(".json"):
        if order:
            fact = "the manifest says everything about its sheets"
            raise ProblemError([Mistake(_option(key), fact, "leave it out") for key in order])
        found = manifest.load(Path(problem))
    else:
        if order.get("students") and "variants" in order:
            fact = "every student of the roster has a sheet"
            raise ProblemError([Mistake("--variants", fact, "leave out --variants or --students")])
        found = Order.of(problem, **order)
    chosen = tuple(numbers)
    return found.only(chosen) if chosen else found


_OPTIONS = {"first": "--from", "mistake": "--find-the-mistake", "certified": "--certificate"}


def _option(key: str) -> str:
    """What an argument is called on the command line."""
    return _OPTIONS.get(key, f"--{key.replace('_', '-')}")


def sheet_formats(templates: Path | None = None) -> dict[str, str]:
    """Every format of sheets, and what it is."""
    known = all_formats(templates).items()
    return {name: entry.title for name, entry in known if entry.engine in ("", "typst")}
