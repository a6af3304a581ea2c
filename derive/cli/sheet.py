"""`derive sheet`: exercise sheets with answer keys."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from derive.cli.options import (
    OUTPUT,
    Command,
    formats_option,
    option,
    out_option,
    points_option,
    problem_options,
    templates_option,
)
from derive.cli.outputs import chosen, points_of, tell
from derive.cli.waiting import counting
from derive.errors import Mistake, ProblemError

SHEETS, BLANK = "The sheets", "What is blank"


@click.command(
    cls=Command,
    epilog="""
\b
Examples:
  derive sheet 2-2-2                                   one sheet and its key, as PDF
  derive sheet 2-2-2 --variants 30 --seed 7            thirty, each with numbers of its own
  derive sheet 2-2-2 --students class.csv --recipe exam
  derive sheet mynet.toml --fade 3                     the last three stages are blank
  derive sheet 2-2-2 --find-the-mistake                worked out, with one mistake in it
  derive sheet 2-2-2 --variants 1000 --format md --jobs 4 --out sheets
  derive sheet sheets/manifest.json --numbers 17,20-22 those sheets again

\b
A filled-in Markdown sheet brings its problem along:
  derive check filled-in.md
""",
)
@click.argument("problem")
@option(SHEETS, "--variants", metavar="N", type=int, help="How many sheets; the default is 1.")
@option(
    SHEETS, "--students", metavar="FILE", type=click.Path(path_type=Path),
    help="A CSV with a column of names, or a list of them: a sheet for each, with the name on it.",
)  # fmt: skip
@option(
    SHEETS, "--recipe", metavar="NAME",
    help="Which numbers are drawn, and what a sheet must keep: calculator (the default), easy, "
    "integers, exam; or a TOML file like these. See: derive list recipes.",
)  # fmt: skip
@option(
    SHEETS, "--numbers", metavar="LIST",
    help="Only these sheets, such as 17 or 3,20-22; each is the same as among all.",
)  # fmt: skip
@option(
    SHEETS, "--certificate/--no-certificate", "certified", default=None,
    help="Draw until every known slip leads to another answer than the right one and than other "
    "slips (the default), or take the first numbers that are worth doing.",
)  # fmt: skip
@option(
    BLANK, "--fade", metavar="LEVEL",
    help="0 is the whole solution; each level more leaves one stage more blank; last (the default) "
    "leaves only the questions.",
)  # fmt: skip
@option(
    BLANK, "--from", "side", type=click.Choice(["last", "first"]),
    help="Whether the last stages become blank first (the default), or the first ones, whose values "
    "then stand in the numbers of later lines.",
)  # fmt: skip
@option(
    BLANK, "--blank", metavar="WHAT",
    help="In the lines of a blank stage: numbers (the default; the formulas are given) or factors "
    "(the numbers are given).",
)  # fmt: skip
@option(
    BLANK, "--find-the-mistake", "mistake", is_flag=True, default=None,
    help="Nothing is blank: the whole solution, with one mistake in it that is to be found; the key "
    "names it.",
)  # fmt: skip
@points_option(BLANK)
@formats_option("pdf", "Formats: pdf, tex, md, html")
@option(OUTPUT, "--singly", is_flag=True, help="A file for each sheet and each key.")
@option(
    OUTPUT, "--jobs", metavar="N", type=int, default=1, show_default=True,
    help="Processes that work side by side; -1 takes as many as there are cores.",
)  # fmt: skip
@out_option(streams=False)
@templates_option
@problem_options
def sheet(
    problem: str, numbers: str | None, students: Path | None, side: str | None, points: str | None,
    formats: str, singly: bool, jobs: int, out: str, templates: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Make exercise sheets about PROBLEM, and their keys with the full working.

    PROBLEM is a file, a shorthand such as 2-2-2, the word random for a network that the seed draws as
    the recipe says, or the manifest.json of sheets to be made again. The
    numbers that it leaves out are drawn for each sheet, so that they are worth calculating with: no
    dead or saturated unit, no gradient that is printed as 0, nothing close to a kink.

    Writes sheets and keys, bound or singly, and manifest.json. The same seed gives the same bytes. What
    is complete when the work is interrupted is kept, and the same command goes on from there.
    """
    from derive.sheets.front import sheet, sheet_formats
    from derive.sheets.roster import roster

    if out == "-":
        raise ProblemError([Mistake("--out", "sheets are several files", "name a folder")])
    wanted = chosen(formats, sheet_formats(templates), "")
    order = {key: value for key, value in options.items() if value is not None}
    if students is not None:
        order["students"] = roster(students)
    if side is not None:
        order["first"] = side == "first"
    if points is not None:
        order["points"] = points_of(points)
    with counting(f"making sheets about {problem}", problem=problem) as progress:
        paths = sheet(
            problem, out, formats=wanted, singly=singly, jobs=jobs, numbers=listed_numbers(numbers),
            templates=templates, progress=progress, **order,
        )  # fmt: skip
    tell(paths[-1:] if singly else paths, out)
    _report(Path(out))
    sys.exit(0)


def listed_numbers(text: str | None) -> list[int]:
    """3,20-22 → [3, 20, 21, 22]."""
    found: list[int] = []
    for part in (text or "").split(","):
        first, dash, last = part.strip().partition("-")
        ends = first, last if dash else first
        if part.strip() and not all(end.isdecimal() and len(end) < 8 for end in ends):
            raise ProblemError([Mistake("--numbers", f"'{part.strip()}'", "write 17 or 20-22")])
        if part.strip():
            found += range(int(ends[0]), int(ends[1]) + 1)
    if text is not None and not found:
        raise ProblemError([Mistake("--numbers", f"'{text}' names no sheet", "write 17 or 20-22")])
    return found


def _report(out: Path) -> None:
    """How many there are; and which are alike, if any."""
    from derive.sheets.files import MANIFEST
    from derive.sheets.manifest import alike

    rows = json.loads((out / MANIFEST).read_bytes())["sheets"]
    click.echo(f"{len(rows):,} sheet{'' if len(rows) == 1 else 's'} and as many keys", err=True)
    for group in alike(rows)[:10]:
        same = ", ".join(map(str, group[:10]))
        click.echo(f"  sheets {same} have the same numbers", err=True)
