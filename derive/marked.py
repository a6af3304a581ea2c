"""Mark a class: a problem and a folder of answers go in, marks and pages come out.

Submissions are read one at a time and forgotten, so a class of any size takes no more memory. Each file
appears whole or not at all; what is complete when the work is interrupted stays.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from derive.checked import Checked, Checking
from derive.checking.answers import read_answers
from derive.checking.marking import Marked, Tally
from derive.checking.report import VERDICTS
from derive.checking.submissions import Submission, Submissions
from derive.document.blocks import Document
from derive.document.report.group import compose_class
from derive.example import DATA, extension, work
from derive.problem.model import Problem
from derive.render import render
from derive.render.files import write_pages

MARKS, CLASS = "marks.csv", "class"
COLUMNS = ("student", "points", "of", "first wrong", "slip", *VERDICTS, "reason")
LONGEST_STEM = 80

Progress = Callable[[int, int], None]


def mark(
    problem: Problem | str | Path, submissions: str | Path, out: str | Path = "output", *,
    points: Mapping[str, float] | None = None, asked: Iterable[str] | None = None,
    formats: Iterable[str] = ("md",), pages: bool = True, hints: bool = False,
    templates: Path | None = None, progress: Progress | None = None, **options: Any,
) -> Class:  # fmt: skip
    """Mark the submissions of a folder or a CSV: marks.csv, a page for each student, and one for all.

    The lines to be answered are `asked`, or else those that anybody answers. Raises `ProblemError` for a
    problem or a folder that cannot be used; a submission that cannot be read is told in its row.
    """
    marking = Class(Checking(work(problem, **options), points), Submissions(Path(submissions)))
    chosen = tuple(formats)
    marking.run(Path(out), asked, chosen if pages else (), hints, templates, progress)
    marking.write_class(Path(out), chosen, templates)
    return marking


class Class:
    """The marks of a class: `tally` adds them up."""

    def __init__(self, checking: Checking, submissions: Submissions) -> None:
        self.checking, self.submissions = checking, submissions
        self.tally = Tally()
        self.asked: tuple[str, ...] = ()
        self._names: set[str] = set()

    def run(
        self, out: Path, asked: Iterable[str] | None, formats: tuple[str, ...], hints: bool,
        templates: Path | None, progress: Progress | None,
    ) -> None:  # fmt: skip
        """Mark everybody, and write marks.csv and the pages."""
        marker = self.checking.marker(asked or ())
        if asked is None:
            marker.ask_for_what_is_answered(self.submissions)
        self.asked = marker.asked
        total = len(self.submissions)
        with _Table(out / MARKS) as table:
            for number, submission in enumerate(self.submissions, 1):
                marked = marker.mark(submission, number)
                self.tally.add(submission.student, marked)
                if formats and not marked.mark.reason:
                    self._write_pages(out, submission, marked, formats, hints, templates)
                table.add(submission.student, marked)
                if progress is not None:
                    progress(number, total)

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
        Checked(self.checking, report).save(
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


@dataclass
class _Table:
    """marks.csv in the making: it appears at the end, with what has been marked by then."""

    path: Path

    def __enter__(self) -> _Table:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._making = self.path.with_name(f".{self.path.name}.part")
        self._file = self._making.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(COLUMNS)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._making.replace(self.path)

    def add(self, student: str, marked: Marked) -> None:
        """One row."""
        self._writer.writerow(row(student, marked))


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
