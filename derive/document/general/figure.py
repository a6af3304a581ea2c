"""The drawing of any topology: a box for each layer, in the order of the calculation, and what it takes."""

from __future__ import annotations

from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.general.figures.pieces import box, tip
from derive.document.general.layers import kind_name, shape_of, sources_of
from derive.document.scene import Label, Scene, Shape, Stroke
from derive.writing.maths import Name, Words

BOX, HEIGHT, GAP = 25.0, 11.0, 8.0  # millimetres
IN_A_ROW = 5
ROW = 24.0  # from one row to the next, with room for skips
ARC = 8.0  # above a row whose arrows pass over boxes


def topology(page: Page) -> Figure:
    """The inputs, the layers and the error."""
    count = len(page.graph.layers)
    skips = any(n - source > 1 for n in range(1, count + 1) for source in sources_of(page, n))
    places = [_place(n, count + 2, ARC if skips else 1.0) for n in range(count + 2)]
    shapes: list[Shape] = []
    for number in range(1, count + 1):
        for source in sources_of(page, number):
            shapes += _arrow(places[source], places[number], number - source)
    shapes += _arrow(places[count], places[count + 1], 1)
    for number, (x, y) in enumerate(places):
        shapes.append(box(x, y, BOX, HEIGHT))
        if number == count + 1:
            shapes.append(Label(x + BOX / 2, y + HEIGHT / 2, Name("E"), 9))
            continue
        words = page.phrases.plain("general.inputs") if number == 0 else kind_name(page, number)
        size = " × ".join(map(str, shape_of(page, number)))
        told = words if number == 0 else f"{number}  {words}"
        shapes.append(Label(x + BOX / 2, y + HEIGHT / 2 - 2, Words(told), 7.5))
        shapes.append(Label(x + BOX / 2, y + HEIGHT / 2 + 2.4, Words(size), 7, "faint"))
    width = max(x for x, _ in places) + BOX + 1
    height = max(y for _, y in places) + HEIGHT + 2
    return Figure(Scene(width, height, tuple(shapes)), _alt(page), page.say("general.figure"))


def _place(number: int, count: int, top: float) -> tuple[float, float]:
    """The upper left corner of a box; rows are as even as they can be."""
    rows = -(-count // IN_A_ROW)
    in_a_row = -(-count // rows)
    row, column = divmod(number, in_a_row)
    return 1 + column * (BOX + GAP), top + row * ROW


def _arrow(start: tuple[float, float], end: tuple[float, float], step: int) -> list[Shape]:
    """From one box to another: straight on to the next, over those in between, down to a new row."""
    (x, y), (to_x, to_y) = start, end
    if step == 1 and y == to_y:
        points: tuple[tuple[float, float], ...] = (
            (x + BOX, y + HEIGHT / 2),
            (to_x, to_y + HEIGHT / 2),
        )
        return [Stroke(points), *tip(*points[-1], 1, 0)]
    if y == to_y:
        above = y - 3 - min(step, 3)
        points = (
            (x + BOX * 0.75, y),
            (x + BOX * 0.75, above),
            (to_x + BOX * 0.3, above),
            (to_x + BOX * 0.3, y),
        )
        return [Stroke(points), *tip(*points[-1], 0, 1)]
    middle = to_y - 5 - (step > 1)
    points = (
        (x + BOX / 2, y + HEIGHT),
        (x + BOX / 2, middle),
        (to_x + BOX / 2, middle),
        (to_x + BOX / 2, to_y),
    )
    return [Stroke(points), *tip(*points[-1], 0, 1)]


def _alt(page: Page) -> str:
    """The drawing in words."""
    say = page.phrases.plain
    told = []
    for number in range(1, len(page.graph.layers) + 1):
        taken = [str(n) if n else say("general.inputs") for n in sources_of(page, number)]
        size = " × ".join(map(str, shape_of(page, number)))
        told.append(say("general.figure_alt", number=number, kind=kind_name(page, number),
                        sources=page.phrases.joined(taken), shape=size))  # fmt: skip
    return " ".join(told)
