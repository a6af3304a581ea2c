"""What a class has done, on one page: the points, the mistakes, and the lines that were hardest.

The page names nobody but whose file could not be read, so that it can be shown to the class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from derive.checking.marking import Tally
from derive.checking.report import Report, worth
from derive.checking.unrolled import Unrolled
from derive.document.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Inlines,
    Maths,
    Paragraph,
    Strong,
    Table,
    Text,
)  # fmt: skip
from derive.document.example.pieces import spaced
from derive.document.phrases import Field, Phrases
from derive.document.report.bars import bars
from derive.document.report.sheet import points
from derive.document.report.working import Working
from derive.writing.maths import Number
from derive.writing.scribe import Scribe

MOST_MISTAKES, MOST_LINES, MOST_FILES = 20, 20, 50
OFF = ("follows", "wrong", "unreadable", "blank")  # verdicts that have a column


def compose_class(
    tally: Tally, asked: Sequence[str], worths: Mapping[str, float], scribe: Scribe,
    unrolled: Unrolled,
) -> Document:  # fmt: skip
    """The page about a class; `asked` are the keys of the lines to be answered."""
    problem = scribe.worked.derivation.graph.problem
    phrases = Phrases(problem.show.language)
    working = Working(scribe, unrolled, Report(()), phrases)
    page = _Page(tally, sum(worth(key, worths) for key in asked), working, phrases)
    blocks = (*page.points(), *page.mistakes(), *page.lines(), *page.files())
    title = phrases.plain("class.title", title=problem.title)
    return Document(title, page.subtitle(), blocks, phrases.language, phrases.frame)


class _Page:
    """The sections of the page."""

    def __init__(self, tally: Tally, of: float, working: Working, phrases: Phrases) -> None:
        self.tally, self.of, self.working, self.phrases = tally, of, working, phrases
        self.read = tally.people - len(tally.unreadable)

    def say(self, key: str, **fields: Field) -> Inlines:
        return self.phrases.say(f"class.{key}", **fields)

    def subtitle(self) -> Inlines:
        """28 submissions · 26 points to be had"""
        people = "people_one" if self.tally.people == 1 else "people"
        return (*self.say(people, count=spaced(self.tally.people)), Text(" · "),
                *self.say("of", total=points(self.of)))  # fmt: skip

    # --- points -------------------------------------------------------------------------------

    def points(self) -> Iterator[Block]:
        """How many people have how many points, in numbers and drawn."""
        yield Heading(1, self.say("points"))
        if not self.read:
            yield Paragraph(self.say("nobody"))
            return
        ordered = sorted(self.tally.points.items())
        mean = sum(value * count for value, count in ordered) / self.read
        full = self.tally.points[self.of]
        fields = {
            "mean": points(round(mean, 2)), "median": points(median(ordered)),
            "total": points(self.of), "lowest": points(ordered[0][0]),
            "highest": points(ordered[-1][0]), "full": spaced(full),
        }  # fmt: skip
        yield Paragraph(self.say("told", **fields))
        if self.read > 1 and self.of:
            names = self.phrases.plain("class.axis"), self.phrases.plain("class.axis_people")
            scene, told = bars(ordered, self.of, *names)
            alt = "; ".join(
                self.phrases.plain(
                    "class.bar_one" if low == high else "class.bar",
                    count=count, low=points(low), **({} if low == high else {"high": points(high)}),
                )
                for low, high, count in told if count
            )  # fmt: skip
            yield Figure(scene, f"{self.phrases.plain('class.alt')} {alt}.", self.say("caption"))

    # --- mistakes -----------------------------------------------------------------------------

    def mistakes(self) -> Iterator[Block]:
        """The known slips that explain wrong answers, and where they were made."""
        slips = self.tally.slips.most_common(MOST_MISTAKES)
        if not slips:
            return
        yield Heading(1, self.say("mistakes"))
        yield Paragraph(self.say("mistakes_told"))
        rows = [
            (self.phrases.say(f"slip.{code}", line=self._name(key)), _count(count))
            for (code, key), count in slips
        ]
        yield Table("lr", (self.say("mistake"), self.say("how_many")), tuple(rows))

    # --- lines --------------------------------------------------------------------------------

    def lines(self) -> Iterator[Block]:
        """The lines that fewest people have right."""
        hard = Counter[str]()
        for (key, _), count in self.tally.lines.items():
            hard[key] += count
        hardest = hard.most_common(MOST_LINES)
        if not hardest:
            return
        yield Heading(1, self.say("lines"))
        verdicts = [v for v in OFF if any(verdict == v for _, verdict in self.tally.lines)]
        head = ("line", "right", *verdicts, "first")
        rows = [
            (self._name(key), (Strong(spaced(max(0, self.read - count))),),
             *(_count(self.tally.lines[key, verdict]) for verdict in verdicts),
             _count(self.tally.first[key]))
            for key, count in hardest
        ]  # fmt: skip
        yield Table(
            "l" + "r" * (len(head) - 1), tuple(self.say(name) for name in head), tuple(rows)
        )
        yield Paragraph(self.say("lines_told"))

    def _name(self, key: str) -> Inlines:
        return self.working.name(self.working.quantity(key))

    # --- files --------------------------------------------------------------------------------

    def files(self) -> Iterator[Block]:
        """What could not be read."""
        if not self.tally.unreadable:
            return
        yield Heading(1, self.say("files"))
        shown = self.tally.unreadable[:MOST_FILES]
        rows = tuple(((Text(who),), (Text(why),)) for who, why in shown)
        yield Table("ll", (self.say("file"), self.say("reason")), rows)
        left = len(self.tally.unreadable) - len(shown)
        if left:
            yield Paragraph(self.say("files_more", count=spaced(left)))


def median(counted: Sequence[tuple[float, int]]) -> float:
    """The middle of values that are given with how often each occurs, in order.

    >>> median([(1.0, 2), (3.0, 1), (4.0, 1)])
    2.0
    """
    half = sum(count for _, count in counted) / 2
    seen = 0
    for n, (value, count) in enumerate(counted):
        seen += count
        if seen > half:
            return value
        if seen == half:
            return (value + counted[n + 1][0]) / 2
    return 0.0


def _count(count: int) -> Inlines:
    return (Maths(Number(str(count))),) if count else (Text("–"),)
