"""The conventions in force on a page about any topology."""

from __future__ import annotations

from collections.abc import Iterator

from derive.algebra.places import is_net
from derive.document.blocks import Inlines, Strong, Text
from derive.document.example import conventions as usual
from derive.document.example.page import Page
from derive.document.general.layers import notation


def conventions(page: Page) -> Inlines:
    """All sentences that apply, in one paragraph."""
    found: list[Text | Strong] = [Strong(page.phrases.plain("conventions.heading"))]
    for sentence in _sentences(page):
        if sentence:
            found += [Text(" "), *sentence]  # type: ignore[list-item]
    return tuple(found)


def _sentences(page: Page) -> Iterator[Inlines]:
    if page.graph.layers:
        yield usual.loss(page)
        yield from usual.batches(page)
        yield from _indices(page)
        if any(is_net(block.kind) for block in page.worked.derivation.ledger.blocks):
            yield usual.delta(page)
        yield usual.frozen(page)
        yield from usual.update(page)
    yield from usual.kinks(page)
    yield from usual.digits_told(page)
    yield usual.drawn(page)


def _indices(page: Page) -> Iterator[Inlines]:
    """What the numbers of a name mean."""
    if notation(page).layered:
        net = next((layer.net for layer in page.graph.layers if layer.net.size), None)
        if net is not None:
            yield page.say("general.layer_mark", net=page.name(int(net.flat[0])))
    for number, layer in enumerate(page.graph.problem.layers, 1):
        key = f"general.indices_{layer.kind}"
        if key in page.phrases and not _told_before(page, number):
            yield page.say(key)


def _told_before(page: Page, number: int) -> bool:
    layers = page.graph.problem.layers
    return layers[number - 1].kind in [layer.kind for layer in layers[: number - 1]]
