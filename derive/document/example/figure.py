"""The drawing of a network: units in columns, weights on the edges, the paths of a weight in colour."""

from __future__ import annotations

from itertools import pairwise

from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.scene import Disc, Label, Scene, Shape, Stroke
from derive.writing.maths import Node, Row, Sign, Words
from derive.writing.printers import plain
from derive.writing.width import width

MOST_UNITS = 6  # of a layer with more, the first ones and the last are drawn
DRAWN = (1, 2, 3)
MOST_LABELS = 16  # edges between two layers that have room for their weights
POINT = 0.3528  # millimetres
LABEL = 7.0  # points
WIDEST = 150  # millimetres between the first and the last layer


class _Plan:
    """Where each unit stands, in millimetres. Layers count from 0, units from 1."""

    def __init__(self, units: tuple[int, ...], column: float, row: float, radius: float) -> None:
        self.units, self.radius = units, radius
        self.shown = [_shown(count) for count in units]
        self.height = row * max(map(len, self.shown)) + 2
        self.width = column * (len(units) - 1) + 4 * radius
        self._row, self._column = row, column

    def x(self, layer: int) -> float:
        return 2 * self.radius + layer * self._column

    def y(self, layer: int, unit: int | str) -> float:
        shown = self.shown[layer]
        top = (self.height - self._row * (len(shown) - 1)) / 2
        return top + self._row * shown.index(unit)


def _shown(count: int) -> list[int | str]:
    """The units that are drawn, with "gap" where some are left out."""
    return list(range(1, count + 1)) if count <= MOST_UNITS else [*DRAWN, "gap", count]


def network(page: Page, weight: tuple[int, int, int] | None = None, caption: bool = True) -> Figure:
    """The whole network, or, for a weight (layer, unit, source), its paths to the error in colour."""
    units = page.graph.problem.units
    labelled = weight is None
    column = _column(units) if labelled else 22
    plan = _Plan(units, column, 15 if labelled else 10.5, 4.0 if labelled else 3.3)
    shapes: list[Shape] = []
    for hot in (False, True):  # coloured edges last, so that nothing covers them
        for layer in range(1, len(units)):
            for j in plan.shown[layer]:
                for i in plan.shown[layer - 1]:
                    if "gap" not in (i, j) and _on_path(weight, layer, j, i) == hot:
                        ends = (
                            (plan.x(layer - 1), plan.y(layer - 1, i)),
                            (plan.x(layer), plan.y(layer, j)),
                        )
                        shapes.append(Stroke(ends, "hot" if hot else "edge"))
    if labelled:
        shapes += _weights(page, plan)
    shapes += _units(page, plan, labelled)
    scene = Scene(plan.width, plan.height, tuple(shapes))
    return Figure(
        scene, _alt(page, weight), page.say("problem.figure") if labelled and caption else ()
    )


def _column(units: tuple[int, ...]) -> float:
    """The distance between layers that keeps the labels on the edges clear of the units."""
    pairs = [(m, n) for m, n in pairwise(units) if m * n <= MOST_LABELS and max(m, n) <= MOST_UNITS]
    room = max((11.5 / _part(m, n) for m, n in pairs), default=26)
    return max(26, min(room, WIDEST / (len(units) - 1)))


def _part(before: int, here: int) -> float:
    """Where on an edge its label stands, from 0 at the source to 1."""
    return 1 / (here + 1) if here > 1 and before > 1 else 0.45


def _on_path(weight: tuple[int, int, int] | None, layer: int, j: int | str, i: int | str) -> bool:
    """Whether the edge from unit i of the layer before to unit j lies on a path of the weight."""
    if weight is None:
        return False
    level, unit, source = weight
    if layer == level:
        return (j, i) == (unit, source)
    return layer > level and (i == unit or layer > level + 1)


def _units(page: Page, plan: _Plan, labelled: bool) -> list[Shape]:
    shapes: list[Shape] = []
    for layer in range(len(plan.units)):
        for unit in plan.shown[layer]:
            x, y = plan.x(layer), plan.y(layer, unit)
            if unit == "gap":
                shapes.append(Label(x, y, Words("⋮"), 10, "unit"))
                continue
            assert isinstance(unit, int)
            name = page.scribe.notation.label(layer, unit)
            size = 8.0 if width(name) < 1.6 else 6.2
            shapes += [Disc(x, y, plan.radius), Label(x, y, name, size)]
            if labelled and layer:
                shapes += _bias(page, plan, layer, unit, x, y)
    return shapes


def _bias(page: Page, plan: _Plan, layer: int, unit: int, x: float, y: float) -> list[Shape]:
    """A unit's bias, written below it."""
    ids = page.graph.layers[layer - 1].bias
    if ids is None or max(len(plan.shown[layer]), 1) > MOST_UNITS:
        return []
    bias = int(ids) if ids.ndim == 0 else int(ids[unit - 1])
    text = Row((page.name(bias), Sign(" "), page.scribe.number(bias)))
    return [Label(x, y + plan.radius + 2.1, text, LABEL, "faint")]


def _weights(page: Page, plan: _Plan) -> list[Shape]:
    """The weights on the edges, at a place where no two of them meet.

    With m sources and n targets at distances s and t, the labels at the part p = s/(n·t + s) of
    each edge stand one below the other at equal distances.
    """
    shapes: list[Shape] = []
    for layer in range(1, len(plan.units)):
        before, here = plan.units[layer - 1], plan.units[layer]
        if before * here > MOST_LABELS or max(before, here) > MOST_UNITS:
            continue
        part = _part(before, here)
        for j in range(1, here + 1):
            for i in range(1, before + 1):
                weight = int(page.graph.layers[layer - 1].weights[j - 1, i - 1])
                x = plan.x(layer - 1) * (1 - part) + plan.x(layer) * part
                y = plan.y(layer - 1, i) * (1 - part) + plan.y(layer, j) * part
                text = Row((page.name(weight), Sign(" "), page.scribe.number(weight)))
                room = width(text) * LABEL * POINT + 0.8
                shapes.append(Label(x, y, text, LABEL, "faint", True, room))
    return shapes


def _alt(page: Page, weight: tuple[int, int, int] | None) -> str:
    phrases, notation = page.phrases, page.scribe.notation
    if weight is not None:
        layer, unit, source = weight
        name = page.scribe.written(page.find("w", layer, unit, source))
        return phrases.plain("backward.figure_alt", weight=name)
    every = [int(q) for layer in page.graph.layers for q in layer.weights.ravel()[:MOST_LABELS]]
    count = sum(layer.weights.size for layer in page.graph.layers)
    if count > MOST_LABELS:
        told = phrases.plain("problem.figure_alt_many", count=count)
    else:
        told = " ".join(_told(page, notation.label, q) for q in every)
    units = "-".join(map(str, page.graph.problem.units))
    return phrases.plain("problem.figure_alt", units=units, weights=told)


def _told(page: Page, label, weight: int) -> str:  # type: ignore[no-untyped-def]
    """One weight in words."""
    place = page.worked.derivation.ledger.place(weight)
    assert place.layer is not None
    unit, source = place.index
    ends: tuple[Node, Node] = (label(place.layer - 1, source), label(place.layer, unit))
    return page.phrases.plain(
        "problem.figure_alt_weight", name=page.scribe.written(weight),
        value=plain(page.scribe.number(weight)), source=plain(ends[0]), target=plain(ends[1]),
    )  # fmt: skip
