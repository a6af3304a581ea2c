"""The forward pass of any topology, layer by layer, and the error."""

from __future__ import annotations

from derive.document.blocks import Block
from derive.document.example.page import UNITS, Page
from derive.document.general.figures import DRAWINGS
from derive.document.general.layers import (
    formulas,
    layer_heading,
    mine,
    of_layer,
    sources_of,
)
from derive.document.general.lines import written


def forward(page: Page) -> list[Block]:
    """Every layer: what it does, in words and letters, and its lines."""
    blocks: list[Block] = [page.heading(page.say("forward.heading"))]
    for number in range(1, len(page.graph.layers) + 1):
        blocks.append(layer_heading(page, number))
        if page.detail != "brief" and page.sample in (None, 1):
            blocks += _told(page, number)
        one = page.worked.derivation.one.graph
        blocks += written(page, list(of_layer(page, one.forward, number)))
    return blocks


def _told(page: Page, number: int) -> list[Block]:
    """What the layer does, where its kind is met for the first time."""
    layers = page.graph.problem.layers
    kind = layers[number - 1].kind
    taken = sources_of(page, number)
    blocks: list[Block] = []
    if taken != (number - 1,):
        names = page.phrases.joined([page.layer_name(n) for n in taken])
        blocks.append(page.paragraph("general.takes_from", layers=names))
    if kind not in [layer.kind for layer in layers[: number - 1]]:
        blocks += [page.paragraph(f"kind_text.{kind}"), *formulas(page, number)]
        drawn = (drawing(page, number) for drawing in DRAWINGS.get(kind, ()))
        blocks += [figure for figure in drawn if figure is not None]
    return blocks


def error(page: Page) -> list[Block]:
    """The error of each output, and of all together."""
    parts = mine(page, page.worked.derivation.one.graph.parts).tolist()
    shown = parts if len(parts) <= max(UNITS[page.detail], 2) else parts[:2]
    return [page.heading(page.say("error.heading")), page.lines([*shown, page.graph.error])]
