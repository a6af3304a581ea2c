"""A page becomes a Jupyter notebook: a Markdown cell for each section, a cell for each listing.

The cells hold what the format's templates make of the blocks; what is written here is the JSON
around them (nbformat 4.5), as Jupyter itself writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from derive.document.blocks import Block, Document, Heading, Listing
from derive.render.lines import code_lines
from derive.render.walk import Walk

_PYTHON = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(walk: Walk, document: Document) -> bytes:
    """The notebook; the same document gives the same bytes."""
    first, *others = _cut(document.blocks)
    cells = [("markdown", walk.page(replace(document, blocks=first)))]
    for blocks in others:
        if _runs(blocks[0]):
            cells.append(("code", "\n".join(code_lines(blocks[0].text))))  # type: ignore[union-attr]
        else:
            cells.append(("markdown", walk.blocks(blocks)))
    made = [_cell(number, kind, source) for number, (kind, source) in enumerate(cells, 1)]
    page = {"cells": made, "metadata": _PYTHON, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(page, ensure_ascii=False, indent=1).encode() + b"\n"


def _cut(blocks: tuple[Block, ...]) -> list[tuple[Block, ...]]:
    """The blocks of each cell; those of the first, with the title, may be none."""
    groups: list[list[Block]] = [[]]
    after_code = False
    for block in blocks:
        section = isinstance(block, Heading) and block.level == 1
        if section or _runs(block) or after_code:
            groups.append([])
        groups[-1].append(block)
        after_code = _runs(block)
    return [tuple(group) for group in groups]


def _runs(block: Block) -> bool:
    return isinstance(block, Listing) and block.language.lower() == "python"


def _cell(number: int, kind: str, source: str) -> dict[str, Any]:
    """A cell as Jupyter stores it, its keys in the order of the alphabet, its source line by line."""
    lines = list(_lines(source.strip("\n")))
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": lines,
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return dict(sorted(cell.items()))


def _lines(source: str) -> Iterator[str]:
    *others, last = source.split("\n")
    yield from (f"{line}\n" for line in others)
    if last:
        yield last
