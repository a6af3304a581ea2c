"""Worked example → Document: the sections in the order in which they are read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from derive.algebra.ledger import Ids
from derive.comparison import Agreement
from derive.derivation.direct import Direct, direct
from derive.document.blocks import Block, Display, Document, Heading, Inlines, Maths, Text
from derive.document.example.backward import backward
from derive.document.example.check import at_a_kink, check
from derive.document.example.forward import error, forward
from derive.document.example.functions import activation_name, functions
from derive.document.example.matrices import matrices
from derive.document.example.page import Page, number_word
from derive.document.example.pieces import spaced
from derive.document.example.problem import problem
from derive.document.example.samples import together, worked
from derive.document.example.steps import steps
from derive.document.example.update import update
from derive.document.phrases import Phrases
from derive.history import History
from derive.writing.maths import Row, Sign
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
        blocks, subtitle = _blocks(page), _subtitle(page)
    else:
        from derive.document.general import compose as general  # any other topology

        blocks, subtitle = general.blocks(page), general.subtitle(page, _samples(page))
    content = tuple(_numbered(_merged(blocks)))
    return Document(asked.title, subtitle, content, language, page.phrases.frame)


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


def _subtitle(page: Page) -> Inlines:
    """sigmoid units · half squared error · one sample · learning rate η = 0.5"""
    problem, phrases = page.graph.problem, page.phrases
    names = list(dict.fromkeys(activation_name(page, n + 1) for n in range(len(problem.layers))))
    if len(names) == 1:
        units = phrases.plain("title.activations_one", activation=names[0])
    else:
        units = phrases.plain("title.activations_many", activations=phrases.joined(names))
    loss = problem.loss.name if problem.loss.formula else phrases.plain(f"loss.{problem.loss.name}")
    rate = Row((page.name(page.graph.rate), Sign("="), page.scribe.number(page.graph.rate)))
    words = [units, loss, _samples(page)]
    if problem.optimizer.name != "gradient_descent":
        words.append(phrases.plain(f"title.{problem.optimizer.name}"))
    if problem.epochs > 1:
        words.append(phrases.plain("title.epochs", count=spaced(problem.epochs)))
    return (Text(" · ".join([*words, ""])), *phrases.say("title.rate", rate=Maths(rate)))


def _samples(page: Page) -> str:
    """one sample; four samples; four samples, two at a time."""
    count = len(page.graph.problem.samples)
    if count == 1:
        return page.phrases.plain("title.sample")
    told = page.phrases.plain("title.samples", count=number_word(page, count))
    if page.batch == count:
        return told
    size = number_word(page, page.batch) if page.batch > 1 else page.phrases.plain("title.one")
    return page.phrases.plain("title.batches", samples=told, size=size)
