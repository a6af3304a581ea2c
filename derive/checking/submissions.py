"""The submissions of a class, one after the other: a folder of files, or one CSV.

A CSV has the columns student, key, value; or a row for each student and a column for each line:

>>> rows = ["student,net_h1,w5+", "Ada,0.3775,0.3589", "Ben,,0,3589"]
>>> for submission in of_rows([row.split(",") for row in rows[:2]]):
...     print(submission.student, [answer.text for answer in submission.answers])
Ada ['0.3775', '0.3589']
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from derive.checking.answers import FORMATS, MOST_ANSWERS, Answer, content_of
from derive.checking.tables import KEYS, VALUES, separator_of, whole_keys
from derive.errors import Mistake, ProblemError
from derive.problem.wrong import plain

STUDENTS = ("student", "name", "id", "who", "file")
MOST_SUBMISSIONS = 1_000_000
LONGEST_NAME = 200


class Submission(NamedTuple):
    """What one person has handed in: a file still to be read, or answers from a row or rows."""

    student: str
    path: str = ""
    format: str = ""
    answers: tuple[Answer, ...] = ()

    def content(self) -> bytes:
        """The bytes of the file; ProblemError where it cannot be read."""
        return content_of(self.path)


class Submissions:
    """All submissions of a folder or of a CSV file; they can be gone through more than once."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.names = _names(source) if source.is_dir() else None
        if self.names is None and not source.is_file():
            fact, remedy = (
                "there is no such folder or file",
                "name a folder of answer files, or a CSV",
            )
            raise ProblemError([Mistake(plain(str(source)), fact, remedy)])
        if not self.names and self.names is not None:
            remedy = "answers are files that end in " + ", ".join(FORMATS)
            raise ProblemError([Mistake(plain(str(source)), "no answers in this folder", remedy)])

    def __len__(self) -> int:
        """How many there are; 0 where that is known only at the end."""
        return len(self.names or ())

    def __iter__(self) -> Iterator[Submission]:
        if self.names is None:
            yield from _of_csv(self.source)
            return
        parted = [os.path.splitext(name) for name in self.names]
        stems = Counter(stem for stem, _ in parted)
        folder = str(self.source)
        for name, (stem, ending) in zip(self.names, parted, strict=True):
            student = cleaned(stem if stems[stem] == 1 else name)
            yield Submission(student, f"{folder}{os.sep}{name}", FORMATS[ending.lower()])


def cleaned(name: str) -> str:
    """A name that a page and a table can show."""
    name = name.strip()[:LONGEST_NAME]
    if not name.isprintable():
        name = "".join(c if c.isprintable() else "\ufffd" for c in name)
    return name or "?"


def _names(folder: Path) -> list[str]:
    """The files with answers in a folder, in order."""
    with os.scandir(folder) as entries:
        return sorted(
            entry.name for entry in entries
            if os.path.splitext(entry.name)[1].lower() in FORMATS
            and not entry.name.startswith(".") and entry.is_file()
        )  # fmt: skip


# --- one CSV -------------------------------------------------------------------------------------


def _of_csv(path: Path) -> Iterator[Submission]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            separator = separator_of(file.readline())
        together = _stand_together(_rows(path, separator))
        yield from of_rows(_rows(path, separator), together)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ProblemError([Mistake(plain(str(path)), reason, "check its permissions")]) from None
    except csv.Error as error:
        fact = f"this is no CSV: {plain(str(error))}"
        raise ProblemError(
            [Mistake(plain(str(path)), fact, "columns: student,key,value")]
        ) from None


def _rows(path: Path, separator: str) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = (line.replace("\x00", "\ufffd") for line in file)
        for row in csv.reader(lines, delimiter=separator):
            cells = whole_keys([cell.strip() for cell in row], separator)
            if any(cells):
                yield cells


def of_rows(rows: Iterable[Sequence[str]], together: bool = True) -> Iterator[Submission]:
    """Submissions from the rows of a table with a head; `together` says that nobody comes back."""
    rows = iter(rows)
    head = list(next(rows, ()))
    lower = [cell.lower() for cell in head]
    student = next((n for n, cell in enumerate(lower) if cell in STUDENTS), 0)
    key, value = (next((n for n, c in enumerate(lower) if c in names and n != student), None)
                  for names in (KEYS, VALUES))  # fmt: skip
    if key is not None and value is not None:
        yield from _long(rows, (student, key, value), together)
        return
    if len(head) < 2:
        remedy = "columns student,key,value; or student and a column for each line"
        raise ProblemError([Mistake("row 1", "this table has no columns of answers", remedy)])
    for number, row in enumerate(rows, 2):
        cells = [*row, *[""] * (len(head) - len(row))]
        answers = tuple(
            Answer(name, cells[n], f"row {number}") for n, name in enumerate(head) if n != student
        )
        yield Submission(cleaned(cells[student]), answers=answers)


def _long(
    rows: Iterable[Sequence[str]], columns: tuple[int, int, int], together: bool
) -> Iterator[Submission]:
    """A row for each answer."""
    student, key, value = columns

    def cell(row: Sequence[str], column: int) -> str:
        return row[column] if column < len(row) else ""

    numbered = ((cell(row, student), n, row) for n, row in enumerate(rows, 2))
    ordered = numbered if together else iter(sorted(numbered, key=lambda entry: entry[:2]))
    for name, group in groupby(ordered, key=lambda entry: entry[0]):
        answers = tuple(Answer(cell(row, key), cell(row, value), f"row {n}") for _, n, row in group)
        yield Submission(cleaned(name), answers=answers[:MOST_ANSWERS])


def _stand_together(rows: Iterator[list[str]]) -> bool:
    """Whether the rows of each student follow each other, so that one at a time need be known."""
    head = [cell.lower() for cell in next(rows, [])]
    student = next((n for n, cell in enumerate(head) if cell in STUDENTS), 0)
    names = (row[student] if student < len(row) else "" for row in rows)
    seen: set[str] = set()
    for name, _ in groupby(names):
        if name in seen:
            return False
        seen.add(name)
    return True
