"""A window over an array: which entries make the first output, and where the next one begins."""

from __future__ import annotations

import numpy as np

from derive.algebra.ledger import Ids
from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.general.figures.pieces import arrow, box, cells, room
from derive.document.general.layers import kind_name, mine, sources_of
from derive.document.scene import Scene, Shape
from derive.writing.maths import Node

MOST = 8  # rows or columns that are drawn
SIZE, DOWN = 6.5, 6.0  # points, millimetres


def window(page: Page, number: int) -> Figure | None:
    """The first channel of what comes in with its window, and the first of what comes out."""
    one = page.worked.derivation.one.graph
    source = sources_of(page, number)[0]
    before = one.inputs if source == 0 else one.layers[source - 1].outputs
    first, out = _flat(before), _flat(one.layers[number - 1].outputs)
    if max(first.shape) > MOST:
        return None
    seen = _seen(page, number, first)
    if seen is None:
        return None
    left, right = (_numbers(page, ids) for ids in (first, out))
    across = room([node for row in (*left, *right) for node in row], SIZE)
    x_out = first.shape[1] * across + 16
    height = max(first.shape[0], out.shape[0]) * DOWN + 3
    shapes: list[Shape] = cells(1, 1, left, SIZE, across, DOWN)
    top, down, start, wide = seen
    shapes.append(box(1 + start * across, 1 + top * DOWN, wide * across, down * DOWN, "hot"))
    shapes += cells(x_out, 1, right, SIZE, across, DOWN)
    shapes.append(box(x_out, 1, across, DOWN, "hot"))
    middle = 1 + (top + down / 2) * DOWN
    shapes += arrow(
        (1 + first.shape[1] * across + 2, 1 + DOWN / 2), (x_out - 1, 1 + DOWN / 2), role="hot"
    )
    scene = Scene(x_out + out.shape[1] * across + 1, max(height, middle), tuple(shapes))
    told = page.say("general.window")
    alt = page.phrases.plain(
        "general.window_alt", kind=kind_name(page, number), rows=down, columns=wide
    )
    return Figure(scene, alt, told)


def _flat(ids: Ids) -> Ids:
    """The last two axes of an array, of the first channel; a list is one row."""
    while ids.ndim > 2:
        ids = ids[0]
    return ids.reshape(1, -1) if ids.ndim == 1 else ids


def _numbers(page: Page, ids: Ids) -> list[list[Node]]:
    return [[page.scribe.number(int(q)) for q in mine(page, row)] for row in ids]


def _seen(page: Page, number: int, entries: Ids) -> tuple[int, int, int, int] | None:
    """The rows and columns whose entries stand in the equation of the layer's first quantity: the first
    row and how many, the first column and how many; None where that window reaches no further than the
    padding."""
    one = page.worked.derivation.one
    place = one.ledger.place
    family = next(f for f in one.graph.forward if place(int(f.targets[0])).layer == number)
    rows, columns = np.nonzero(np.isin(entries, family.needs(0)))
    if not rows.size:
        return None
    return (
        int(rows.min()), int(np.ptp(rows)) + 1, int(columns.min()), int(np.ptp(columns)) + 1,
    )  # fmt: skip
