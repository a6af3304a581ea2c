"""The drawing of a network: units in columns, weights on the edges, the paths of a weight in colour."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.example.pieces import label_of
from derive.document.scene import Disc, Label, Scene, Shape, Stroke
from derive.writing.maths import Node, Row, Sign, Words
from derive.writing.printers import plain
from derive.writing.width import width

MOST_UNITS = 6  # of a layer with more, the first ones and the last are drawn
DRAWN = (1, 2, 3)
MOST_LABELS = 16  # edges between two layers that have room for their weights
POINT = 0.3528  # millimetres
LABEL = 7.0  # points
NAMED, NAMED_COLUMN = 8.0, 29.0  # points and millimetres, where labels are names alone
WIDEST = 150  # millimetres between the first and the last layer


class _Plan:
    """Where each unit stands, in millimetres. Layers count from 0, units from 1."""

    def __init__(
        self, units: tuple[int, ...], column: float, row: float, radius: float, values: bool = True
    ) -> None:
        self.units, self.radius, self.values = units, radius, values
        self.label = LABEL if values else NAMED  # points
        self.shown = [_shown(count) for count in units]
        self.height = row * max(map(len, self.shown)) + 2
        self.width = column * (len(units) - 1) + 4 * radius
        self._row, self._column = row, column

    def is_labelled(self, layer: int) -> bool:
        """Whether there is room for the numbers on the edges that lead to a layer, and below it."""
        before, here = self.units[layer - 1], self.units[layer]
        return _few(before, here) and (not self.values or _room(before, here) <= self._column + 0.5)

    def x(self, layer: int) -> float:
        return 2 * self.radius + layer * self._column

    def y(self, layer: int, unit: int | str) -> float:
        shown = self.shown[layer]
        top = (self.height - self._row * (len(shown) - 1)) / 2
        return top + self._row * shown.index(unit)


def _shown(count: int) -> list[int | str]:
    """The units that are drawn, with "gap" where some are left out."""
    return list(range(1, count + 1)) if count <= MOST_UNITS else [*DRAWN, "gap", count]


def named(page: Page) -> Figure:
    """The whole network with the names of its weights and biases, whatever their values."""
    units = page.graph.problem.units
    plan = _Plan(units, column=NAMED_COLUMN, row=13, radius=4.0, values=False)
    shapes = [*_edges(plan, None, hot=False), *_weights(page, plan), *_units(page, plan, True)]
    words = " – ".join(str(count) for count in units)
    alt = page.phrases.plain("sheet.figure_alt", units=words)
    return Figure(Scene(plan.width, plan.height, tuple(shapes)), alt)


def network(page: Page, weight: tuple[int, int, int] | None = None) -> Figure:
    """The whole network, or, for a weight (layer, unit, source), its paths to the error in colour."""
    units = page.graph.problem.units
    labelled = weight is None
    if labelled:
        plan = _Plan(units, column=_column(units), row=15, radius=4.0)
    else:
        plan = _Plan(units, column=22, row=10.5, radius=3.3)
    shapes = [*_edges(plan, weight, hot=False), *_edges(plan, weight, hot=True)]
    weights = _weights(page, plan) if labelled else []
    shapes += [*weights, *_units(page, plan, labelled)]
    told = page.say(f"problem.figure{_shown_on(page) if weights else '_plain'}") if labelled else ()
    return Figure(Scene(plan.width, plan.height, tuple(shapes)), _alt(page, plan, weight), told)


def _shown_on(page: Page) -> str:
    """The ending of the phrase that says what stands on the drawing."""
    forms = {layer.bias.form for layer in page.graph.problem.layers} - {"none"}
    return "_thresholds" if forms == {"threshold"} else "" if forms else "_bare"


def _edges(plan: _Plan, weight: tuple[int, int, int] | None, hot: bool) -> list[Shape]:
    """The grey edges, or the coloured ones, which are drawn later so that nothing covers them."""
    return [
        Stroke(
            ((plan.x(layer - 1), plan.y(layer - 1, i)), (plan.x(layer), plan.y(layer, j))),
            "hot" if hot else "edge",
        )
        for layer in range(1, len(plan.units))
        for j in plan.shown[layer]
        for i in plan.shown[layer - 1]
        if "gap" not in (i, j) and _on_path(weight, layer, j, i) == hot
    ]


def _column(units: tuple[int, ...]) -> float:
    """The distance between layers that keeps the labels on the edges clear of the units."""
    room = max((_room(m, n) for m, n in pairwise(units) if _few(m, n)), default=26)
    return max(26, min(room, WIDEST / (len(units) - 1)))


def _few(before: int, here: int) -> bool:
    """Whether there are so few edges between two layers that each can have a label."""
    return before * here <= MOST_LABELS and max(before, here) <= MOST_UNITS


def _room(before: int, here: int) -> float:
    """The distance between two layers that their labels need; before a unit more, for its bias."""
    part = _part(before, here)
    return 11.5 / part if part <= 0.5 else 15 / (1 - part)


def _part(before: int, here: int) -> float:
    """Where on an edge its label stands, from 0 at the source to 1."""
    if before == 1 or here == 1:
        return 0.45
    return 1 / (here + 1) if here <= before else before / (before + 1)


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
            if labelled and layer and plan.is_labelled(layer):
                shapes += _bias(page, plan, layer, unit)
    return shapes


def _bias(page: Page, plan: _Plan, layer: int, unit: int) -> list[Shape]:
    """A unit's bias, written below it."""
    bias = _bias_of(page, layer, unit)
    if bias is None:
        return []
    text = _label(page, plan, bias)
    x, y = plan.x(layer), plan.y(layer, unit) + plan.radius + 2.1
    return [Label(x, y, text, plan.label, "faint", True, width(text) * plan.label * POINT + 0.8)]


