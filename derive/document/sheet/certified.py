"""The certificate on a key: which known slips the sheet's numbers keep apart, and which no numbers do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from derive.algebra.places import Place
from derive.document.blocks import Block, Box, Code, Inlines, Maths, Paragraph, Text
from derive.document.example.pieces import parted
from derive.document.phrases import Phrases
from derive.exercises.certificate import Alike, Separation
from derive.writing.maths import Node

MOST_PLACES = 6  # lines that are named


def certified(
    found: Separation, told: tuple[str, str, str], name: Callable[[Place], Node], words: Phrases
) -> list[Block]:
    """What is said of one sheet; `told` are the counts and the least gap as they shall stand there."""
    separated, pairs, least = told
    sentences = [words.say("sheet.certificate", separated=separated, pairs=pairs)]
    if found.closest is not None:
        pair = found.closest
        sentences.append(
            words.say(
                "sheet.closest", first=_slip(pair.first.slip, words), line=Maths(name(pair.place)),
                second=_slip(pair.second.slip, words), gap=least,
            )
        )  # fmt: skip
    return [Box("remark", (Paragraph(parted(sentences, " ")), *_alike(found, name, words)))]


def _alike(found: Separation, name: Callable[[Place], Node], words: Phrases) -> Iterator[Paragraph]:
    """What is not kept apart: by no numbers, or not by these."""
    ordered = sorted(found.alike, key=lambda alike: not alike.always)
    for always, group in groupby(ordered, key=lambda alike: alike.always):
        which = [_pair(alike, name, words) for alike in group]
        key = "sheet.alike" if always else "sheet.alike_here"
        yield Paragraph(words.say(key, which=parted(which, "; ")))


def _pair(alike: Alike, name: Callable[[Place], Node], words: Phrases) -> Inlines:
    places: list[Inlines] = [(Maths(name(place)),) for place in alike.places[:MOST_PLACES]]
    if len(alike.places) > MOST_PLACES:
        places.append((Text("…"),))
    return words.say(
        "sheet.pair", first=_slip(alike.first, words), second=_slip(alike.second, words),
        lines=parted(places, ", "),
    )  # fmt: skip


def _slip(code: str, words: Phrases) -> Inlines:
    """A slip by its code, or what is right."""
    return (Code(code),) if code else words.say("sheet.right")
