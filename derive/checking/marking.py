"""Mark many people's answers to one problem: what each gets, and which mistakes a class makes.

Most answers of a class are the same lines again and again, so a line is understood once and then known:
a person of whom every line is known to be right needs no walk over the equations, and neither does one
who has written exactly what somebody else has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from derive.checking.answers import Answer, consistent, read_content
from derive.checking.contents import decoded
from derive.checking.known_lines import Lines, all_right
from derive.checking.report import VERDICTS, Report, worth
from derive.checking.submissions import Submission
from derive.errors import Mistake, ProblemError
from derive.problem.embedded import problems_in

MOST_REPORTS = 2_000

Judge = Callable[[Sequence[Answer], str], Report]
"""The report on answers, and on which sheet they stand: the problem it brings along, or nothing."""


class Mark(NamedTuple):
    """What one person gets, in numbers."""

    points: float
    of: float
    first_wrong: str
    slip: str
    counts: tuple[int, ...]  # in the order of `VERDICTS`
    reason: str = ""  # why nothing could be marked


class Marked(NamedTuple):
    """A mark with what stands behind it; `report` is None where every line is right or none is."""

    mark: Mark
    lines: tuple[tuple[str, str], ...] = ()  # key and verdict of what is not right
    slips: tuple[tuple[str, str], ...] = ()  # each slip that is certain, and its line
    given: frozenset[str] = frozenset()  # the keys that have an answer
    report: Report | None = None
    sheet: str = ""  # the problem that was marked, where it is the sheet's own


@dataclass
class Tally:
    """What a class has done, added up; nothing of a single person is kept but the points."""

    people: int = 0
    own: int = 0  # people whose sheets have numbers of their own
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # who, and why
    points: Counter[float] = field(default_factory=Counter)
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)  # key and verdict, but right
    given: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    slips: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, student: str, marked: Marked) -> None:
        """Count one person."""
        self.people += 1
        if marked.mark.reason:
            self.unreadable.append((student, marked.mark.reason))
            return
        self.own += bool(marked.sheet)
        self.points[marked.mark.points] += 1
        self.given.update(marked.given)
        self.lines.update(marked.lines)
        self.slips.update(marked.slips)
        if marked.mark.first_wrong:
            self.first[marked.mark.first_wrong] += 1


class Marker:
    """Marks submissions to one problem, one by one.

    A sheet that brings along numbers of its own for the same lines is marked by those; `is_own` says
    whether it does, and raises `ProblemError` for other lines.
    """

    def __init__(
        self, judge: Judge, lines: Lines, key: Callable[[int], str], points: dict[str, float],
        asked: Sequence[str] = (), is_own: Callable[[str], bool] = bool,
    ) -> None:  # fmt: skip
        self._judge, self._lines, self._key, self._points = judge, lines, key, points
        self._is_own = is_own
        self._right: dict[frozenset[int], Marked] = {}
        self._reports: dict[tuple[str, tuple[tuple[str, str], ...]], Marked] = {}
        self._settled: list[frozenset[int] | None] = []
        self.asked = tuple(asked)

    def ask_for_what_is_answered(self, submissions: Iterable[Submission]) -> None:
        """Take as the lines to be answered those that anybody names.

        Whoever has every line right need not be read again, and is remembered by what was answered.
        """
        found: set[int] = set()
        sets: dict[frozenset[int], frozenset[int]] = {}
        for submission in submissions:
            quantities, is_right = self._named(submission)
            found |= quantities
            self._settled.append(sets.setdefault(quantities, quantities) if is_right else None)
        self.asked = tuple(self._key(quantity) for quantity in sorted(found))

    def _named(self, submission: Submission) -> tuple[frozenset[int], bool]:
        """What a submission answers, and whether all of it is right for certain."""
        try:
            if submission.path:
                content = submission.content()
                known = self._lines.read(content, submission.format)
                if known is not None:
                    return all_right(known)
                sheet = self._sheet(content, submission)
                answers: Sequence[Answer] = _read(content, submission)
            else:
                sheet, answers = "", submission.answers
        except ProblemError:
            return frozenset(), False
        found = (self._lines.named(answer, sheet) for answer in answers)
        lines = [line for line in found if line is not None]
        quantities, is_right = all_right(lines)
        return quantities, is_right and len(lines) == len(answers) and not sheet

    def _sheet(self, content: bytes, submission: Submission) -> str:
        """The problem that a sheet brings along, where it is not the one of the class; or nothing."""
        problems = problems_in(decoded(content)) if submission.format == "md" else []
        if len(problems) > 1:
            fact, remedy = f"it has {len(problems)} sheets", "keep one sheet in the file"
            raise ProblemError([Mistake(submission.student, fact, remedy)])
        try:
            return problems[0] if problems and self._is_own(problems[0]) else ""
        except ProblemError as error:
            where = f"{submission.student}: "
            raise ProblemError(
                m._replace(place=f"{where}its problem: {m.place}" if m.place else where)
                for m in error.mistakes
            ) from None

    def mark(self, submission: Submission, number: int = 0) -> Marked:
        """One person's mark; what cannot be read is a mark with the reason.

        `number` is its place among those that were looked at, from 1.
        """
        if 0 < number <= len(self._settled):
            settled = self._settled[number - 1]
            if settled is not None:
                return self._all_right(settled)
        try:
            if not submission.path:
                return self._judged(submission.answers)
            content = submission.content()
            known = self._lines.read(content, submission.format)
            if known is not None:
                quantities, is_right = all_right(known)
                if is_right:
                    return self._all_right(quantities)
                said = [line for line in known if line.quantity >= 0]
                is_once = len(said) == len(quantities)  # else the place of the second is told
                if said and is_once:
                    return self._judged([Answer(x.name, x.text, x.name) for x in said])
            sheet = self._sheet(content, submission)
            return self._judged(_read(content, submission), sheet)
        except ProblemError as error:
            mistake = error.mistakes[0]
            return self._nothing(str(mistake._replace(place=mistake.place.partition(": ")[2])))

    def _all_right(self, quantities: frozenset[int]) -> Marked:
        if quantities not in self._right:
            self._right[quantities] = self._full(quantities)
        return self._right[quantities]

    def _full(self, quantities: frozenset[int]) -> Marked:
        keys = frozenset(map(self._key, quantities))
        asked = self.asked or tuple(keys)
        missing = [key for key in asked if key not in keys]
        points = sum(worth(key, self._points) for key in asked if key in keys)
        counts = {"right": len(keys), "blank": len(missing)}
        mark = Mark(points, self._of(asked), "", "", tuple(counts.get(v, 0) for v in VERDICTS))
        return Marked(mark, tuple((key, "blank") for key in missing), given=keys)

    def _of(self, asked: Iterable[str]) -> float:
        return sum(worth(key, self._points) for key in asked)

    def _judged(self, answers: Sequence[Answer], sheet: str = "") -> Marked:
        """The mark from a report; the same answers on the same sheet are judged once."""
        answers = consistent(answers)
        said = sheet, tuple((answer.name, answer.text) for answer in answers)
        if said not in self._reports:
            if len(self._reports) >= MOST_REPORTS:
                self._reports.clear()
            found = self._from(self._judge(answers, sheet))
            self._reports[said] = found._replace(sheet=sheet)
        return self._reports[said]

    def _from(self, report: Report) -> Marked:
        score = report.score
        first = report.first
        mark = Mark(
            score["points"], score["of"], first.key if first else "",
            (first.slip or "") if first else "", tuple(int(score[v]) for v in VERDICTS),
        )  # fmt: skip
        lines = [f for f in report.findings if f.quantity is not None]
        given = frozenset(f.key for f in lines if f.verdict != "blank")
        off = [(f.key, f.verdict) for f in lines if f.verdict not in ("right", "rounded")]
        off += [
            (key, "blank") for key in report.asked if key not in given and (key, "blank") not in off
        ]
        slips = [(f.slip, f.slip_keys[0]) for f in lines if f.slip is not None]
        return Marked(mark, tuple(off), tuple(dict.fromkeys(slips)), given, report)

    def _nothing(self, reason: str) -> Marked:
        return Marked(Mark(0.0, self._of(self.asked), "", "", (0,) * len(VERDICTS), reason))


def _read(content: bytes, submission: Submission) -> list[Answer]:
    return read_content(content, submission.format, submission.student)
