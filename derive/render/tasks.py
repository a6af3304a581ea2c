"""The lines of a calculation as templates get them: what stands on which row, and on which rule.

A template is never told what belongs on a rule of the sheet, so that it cannot give it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from derive.document.blocks import Task
from derive.render.formula import Formula
from derive.writing.maths import Blank, Node, Row, Sign, Words
from derive.writing.width import split, width

_LINE = 44.5  # what fits between the margins, in em
_GAPS = 2.4  # left of the value
_POINTS = 2.6  # the column of points
_MOST = 0.45  # of a line, for the names
_JOINED = Words("")  # before a sign that would be taken for one of what follows


class Piece(NamedTuple):
    """A part of a row: a formula, or a rule with a formula on it on the key and none on the sheet."""

    sign: Formula | None  # the = or ≈ before a rule; a formula without a rule holds its own
    formula: Formula
    rule: float  # how wide a rule it stands on, in em; 0 where it stands on none
    bare: bool  # whether nothing stands on the rule


class TaskLine(NamedTuple):
    """A task: its parts as they are, and the same in rows that each fit on a page."""

    name: Formula
    parts: list[Piece]
    rows: list[list[Piece]]
    value: Piece
    points: str


class Layout:
    """Arranges tasks; `formula` makes a node a template's, `reveal` fills in what is blank.

    `names` and `values` are the widths of their columns in em.
    """

    def __init__(
        self, formula: Callable[[Node], Formula], reveal: bool, tasks: Sequence[Task]
    ) -> None:
        self._formula, self._reveal = formula, reveal
        self.marked = any(task.points.strip() for task in tasks)
        names = min(max((width(task.name) for task in tasks), default=0), _MOST * _LINE)
        values = max((width(Row((task.relation, task.value))) for task in tasks), default=0)
        room = _LINE - names - values - _GAPS - (_POINTS if self.marked else 0)
        self.names, self.values, self._room = round(names, 1), round(values, 1), max(room, 8.0)

    @property
    def columns(self) -> dict[str, float | bool]:
        """What templates know of the columns: their widths, and whether any task has points."""
        return {"names": self.names, "values": self.values, "marked": self.marked}

    def line(self, task: Task) -> TaskLine:
        """A task as a template gets it."""
        rows = [[self._piece(*pair) for pair in row] for row in _rows(task.parts, self._room)]
        return TaskLine(
            self._formula(task.name), [self._piece(Sign("="), part) for part in task.parts],
            rows or [[]], self._piece(task.relation, task.value), task.points.strip(),
        )  # fmt: skip

    def _piece(self, sign: Sign | None, node: Node) -> Piece:
        if not isinstance(node, Blank):
            shown = node if sign is None else Row((sign, node))
            return Piece(None, self._formula(shown), 0.0, False)
        inside = node.inside if self._reveal else node
        before = None if sign is None else self._formula(sign)
        return Piece(before, self._formula(inside), node.width, not self._reveal)


def _rows(parts: tuple[Node, ...], room: float) -> list[list[tuple[Sign | None, Node]]]:
    """The parts with the signs before them, on as few rows as hold them."""
    rows: list[list[tuple[Sign | None, Node]]] = []
    taken = 0.0
    for sign, node in (piece for part in parts for piece in _pieces(part, room)):
        size = width(node) + (width(sign) if sign else 0)
        if not rows or sign is None or taken + size > room:
            rows.append([])
            taken = 0.0
        rows[-1].append((sign, node))
        taken += size
    return rows


def _pieces(part: Node, room: float) -> Iterator[tuple[Sign | None, Node]]:
    """A part in pieces that each fit the room; the first has the sign before it."""
    equal = Sign("=")
    inside = part.inside if isinstance(part, Blank) else part
    for n, fitting in enumerate(split(inside, room - width(equal))):
        piece = Row((_JOINED, fitting)) if n else fitting
        whole = Blank(piece, min(part.width, room)) if isinstance(part, Blank) else piece
        yield None if n else equal, whole
