"""Pieces of drawings: boxes, arrows, and grids of cells with something in them."""

from __future__ import annotations

from collections.abc import Sequence

from derive.document.example.figure import POINT
from derive.document.scene import Label, Shape, Stroke
from derive.writing.maths import Node
from derive.writing.width import width

TIP = 1.3


def box(x: float, y: float, across: float, down: float, role: str = "axis") -> Shape:
    """A rectangle by its upper left corner."""
    return Stroke(((x, y), (x + across, y), (x + across, y + down), (x, y + down), (x, y)), role)


def arrow(*points: tuple[float, float], role: str = "edge") -> list[Shape]:
    """A line through these points with a tip at its end."""
    (x, y), (to_x, to_y) = points[-2:]
    dx, dy = (to_x > x) - (to_x < x), (to_y > y) - (to_y < y)
    return [Stroke(points, role), *_tip(to_x, to_y, dx, dy, role)]


def _tip(x: float, y: float, dx: int, dy: int, role: str = "edge") -> list[Shape]:
    """The head of an arrow that points along (dx, dy)."""
    back_x, back_y = x - 1.6 * TIP * dx, y - 1.6 * TIP * dy
    side_x, side_y = TIP * 0.6 * dy, TIP * 0.6 * dx
    return [
        Stroke(
            ((back_x - side_x, back_y - side_y), (x, y), (back_x + side_x, back_y + side_y)), role
        )
    ]


def cells(
    x: float,
    y: float,
    rows: Sequence[Sequence[Node]],
    size: float,
    across: float,
    down: float = 6.0,
) -> list[Shape]:
    """A grid of cells of equal size, with something in each."""
    count = max(map(len, rows))
    found: list[Shape] = [
        Stroke(((x, y + n * down), (x + count * across, y + n * down)), "edge")
        for n in range(len(rows) + 1)
    ]
    found += [
        Stroke(((x + n * across, y), (x + n * across, y + len(rows) * down)), "edge")
        for n in range(count + 1)
    ]
    for r, row in enumerate(rows):
        for c, node in enumerate(row):
            found.append(Label(x + (c + 0.5) * across, y + (r + 0.5) * down, node, size))
    return found


def room(nodes: Sequence[Node], size: float) -> float:
    """The width that the widest of these takes, in millimetres, with some air."""
    return max((width(node) for node in nodes), default=1.0) * size * POINT + 2.4
