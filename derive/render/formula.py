"""A formula as a template gets it: its source, its words, and its pieces for a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

from derive.render.templates import Raw
from derive.writing import width
from derive.writing.maths import Bracket, Node, Number, Row, Sign, Words
from derive.writing.printers import plain
from derive.writing.printers.base import is_number, opening, spliced
from derive.writing.width import LINE


class Formula:
    """Mathematics in the format's language, and in words for those who cannot see it.

    Each of them is made when a template asks for it: no format asks for all.
    """

    def __init__(
        self,
        node: Node,
        print: Callable[[Node], str],
        goes_on: bool = False,
        room: float = LINE,
        reveal: bool = True,
    ) -> None:
        self._node, self._print = node, print
        self._reveal = reveal  # what is to be filled in, in words; `print` knows it by itself
        self._goes_on = goes_on  # from the line above
        self._room = room  # how wide it can be, in em

    @cached_property
    def source(self) -> Raw:
        return Raw(self._print(self._node))

    @property
    def spoken(self) -> str:
        return plain(self._node, self._reveal)

    @property
    def digits(self) -> str:
        """The formula as a line of text, where it is nothing but numbers, signs and brackets."""
        return self.spoken if _is_line(self._node) else ""

    @property
    def fill(self) -> float:
        """The part of its room on a line that it takes, roughly; a wide matrix takes more than 1."""
        return round(width.width(self._node) / max(self._room, 1.0), 2)

    @property
    def pieces(self) -> list[Formula]:
        """The formula cut before each = and ≈, for a format that lets a line go on below.

        A piece that is wide all the same is cut at the sums in it too.
        """
        items = spliced(_flat(self._node))
        if self._goes_on:
            items = (_JOINED, *items)
        pieces = [piece for part in _cut(items, _RELATIONS) for piece in _narrow(part)]
        return [
            Formula(piece, self._print, room=self._room, reveal=self._reveal) for piece in pieces
        ]


_RELATIONS = (Sign("="), Sign("≈"))
_SUMS = (Sign("+"), Sign("-"))
_NARROW = 18.0  # what a telephone has room for, in em
_JOINED = Words("")  # before a sign that would be taken for one of what follows


def _is_line(node: Node) -> bool:
    match node:
        case Number(text, power):
            return power is None and is_number(text)
        case Sign(name):
            return name in "+-×·=≈"
        case Bracket(inside, "()"):
            return _is_line(inside)
        case Row(items):
            return all(map(_is_line, items))
    return False


def _cut(items: tuple[Node, ...], signs: tuple[Sign, ...]) -> list[tuple[Node, ...]]:
    """The items in groups, each after the first beginning with a sign that joins two things."""
    starts = [
        n
        for n, (item, opens) in enumerate(opening(items))
        if item in signs and items[:n] not in ((), (_JOINED,)) and (item in _RELATIONS or not opens)
    ]
    return [items[start:stop] for start, stop in pairwise((0, *starts, len(items)))]


def _narrow(items: tuple[Node, ...]) -> list[Node]:
    if width.width(Row(items)) <= _NARROW:
        return [Row(items)]
    first, *others = _cut(_flat_sums(items), _SUMS)
    return [Row(first), *(Row((_JOINED, *part)) for part in others)]


def _flat_sums(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """The items, with the terms of a sum that stands after a relation in its place."""
    return tuple(
        inner
        for item in items
        for inner in (item.items if isinstance(item, Row) and _is_sum(item) else (item,))
    )


def _is_sum(row: Row) -> bool:
    return any(item in _SUMS and not opens for item, opens in opening(row.items))


def _flat(node: Node) -> tuple[Node, ...]:
    """The items of a row; those of a row inside it too, where there is a relation among them."""
    if not isinstance(node, Row):
        return (node,)
    return tuple(
        inner for item in node.items for inner in (_flat(item) if _relates(item) else (item,))
    )


def _relates(node: Node) -> bool:
    return isinstance(node, Row) and any(
        item in _RELATIONS or _relates(item) for item in node.items
    )
