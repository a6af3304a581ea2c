"""What a sheet gives: what is to be done, the functions of the units, the numbers, the conventions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sympy import Symbol, exp

from derive.algebra.rule import TOTAL, ZS, Z
from derive.document.blocks import Block, Box, Display, Inlines, Line, Paragraph, Text
from derive.document.example.conventions import conventions
from derive.document.example.figure import named
from derive.document.example.functions import INDEX, activation_name, layers_alike
from derive.document.example.page import Page
from derive.document.example.problem import figured, given, samples
from derive.document.general import conventions as general
from derive.document.general import expression
from derive.document.general import given as arrays
from derive.document.general.figure import topology
from derive.document.general.layers import formulas
from derive.document.phrases import capitalized
from derive.writing.layout import layout
from derive.writing.maths import Name, Node, Row, Sign, Sum

Piece = Callable[[Page], list[Block]]


def posed(page: Page) -> list[Piece]:
    """Everything above the lines to be worked out, in pieces that are set one by one."""
    problem = page.graph.problem
    if problem.chain:
        return [_task, _given, lambda page: _agreed(conventions(page))]
    agreed: Piece = lambda page: _agreed(general.conventions(page))  # noqa: E731  # like the others
    if problem.equations is not None:
        return [expression.posed, agreed]
    whose = range(1, len(problem.samples) + 1) if page.several else [None]
    samples: list[Piece] = [partial(_sample, number=number) for number in whose]
    layers: list[Piece] = [
        partial(arrays.layer_given, number=n + 1) for n in range(len(problem.layers))
    ]
    return [_any_task, *samples, *layers, arrays.numbers_given, agreed]


def _agreed(told: Inlines) -> list[Block]:
    return [Box("conventions", (Paragraph(told),))]


# --- any topology --------------------------------------------------------------------------------


def _any_task(page: Page) -> list[Block]:
    """The drawing, what each kind of layer does in words and letters, the functions of the units."""
    blocks: list[Block] = [page.paragraph("sheet.task"), topology(page)]
    kinds: set[str] = set()
    for number, layer in enumerate(page.graph.problem.layers, 1):
        if layer.kind not in kinds:
            kinds.add(layer.kind)
            blocks.append(page.paragraph(f"kind_text.{layer.kind}"))
            blocks += [_unnumbered(display) for display in formulas(page, number)]
    return [*blocks, *_functions(page, ())]


def _unnumbered(block: Block) -> Block:
    """A display without numbers of equations, of which a sheet speaks nowhere."""
    assert isinstance(block, Display)
    return Display(tuple(replace(line, number=None) for line in block.lines))


def _sample(page: Page, number: int | None) -> list[Block]:
    """The inputs and targets of a sample; with its number where there are several."""
    page.at(number)
    found = arrays.samples_given(page)
    page.at(None)
    if number is None:
        return found
    told = capitalized(page.phrases.plain("samples.number", number=number))
    return [Paragraph((Text(f"{told}:"),)), *found[1:]]


# --- dense layers --------------------------------------------------------------------------------


def _given(page: Page) -> list[Block]:
    found = figured(given(page), named(page), page)
    return [*found, *samples(page)] if page.several else found


def _task(page: Page) -> list[Block]:
    """One sentence to say what is to be done, and one for each kind of unit, with its function."""
    return _functions(page, page.say("sheet.task"))


def _functions(page: Page, told: Inlines) -> list[Block]:
    """A sentence for each kind of unit, the first behind what is told, with its function."""
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
