"""The register of all quantities: each is one whole number, handed out in blocks.

A block is an array of quantities of one kind in one layer. Numbers instead of objects keep a
network of a hundred thousand weights as light as a few arrays; names are made when they are needed.

>>> ledger = Ledger()
>>> ledger.add("w", 1, (2, 2))
array([[0, 1],
       [2, 3]])
>>> str(ledger.place(2)), ledger.find(Place("w", 1, (2, 1)))
('w[1,2,1]', 2)
"""

from __future__ import annotations

import bisect
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.places import Place

Ids = NDArray[np.int64]


class Block(NamedTuple):
    """Quantities of one kind and layer with consecutive numbers."""

    kind: str
    layer: int | None
    shape: tuple[int, ...]
    start: int

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def ids(self) -> Ids:
        return np.arange(self.start, self.start + self.size).reshape(self.shape)


class Ledger:
    """All blocks, in the order in which they were added."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._starts: list[int] = []
        self._named: dict[tuple[str, int | None, int], Block] = {}
        self.size = 0

    @classmethod
    def extending(cls, other: Ledger) -> Ledger:
        """A copy to which new blocks can be added while the other stays as it is."""
        copy = cls()
        copy.blocks, copy._starts = list(other.blocks), list(other._starts)
        copy._named, copy.size = dict(other._named), other.size
        return copy

    def add(self, kind: str, layer: int | None, shape: tuple[int, ...]) -> Ids:
        """Register a block of new quantities and return their numbers, in its shape."""
        block = Block(kind, layer, shape, self.size)
        self.blocks.append(block)
        self._starts.append(self.size)
        self._named[kind, layer, len(shape)] = block
        self.size += block.size
        return block.ids

    def block(self, number: int) -> Block:
        """The block that a quantity belongs to."""
        return self.blocks[bisect.bisect_right(self._starts, number) - 1]

    def place(self, number: int) -> Place:
        """Where a quantity stands."""
        block = self.block(number)
        index = []
        rest = int(number) - block.start
        for length in reversed(block.shape):
            rest, position = divmod(rest, length)
            index.append(position + 1)
        return Place(block.kind, block.layer, tuple(reversed(index)))

    def named(
        self, kind: str, layer: int | None = None, dimensions: int | None = None
    ) -> Ids | None:
        """The numbers of the block of this kind and layer, or None."""
        for (name, level, length), block in self._named.items():
            if (name, level) == (kind, layer) and dimensions in (None, length):
                return block.ids
        return None

    def find(self, place: Place) -> int:
        """The number of the quantity at a place; KeyError where there is none."""
        block = self._named[place.kind, place.layer, len(place.index)]
        number = 0
        for position, length in zip(place.index, block.shape, strict=True):
            if not 1 <= position <= length:
                raise KeyError(place)
            number = number * length + position - 1
        return block.start + number
