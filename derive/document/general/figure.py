"""The drawing of any topology: a box for each layer, in the order of the calculation, and what it takes."""

from __future__ import annotations

from derive.catalogue.layers.kind import sides
from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.general.figures.pieces import arrow, box, room
from derive.document.general.layers import kind_name, shape_of, sources_of
from derive.document.scene import Label, Scene, Shape
from derive.writing.maths import Name, Words

LEAST, HEIGHT, GAP = 25.0, 11.0, 8.0  # of a box and between two of them, in millimetres
ACROSS = 165.0  # of a row of boxes
ROW = 24.0  # from one row to the next, with room for skips
ARC = 8.0  # above a row whose arrows pass over boxes
WORDS, SHAPE = 7.5, 7.0  # points

Corner = tuple[float, float]


def topology(page: Page) -> Figure:
    """The inputs, the layers and the error."""
    plan = _Plan(page)
    shapes: list[Shape] = []
    for number in range(1, plan.count + 1):
        for source in sources_of(page, number):
            shapes += plan.arrow(source, number)
    shapes += plan.arrow(plan.count, plan.count + 1)
    for number, (x, y) in enumerate(plan.places):
        middle = x + plan.width / 2
        shapes.append(box(x, y, plan.width, HEIGHT))
        if number > plan.count:
            shapes.append(Label(middle, y + HEIGHT / 2, Name("E"), 9))
            continue
        size = sides(shape_of(page, number))
        shapes.append(Label(middle, y + HEIGHT / 2 - 2, plan.told[number], WORDS))
        shapes.append(Label(middle, y + HEIGHT / 2 + 2.4, Words(size), SHAPE, "faint"))
    width = max(x for x, _ in plan.places) + plan.width + 1
    height = max(y for _, y in plan.places) + HEIGHT + 2
    return Figure(Scene(width, height, tuple(shapes)), _alt(page), page.say("general.figure"))


class _Plan:
    """Where the boxes stand: in rows that are as even as they can be, from the inputs to the error."""

    def __init__(self, page: Page) -> None:
        self.count = len(page.graph.layers)
        numbers = range(1, self.count + 1)
        names = [f"{n}  {kind_name(page, n)}" for n in numbers]
        self.told = [Words(name) for name in (page.phrases.plain("general.inputs"), *names)]
        self.width = max(LEAST, room(self.told, WORDS))
        most = int((ACROSS + GAP) / (self.width + GAP))
        rows = -(-(self.count + 2) // most)
        in_a_row = -(-(self.count + 2) // rows)
        skips = any(n - source > 1 for n in numbers for source in sources_of(page, n))
        top = ARC if skips else 1.0
        self.places: list[Corner] = [
            (1 + n % in_a_row * (self.width + GAP), top + n // in_a_row * ROW)
            for n in range(self.count + 2)
        ]

    def arrow(self, source: int, target: int) -> list[Shape]:
        """From one box to another: straight on to the next, over those between, down to a new row."""
        (x, y), (to_x, to_y) = self.places[source], self.places[target]
        half, step = self.width / 2, target - source
        if y != to_y:
            level = to_y - 5 - (step > 1)
            return arrow(
                (x + half, y + HEIGHT), (x + half, level), (to_x + half, level), (to_x + half, to_y)
            )
        if step == 1:
            return arrow((x + self.width, y + HEIGHT / 2), (to_x, y + HEIGHT / 2))
        level, start, end = y - 3 - min(step, 3), x + 1.5 * half, to_x + 0.6 * half
        return arrow((start, y), (start, level), (end, level), (end, y))


def _alt(page: Page) -> str:
    """The drawing in words."""
    say = page.phrases.plain
    told = []
    for number in range(1, len(page.graph.layers) + 1):
        taken = [str(n) if n else say("general.inputs") for n in sources_of(page, number)]
        size = sides(shape_of(page, number))
        told.append(say("general.figure_alt", number=number, kind=kind_name(page, number),
                        sources=page.phrases.joined(taken), shape=size))  # fmt: skip
    return " ".join(told)
