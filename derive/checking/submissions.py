"""The submissions of a class, one after the other: a folder of files, or one CSV.

A CSV has the columns student, key, value; or a row for each student and a column for each line:

>>> rows = ["student,net_h1,w5+", "Ada,0.3775,0.3589", "Ben,,0.3589"]
>>> for submission in of_rows((n, row.split(",")) for n, row in enumerate(rows, 1)):
...     print(submission.student, [answer.text for answer in submission.answers])
Ada ['0.3775', '0.3589']
Ben ['', '0.3589']
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

from derive.checking.answers import FORMATS, MOST_ANSWERS, Answer
from derive.checking.contents import (
    OTHERWISE,
    SAMPLE,
    content_of,
    encoding_of,
    refuse_what_is_no_text,
)
from derive.checking.tables import KEYS, VALUES, parted, separator_of
from derive.errors import Mistake, ProblemError
from derive.problem.wrong import plain

STUDENTS = ("student", "name", "id", "who", "file")
LONGEST_NAME = 200

_HALVES = re.compile(r"[-+−–]?\d+,\d+")
Row = tuple[int, Sequence[str]]  # with its number


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
    """All submissions of a folder or of a CSV file; they can be gone through more than once.

    `left_out` are the files in the folder that are no answers by their names.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self.names: list[str] | None = None
        self.left_out: list[str] = []
        if source.is_dir():
            self.names, self.left_out = _names(source)
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
        split = [os.path.splitext(name) for name in self.names]
        stems = Counter(stem for stem, _ in split)
        folder = str(self.source)
        for name, (stem, ending) in zip(self.names, split, strict=True):
            student = cleaned(stem if stems[stem] == 1 else name)
            yield Submission(student, f"{folder}{os.sep}{name}", FORMATS[ending.lower()])


def cleaned(name: str) -> str:
    """A name that a page and a table can show."""
    name = name.strip()[:LONGEST_NAME]
    if not name.isprintable():
        name = "".join(c if c.isprintable() else "\ufffd" for c in name)
    return name or "?"


def _names(folder: Path) -> tuple[list[str], list[str]]:
    """The files with answers in a folder, and the others, both in order."""
    names: list[str] = []
    others: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.is_file():
                is_known = os.path.splitext(entry.name)[1].lower() in FORMATS
                (names if is_known else others).append(entry.name)
    return sorted(names), sorted(others)


# --- one CSV -------------------------------------------------------------------------------------


def _of_csv(path: Path) -> Iterator[Submission]:
    place, submission = plain(str(path)), None
    try:
        with path.open("rb") as file:
            start = file.read(SAMPLE)
        refuse_what_is_no_text(start, place)
        encoding = encoding_of(start)
        together = _stand_together(_rows(path, encoding))
        for submission in of_rows(_rows(path, encoding), together):
            yield submission
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ProblemError([Mistake(place, reason, "check its permissions")]) from None
    except ProblemError as error:
        raise ProblemError(
            m._replace(place=f"{place}: {m.place}") if m.place != place else m
            for m in error.mistakes
        ) from None
    if submission is None:
        remedy = "below the head, a row for each student"
        raise ProblemError([Mistake(place, "there are no submissions in it", remedy)])


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file with their numbers; a file of any size is read line by line."""
    with path.open(encoding=encoding, errors=OTHERWISE, newline="") as file:
        head = file.readline()
        lines = (line.replace("\x00", "\ufffd") for line in chain([head], file))
        yield from parted(lines, separator_of(head))


def of_rows(rows: Iterable[Row], together: bool = True) -> Iterator[Submission]:
    """Submissions from the rows of a table with a head; `together` says that nobody comes back."""
    rows = iter(rows)
    first, head = next(rows, (1, []))
    lower = [cell.lower() for cell in head]
    student = next((n for n, cell in enumerate(lower) if cell in STUDENTS), 0)
    key, value = (next((n for n, c in enumerate(lower) if c in names and n != student), None)
                  for names in (KEYS, VALUES))  # fmt: skip
    if key is not None and value is not None:
        yield from _long(_fitting(rows, len(head), value), (student, key, value), together)
        return
    if len(head) < 2:
        remedy = "columns student,key,value; or student and a column for each line"
        raise ProblemError(
            [Mistake(f"row {first}", "this table has no columns of answers", remedy)]
        )
    for number, row in _fitting(rows, len(head)):
        cells = [*row, *[""] * (len(head) - len(row))]
        answers = tuple(
            Answer(name, cells[n], f"row {number}") for n, name in enumerate(head) if n != student
        )
        yield Submission(cleaned(cells[student]), answers=answers)


def _fitting(rows: Iterable[Row], width: int, value: int | None = None) -> Iterator[Row]:
    """Rows with no more cells than the head has; a decimal comma that has parted the last is put back.

    In the middle of a row, nobody knows which of the commas is one.
    """
    for number, row in rows:
        if not any(row[width:]):
            yield number, row
            continue
        last = ",".join(row[width - 1 :]).rstrip(",")
        if value != width - 1 or not _HALVES.fullmatch(last):
            fact = f"{len(row)} cells, but the head has {width}"
            remedy = "numbers with decimal commas take quotes, or semicolons between the cells"
            raise ProblemError([Mistake(f"row {number}", fact, remedy)])
        yield number, [*row[: width - 1], last]


def _long(
    rows: Iterable[Row], columns: tuple[int, int, int], together: bool
) -> Iterator[Submission]:
    """A row for each answer."""
    student, key, value = columns

    def cell(row: Sequence[str], column: int) -> str:
        return row[column] if column < len(row) else ""

    numbered = ((cell(row, student), n, row) for n, row in rows)
    ordered = numbered if together else iter(sorted(numbered, key=lambda entry: entry[:2]))
    for name, group in groupby(ordered, key=lambda entry: entry[0]):
        answers = tuple(Answer(cell(row, key), cell(row, value), f"row {n}") for _, n, row in group)
        yield Submission(cleaned(name), answers=answers[:MOST_ANSWERS])


def _stand_together(rows: Iterator[Row]) -> bool:
    """Whether the rows of each student follow each other, so that one at a time need be known."""
    head = [cell.lower() for cell in next(rows, (1, []))[1]]
    student = next((n for n, cell in enumerate(head) if cell in STUDENTS), 0)
    names = (row[student] if student < len(row) else "" for _, row in rows)
    seen: set[str] = set()
    for name, _ in groupby(names):
        if name in seen:
            return False
        seen.add(name)
    return True
