"""Reads produced pages, in Markdown and in LaTeX: sections, displayed lines, tables, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import normalize


class Displayed(NamedTuple):
    """One equation, put together from the rows that it takes; `number` is the one at its right."""

    section: str
    source: str
    number: int | None


class Row(NamedTuple):
    """A row of a table under its head, cell by cell."""

    section: str
    head: tuple[str, ...]
    cells: tuple[str, ...]


class Page(NamedTuple):
    """What a page says, as far as it can be recomputed."""

    lines: list[Displayed]
    rows: list[Row]
    text: str


_TAG = re.compile(r" \\tag\{(\d+)\}(?:\\label\{[^}]*\})?")
_ACCENT = re.compile(r'\\"\{([A-Za-z])\}')  # \"{a}, as TeX writes what other languages need
_SECTIONS = {
    "md": re.compile(r"^## (?:\d+)?\s*(.*)$"),
    "tex": re.compile(r"^\\section\*\{(?:\d+\\enspace\{\})?(.*)\}$"),
}
_OPENS = {"md": re.compile(r"^```math$"), "tex": re.compile(r"^\\begin\{align\*\}$")}
_CLOSES = {"md": "```", "tex": "\\end{align*}"}


def read(source: str, format: str) -> Page:
    """The page in "md" or "tex"."""
    if format == "tex":
        source = _ACCENT.sub(lambda found: normalize("NFC", f"{found[1]}\u0308"), source)
    page = Page([], [], source)
    section, head, inside = "", (), None
    for line in source.splitlines():
        if inside is not None:
            if line.strip() == _CLOSES[format]:
                page.lines.extend(_joined(section, inside, format))
                inside = None
            else:
                inside.append(line)
        elif found := _SECTIONS[format].match(line):
            section, head = found[1].strip(), ()
        elif _OPENS[format].match(line):
            inside = []
        elif cells := _cells(line, format):
            if head and not set("".join(cells)) <= set(":-"):
                page.rows.append(Row(section, head, cells))
            head = head or cells
        else:
            head = ()
    return page


def _joined(section: str, rows: list[str], format: str) -> Iterator[Displayed]:
    """Equations from the rows of a display: one ends where its number stands."""
    aligned = format == "tex" or rows[0].strip() == "\\begin{align*}"
    parts: list[str] = []
    for row in rows:
        if row.strip() in ("\\begin{align*}", "\\end{align*}"):
            continue
        tag = _TAG.search(row)
        text = _TAG.sub("", row).strip().removesuffix("*").removesuffix("\\\\")
        parts.append(text.replace("& ", " ", 1) if aligned else text)
        if tag:
            yield Displayed(section, " ".join(parts).strip(), int(tag[1]))
            parts = []
    if parts:
        yield Displayed(section, " ".join(parts).strip(), None)


def _cells(line: str, format: str) -> tuple[str, ...]:
    """The cells of a table's row, formulas without their dollars; none where it is no row."""
    if format == "md":
        if not line.startswith(("| ", "|:", "|-")):
            return ()
        parts = line.strip("|").split("|")
    else:
        if not line.endswith((r"\\", r"\midrule")) or " & " not in line:
            return ()
        parts = line.removesuffix(r"\midrule").strip().removesuffix("\\\\").split(" & ")
    return tuple(part.strip().replace("`", "").strip("$") for part in parts)


def formulas(source: str, format: str, start: str) -> list[str]:
    """The formulas in the paragraph that starts so; none where there is no such paragraph."""
    for line in source.splitlines():
        if line.startswith(start):
            return re.findall(r"\$`(.*?)`\$" if format == "md" else r"\$(.*?)\$", line)
    return []
