"""Small pieces of sentences and formulas, put together.

>>> listed([Text("w1"), Text("w2")])
(Text(text='w1'), Text(text=', '), Text(text='w2'))
>>> some(range(3), 5), some(range(30), 10)
(range(0, 3), range(0, 8))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from derive.document.blocks import Inline, Inlines, Maths, Reference, Text
from derive.writing.maths import Bracket, Node, Number, Pointer, Row, Sign, Words

SOME = 8  # lines or rows that are printed where there are too many for all

Thing = TypeVar("Thing")


def negated(number: Number) -> Number:
    """The number with the other sign."""
    text = number.text
    return Number(text[1:] if text.startswith("-") else f"-{text}", number.power)


def listed(items: Sequence[Inline], separator: str = ", ") -> Inlines:
    """Inline pieces with a separator between them."""
    found: list[Inline] = []
    for item in items:
        found += [Text(separator), item] if found else [item]
    return tuple(found)


def continued(part: Node) -> Node:
    """A part of a sum that starts with its sign, so that the sign is set as between two terms."""
    return Row((Words(""), part))


def label_of(pieces: Inlines) -> Node:
    """Inline pieces as a label inside a formula."""
    return Row(tuple(map(_node, pieces)))


def _node(piece: Inline) -> Node:
    if isinstance(piece, Maths):
        return piece.node
    return Pointer(piece.number) if isinstance(piece, Reference) else Words(piece.text)


def product(factors: Sequence[Node], sign: str) -> Node:
    """Factors with a sign between them; numbers in brackets where they would be misread."""
    items: list[Node] = []
    for factor in factors:
        loose = isinstance(factor, Number) and (
            factor.text.startswith("-") or factor.power is not None
        )
        node = Bracket(factor) if loose else factor
        items += [Sign(sign), node] if items else [node]
    return Row(tuple(items))


def some(things: Sequence[Thing], most: int) -> Sequence[Thing]:
    """All of them, or the first few where there are more than `most`."""
    return things if len(things) <= most else things[: min(SOME, most)]


def spaced(number: float) -> str:
    """12 345 with thin spaces, or 1.6e+09 where that is shorter."""
    return f"{int(number):,}".replace(",", "\u202f") if number < 1e9 else f"{number:.2g}"
