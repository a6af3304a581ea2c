"""The lines of a calculation as templates get them: what stands on which row, and on which rule.

A template is never told what belongs on a rule of the sheet, so that it cannot give it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from derive.document.blocks import Task, Tasks
from derive.render.formula import Formula
from derive.writing.maths import Blank, Node, Row, Sign
from derive.writing.width import split, width

_LINE = 44.5  # what fits between the margins, in em
_GAPS = 2.4  # left of the value
_POINTS = 2.6  # the column of points
_MOST = 0.45  # of a line, for the names


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


class TaskTable(NamedTuple):
    """All tasks, with the widths of the columns in em."""

    tasks: list[TaskLine]
    names: float
    values: float
    marked: bool  # whether any task has points


class Layout:
    """Arranges tasks; `formula` makes a node a template's, `reveal` fills in what is blank."""

    def __init__(self, formula: Callable[[Node], Formula], reveal: bool) -> None:
        self._formula, self._reveal = formula, reveal

    def table(self, block: Tasks) -> TaskTable:
        tasks = block.tasks
        marked = any(task.points.strip() for task in tasks)
        names = min(max((width(task.name) for task in tasks), default=0), _MOST * _LINE)
        values = max((width(Row((task.relation, task.value))) for task in tasks), default=0)
        room = _LINE - names - values - _GAPS - (_POINTS if marked else 0)
        lines = [self._line(task, max(room, 8.0)) for task in tasks]
        return TaskTable(lines, round(names, 1), round(values, 1), marked)

    def _line(self, task: Task, room: float) -> TaskLine:
        return TaskLine(
            self._formula(task.name),
            [self._piece(Sign("="), part) for part in task.parts],
            [[self._piece(*pair) for pair in row] for row in _rows(task.parts, room)] or [[]],
            self._piece(task.relation, task.value),
            task.points.strip(),
        )

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
    for n, piece in enumerate(split(inside, room - width(equal))):
        whole = Blank(piece, min(part.width, room)) if isinstance(part, Blank) else piece
        yield None if n else equal, whole
