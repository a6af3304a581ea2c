"""The conventions in force on a page about any topology."""

from __future__ import annotations

from collections.abc import Iterator

from derive.algebra.places import is_net
from derive.document.blocks import Inlines, Text
from derive.document.example import conventions as usual
from derive.document.example.page import Page
from derive.document.general.layers import notation
from derive.document.phrases import capitalized


def conventions(page: Page) -> Inlines:
    """All sentences that apply, in one paragraph."""
    return usual.headed(page, _sentences(page))


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
    kinds = dict.fromkeys(layer.kind for layer in page.graph.problem.layers)
    told = [kind for kind in kinds if f"general.indices_{kind}" in page.phrases]
    for kind in told:
        sentence = page.say(f"general.indices_{kind}")
        name = capitalized(page.phrases.plain(f"kinds.{kind}"))
        yield (Text(f"{name}: "), *sentence) if len(told) > 1 else sentence
