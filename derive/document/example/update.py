"""The update: every new parameter, and the error after the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derive.document.blocks import Block, Heading, Inlines, Maths, Table
from derive.document.example.page import ROWS, Page, some, spaced
from derive.writing.maths import Marked, Node


def update(page: Page) -> list[Block]:
    """The whole section."""
    blocks: list[Block] = [Heading(1, page.say("update.heading"))]
    derivation = page.worked.derivation
    moved = [q for family in derivation.updates for q in family.targets.tolist()]
    if not moved:
        key = "nothing" if page.graph.updated.size == 0 else "unchosen"
        return [*blocks, page.paragraph(f"update.{key}")]
    blocks.append(page.paragraph("update.rule", new=page.name(moved[0])))
    shown = moved if page.detail == "full" and len(moved) <= ROWS["brief"] else moved[:1]
    if page.detail != "brief":
        blocks.append(page.lines(shown))
    if len(moved) > len(shown) or page.detail == "brief":
        rows = some(moved, ROWS[page.detail])
        blocks.append(_table(page, rows))
        if len(rows) < len(moved):
            blocks.append(page.paragraph("update.others", count=spaced(len(moved) - len(rows))))
    return [*blocks, _after(page)]


def _table(page: Page, moved: Sequence[int]) -> Table:
    columns = ("parameter", "old", "gradient", "step", "new")
    head = tuple(page.say(f"update.{column}") for column in columns)
    return Table("lrrrr", head, tuple(_row(page, new) for new in moved))


def _row(page: Page, new: int) -> tuple[Inlines, ...]:
    """w, its old value, its gradient, the step, and its new value."""
    worked = page.worked
    place = worked.derivation.ledger.place(new)
    old = worked.derivation.ledger.find(place._replace(kind=place.kind.removesuffix("_new")))
    gradient = page.gradient(old)
    rate = float(worked.values[page.graph.rate])
    step = page.value(-rate * float(worked.values[gradient]))
    cells: tuple[Node, ...] = (
        page.name(old), page.scribe.number(old), page.scribe.number(gradient), step,
        Marked(page.scribe.number(new), "value"),
    )  # fmt: skip
    return tuple((Maths(cell),) for cell in cells)


def _after(page: Page) -> Block:
    """What the step did to the error."""
    if page.chosen is not None:
        return page.paragraph("update.partly")
    before, after = page.worked.error, page.worked.error_after
    if not np.isfinite(after):
        return page.paragraph("update.undefined")
    key = "same" if before == after else "falls" if after < before else "rises"
    values = {
        "after": page.value(after),
        "before": page.scribe.number(page.graph.error),
        "change": page.value(abs(after - before)),
    }
    fields = {"after": values["after"]} if key == "same" else values
    return page.paragraph(f"update.{key}", **fields)
