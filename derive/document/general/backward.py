"""The backward pass of any topology: what comes back to each layer, and the gradients as sums over uses."""

from __future__ import annotations

import numpy as np

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.derivation.paths import count
from derive.document.blocks import Block, Box
from derive.document.example.page import Page
from derive.document.example.pieces import spaced
from derive.document.example.shortcuts import jacobian, shortcut
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
            gradients, others = _apart(families, of_parameters)
            blocks += [layer_heading(page, number), *written(page, others)]
            if number == len(page.graph.layers):
                blocks += _short_form(page, number)
            if gradients:
                blocks += [*_uses(page, gradients), *written(page, gradients, "hot")]
    if page.chosen is None and page.sample in (None, 1):
        blocks += _saving(page)
    return blocks


def _apart(families: list[Family], of_parameters: set[int]) -> tuple[list[Family], list[Family]]:
    """The gradients of a layer's parameters, and what comes back to its own quantities before them."""
    gradients = [family for family in families if int(family.targets[0]) in of_parameters]
    return gradients, [family for family in families if family not in gradients]


def _short_form(page: Page, number: int) -> list[Block]:
    """What the last layer's deltas come to more briefly, with the Jacobian matrix of softmax."""
    layer = page.graph.layers[-1]
    if layer.net.shape != layer.outputs.shape or _is_used_again(page, layer.outputs):
        return []
    if layer.activation.joint and layer.net.ndim == 1:
        return jacobian(page, number) + shortcut(page)
    return shortcut(page)


def _is_used_again(page: Page, outputs: Ids) -> bool:
    """Whether more than the error comes back to some output, as where a later time step takes it."""
    makers = [f for f in page.graph.forward if np.isin(f.targets, outputs).any()]
    return any(
        np.isin(family.arguments[slot], outputs).any()
        for family in page.graph.forward if family not in makers for slot in family.rule.slots()
    )  # fmt: skip


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
