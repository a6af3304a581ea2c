"""The forward pass, layer by layer, and the error."""

from __future__ import annotations

from derive.document.blocks import Block, Heading, Inlines, Maths, Table, Text
from derive.document.example.page import ROWS, UNITS, Page
from derive.document.example.pieces import spaced
from derive.document.phrases import capitalized
from derive.graph.graph import LayerQuantities

MOST_ROWS = 12  # of a table of units on a page that is not in full detail


def forward(page: Page) -> list[Block]:
    """Every net input and output."""
    blocks: list[Block] = [page.heading(page.say("forward.heading"))]
    if page.detail != "brief" and page.sample in (None, 1):
        blocks.append(_intro(page))
    for number, layer in enumerate(page.graph.layers, start=1):
        if len(page.graph.layers) > 1:
            blocks.append(Heading(2, (Text(capitalized(page.layer_name(number))),)))
        blocks += _layer(page, number, layer)
    return blocks


def _intro(page: Page) -> Block:
    """What a net input and an output are, with the first unit's names."""
    forms = {layer.bias.form for layer in page.graph.problem.layers}
    names = {"each": "_bias", "shared": "_bias", "threshold": "_threshold", "none": ""}
    endings = {names[form] for form in forms}
    layer = page.graph.layers[0]
    net, out = page.name(int(layer.net[0])), page.name(int(layer.outputs[0]))
    return page.paragraph(
        f"forward.intro{endings.pop() if len(endings) == 1 else ''}", net=net, out=out
    )


def _layer(page: Page, number: int, layer: LayerQuantities) -> list[Block]:
    """The first units line by line, and those for which there is no room in a table."""
    units = list(zip(layer.net.tolist(), layer.outputs.tolist(), strict=True))
    most = UNITS[page.detail]
    worked = units if len(units) <= most else units[:1]
    if layer.activation.joint:
        quantities = [q for column in zip(*worked, strict=True) for q in column]
    else:
        quantities = [q for pair in worked for q in pair]
    blocks: list[Block] = [page.lines(quantities)]
    if len(worked) < len(units):
        key = "others" if len(units) > 2 else "other"
        blocks += [page.paragraph(f"forward.{key}"), _table(page, number, units[len(worked) :])]
    return blocks


def _table(page: Page, number: int, units: list[tuple[int, int]]) -> Table:
    head = tuple(page.say(f"forward.{column}") for column in ("unit", "net", "out"))
    most = ROWS[page.detail] if page.detail == "full" else MOST_ROWS
    rows: list[tuple[Inlines, ...]] = []
    first = page.graph.layers[number - 1].net.size - len(units) + 1
    for offset, (net, out) in enumerate(units[:most]):
        label = page.scribe.notation.label(number, first + offset)
        rows.append(
            tuple(
                (Maths(node),) for node in (label, page.scribe.number(net), page.scribe.number(out))
            )
        )
    if len(units) > most:
        rows.append((page.say("forward.more", count=spaced(len(units) - most)), (), ()))
    return Table("lrr", head, tuple(rows))


def error(page: Page) -> list[Block]:
    """The error of each output, and of all together."""
    parts = page.graph.parts.tolist()
    shown = parts if len(parts) <= max(UNITS[page.detail], 2) else parts[:1]
    return [page.heading(page.say("error.heading")), page.lines([*shown, page.graph.error])]
