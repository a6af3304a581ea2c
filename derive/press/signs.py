"""The signs with which a piece of a page is tried.

>>> tried = trials()
>>> first = next(tried)
>>> first[3], first[5]  # a piece asks for two
(False, False)
>>> [dict(signs) for signs in tried]
[{3: False, 5: True}, {3: True, 5: False}, {3: True, 5: True}]
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

FEW = 3  # signs of which every combination is tried


class Signs(dict[int, bool]):
    """Which numbers are negative; where nothing is said of one that is asked for, chance decides."""

    def __init__(self, said: dict[int, bool], chance: float, draw: Random) -> None:
        super().__init__(said)
        self._chance, self._draw = chance, draw

    def __missing__(self, number: int) -> bool:
        self[number] = self._draw.random() < self._chance
        return self[number]


def trials() -> Iterator[Signs]:
    """First none is negative. Then every combination of few signs, or one after the other of many."""
    draw = Random(0)
    first = Signs({}, 0.0, draw)
    yield first
    if len(first) <= FEW:  # it has been asked in the meantime
        _, *others = product((False, True), repeat=len(first))
        yield from (Signs(dict(zip(first, signs, strict=True)), 0.5, draw) for signs in others)
        return
    yield Signs({}, 1.0, draw)
    while True:
        yield Signs({}, 0.5, draw)
