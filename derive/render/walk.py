"""One walk over a document: each block becomes the text that its macro in the templates makes.

What stands where is decided by the templates; the walk prints the mathematics, numbers the
headings and the figures, and knows which equations can be linked to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category

from derive.document import blocks as b
from derive.render.drawings import Drawings
from derive.render.formats import Format
from derive.render.formula import Formula
from derive.render.lines import (
    LED_TO,
    Kept,
    code_language,
    code_lines,
    goes_on,
    language,
    staying,
    table_width,
    with_marks,
)  # fmt: skip
from derive.render.tasks import Layout
from derive.render.templates import Raw, call, environment, macros, safe_address
from derive.writing import width
from derive.writing.maths import Node, Row
from derive.writing.printers import PRINTERS
from derive.writing.printers.escapes import clean


class DisplayRow(NamedTuple):
    """A line of a display as a template gets it."""

    cells: list[Formula]
    number: int | None
    anchored: bool  # whether links to the number lead here: only to its first line
    spoken: str
    goes_on: bool  # whether it continues the line above, with nothing on its left
    stays: bool  # whether no page should end after it


class Section(NamedTuple):
    """A heading as the list of contents gets it."""

    level: int
    anchor: int
    content: Raw


class NumberedLine(NamedTuple):
    """A line of an algorithm as a template gets it."""

    number: int
    indent: int
    content: Raw


class Walk:
    """Renders one document; `files` then holds what belongs beside it.

    With `reveal` it shows what is to be filled in, without it shows rules. Without `contents` headings
    are in no list and have no anchors.
    """

    def __init__(
        self, format: Format, name: str, templates: Path | None = None, reveal: bool = True,
        contents: bool = True,
    ) -> None:  # fmt: skip
        folder, source, drawing = format.folder, format.source, format.drawing
        self._name = re.sub(r"[^\w.-]", "_", name).lstrip(".") or "page"
        self._drawings = Drawings(drawing, f"{self._name}-figures", templates, reveal)
        self._anchors: set[int] = set()
        self._sections: list[Section] = []
        self.reveal, self._contents = reveal, contents
        self._used: set[str] = set()
        self._maths = PRINTERS[format.maths](reveal)
        self._macros = macros(f"{folder}/blocks.{source}.j2", format.escape, templates)
        self._keeps_marks = "after" in getattr(self._macros, "maths").arguments  # noqa: B009
        pages = environment(format.escape, templates)
        self._page = pages.get_template(f"{folder}/page.{source}.j2")
        self._write: dict[type, Callable[[Any], Raw]] = {
            b.Text: self._words("text"), b.Strong: self._words("strong"),
            b.Code: self._words("code"), b.Maths: self.maths, b.Reference: self.reference,
            b.Link: self.link, Kept: self._marked,
            b.Heading: self.heading, b.Paragraph: self.paragraph, b.Display: self.display,
            b.Table: self.table, b.Figure: self.figure, b.Box: self.box, b.Beside: self.beside,
            b.Algorithm: self.algorithm, b.Listing: self.listing, b.Tasks: self.tasks,
            b.OnKey: self.onkey, b.PageBreak: self.pagebreak,
        }  # fmt: skip

    @property
    def files(self) -> dict[str, bytes]:
        """What belongs beside the page, by its path."""
        return self._drawings.files

    def page(self, document: b.Document) -> str:
        """The whole file."""
        return self.framed(document, self.blocks(document.blocks))

    def framed(self, document: b.Document, body: str) -> str:
        """The whole file about a body that this walk has made the blocks of."""
        return self._page.render(
            title=self.title(document),
            subtitle=self.inlines(document.subtitle),
            body=Raw(body),
            language=language(document.language),
            words=document.words,
            sections=self._sections,
            numbers=sorted(self._anchors),
            used=self._used,
        )

    def title(self, document: b.Document) -> str:
        """What a document is called, on one line; never nothing."""
        return clean(document.title).strip() or self._name

    def _make(self, macro: str, **values: object) -> Raw:
        self._used.add(macro)
        return call(self._macros, macro, **values)

    # --- inside a line ------------------------------------------------------------------------

    def inlines(self, content: Iterable[b.Inline]) -> Raw:
        """Running text."""
        kept = with_marks(tuple(content)) if self._keeps_marks else content
        return Raw("".join([self._write[inline.__class__](inline) for inline in kept]))

    def _words(self, macro: str) -> Callable[[b.Text | b.Strong | b.Code], Raw]:
        make = getattr(self._macros, macro)
        if macro == "text":
            return lambda inline: Raw(make(text=inline.text))
        return lambda inline: Raw(make(text=clean(inline.text)))  # what marks stand about

    def maths(self, inline: b.Maths) -> Raw:
        return self._make("maths", formula=self.formula(inline.node))

    def _marked(self, kept: Kept) -> Raw:
        formula = self.formula(kept.inline.node)
        return self._make("maths", formula=formula, before=kept.before, after=kept.after)

    def formula(self, node: Node) -> Formula:
        return Formula(node, self._maths.print, reveal=self.reveal)

    def reference(self, inline: b.Reference) -> Raw:
        return self._make("reference", number=inline.number)

    def link(self, inline: b.Link) -> Raw:
        """A link; its words alone where the address is none that a page should lead to.

        A link must show something and end in it: Typst cannot tag one that does not.
        """
        address, text = safe_address(inline.address), inline.text.replace("\u00ad", "")
        if address is None or all(category(letter)[0] in "CMZ" for letter in text):
            return self._make("text", text=inline.text)
        return self._make("link", text=text, address=address)

    # --- blocks -------------------------------------------------------------------------------

    def blocks(self, blocks: Iterable[b.Block]) -> Raw:
        """Blocks one after the other."""
        blocks = tuple(blocks)
        return Raw("".join(map(self._block, blocks, (*blocks[1:], None))))

    def _block(self, block: b.Block, after: b.Block | None) -> Raw:
        """A block; a paragraph is told what it leads to, so that no page ends between the two."""
        if isinstance(block, b.Paragraph):
            return self.paragraph(block, LED_TO.get(after.__class__, ""))
        return self._write[block.__class__](block)

    def heading(self, block: b.Heading) -> Raw:
        anchor = len(self._sections) + 1 if self._contents else 0
        section = Section(block.level, anchor, self.inlines(block.content))
        if anchor:
            self._sections.append(section)
        return self._make("heading", **section._asdict())

    def paragraph(self, block: b.Paragraph, leads: str = "") -> Raw:
        """Running text; `leads` is the macro of what it leads to, "" where it stands for itself."""
        return self._make("paragraph", content=self.inlines(block.content), leads=leads)

    def display(self, block: b.Display) -> Raw:
        stays = staying([goes_on(line) for line in block.lines])
        lefts = [line.cells[0] for line in block.lines if len(line.cells) > 1]
        widest = max(lefts, key=width.width, default=Row(()))
        room = width.LINE - width.width(widest)
        lines = [
            self._line(line, stay, room) for line, stay in zip(block.lines, stays, strict=True)
        ]
        columns = max((len(line.cells) for line in lines), default=0)
        return self._make("display", lines=lines, columns=columns, left=self.formula(widest))

    def _line(self, line: b.Line, stays: bool, room: float) -> DisplayRow:
        anchored = line.number is not None and line.number not in self._anchors
        if line.number is not None:
            self._anchors.add(line.number)
        more = goes_on(line)
        cells = [Formula(cell, self._maths.print, more, room, self.reveal) for cell in line.cells]
        # What a composer says of a line may say what is to be filled in.
        spoken = (self.reveal and line.spoken) or " ".join(cell.spoken for cell in cells)
        return DisplayRow(cells, line.number, anchored, spoken, more, stays)

    def table(self, block: b.Table) -> Raw:
        rows = [[self.inlines(cell) for cell in row] for row in block.rows]
        head = [self.inlines(cell) for cell in block.head]
        caption = self.inlines(block.caption)
        wide = table_width(block) > width.LINE
        return self._make(
            "table", align=block.align, head=head, rows=rows, caption=caption, wide=wide
        )

    def algorithm(self, block: b.Algorithm) -> Raw:
        lines = [
            NumberedLine(number, line.indent, self.inlines(line.content))
            for number, line in enumerate(block.lines, 1)
        ]
        return self._make("algorithm", lines=lines, caption=self.inlines(block.caption))

    def listing(self, block: b.Listing) -> Raw:
        """Source code line by line."""
        return self._make(
            "listing", lines=code_lines(block.text), language=code_language(block.language)
        )

    def tasks(self, block: b.Tasks) -> Raw:
        table = self.arranged(block)
        return self.rows(block, table, [self.row(table, task) for task in block.tasks])

    def arranged(self, block: b.Tasks) -> Layout:
        """Where the columns of tasks stand."""
        return Layout(self.formula, self.reveal, block.tasks)

    def row(self, table: Layout, task: b.Task) -> Raw:
        """One of the tasks that have been arranged."""
        return self._make("task", task=table.line(task), **table.columns)

    def rows(self, block: b.Tasks, table: Layout, rows: Iterable[str]) -> Raw:
        """All of them, from what `row` has made of each."""
        body = Raw("".join(rows))
        if not body:
            return body
        head = [self.inlines(cell) for cell in block.head]
        return self._make("tasks", rows=body, head=head, **table.columns)

    def sealed(self, source: Raw) -> Raw:
        """A part of a sheet, in a case of its own where the format has one."""
        return self._make("sealed", source=source) if hasattr(self._macros, "sealed") else source

    def onkey(self, block: b.OnKey) -> Raw:
        return self.blocks(block.blocks if self.reveal else block.instead)

    def pagebreak(self, block: b.PageBreak) -> Raw:
        return self._make("pagebreak")

    def box(self, block: b.Box) -> Raw:
        return self._make("box", role=block.role, body=self._boxed(block.blocks))

    def beside(self, block: b.Beside) -> Raw:
        body = self._boxed(block.blocks)
        aside = self._write[block.aside.__class__](block.aside)
        return self._make("beside", body=body, aside=aside, share=block.share)

    def _boxed(self, blocks: Iterable[b.Block]) -> Raw:
        """Blocks in something that stays on one page."""
        return self.blocks(block for block in blocks if not isinstance(block, b.PageBreak))

    # --- drawings -----------------------------------------------------------------------------

    def figure(self, block: b.Figure) -> Raw:
        caption, scene = self.inlines(block.caption), block.scene
        drawing = self._drawings.of(scene, block.alt)
        size = {"width": scene.width, "height": scene.height}
        return self._make("figure", drawing=drawing, alt=block.alt, caption=caption, **size)
