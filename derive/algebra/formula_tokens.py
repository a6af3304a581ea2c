"""A formula's text cut into numbers, names and signs.

>>> [token.text for token in tokens("2*z^2")]
['2', '*', 'z', '^', '2', '']
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from derive.errors import Mistake, ProblemError

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>\*\*|[-+*/^(),])|(?P<end>\Z))",
    re.ASCII,
)
_SPACES = " \t\n\r\f\v"


class Token(NamedTuple):
    """A number, name or sign, with the character it begins at, counting from 1."""

    kind: str
    text: str
    at: int


def refuse(at: int, fact: str, remedy: str) -> NoReturn:
    """End the reading, naming the character."""
    raise ProblemError([Mistake("", f"at character {at}: {fact}", remedy)])


def tokens(text: str) -> list[Token]:
    """The text cut up, with an "end" after the last token."""
    cut: list[Token] = []
    position = 0
    while not cut or cut[-1].kind != "end":
        found = _TOKEN.match(text, position)
        if found is None:
            _no_token(text, position)
        kind = str(found.lastgroup)
        cut.append(Token(kind, found[kind], found.start(kind) + 1))
        position = found.end()
    return cut


def _no_token(text: str, position: int) -> NoReturn:
    while text[position] in _SPACES:
        position += 1
    character = text[position]
    plain = " " < character < "\x7f"  # others may look like a letter, or like nothing at all
    shown = f"'{character}'" if plain else f"U+{ord(character):04X}"
    refuse(position + 1, f"{shown} has no meaning in a formula", "use + - * / ** and brackets")
