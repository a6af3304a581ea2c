"""A document as a terminal shows it: plain text, with a little colour where there is a screen.

>>> from derive.document.blocks import Document, Paragraph, Strong, Text
>>> page = Document("Checked", (Text("6 of 8 points"),), (Paragraph((Strong("Well"), Text(" done."))),))
>>> print(as_text(page))
Checked · 6 of 8 points
<BLANKLINE>
Well done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from unicodedata import combining, east_asian_width

import click

from derive.document import blocks as b
from derive.writing.maths import Row
from derive.writing.printers import plain

WIDTH = 96  # characters, after which a paragraph is broken


def show(document: b.Document) -> None:
    """Print a document; styles are left out where nobody looks."""
    click.echo(as_text(document, styled=sys.stdout.isatty()))


def as_text(document: b.Document, styled: bool = False) -> str:
    """The whole document as lines of text."""
    printer = _Printer(styled)
    title = printer.style(document.title, bold=True)
    head = " · ".join(part for part in (title, printer.inlines(document.subtitle)) if part)
    return "\n".join([head, *printer.blocks(document.blocks)])


def as_lines(blocks: Iterable[b.Block]) -> Iterator[str]:
    """Blocks as lines of text, an empty one before each."""
    return _Printer(styled=False).blocks(blocks)


def plainly(content: b.Inlines) -> str:
    """A piece of a line as text."""
    return _Printer(styled=False).inlines(content)


class _Printer:
    """Turns blocks into lines; each block has an empty line before it."""

    def __init__(self, styled: bool) -> None:
        self.styled = styled

    def style(self, text: str, **style: object) -> str:
        return click.style(text, **style) if self.styled and text else text  # type: ignore[arg-type]

    def inlines(self, content: Iterable[b.Inline]) -> str:
        return "".join(map(self._inline, content))

    def _inline(self, inline: b.Inline) -> str:
        match inline:
            case b.Maths(node):
                return plain(node)
            case b.Reference(number):
                return f"({number})"
            case b.Strong(text):
                return self.style(_clean(text), bold=True)
            case b.Text(text) | b.Code(text) | b.Link(text, _):
                return _clean(text)

    def blocks(self, blocks: Iterable[b.Block]) -> Iterator[str]:
        for block in blocks:
            match block:
                case b.Heading(_, content):
                    yield from ("", self.style(self.inlines(content), bold=True, underline=True))
                case b.Paragraph(content):
                    yield from ("", *wrapped(self.inlines(content)))
                case b.Display(lines):
                    yield from ("", *self._display(lines))
                case b.Table():
                    yield from ("", *self._table(block))
                case b.Box(_, inner):
                    yield from self.blocks(inner)
                case b.Beside(inner, aside):
                    yield from self.blocks((*inner, aside))
                case b.Figure(_, alt, caption):
                    yield from ("", *wrapped(self.inlines(caption) or alt))
                case b.Listing(text, _):
                    yield from ("", *text.splitlines())
                case b.Algorithm(lines, _):
                    yield ""
                    yield from ("  " * x.indent + self.inlines(x.content) for x in lines)

    @staticmethod
    def _display(lines: tuple[b.Line, ...]) -> Iterator[str]:
        """Each line by itself; the right sides begin below each other."""
        lefts = [plain(line.cells[0]) for line in lines]
        wide = max(map(columns, lefts))
        for left, line in zip(lefts, lines, strict=True):
            right = plain(Row(line.cells[1:]))
            yield f"    {left}{' ' * (wide - columns(left))} {right}".rstrip()

    def _table(self, table: b.Table) -> Iterator[str]:
        """Columns two spaces apart, the head underlined."""
        head = [self.inlines(cell) for cell in table.head]
        rows = [[self.inlines(cell) for cell in row] for row in table.rows]
        widths = [max(map(columns, column)) for column in zip(head, *rows, strict=True)]
        yield self._row(head, widths, table.align)
        yield "  ".join("─" * width for width in widths)
        yield from (self._row(row, widths, table.align) for row in rows)

    @staticmethod
    def _row(cells: list[str], widths: list[int], align: str) -> str:
        padded = []
        for cell, width, side in zip(cells, widths, align, strict=True):
            space = " " * (width - columns(cell))
            padded.append(space + cell if side == "r" else cell + space)
        return "  ".join(padded).rstrip()


def _clean(text: str) -> str:
    """Text that cannot move the cursor or change colours."""
    return "".join(c if c.isprintable() else " " for c in text)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes, its styles not counted.

    >>> columns("σ′"), columns("m̂")
    (2, 1)
    """
    wide = (
        2 if east_asian_width(c) in "WF" else 0 if combining(c) else 1 for c in click.unstyle(text)
    )
    return sum(wide)


def wrapped(text: str) -> list[str]:
    """The lines of a paragraph."""
    lines: list[str] = [""]
    for word in text.split(" "):
        if lines[-1] and columns(lines[-1]) + 1 + columns(word) > WIDTH:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return lines
