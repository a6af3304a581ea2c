"""What a sheet says of its network in words: what is to be done, and which functions its units have."""

from __future__ import annotations

from sympy import Symbol, exp

from derive.algebra.rule import TOTAL, ZS, Z
from derive.document.blocks import Block, Display, Inlines, Line, Paragraph, Text
from derive.document.example.functions import INDEX, activation_name, layers_alike
from derive.document.example.page import Page
from derive.document.phrases import capitalized
from derive.writing.layout import layout
from derive.writing.maths import Name, Node, Row, Sign, Sum


def task(page: Page) -> list[Block]:
    """One sentence to say what is to be done, and one for each kind of unit, with its function."""
    told = page.say("sheet.task")
    blocks: list[Block] = []
    for numbers in layers_alike(page):
        sentence = _units(page, numbers)
        blocks += [Paragraph((*told, Text(" "), *sentence) if told else sentence)]
        blocks += [Display((Line(_formula(page, numbers[0])),))]
        told = ()
    return blocks


def _units(page: Page, numbers: list[int]) -> Inlines:
    """Which layers have an activation."""
    names = page.phrases.joined([page.layer_name(number) for number in numbers])
    key = "sheet.uses" if len(numbers) == 1 else "sheet.use"
    name = activation_name(page, numbers[0])
    return page.say(key, layers=Text(capitalized(names)), activation=name)


def _formula(page: Page, number: int) -> tuple[Node, Node]:
    """out = its activation of net, in two cells; of softmax, with the sum over the layer."""
    notation, layer = page.scribe.notation, page.graph.layers[number - 1]
    entry = layer.activation
    if not entry.joint:
        net, out = notation.bare("net"), notation.bare("out")
        formula = entry.formula(Z, **layer.constants)
        return out, Row((Sign("="), layout(formula, lambda _: net, page.style)))
    index = Name("j")
    nets = {Z: notation.indexed("net", index), ZS: notation.indexed("net", INDEX)}
    total = Row((Sum(INDEX), layout(exp(ZS), nets.__getitem__, page.style)))
    leaves: dict[Symbol, Node] = {**nets, TOTAL: total}
    right = layout(entry.formula(Z, TOTAL), leaves.__getitem__, page.style)
    return notation.indexed("out", index), Row((Sign("="), right))
