"""The front door for exercise sheets: an order goes in, files come out.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     paths = sheet("2-1", folder, variants=3, seed=7, formats=["md"])
...     sorted(path.name for path in paths)
['keys.md', 'manifest.json', 'sheets.md']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
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
    job = Job(
        ordered(problem, numbers, **order), Path(out), tuple(formats), singly, templates, files.LOT
    )
    return run(job, progress, jobs)


def ordered(
    problem: str | Path | Mapping[str, Any], numbers: Iterable[int] = (), **order: Any
) -> Order:
    """The order for a problem, or that of a manifest; only these of its sheets."""
    if isinstance(problem, str | Path) and str(problem).endswith(".json"):
        found = manifest.load(Path(problem))
    else:
        found = Order.of(problem, **order)
    chosen = tuple(dict.fromkeys(numbers))
    missing = sorted(set(chosen) - set(found.numbers))
    if missing:
        fact = f"there is no sheet {missing[0]}"
        raise ProblemError([Mistake("--numbers", fact, f"there are {max(found.numbers):,}")])
    return replace(found, numbers=chosen) if chosen else found


def sheet_formats(templates: Path | None = None) -> dict[str, str]:
    """Every format of sheets, and what it is."""
    known = all_formats(templates).items()
    return {name: entry.title for name, entry in known if entry.engine in ("", "typst")}
