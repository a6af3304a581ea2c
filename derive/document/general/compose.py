"""Worked example → blocks, for any topology and for expression graphs."""

from __future__ import annotations

from derive.document.blocks import Block, Box, Heading, Inlines, Paragraph
from derive.document.example.check import check
from derive.document.example.functions import functions
from derive.document.example.page import Page
from derive.document.example.samples import together, worked
from derive.document.example.steps import steps
from derive.document.example.subtitle import settings
from derive.document.example.update import update
from derive.document.general.backward import backward
from derive.document.general.conventions import conventions
from derive.document.general.expression import expression, expression_subtitle
from derive.document.general.figure import topology
from derive.document.general.forward import error, forward
from derive.document.general.given import given, shapes
from derive.document.general.layers import kind_name


def blocks(page: Page) -> list[Block]:
    """The sections in the order in which they are read."""
    if page.graph.problem.equations is not None:
        return expression(page)
    found = [*problem(page), *functions(page)]
    for sample in worked(page):
        page.at(sample)
        found += [*forward(page), *error(page), *backward(page)]
    return [*found, *together(page), *update(page), *steps(page), *check(page)]


def problem(page: Page) -> list[Block]:
    """The network as a drawing, what is given, the conventions."""
    found: list[Block] = [Heading(1, page.say("problem.heading")), topology(page), *given(page)]
    found.append(Box("conventions", (Paragraph(conventions(page)),)))
    return found if page.detail == "brief" else [*found, shapes(page)]


def subtitle(page: Page) -> Inlines:
    """recurrent – dense · half squared error · one sample · learning rate η = 0.5"""
    problem = page.graph.problem
    if problem.equations is not None:
        return expression_subtitle(page)
    return settings(page, " – ".join(kind_name(page, n + 1) for n in range(len(problem.layers))))
