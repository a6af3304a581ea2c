"""The page of an expression graph: its equations, the values forwards, the gradients backwards."""

from __future__ import annotations

from derive.document.blocks import (
    Block,
    Box,
    Display,
    Heading,
    Inlines,
    Line,
    Maths,
    Paragraph,
    Table,
)
from derive.document.example.check import check_table, verdict
from derive.document.example.page import Page
from derive.document.example.pieces import broken, listed
from derive.document.general.circuit import circuit
from derive.document.general.conventions import conventions
from derive.writing.layout import layout
from derive.writing.maths import Row, Sign


def expression(page: Page) -> list[Block]:
    """All sections."""
    return [
        *_problem(page), *_forward(page), *_local(page), *_backward(page), *_check(page),
    ]  # fmt: skip


def expression_subtitle(page: Page) -> Inlines:
    """∂f/∂x, ∂f/∂y."""
    return listed([Maths(page.scribe.slashed(page.gradient(q))) for q in page.wanted.tolist()])


def _problem(page: Page) -> list[Block]:
    heading = Heading(1, page.say("problem.heading"))
    told = Box("conventions", (Paragraph(conventions(page)),))
    return [heading, *posed(page), *circuit(page), told]


def posed(page: Page) -> list[Block]:
    """What is asked: the equations and the values."""
    blocks: list[Block] = [page.paragraph("general.equations", output=page.name(page.graph.error))]
    rows: list[Line] = []
    for family in page.graph.families:
        names = {slot: page.name(int(ids[0])) for slot, ids in family.arguments.items()}
        right = layout(family.rule.formula, names.__getitem__, page.style)
        rows += broken(page.name(int(family.targets[0])), [Row((Sign("="), right))])
    blocks.append(Display(tuple(rows)))
    head = (page.say("problem.quantity"), page.say("problem.value"))
    values = [
        ((Maths(page.name(q)),), (Maths(page.scribe.number(q)),))
        for q in page.graph.inputs.tolist()
    ]
    return [*blocks, Table("lr", head, tuple(values))]


def _forward(page: Page) -> list[Block]:
    made = [q for family in page.graph.families for q in family.targets.tolist()]
    return [Heading(1, page.say("forward.heading")), page.lines(made)]


def _local(page: Page) -> list[Block]:
    """The local derivatives, equation by equation in the order of the calculation."""
    local = [f for f in page.worked.derivation.backward if f.rule.code.startswith("local.")]
    order = {f.rule.code.removeprefix("equation."): n for n, f in enumerate(page.graph.families)}
    local.sort(key=lambda f: order[f.rule.code.split(".")[2]])
    if not local:
        return []
    told = page.paragraph("general.local")
    lines = page.lines([q for family in local for q in family.targets.tolist()])
    return [Heading(1, page.say("general.local_heading")), told, lines]


def _backward(page: Page) -> list[Block]:
    blocks: list[Block] = [Heading(1, page.say("general.backward"))]
    blocks.append(page.paragraph("general.chain", output=page.name(page.graph.error)))
    rows: list[Line] = []
    asked = {page.gradient(q) for q in page.wanted.tolist()}
    for family in page.worked.derivation.backward:
        if family.rule.code.startswith("gradient."):
            for q in family.targets.tolist():
                rows += page.rows(page.scribe.line(q), "hot" if q in asked else "value")
    return [*blocks, Display(tuple(rows))]


def _check(page: Page) -> list[Block]:
    """Three computations of the same gradients."""
    page.at(None)
    return [
        Heading(1, page.say("check.heading")), page.paragraph("general.check_intro"),
        check_table(page, page.wanted.tolist()), Paragraph(verdict(page)),
    ]  # fmt: skip
