"""A page with the script that works the same problem out, for formats in which it can be run."""

from __future__ import annotations

from dataclasses import replace

from derive.document.blocks import Document, Heading, Listing, Paragraph
from derive.document.phrases import Phrases


def with_code(document: Document, script: str, rounded: bool = False) -> Document:
    """The page with the script at its end; of a `rounded` page the script says more digits."""
    phrases = Phrases(document.language)
    heading = Heading(1, phrases.say("script.heading"))
    told = Paragraph(phrases.say("script.notebook_printed" if rounded else "script.notebook"))
    return replace(document, blocks=(*document.blocks, heading, told, Listing(script)))
