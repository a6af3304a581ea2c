"""The drawing of an expression graph: a disc for each name, the value above what leads on from it, the
gradient below."""

from __future__ import annotations

from derive.document.blocks import Block, Figure
from derive.document.example.figure import POINT
from derive.document.example.page import Page
from derive.document.general.figures.pieces import arrow
from derive.document.scene import Disc, Label, Scene, Shape, Stroke
from derive.writing.maths import Node
from derive.writing.printers import plain
from derive.writing.width import width

ROW, RADIUS = 14.0, 4.2  # millimetres
SLANTS = (13.0, 6.0)  # between two columns, where edges are not level
WIDEST, HIGHEST = 165.0, 200.0
SIZE = 7.0  # points


def circuit(page: Page) -> list[Block]:
    """The drawing, or nothing where it would not fit on a page."""
    for slant in SLANTS:
        plan = _Plan(page, slant)
        if plan.width <= WIDEST and plan.height <= HIGHEST:
            scene = Scene(plan.width, plan.height, tuple(plan.shapes()))
            return [Figure(scene, plan.told(), page.say("general.circuit"))]
    return []


class _Plan:
    """Where each name stands: in the column after the last one that it uses."""

    def __init__(self, page: Page, slant: float) -> None:
        self.page = page
        self.uses = [(int(f.targets[0]), f.needs(0)) for f in page.graph.families]
        self.users: dict[int, list[int]] = {q: [] for q in page.graph.inputs.tolist()}
        for target, sources in self.uses:
            self.users.setdefault(target, [])
            for source in sources:
                self.users[source].append(target)
        self.columns = self._columns()
        self.height = ROW * max(map(len, self.columns)) + 4
        self.places: dict[int, tuple[float, float]] = {}
        self.level: dict[int, float] = {}  # how far the edges from a name are level
        x = RADIUS + 1
        for column in self.columns:
            numbers = [n for quantity in column for n in self._numbers(quantity) if n is not None]
            level = RADIUS + max(map(_room, numbers)) + 2.5
            for quantity in column:
                self.places[quantity] = x, self._y(column, quantity)
                self.level[quantity] = level
            self.width = x + level + 3
            x += level + slant + RADIUS

    def _columns(self) -> list[list[int]]:
        """The names of each column, each near the height of those that use it."""
        levels = dict.fromkeys(self.page.graph.inputs.tolist(), 0)
        for target, sources in self.uses:
            levels[target] = 1 + max((levels[q] for q in sources), default=0)
        for quantity in self.page.graph.inputs.tolist():  # just before the first that uses it
            levels[quantity] = min((levels[q] for q in self.users[quantity]), default=1) - 1
        columns: list[list[int]] = [[] for _ in range(max(levels.values()) + 1)]
        for quantity, level in levels.items():
            columns[level].append(quantity)
        columns = [column for column in columns if column]
        heights: dict[int, float] = {}
        for column in reversed(columns):
            column.sort(key=lambda q: _mean([heights[user] for user in self.users[q]]))
            heights |= {q: (n + 0.5) / len(column) for n, q in enumerate(column)}
        return columns

    def _y(self, column: list[int], quantity: int) -> float:
        return self.height / len(column) * (column.index(quantity) + 0.5)

    def _numbers(self, quantity: int) -> tuple[Node, Node | None]:
        """The value, and the gradient where it is known; the output's own is 1, and not written."""
        gradient = int(self.page.gradients[quantity])
        known = gradient >= 0 and quantity != self.page.graph.error
        number = self.page.scribe.number
        return number(quantity), number(gradient) if known else None

    def shapes(self) -> list[Shape]:
        """Edges first, so that discs and numbers stand on them."""
        found: list[Shape] = []
        for target, sources in self.uses:
            to_x, to_y = self.places[target]
            for source in sources:
                x, y = self.places[source]
                found.append(Stroke(((x, y), (x + self.level[source], y), (to_x - RADIUS, to_y))))
        x, y = self.places[self.page.graph.error]
        end = x + self.level[self.page.graph.error]
        found += arrow((x, y), (end, y))
        return [*found, *(shape for quantity in self.places for shape in self._node(quantity))]

    def _node(self, quantity: int) -> list[Shape]:
        x, y = self.places[quantity]
        name = self.page.name(quantity)
        found: list[Shape] = [
            Disc(x, y, RADIUS), Label(x, y, name, 8.0 if width(name) < 1.6 else 6.0),
        ]  # fmt: skip
        for number, role, below in zip(
            self._numbers(quantity), ("value", "hot"), (-2.1, 2.1), strict=True
        ):
            if number is not None:
                middle = x + RADIUS + 1 + _room(number) / 2
                found.append(Label(middle, y + below, number, SIZE, role))
        return found

    def told(self) -> str:
        """The drawing in words: each name with its value and its gradient."""
        told = []
        for quantity in self.users:
            value, gradient = self._numbers(quantity)
            fields = {"name": self.page.scribe.written(quantity), "value": plain(value)}
            if gradient is not None:
                fields["gradient"] = plain(gradient)
            key = "value" if gradient is None else "both"
            told.append(self.page.phrases.plain(f"general.circuit_{key}", **fields))
        return " ".join(told)


def _room(number: Node) -> float:
    """The width of a number, in millimetres."""
    return width(number) * SIZE * POINT


def _mean(heights: list[float]) -> float:
    return sum(heights) / len(heights) if heights else 0.5
