"""The front door for hand calculations: a problem and somebody's answers go in, a report comes out.

>>> checked = check("2-2-2", {"net_h1": "0.5"}, seed=7)
>>> checked.report.first_wrong, checked.is_right
('net[1,1]', False)

`Checking` does the same for many people, and works the problem out once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.checking.answers import Answer, read_answers
from derive.checking.check import Checker
from derive.checking.numerals import Unreadable
from derive.checking.points import by_key
from derive.checking.report import Report
from derive.checking.understood import said, understood
from derive.document.blocks import Document
from derive.errors import Disagreement, Mistake, ProblemError
from derive.example import DATA, Example, extension, work
from derive.problem.model import Problem
from derive.problem.reading import read
from derive.problem.saving import write_problem
from derive.render import Rendered, formats, render
from derive.render.files import as_json, write_pages

if TYPE_CHECKING:
    from derive.checking.known_lines import Known
    from derive.checking.marking import Marker

MOST_SHEETS = 200  # with problems of their own, that are remembered

Answers = Iterable[Answer] | Mapping[str, object] | str | Path


def check(
    problem: Problem | str | Path, answers: Answers, *,
    points: Mapping[str, float] | None = None, **options: Any,
) -> Checked:  # fmt: skip
    """Check answers to a problem: a file, a mapping of names to values, or a list of `Answer`.

    `points` are those of single lines by name or key, or of a kind ("delta"); options are those of
    `derive.work`. Raises `ProblemError` for a problem or a file that cannot be used.
    """
    return Checking(work(problem, **options), points).check(answers)


class Checking:
    """A problem worked out, against which the answers of any number of people are checked."""

    def __init__(self, example: Example, points: Mapping[str, float] | None = None) -> None:
        self.example = example
        self.checker = Checker(example.worked, example.notation)
        self.points = by_key(points or {}, self.checker.lookup, self.checker.unrolled)
        self._of_sheets: dict[str, Checking] = {}

    def of_sheet(self, text: str) -> Checking:
        """What a sheet is checked against that brings this problem along; without one, it is this.

        Raises `ProblemError` where its lines are others than those of this problem.
        """
        if text and text not in self._of_sheets:
            if len(self._of_sheets) >= MOST_SHEETS:
                self._of_sheets.clear()
            self._of_sheets[text] = self._with_lines_of(read(text))
        return self._of_sheets[text] if text else self

    def _with_lines_of(self, problem: Problem) -> Checking:
        own = self.example.problem
        if write_problem(problem) == write_problem(own):
            return self
        if problem.units == own.units:  # else it need not be worked out
            try:
                found = Checking(work(problem))
            except Disagreement as error:  # it spoils this sheet, and no other
                raise ProblemError([Mistake("", str(error))]) from None
            found.points = self.points
            if found._lines == self._lines:
                return found
        fact = "its sheet has other lines than this problem"
        raise ProblemError([Mistake("", fact, "derive check marks it by itself")])

    @cached_property
    def _lines(self) -> tuple[int, frozenset[str]]:
        """How many updates there are, and the keys of the first."""
        unrolled = self.checker.unrolled
        return unrolled.last, frozenset(map(unrolled.key, range(unrolled.size)))

    def marker(self, asked: Iterable[str] = ()) -> Marker:
        """Marks the submissions of a class; `asked` are the names of the lines to be answered."""
        from derive.checking.known_lines import Lines  # one person's answers need none of it
        from derive.checking.marking import Marker

        keys = [self.checker.lookup.key(name) for name in asked]

        def judged(answers: Sequence[Answer], sheet: str) -> Report:
            return replace(self.of_sheet(sheet).check(answers).report, asked=marker.asked)

        def is_own(sheet: str) -> bool:
            return self.of_sheet(sheet) is not self

        marker = Marker(
            judged, Lines(self.understand), self.checker.unrolled.key, self.points, keys, is_own
        )
        return marker

    def understand(self, name: str, text: str, sheet: str = "") -> Known | None:
        """What a line says by itself, whatever the others say; None where its name means nothing.

        On a sheet that brings a problem along, it is in the words of that problem.
        """
        from derive.checking.known_lines import NOTHING, Known, is_surely_right

        own = self.of_sheet(sheet)
        if own is not self:
            known = own.understand(name, text)
            if known is None or known.quantity < 0:
                return known
            here = self.checker.lookup.find(own.checker.unrolled.key(known.quantity))
            return None if here is None else known._replace(quantity=here)
        answer = Answer(name, text, "")
        quantity, value = said(answer, self.checker.lookup)
        if quantity is None:
            return None
        unrolled = self.checker.unrolled
        if unrolled.given(unrolled.update(quantity))[quantity]:
            others = understood([answer], self.checker.lookup, unrolled).others
            return None if others else NOTHING
        truth = float(unrolled.truth[quantity])
        right = not isinstance(value, Unreadable) and is_surely_right(value, truth)
        return Known(quantity, right, name, text)

    def check(self, answers: Answers) -> Checked:
        """What is said of one person's answers."""
        return Checked(self, self.checker.check(_answers(answers), self.points))


def _answers(answers: Answers) -> Iterable[Answer]:
    if isinstance(answers, str | Path):
        return read_answers(Path(answers))
    if isinstance(answers, Mapping):
        return [Answer(str(name), str(value), str(name)) for name, value in answers.items()]
    return answers


@dataclass(frozen=True)
class Checked:
    """One person's answers and what is said of them: as data, or as a page in any format."""

    checking: Checking
    report: Report

    @property
    def is_right(self) -> bool:
        """Whether every answer is right, be it rounded on the way."""
        return self.report.is_right

    def document(
        self, *, hints: bool = False, only: Collection[str] | None = None, name: str = ""
    ) -> Document:
        """The page; with `hints` without solutions, with `only` of these verdicts."""
        from derive.document.report.compose import compose  # data need no page

        example, unrolled = self.checking.example, self.checking.checker.unrolled
        return compose(self.report, example.scribe, unrolled, hints=hints, only=only, name=name)

    def render(
        self, format: str, *, hints: bool = False, only: Collection[str] | None = None,
        name: str = "page", title: str = "", templates: Path | None = None,
    ) -> Rendered:  # fmt: skip
        """The page in one of `all_page_formats()`, such as "md" or "pdf"; or the data as "json"."""
        if format == DATA:
            return as_json(self.report.data(hints))
        document = self.document(hints=hints, only=only, name=title)
        return render(document, format, name=name, templates=templates)

    def save(
        self, out: str | Path = "output", *, formats: Iterable[str] = ("md",), name: str = "checked",
        title: str = "", hints: bool = False, only: Collection[str] | None = None,
        templates: Path | None = None,
    ) -> list[Path]:  # fmt: skip
        """Write the page in these formats into a folder; returns the files, side files last."""
        pages = {
            f"{name}.{extension(format, templates)}": self.render(
                format, hints=hints, only=only, name=name, title=title, templates=templates
            )
            for format in formats
        }
        return write_pages(Path(out), pages)


def all_page_formats(templates: Path | None = None) -> dict[str, str]:
    """Every format of a report, and what it is."""
    pages = {name: entry.title for name, entry in formats(templates).items() if name != "ipynb"}
    return {**pages, DATA: "every finding as data"}
