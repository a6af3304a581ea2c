"""Exercise sheet → blocks: the network, what is given, and the lines to be worked out.

A sheet and its key are the same blocks; what a student has to write stands in a `Blank`. They come in
parts, so that what is the same on ten thousand sheets need be set only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from derive.algebra.places import Place
from derive.checking.report import worth
from derive.document.blocks import (
    Block,
    Heading,
    Inlines,
    Maths,
    OnKey,
    Paragraph,
    Task,
    Tasks,
    Text,
)  # fmt: skip
from derive.document.example.page import Page
from derive.document.sheet.certified import certified
from derive.document.sheet.mistake import POINTS, Answers
from derive.document.sheet.network import posed
from derive.exercises.certificate import Separation
from derive.exercises.fading import Fading, Stage, stages
from derive.exercises.mistake_bends import Bend
from derive.writing.maths import Blank, Node, Row, Sign, Words
from derive.writing.scribe import Scribe, WrittenLine, slashed
from derive.writing.width import width

VALUE = 6.5  # em for a value
LEAST, MOST = 9.0, 24.0  # em for a formula to be written
BY_HAND = 1.5  # how much wider than print handwriting is
NAME = 14.0


@dataclass(frozen=True)
class Fixed:
    """Blocks in which numbers stand each for itself: their signs change nothing around them."""

    make: Callable[[Scribe], list[Block]]


@dataclass(frozen=True)
class Lines:
    """Lines to be worked out, each made anew where the signs of its numbers differ."""

    lines: tuple[int, ...]
    make: Callable[[Scribe, int], Task]
    head: tuple[Inlines, Inlines, Inlines, Inlines]

    def block(self, scribe: Scribe) -> Tasks:
        """All of them with one sheet's numbers."""
        return Tasks(tuple(self.make(scribe, q) for q in self.lines), self.head)


Part = Fixed | Lines | Answers


@dataclass(frozen=True)
class Heads:
    """What tells one sheet from the others: its number, and whose it is."""

    number: str
    name: str = ""


