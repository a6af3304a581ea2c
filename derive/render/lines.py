"""What the walk finds out about blocks before it prints them.

Which marks belong to a formula, which lines stay together, how wide a table is, what the lines of
source code are.

>>> code_lines("for x in y:\\n\\tpass\\n\\n")
['for x in y:', '    pass']
"""

from __future__ import annotations

import re
from typing import NamedTuple

from derive.document import blocks as b
from derive.writing import width
from derive.writing.maths import Row
from derive.writing.printers.escapes import clean


def language(tag: str) -> str:
    """The language itself of a tag like "en-GB"; English where it is none."""
    found = re.match(r"([A-Za-z]{2,3})(?:[-_]|$)", tag)
    return found[1].lower() if found else "en"


def code_lines(text: str) -> list[str]:
    """The lines of source code, without empty ones at its end."""
    return [clean(line.expandtabs(4)).rstrip() for line in _NEWLINE.split(text.rstrip())]


def code_language(name: str) -> str:
    """A language's name with nothing in it that could be read; "" for one that is drawn, not shown."""
    tag = re.sub(r"[^\w+#-]", "", name, flags=re.ASCII).lower()
    return "" if tag in _DRAWN else tag


_DRAWN = ("math", "mermaid", "geojson", "topojson", "stl")  # by GitHub; the first by pandoc too
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Kept(NamedTuple):
    """A formula in a line with the marks that touch it: "(" before, "." or ")," after."""

    inline: b.Maths
    before: str
    after: str


_OPENING = re.compile(r"[(\[“‘„«]+$")
_CLOSING = re.compile(r"[.,;:!?)\]”’»]+")


def with_marks(content: tuple[b.Inline, ...]) -> list[b.Inline | Kept]:
    """The text with the marks at formulas taken to them, where a line would end in between."""
    kept: list[b.Inline | Kept] = []
    after = ""
    for n, inline in enumerate(content):
        if isinstance(inline, b.Maths):
            before, last = "", kept[-1] if kept else None
            if isinstance(last, b.Text) and (opens := _OPENING.search(last.text)):
                before, kept[-1] = opens[0], b.Text(last.text[: opens.start()])
            follows = content[n + 1] if n + 1 < len(content) else None
            closes = _CLOSING.match(follows.text) if isinstance(follows, b.Text) else None
            after = closes[0] if closes else ""
            kept.append(Kept(inline, before, after))
        else:
            kept.append(b.Text(inline.text[len(after) :]) if after else inline)  # type: ignore[union-attr]
            after = ""
    return kept


# The blocks that words lead to, by the name of their macros.
LED_TO = {
    b.Display: "display", b.Table: "table", b.Beside: "beside", b.Algorithm: "algorithm",
    b.Listing: "listing",
}  # fmt: skip


def goes_on(line: b.Line) -> bool:
    """Whether a line continues the one above it."""
    return len(line.cells) > 1 and line.cells[0] == Row(())


def staying(follows: list[bool]) -> list[bool]:
    """Which lines of a display no page should end after: that would part a broken equation, or
    leave the first equation or the last one alone. `follows` says which lines continue others.
    """
    starts = [n for n, more in enumerate(follows) if n and not more]  # a new page could start here
    allowed = {n - 1 for n in starts[1:-1]}
    return [n not in allowed for n in range(len(follows))]


def table_width(table: b.Table) -> float:
    """About how wide a table will be, in em, so that only a wide one has to be measured and fitted."""
    every = [table.head, *table.rows] if table.head else list(table.rows)
    columns = [
        max((_width(row[n]) for row in every if n < len(row)), default=0)
        for n in range(len(table.align))
    ]
    return sum(columns) + 2 * len(columns)


def _width(content: b.Inlines) -> float:
    return sum(
        width.width(inline.node) if isinstance(inline, b.Maths)
        else 0.5 * len(getattr(inline, "text", "(12)"))
        for inline in content
    )  # fmt: skip
