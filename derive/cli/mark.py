"""`derive mark`: mark the hand calculations of a whole class."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from derive.cli.outputs import chosen, points_of
from derive.cli.waiting import counting

if TYPE_CHECKING:
    from derive.checking.marking import Tally


MOST_SHOWN = 10  # names of files


@click.command(
    cls=Command,
    epilog="""
\b
Examples:
  derive mark mynet.toml answers/                       a folder with one file for each student
  derive mark mynet.toml class.csv --points delta=2,E=3
  derive mark mynet.toml answers/ --asked sheet.md --format pdf --out marks
  derive mark mynet.toml answers/ --no-pages            only marks.csv and the page of the class

\b
One CSV holds a class as rows student,key,value, or as a row for each student:
  student,net_h1,out_h1,delta_o1
  Ada,0.3775,0.5933,0.1385
""",
)
@click.argument("problem")
@click.argument("submissions", type=click.Path(path_type=Path))
@points_option("What counts")
@option(
    "What counts",
    "--asked",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A sheet or a file of answers: the lines in it are those to be answered. Without it, those "
    "that anybody answers are.",
)
@formats_option("md", "Formats of the pages")
@option(
    OUTPUT,
    "--pages/--no-pages",
    default=True,
    help="Write a page for each student, or only marks.csv and the page of the class.",
)
@option(OUTPUT, "--hints", is_flag=True, help="No solutions on the students' pages.")
@out_option(streams=False)
@templates_option
@problem_options
def mark(
    problem: str, submissions: Path, points: str | None, asked: Path | None, formats: str,
    pages: bool, hints: bool, out: str, templates: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Mark the SUBMISSIONS of a class to PROBLEM.

    SUBMISSIONS is a folder with a file of answers for each student, or one CSV. Each is marked as
    derive check does it: a line is worth its points where it is right, or follows correctly from an
    earlier mistake. A Markdown sheet of derive sheet that has numbers of its own is marked by those.

    Writes marks.csv, a page for each student, and a page about the class. A file that cannot be read is
    told in its row, and spoils nothing else.
    """
    from derive.checked import all_page_formats
    from derive.marked import MARKS, mark

    wanted = chosen(formats, all_page_formats(templates), "")
    worths = points_of(points)
    with counting(f"marking {submissions}") as progress:
        done = mark(
            problem, submissions, out, points=worths, asked=asked, formats=wanted, pages=pages,
            hints=hints, templates=templates, progress=progress, **options,
        )  # fmt: skip
    click.echo(str(Path(out) / MARKS))
    _report(done.tally)
    _tell_left_out(done.submissions.left_out)
    sys.exit(0)


def _report(tally: Tally) -> None:
    """How many were marked, and how many could not be."""
    what = "submission" if tally.people == 1 else "submissions"
    click.echo(f"{tally.people:,} {what} marked", err=True)
    if tally.own:
        click.echo(f"  {tally.own:,} by the numbers of their own sheets", err=True)
    for who, why in tally.unreadable[:MOST_SHOWN]:
        click.echo(f"  {who}: {why}", err=True)
    if len(tally.unreadable) > MOST_SHOWN:
        click.echo(f"  … {len(tally.unreadable):,} could not be read", err=True)


def _tell_left_out(names: list[str]) -> None:
    """Which files were not looked at; somebody may have handed in a picture."""
    from derive.checking.answers import FORMATS
    from derive.problem.wrong import plain

    if names:
        shown = ", ".join(map(plain, names[:MOST_SHOWN])) + (
            " …" if len(names) > MOST_SHOWN else ""
        )
        what = "1 file was" if len(names) == 1 else f"{len(names):,} files were"
        click.echo(f"{what} left out: {shown} (answers end in {', '.join(FORMATS)})", err=True)