class SheetPage:
    """The composer of one problem's sheets; with `mistake` there is one in each, to be found."""

    def __init__(
        self, page: Page, fading: Fading, points: Mapping[str, float], seed: int = 1,
        mistake: bool = False,
    ) -> None:  # fmt: skip
        asked = page.graph.problem
        self._seed, self._mistake = seed, mistake
        self._page, self.fading, self._points = page, fading, points
        self.language = asked.show.language
        self.frame = page.phrases.frame
        self._key = page.worked.derivation.ledger.place
        self.stages = stages(page.worked.derivation)

    def head(self, heads: Heads) -> list[Block]:
        """The sheet's number, the room for a name, and what there is to be had."""
        total = POINTS if self._mistake else self._total()
        had = self._page.say("sheet.worth", points=f"{total:g}", seed=str(self._seed))
        whose = Text(heads.name) if heads.name else Maths(Blank(Words(""), NAME))
        told = Paragraph((*self._page.say("sheet.name", name=whose), Text(" · "), *had))
        line: Block = told if heads.name else OnKey((Paragraph(had),), (told,))
        return [Heading(1, self._page.say("sheet.number", number=heads.number)), line]

    def title_of(self, reveal: bool) -> str:
        """What a file of sheets is called, or one of keys."""
        title = self._page.graph.problem.title
        kind = f"{'_mistake' if self._mistake else ''}{'_key' if reveal else ''}"
        return self._page.phrases.plain(f"sheet.title{kind}", title=title)

    @property
    def slots(self) -> int:
        """How many quantities have numbers that can stand on a sheet."""
        return self._page.worked.derivation.ledger.size

    def literals(self) -> Iterator[str]:
        """The texts of the problem that every sheet repeats as they are."""
        derivation = self._page.worked.derivation
        for ids, _ in derivation.graph.given:
            yield from (str(derivation.graph.text(q)) for q in ids.ravel().tolist())
        problem = derivation.graph.problem
        yield from (str(choice) for choice in (problem.loss, problem.optimizer, problem.title))
        yield str(problem.equations)
        for layer in problem.layers:
            yield from (str(layer.activation), str(layer.names))

    def parts(self) -> Iterator[Part]:
        """Everything below the head, in order."""
        for piece in posed(self._page):
            yield Fixed(lambda scribe, piece=piece: piece(self._with(scribe)))  # type: ignore[misc]
        answers = Answers(self._page)
        if self._mistake:
            yield Fixed(lambda _: answers.intro())
        for number, stage in enumerate(self.stages):
            hidden = self.fading.hidden(number, len(self.stages))
            yield Fixed(lambda _, stage=stage: [self._heading(stage)])  # type: ignore[misc]
            yield Lines(
                stage.lines,
                lambda scribe, q, hidden=hidden: self._task(scribe, q, hidden),  # type: ignore[misc]
                self._columns(),
            )
        if self._mistake:
            yield answers
        yield Fixed(lambda _: [OnKey((self._page.paragraph("sheet.rounding"),))])

    def certified(self, found: Separation, told: tuple[str, str, str]) -> list[Block]:
        """What a key says of its certificate; `told` are the counts as they shall stand there."""
        return certified(found, told, self._slashed, self._page.phrases)

    def _slashed(self, place: Place) -> Node:
        """A name for a line of text."""
        return slashed(self._page.scribe.notation.node(place))

    def blocks(
        self, scribe: Scribe, heads: Heads, right: Scribe | None = None, bend: Bend | None = None
    ) -> list[Block]:  # fmt: skip
        """One sheet whole; where there is a mistake in it, `right` writes what is right."""
        found = self.head(heads)
        for part in self.parts():
            if isinstance(part, Answers):
                assert right is not None and bend is not None
                found += part.blocks(right, bend)
            else:
                found += part.make(scribe) if isinstance(part, Fixed) else [part.block(scribe)]
        return found

    # --- pieces -------------------------------------------------------------------------------

    def _with(self, scribe: Scribe) -> Page:
        page = replace(self._page, scribe=scribe)
        page.at(None)
        return page

    def _heading(self, stage: Stage) -> Block:
        page = self._page
        if page.graph.problem.equations is not None:
            told = page.say("sheet.values" if stage.section == "forward" else "sheet.gradients")
        elif stage.section in ("forward", "backward") and stage.layer is not None:
            layer = page.layer_name(stage.layer, article=False)
            told = page.say(f"sheet.{stage.section}", layer=layer)
        else:
            told = page.say(f"sheet.{stage.section}")
        return Heading(2, told)

    def _columns(self) -> tuple[Inlines, Inlines, Inlines, Inlines]:
        line, working, points, value = (
            self._page.say(f"sheet.{key}") for key in ("line", "working", "points", "value")
        )
        return line, working, points, value

    def _total(self) -> float:
        """The points of all lines that are to be worked out."""
        hidden = [self.fading.hidden(n, len(self.stages)) for n in range(len(self.stages))]
        pairs = zip(self.stages, hidden, strict=True)
        return sum(self._worth(q) for s, h in pairs if h != "nothing" for q in s.lines)

    def _points_of(self, quantity: int, hidden: str) -> str:
        """The points as a line tells them: in brackets where a person has to judge formulas."""
        if self._mistake or hidden == "nothing":
            return ""
        worth = f"{self._worth(quantity):g}"
        return f"({worth})" if hidden == "factors" else worth

    def _worth(self, quantity: int) -> float:
        return worth(str(self._key(quantity)), self._points)

    def _task(self, scribe: Scribe, quantity: int, hidden: str) -> Task:
        line = scribe.line(quantity)
        parts, value = self._shown(line, hidden)
        return Task(line.name, parts, line.relation, value, self._points_of(quantity, hidden))

    def _shown(self, line: WrittenLine, hidden: str) -> tuple[tuple[Node, ...], Node]:
        """What stands between name and value, and the value, blank where that is hidden."""
        symbols, numbers = line.symbols, line.numbers
        if line.since is not None and symbols is not None:
            since = Words(self._page.phrases.plain("page.since"))
            symbols = Row((symbols, Sign("  "), since, line.since[0]))
        value: Node = line.value
        if hidden in ("factors", "everything"):
            symbols = _blank(symbols)
        if hidden in ("numbers", "everything"):
            numbers, value = _blank(numbers), Blank(value, VALUE)
        return tuple(part for part in (symbols, numbers) if part is not None), value


def _blank(node: Node | None) -> Node | None:
    """Room to write a formula by hand."""
    return None if node is None else Blank(node, min(MOST, max(LEAST, BY_HAND * width(node))))