def _bias_of(page: Page, layer: int, unit: int) -> int | None:
    ids = page.graph.layers[layer - 1].bias
    if ids is None:
        return None
    return int(ids) if ids.ndim == 0 else int(ids[unit - 1])


def _weights(page: Page, plan: _Plan) -> list[Shape]:
    """The weights on the edges, at a place where no two of them meet.

    With m sources and n targets, the labels at the part 1/(n + 1) of each edge stand one below the
    other at equal distances, and so do those at the part m/(m + 1); the fewer units, the further.
    """
    shapes: list[Shape] = []
    for layer in range(1, len(plan.units)):
        before, here = plan.units[layer - 1], plan.units[layer]
        if not plan.is_labelled(layer):
            continue
        part = _part(before, here)
        for j in range(1, here + 1):
            for i in range(1, before + 1):
                weight = int(page.graph.layers[layer - 1].weights[j - 1, i - 1])
                x = plan.x(layer - 1) * (1 - part) + plan.x(layer) * part
                y = plan.y(layer - 1, i) * (1 - part) + plan.y(layer, j) * part
                text = _label(page, plan, weight)
                room = width(text) * plan.label * POINT + 0.8
                shapes.append(Label(x, y, text, plan.label, "faint", True, room))
    return shapes


def _label(page: Page, plan: _Plan, parameter: int) -> Node:
    """A parameter's name, and its value where the drawing shows those."""
    name = page.name(parameter)
    return Row((name, Sign(" "), page.scribe.number(parameter))) if plan.values else name


def _alt(page: Page, plan: _Plan, weight: tuple[int, int, int] | None) -> str:
    """The drawing in words: what its labels say, or how many there would be."""
    phrases = page.phrases
    if weight is not None:
        layer, unit, source = weight
        name = page.scribe.written(page.find("w", layer, unit, source))
        return phrases.plain("backward.figure_alt", weight=name)
    layers = range(1, len(plan.units))
    if all(plan.is_labelled(layer) for layer in layers):
        told = " ".join(sentence for layer in layers for sentence in _told(page, layer))
    else:
        count = sum(layer.weights.size for layer in page.graph.layers)
        told = phrases.plain("problem.figure_alt_many", count=count)
    units = phrases.joined([str(count) for count in plan.units])
    return phrases.plain("problem.figure_alt", units=units, weights=told)


def _told(page: Page, layer: int) -> Iterator[str]:
    """The weights and biases of one layer, a sentence each."""
    say = page.phrases.plain

    def called(layer: int, unit: int) -> str:
        return plain(label_of(page.unit(layer, unit)))

    for unit, weights in enumerate(page.graph.layers[layer - 1].weights.tolist(), start=1):
        target = called(layer, unit)
        for source, weight in enumerate(weights, start=1):
            yield say(
                "problem.figure_alt_weight", name=page.scribe.written(weight), target=target,
                value=plain(page.scribe.number(weight)), source=called(layer - 1, source),
            )  # fmt: skip
        bias = _bias_of(page, layer, unit)
        if bias is not None:
            value = plain(page.scribe.number(bias))
            yield say(
                "problem.figure_alt_bias", name=page.scribe.written(bias), value=value, unit=target
            )
