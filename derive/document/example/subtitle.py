"""The line below a page's title: what kind of network, how its error is measured, how it is trained."""

from __future__ import annotations

from derive.document.blocks import Inlines, Maths, Text
from derive.document.example.functions import activation_name
from derive.document.example.page import Page, number_word
from derive.document.example.pieces import spaced
from derive.writing.maths import Row, Sign


def subtitle(page: Page) -> Inlines:
    """sigmoid units · half squared error · one sample · learning rate η = 0.5"""
    problem, phrases = page.graph.problem, page.phrases
    names = list(dict.fromkeys(activation_name(page, n + 1) for n in range(len(problem.layers))))
    if len(names) == 1:
        return settings(page, phrases.plain("title.activations_one", activation=names[0]))
    every = phrases.joined(names)
    return settings(page, phrases.plain("title.activations_many", activations=every))


def settings(page: Page, network: str) -> Inlines:
    """What the network is, in words, and after that everything that it is trained with."""
    problem, phrases = page.graph.problem, page.phrases
    loss = problem.loss.name if problem.loss.formula else phrases.plain(f"loss.{problem.loss.name}")
    rate = Row((page.name(page.graph.rate), Sign("="), page.scribe.number(page.graph.rate)))
    words = [network, loss, _samples(page)]
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
