"""The words of a page, from `templates/words/`, with formulas and names filled in.

>>> from derive.writing.maths import Name
>>> Phrases("en").say("backward.weight", weight=Name("w"))
(Text(text='Weight '), Maths(node=Name(base='w', sub=None, sup=None)))
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from derive import resources
from derive.document.blocks import (
    Code,
    Inline,
    Inlines,
    Link,
    Maths,
    Reference,
    Strong,
    Text,
)  # fmt: skip
from derive.writing.maths import Node

Field = str | int | Node | Inline | Inlines
_PARTS = re.compile(r"(\{\w+\}|\*\*[^*]+\*\*)")
_INLINE = (Text, Strong, Code, Maths, Reference, Link)


class Phrases:
    """One language's phrases by key, "section.name"."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._table: dict[str, Any] = resources.read_toml("words", f"{language}.toml")

    def __contains__(self, key: str) -> bool:
        section, _, name = key.partition(".")
        return name in self._table.get(section, {})

    @property
    def frame(self) -> dict[str, str]:
        """What the frame of every page needs to know of the language."""
        return {key: self.plain(f"page.{key}") for key in ("contents", "hyphenation")}

    def plain(self, key: str, **fields: str | int) -> str:
        """A phrase as text."""
        section, _, name = key.partition(".")
        phrase: str = self._table[section][name]
        return phrase.format(**fields) if fields else phrase

    def say(self, key: str, **fields: Field) -> Inlines:
        """A phrase as inline pieces; a field may be words, a formula, or inline pieces."""
        pieces: list[Inline] = []
        for part in _PARTS.split(self.plain(key)):
            if part.startswith("{"):
                pieces += inline(fields[part[1:-1]])
            elif part.startswith("**"):
                pieces.append(Strong(part[2:-2]))
            elif part:
                pieces.append(Text(part))
        return tuple(pieces)

    def joined(self, items: Sequence[str]) -> str:
        """Words in a row: "a, b and c"."""
        *first, last = items
        return self.plain("page.both").join([", ".join(first), last] if first else [last])


def capitalized(text: str) -> str:
    """The text as a sentence or a heading starts; only its first letter changes."""
    return text[:1].upper() + text[1:]


def inline(field: Field) -> Inlines:
    """Anything that can stand in a phrase, as inline pieces."""
    if isinstance(field, tuple):
        return field
    if isinstance(field, str | int):
        return (Text(str(field)),)
    return (field,) if isinstance(field, _INLINE) else (Maths(field),)
