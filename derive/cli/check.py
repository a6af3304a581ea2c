"""`derive check`: compare a hand calculation with the derivation, and name the first wrong line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive.cli.options import (
    Command,
    formats_option,
    option,
    out_option,
    points_option,
    problem_options,
    templates_option,
)
from derive.cli.outputs import chosen, file_name, listed, points_of, refuse, tell, unknown
from derive.cli.waiting import waiting

if TYPE_CHECKING:
    from derive.checked import Checked, Checking

TERMINAL = "terminal"
WRONG = 1  # the exit status where something is not right
MOST_STDIN = 5_000_000  # bytes
SOME = 200  # bytes that tell what kind of text they begin


@click.command(
    cls=Command,
    epilog="""
\b
Examples:
  derive check mynet.toml answers.toml
  derive check mynet.toml answers.csv --hints
  derive check 2-2-2 sheet.md --seed 7 --format pdf,json
  derive check mynet.toml --ask
  derive check sheet-07.md                      a sheet of derive sheet, filled in

\b
A file of answers, as TOML (also CSV key,value; JSON; Markdown lines or tables):
  [answers]
  net_h1 = 0.3775
  "dE/dw5" = "0.0820"              # in quotes, a number keeps its digits
  "delta[2,1]" = "-(0.01 - 0.7514) * 0.1868"
""",
)
@click.argument("problem")
@click.argument("answers", required=False)
@option(
    "What to say",
    "--hints",
    is_flag=True,
    help="No solutions: of the first wrong line, the rule to work it out again.",
)
@option(
    "What to say",
    "--only",
    metavar="LIST",
    help="List only lines with these verdicts: wrong,follows. There are right, rounded, follows, wrong, "
    "blank, unreadable.",
)
@points_option("What to say")
@option(
    "What to say",
    "--ask",
    is_flag=True,
    help="Ask for one line after the other, and say after each answer what it is worth.",
)
@formats_option(TERMINAL, "terminal, json, or formats of a page")
@out_option()
@templates_option
@problem_options
def check(
    problem: str, answers: str | None, hints: bool, only: str | None, points: str | None, ask: bool,
    formats: str, out: str, templates: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Check the ANSWERS of a hand calculation against the solution of PROBLEM.

    Each line is compared with the solution, and with what follows from the earlier answers: it is
    right, right but for rounding, follows from an earlier mistake, or is wrong. The first wrong line
    is named, and with it the known mistake that explains it.

    PROBLEM is a file or a shorthand, as for derive example. ANSWERS is a file; - reads standard
    input. A filled-in Markdown sheet of derive sheet needs nothing else. Quantities go by their keys
    (net[1,1]) or by the names of the notation (net_h1), however they are spelt. Blank lines are no
    mistakes.

    Exit status: 0 everything is right, 1 something is not, or nothing is answered, 2 the input cannot
    be used.
    """
    from derive.checked import Checking, all_page_formats
    from derive.example import work
    from derive.problem.embedded import is_sheet

    wanted = chosen(formats, {TERMINAL: "this terminal", **all_page_formats(templates)}, out)
    verdicts = None if only is None else _verdicts(only)
    if not (answers or ask) and Path(problem).is_file() and is_sheet(Path(problem)):
        answers = problem
    _refuse_neither(answers, ask)
    with waiting(problem, "deriving") as progress:
        checking = Checking(work(problem, progress=progress, **options), points_of(points))
    checked = _asked(checking, hints) if ask else checking.check(_given(answers or ""))
    _tell(checked, wanted, out, file_name(answers or problem), hints, verdicts, templates)
    sys.exit(0 if checked.is_right and _is_answered(checked) else WRONG)


def _is_answered(checked: Checked) -> bool:
    """Whether there is any answer; of nothing, nothing is right."""
    return any(finding.verdict != "blank" for finding in checked.report.findings)


def _asked(checking: Checking, hints: bool) -> Checked:
    from derive.cli.asking import ask

    return ask(checking, hints)


def _tell(
    checked: Checked, wanted: list[str], out: str, name: str, hints: bool,
    verdicts: list[str] | None, templates: Path | None,
) -> None:  # fmt: skip
    """Show the report, or write it."""
    if TERMINAL in wanted:
        from derive.cli.terminal import show

        show(checked.document(hints=hints, only=verdicts))
    pages = [format for format in wanted if format != TERMINAL]
    if pages and out == "-":
        made = checked.render(pages[0], hints=hints, only=verdicts, templates=templates)
        sys.stdout.buffer.write(made.content)
    elif pages:
        stem = name.rpartition(".")[0] or name
        paths = checked.save(
            out, formats=pages, name=f"{stem}-checked", hints=hints, only=verdicts,
            templates=templates,
        )  # fmt: skip
        tell(paths, out, err=TERMINAL in wanted)


def _refuse_neither(answers: str | None, ask: bool) -> None:
    from derive.errors import Mistake, ProblemError

    if answers is None and not ask:
        remedy = "name a file of answers, or add --ask"
        raise ProblemError([Mistake("ANSWERS", "there is nothing to check", remedy)])
    if answers is not None and ask:
        remedy = "leave the file out, or --ask"
        raise ProblemError([Mistake("--ask", "the answers are in a file already", remedy)])


def _given(answers: str) -> Any:
    """The answers of a file, or of what is piped in."""
    from derive.checking.answers import read_answers, read_content
    from derive.checking.contents import decoded

    if answers != "-":
        return read_answers(Path(answers))
    content = sys.stdin.buffer.read(MOST_STDIN)
    return read_content(content, guessed(decoded(content[:SOME])), "standard input")


def guessed(text: str) -> str:
    """What kind of text answers are in, where no file name tells it."""
    first = text.lstrip()[:20]
    if first.startswith("{"):
        return "json"
    if first.startswith("[answers]"):
        return "toml"
    return "csv" if first.lower().startswith(("key,", "key;", "name,", "name;")) else "md"


def _verdicts(text: str) -> list[str]:
    from derive.checking.report import VERDICTS

    found = listed(text)
    refuse(unknown(found, "verdict", VERDICTS, "--only"))
    return found
