"""The signs with which a piece of a page is tried.

Of a few, every combination. Of more, first none and all: a line that is broken at the same place with no
brackets and with all of them is so with some. Then every other one, which soon shows any two neighbours in
every combination; what is left is up to chance.

>>> tried = trials()
>>> first = next(tried)
>>> first[3], first[5]  # a piece asks for two
(False, False)
>>> [dict(signs) for signs in tried]
[{3: False, 5: True}, {3: True, 5: False}, {3: True, 5: True}]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from random import Random

FEW = 2  # signs of which every combination is tried


class Signs(dict[int, bool]):
    """Which numbers are negative; `rule` says it of the n-th that is asked for, from 0."""

    def __init__(self, rule: Callable[[int], bool], asked: Iterable[int] = ()) -> None:
        super().__init__()
        self._rule = rule
        for number in asked:
            self[number]  # in this order

    def __missing__(self, number: int) -> bool:
        self[number] = self._rule(len(self))
        return self[number]


def trials() -> Iterator[Signs]:
    """First none is negative. Then every combination of few signs, or one after the other of many."""
    first = Signs(lambda n: False)
    yield first
    if len(first) <= FEW:  # it has been asked in the meantime
        _, *others = product((False, True), repeat=len(first))
        for signs in others:
            yield Signs(signs.__getitem__, first)
        return
    draw = Random(0)
    yield Signs(lambda n: True)
    yield Signs(lambda n: n % 2 == 1)
    yield Signs(lambda n: n % 2 == 0)
    while True:
        yield Signs(lambda n: draw.random() < 0.5)
