"""Mark a class: a problem and a folder of answers go in, marks and pages come out.

Submissions are read one at a time and forgotten, so a class of any size takes no more memory. Each file
appears whole or not at all: an interruption leaves the pages that are complete, and of marks.csv the one
that was there.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from derive.checked import Checked, Checking
from derive.checking.answers import Answer, read_answers
from derive.checking.marking import Marked, Marker, Tally
from derive.checking.report import VERDICTS
from derive.checking.submissions import Submission, Submissions
from derive.document.blocks import Document
from derive.document.report.group import compose_class
from derive.errors import Mistake, ProblemError
from derive.example import DATA, extension, work
from derive.problem.model import Problem
from derive.problem.wrong import plain
from derive.render import render
from derive.render.files import write_pages

MARKS, CLASS = "marks.csv", "class"
COLUMNS = ("student", "points", "of", "first wrong", "slip", *VERDICTS, "reason")
LONGEST_STEM = 80
MOST_TOLD = 10  # files that cannot be read, in a message

Progress = Callable[[int, int], None]


def mark(
    problem: Problem | str | Path, submissions: str | Path, out: str | Path = "output", *,
    points: Mapping[str, float] | None = None, asked: Iterable[str] | Path | None = None,
    formats: Iterable[str] = ("md",), pages: bool = True, hints: bool = False,
    templates: Path | None = None, progress: Progress | None = None, **options: Any,
) -> Class:  # fmt: skip
    """Mark the submissions of a folder or a CSV: marks.csv, a page for each student, and one for all.

    The lines to be answered are `asked`, names or a file with them, or else those that anybody answers.
    Raises `ProblemError`, before anything is written, for a problem, a folder or a name that cannot be
    used, where a submission would be overwritten, and where nobody answers anything; a submission that
    cannot be read is told in its row.
    """
    marking = Class(Checking(work(problem, **options), points), Submissions(Path(submissions)))
    lines = None if asked is None else lines_of(asked, marking.checking)
    chosen = tuple(formats)
    _refuse_to_overwrite(Path(submissions), Path(out), chosen, templates)
    marking.run(Path(out), lines, chosen if pages else (), hints, templates, progress)
    marking.write_class(Path(out), chosen, templates)
    return marking


def _refuse_to_overwrite(
    submissions: Path, out: Path, formats: Iterable[str], templates: Path | None
) -> None:
    """Pages have the students' own names, so no folder holds both them and the submissions.

    One CSV may lie beside the pages, unless it is marks.csv itself or could be a page by its name.
    """
    taken = out
    if not submissions.is_dir():
        endings = {f".{extension(format, templates)}" for format in formats}
        taken /= submissions.name if submissions.suffix.lower() in endings else MARKS
    if taken.exists() and taken.samefile(submissions):
        fact, remedy = "marks and pages would overwrite it", "choose another folder with --out"
        raise ProblemError([Mistake(plain(str(submissions)), fact, remedy)])


def lines_of(asked: Iterable[str] | Path, checking: Checking) -> list[str]:
    """The keys of the lines to be answered, each once; ProblemError for a name that means no line.

    A number that is given may stand in a sheet, but there is nothing to be answered about it.
    """
    place = "asked"
    if isinstance(asked, Path):
        place, answers = plain(str(asked)), read_answers(asked)
    else:
        answers = [Answer(name, "", "") for name in asked]
    lookup, unrolled = checking.checker.lookup, checking.checker.unrolled
    found: dict[str, None] = {}
    mistakes = []
    for name, _, where in answers:
        quantity = lookup.find(name)
        if quantity is None:
            at = f"{place}: {where}" if where.startswith(("line ", "row ")) else place
            fact = f"there is no line '{plain(name)}' to be answered"
            mistakes.append(Mistake(at, fact, lookup.suggestion(name)))
        elif not unrolled.given(unrolled.update(quantity))[quantity]:
            found[unrolled.key(quantity)] = None
    if not (found or mistakes):
        remedy = lookup.suggestion("")
        mistakes = [Mistake(place, "there is no line to be answered in it", remedy)]
    if mistakes:
        raise ProblemError(mistakes[:MOST_TOLD])
    return list(found)


class Class:
    """The marks of a class: `tally` adds them up."""

    def __init__(self, checking: Checking, submissions: Submissions) -> None:
        self.checking, self.submissions = checking, submissions
        self.tally = Tally()
        self.asked: tuple[str, ...] = ()
        self._names: set[str] = set()

    def run(
        self, out: Path, asked: Sequence[str] | None, formats: tuple[str, ...], hints: bool,
        templates: Path | None, progress: Progress | None,
    ) -> None:  # fmt: skip
        """Mark everybody, and write marks.csv and the pages."""
        marker = self.checking.marker(asked or ())
        if asked is None:
            marker.ask_for_what_is_answered(self.submissions)
            if not marker.asked:
                self._refuse(marker)
        self.asked = marker.asked
        total = len(self.submissions)
        with _table(out / MARKS) as add:
            for number, submission in enumerate(self.submissions, 1):
                marked = marker.mark(submission, number)
                self.tally.add(submission.student, marked)
                if formats and not marked.mark.reason:
                    self._write_pages(out, submission, marked, formats, hints, templates)
                add(row(submission.student, marked))
                if progress is not None:
                    progress(number, total)

    def _refuse(self, marker: Marker) -> NoReturn:
        """Nobody answers a line of this problem: say why."""
        source, unread = plain(str(self.submissions.source)), []
        for submission in self.submissions:
            reason = marker.mark(submission).mark.reason
            if reason:
                unread.append(Mistake(f"{source}: {plain(submission.student)}", reason))
            if len(unread) == MOST_TOLD:
                break
        remedy = self.checking.checker.lookup.suggestion("")
        fact = "nobody answers a line of this problem"
        raise ProblemError([Mistake(source, fact, remedy), *unread])

    def _write_pages(
        self, out: Path, submission: Submission, marked: Marked, formats: tuple[str, ...],
        hints: bool, templates: Path | None,
    ) -> None:  # fmt: skip
        """A student's page in every format, all under one name."""
        report = marked.report
        if report is None:  # every line was known to be right, so nobody has looked at the whole
            answers = submission.answers or read_answers(Path(submission.path))
            report = replace(self.checking.check(answers).report, asked=self.asked)
        name = self._file_name(submission.student)
        Checked(self.checking.of_sheet(marked.sheet), report).save(
            out, formats=formats, name=name, title=submission.student, hints=hints,
            templates=templates,
        )  # fmt: skip

    def _file_name(self, student: str) -> str:
        """A name for a student's page; no two students' pages are one."""
        stem = re.sub(r"[^\w.-]+", "-", student).strip(".-")[:LONGEST_STEM] or "student"
        if stem.lower() in (CLASS, MARKS.removesuffix(".csv")):
            stem += "-student"
        name, number = stem, 1
        while name.lower() in self._names:
            number += 1
            name = f"{stem}-{number}"
        self._names.add(name.lower())
        return name

    def document(self) -> Document:
        """The page about the class."""
        checker = self.checking.checker
        return compose_class(
            self.tally,
            self.asked,
            self.checking.points,
            self.checking.example.scribe,
            checker.unrolled,
        )

    def write_class(
        self, out: Path, formats: Iterable[str], templates: Path | None = None
    ) -> list[Path]:
        """Write the page about the class."""
        document, paths = self.document(), []
        for format in formats:
            if format != DATA:
                page = render(document, format, name=CLASS, templates=templates)
                paths += write_pages(out, {f"{CLASS}.{extension(format, templates)}": page})
        return paths


@contextmanager
def _table(path: Path) -> Iterator[Callable[[Sequence[str]], object]]:
    """marks.csv in the making, row by row: it appears when it is complete, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.part")
    try:
        with making.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            yield writer.writerow
        making.replace(path)
    except BaseException:
        making.unlink(missing_ok=True)
        raise


def row(student: str, marked: Marked) -> tuple[str, ...]:
    """The cells of a row; none of them is a formula to a spreadsheet.

    >>> from derive.checking.marking import Mark
    >>> row("=1+1", Marked(Mark(2.5, 4, "E", "sign", (1, 0, 0, 1, 0, 0))))[:5]
    ("'=1+1", '2.5', '4', 'E', 'sign')
    """
    mark = marked.mark
    cells = (student, f"{mark.points:.10g}", f"{mark.of:.10g}", mark.first_wrong, mark.slip)
    counts = ("",) * len(mark.counts) if mark.reason else tuple(map(str, mark.counts))
    return tuple(map(_harmless, (*cells, *counts, mark.reason)))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
