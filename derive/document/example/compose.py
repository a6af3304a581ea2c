"""Worked example → Document: the sections in the order in which they are read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from derive.algebra.ledger import Ids
from derive.comparison import Agreement
from derive.derivation.direct import Direct, direct
from derive.document.blocks import Block, Display, Document, Heading, Text
from derive.document.example.backward import backward
from derive.document.example.check import at_a_kink, check
from derive.document.example.forward import error, forward
from derive.document.example.functions import functions
from derive.document.example.matrices import matrices
from derive.document.example.page import Page
from derive.document.example.problem import problem
from derive.document.example.samples import together, worked
from derive.document.example.steps import steps
from derive.document.example.subtitle import subtitle
from derive.document.example.update import update
from derive.document.phrases import Phrases
from derive.history import History
from derive.writing.scribe import Scribe


def compose(
    scribe: Scribe, agreement: Agreement, chosen: Ids | None = None, history: History | None = None
) -> Document:
    """The page of a worked example; `chosen` are the parameters asked for with --only."""
    asked = scribe.worked.derivation.graph.problem
    language = asked.show.language
    page = Page(
        scribe.worked,
        agreement,
        scribe,
        Phrases(language),
        asked.show.detail,
        chosen,
        None,
        history,
    )
    if asked.chain:
        page.direct = _direct(page)
        blocks, below = _blocks(page), subtitle(page)
    else:
        from derive.document.general import compose as general  # any other topology

        blocks, below = general.blocks(page), general.subtitle(page)
    content = tuple(_numbered(_merged(blocks)))
    return Document(asked.title, below, content, language, page.phrases.frame)


def _blocks(page: Page) -> list[Block]:
    """The sections about dense layers in a chain."""
    blocks = [*problem(page), *functions(page)]
    for sample in worked(page):
        page.at(sample)
        blocks += [*forward(page), *error(page), *backward(page)]
    return [*blocks, *together(page), *update(page), *matrices(page), *steps(page), *check(page)]


def _direct(page: Page) -> Direct | None:
    """The error differentiated as one expression: by every parameter in full detail, else by one."""
    if page.detail == "brief" or at_a_kink(page):
        return None
    wanted = page.worked.derivation.one.wanted
    if page.detail != "full" and page.chosen is None:
        wanted = wanted[:1]  # the deepest weight: whoever gets that right gets the others right
    derivation = page.worked.derivation
    first = derivation.lift.of(np.arange(derivation.one.ledger.size), 0)
    return direct(derivation.one.graph, wanted, page.worked.truth.values[first])


def _merged(blocks: list[Block]) -> list[Block]:
    """Put displays that follow each other into one, so that their lines are aligned."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Display) and found and isinstance(found[-1], Display):
            found[-1] = Display((*found[-1].lines, *block.lines))
        else:
            found.append(block)
    return found


def _numbered(blocks: list[Block]) -> list[Block]:
    """Number the sections."""
    found: list[Block] = []
    number = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            number += 1
            found.append(replace(block, content=(Text(f"{number}\u2002"), *block.content)))
        else:
            found.append(block)
    return found
