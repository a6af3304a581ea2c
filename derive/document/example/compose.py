"""Worked example → Document: the sections in the order in which they are read."""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.ledger import Ids
from derive.comparison import Agreement
from derive.derivation.direct import Direct, direct
from derive.document.blocks import Block, Display, Document, Heading, Inlines, Maths, Text
from derive.document.example.backward import backward
from derive.document.example.check import at_a_kink, check
from derive.document.example.forward import error, forward
from derive.document.example.functions import activation_name, functions
from derive.document.example.page import Page
from derive.document.example.problem import problem
from derive.document.example.update import update
from derive.document.phrases import Phrases
from derive.writing.maths import Row, Sign
from derive.writing.scribe import Scribe


def compose(
    scribe: Scribe, agreement: Agreement, chosen: Ids | None = None, language: str = "en"
) -> Document:
    """The page of a worked example; `chosen` are the parameters asked for with --only."""
    asked = scribe.worked.derivation.graph.problem
    page = Page(
        scribe.worked, agreement, scribe, Phrases(language), asked.show.detail, chosen, None
    )
    page.direct = _direct(page)
    sections = [problem, functions, forward, error, backward, update, check]
    blocks = [block for section in sections for block in section(page)]
    words = {key: page.phrases.plain(f"page.{key}") for key in ("of", "figure", "equation")}
    return Document(
        asked.title, _subtitle(page), tuple(_numbered(_merged(blocks))), language, words
    )


def _direct(page: Page) -> Direct | None:
    """The error differentiated as one expression: by every parameter in full detail, else by one."""
    if page.detail == "brief" or at_a_kink(page):
        return None
    wanted = page.wanted
    if page.detail != "full" and page.chosen is None:
        wanted = wanted[:1]  # the deepest weight: whoever gets that right gets the others right
    return direct(page.graph, wanted, page.worked.values)


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


def _subtitle(page: Page) -> Inlines:
    """sigmoid units · half squared error · one sample · learning rate η = 0.5"""
    problem, phrases = page.graph.problem, page.phrases
    names = list(dict.fromkeys(activation_name(page, n + 1) for n in range(len(problem.layers))))
    if len(names) == 1:
        units = phrases.plain("title.activations_one", activation=names[0])
    else:
        joined = phrases.plain("title.and").join([", ".join(names[:-1]), names[-1]])
        units = phrases.plain("title.activations_many", activations=joined)
    loss = problem.loss.name if problem.loss.formula else phrases.plain(f"loss.{problem.loss.name}")
    rate = Row((page.name(page.graph.rate), Sign("="), page.scribe.number(page.graph.rate)))
    words = " · ".join((units, loss, phrases.plain("title.sample"), ""))
    return (Text(words), *phrases.say("title.rate", rate=Maths(rate)))
