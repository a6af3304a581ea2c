"""Small pieces of sentences and formulas, put together.

>>> listed([Text("w1"), Text("w2")])
(Text(text='w1'), Text(text=', '), Text(text='w2'))
>>> some(range(3), 5), some(range(30), 10)
(range(0, 3), range(0, 8))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from derive.document.blocks import Inline, Inlines, Line, Maths, Reference, Text
from derive.writing.maths import Bracket, Node, Number, Pointer, Row, Sign, Words
from derive.writing.printers import plain
from derive.writing.width import LINE, split, width

SOME = 8  # lines or rows that are printed where there are too many for all

Thing = TypeVar("Thing")


def negated(number: Number) -> Number:
    """The number with the other sign."""
    text = number.text
    return Number(text[1:] if text.startswith("-") else f"-{text}", number.power)


def listed(items: Sequence[Inline], separator: str = ", ") -> Inlines:
    """Inline pieces with a separator between them."""
    return parted([(item,) for item in items], separator)


def parted(told: Sequence[Inlines], separator: str) -> Inlines:
    """The same for pieces that are made of pieces."""
    found: list[Inline] = []
    for number, piece in enumerate(told):
        found += [Text(separator), *piece] if number else piece
    return tuple(found)


def ends(first: Node, last: Node, count: int) -> Inlines:
    """The names of so many things by the first and the last: x; x1, x2; x1 … x6."""
    names = [Maths(first)] if count == 1 else [Maths(first), Maths(last)]
    return listed(names, ", " if count == 2 else " … ")


def spoken(left: Node, pieces: Sequence[Node]) -> str:
    """A line in plain text."""
    return plain(Row((left, *pieces)))


def broken(left: Node, pieces: Sequence[Node]) -> list[Line]:
    """left = piece = piece …, as many pieces on each line as fit; the first says all in plain text."""
    room = LINE - width(left)
    rows: list[list[Node]] = [[]]
    for piece in pieces:
        for n, part in enumerate(split(piece, room)):
            if rows[-1] and sum(map(width, rows[-1])) + width(part) > room:
                rows.append([])
            rows[-1].append(continued(part) if n else part)
    first, *others = (Row(tuple(row)) for row in rows)
    return [Line((left, first), spoken=spoken(left, pieces)),
            *(Line((Row(()), row)) for row in others)]  # fmt: skip


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
