"""The backward pass of any topology: what comes back to each layer, and the gradients as sums over uses."""

from __future__ import annotations

from derive.algebra.family import Family
from derive.derivation.paths import count
from derive.document.blocks import Block, Box
from derive.document.example.page import Page
from derive.document.example.pieces import spaced
from derive.document.general.layers import layer_heading, of_layer
from derive.document.general.lines import written


def backward(page: Page) -> list[Block]:
    """The layers from the last to the first: derivatives by what they hold, then by their parameters."""
    blocks: list[Block] = [page.heading(page.say("general.backward"))]
    if page.detail != "brief" and page.sample in (None, 1):
        blocks.append(page.paragraph("general.backward_intro"))
    one = page.worked.derivation.one
    of_parameters = set(one.gradient[one.graph.parameters].tolist())
    for number in range(len(page.graph.layers), 0, -1):
        families = list(of_layer(page, one.families, number))
        if families:
            blocks += [layer_heading(page, number), *_layer(page, families, of_parameters)]
    if page.chosen is None and page.sample in (None, 1):
        blocks += _saving(page)
    return blocks


def _layer(page: Page, families: list[Family], of_parameters: set[int]) -> list[Block]:
    """First what comes back to the layer's own quantities, then the gradients of its parameters."""
    gradients = [family for family in families if int(family.targets[0]) in of_parameters]
    others = [family for family in families if int(family.targets[0]) not in of_parameters]
    blocks = written(page, others)
    if gradients:
        blocks += [*_uses(page, gradients), *written(page, gradients, "hot")]
    return blocks


def _uses(page: Page, gradients: list[Family]) -> list[Block]:
    """How often the parameters are used: so many terms has each sum."""
    terms = [max(map(family.length, family.rule.sums.values())) if family.rule.sums else 1
             for family in gradients]  # fmt: skip
    if max(terms) == 1:
        return [page.paragraph("general.used_once")]
    key = "general.used" if min(terms) == max(terms) else "general.used_up_to"
    return [page.paragraph(key, count=max(terms))]


def _saving(page: Page) -> list[Block]:
    """How many factors the paths have, and how many the deltas leave."""
    one = page.worked.derivation.one
    kinds = {one.graph.derivative(one.ledger.block(int(q)).kind) for q in one.wanted.tolist()}
    counts = count(page.worked.derivation, kinds)
    if counts.paths <= one.wanted.size:
        return []
    told = page.paragraph(
        "general.count", parameters=spaced(one.wanted.size), factors=spaced(counts.factors),
        paths=spaced(counts.paths), reused=spaced(counts.reused),
    )  # fmt: skip
    return [Box("remark", (told,))]
