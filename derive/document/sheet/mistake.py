"""What a sheet with a mistake in it says about that: the question, and on the key the answer."""

from __future__ import annotations

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
from derive.exercises.mistake_bends import Bend
from derive.writing.maths import Blank, Row, Words
from derive.writing.scribe import Scribe

POINTS = 3  # one for the line, one for what was done, one for the right value
LINE, DONE, MORE, VALUE = 10.0, 34.0, 43.0, 8.0  # em to write on


class Answers:
    """The end of such a sheet: three questions; on the key the line is worked out again."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def intro(self) -> list[Block]:
        """What is to be done."""
        return [Paragraph(self._page.say("sheet.mistake"))]

    def blocks(self, right: Scribe, bend: Bend) -> list[Block]:
        """All of it; `right` writes what is right."""
        told = [self.follows(right, q, q == bend.follows[-1]) for q in bend.follows]
        again: list[Block] = [self.lead(), self.again(right, bend.quantity)]
        if told:
            again.append(self.after(tuple(inline for piece in told for inline in piece)))
        return [*self.asked(right, bend), OnKey(tuple(again))]

    def asked(self, right: Scribe, bend: Bend) -> list[Block]:
        """The questions, with room for the answers or with these."""
        say = self._page.say
        line, number = right.slashed(bend.quantity), right.number(bend.quantity)
        slip = say(f"slip.{bend.outcome.slip}", line=line)
        room = Paragraph(say("sheet.mistake_done", done=Blank(Words(""), DONE)))
        more = Paragraph((Maths(Blank(Words(""), MORE)),))
        return [
            Heading(2, say("sheet.mistake_heading")),
            Paragraph(say("sheet.mistake_line", line=Blank(line, LINE))),
            OnKey((Paragraph(say("sheet.mistake_done", done=slip)),), (room, more)),
            Paragraph(say("sheet.mistake_value", value=Blank(number, VALUE))),
        ]

    # --- on the key ---------------------------------------------------------------------------

    def lead(self) -> Paragraph:
        """What stands above the line."""
        return Paragraph(self._page.say("sheet.mistake_again"))

    def again(self, right: Scribe, quantity: int) -> Tasks:
        """The line as it should be."""
        line = right.line(quantity)
        parts = tuple(part for part in (line.symbols, line.numbers) if part is not None)
        return Tasks((Task(line.name, parts, line.relation, line.value),), self._head())

    def after(self, values: Inlines) -> Paragraph:
        """What the lines come to that follow."""
        return Paragraph(self._page.say("sheet.mistake_follows", values=values))

    def follows(self, right: Scribe, quantity: int, is_last: bool) -> Inlines:
        """What one of them comes to."""
        line = right.line(quantity)
        node = Row((right.slashed(quantity), line.relation, line.value))
        return Maths(node), Text("." if is_last else ", ")

    def _head(self) -> tuple[Inlines, Inlines, Inlines, Inlines]:
        line, working, value = (
            self._page.say(f"sheet.{key}") for key in ("line", "working", "value")
        )
        return line, working, (), value
