"""The register of all quantities: each is one whole number, handed out in blocks.

A block is an array of quantities of one kind in one layer; what every sample has one of has the
samples as its first axis. Numbers instead of objects keep a network of a hundred thousand weights as
light as a few arrays; names are made when they are needed.

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
    """Quantities of one kind and layer with consecutive numbers.

    `samples` is 0 where the quantities do not belong to one of several samples. `update` is the
    update in which they are calculated, or None where it makes no difference.
    """

    kind: str
    layer: int | None
    shape: tuple[int, ...]
    start: int
    samples: int = 0
    update: int | None = None

    @property
    def size(self) -> int:
        return math.prod(self.shape) * max(self.samples, 1)

    @property
    def ids(self) -> Ids:
        """The quantities; shape (samples, …) where each sample has its own."""
        axes = (self.samples, *self.shape) if self.samples else self.shape
        return np.arange(self.start, self.start + self.size).reshape(axes)


class Ledger:
    """All blocks, in the order in which they were added."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._starts: list[int] = []
        self._named: dict[tuple[str, int | None, int, bool], Block] = {}
        self.size = 0

    @classmethod
    def extending(cls, other: Ledger) -> Ledger:
        """A copy to which new blocks can be added while the other stays as it is."""
        copy = cls()
        copy.blocks, copy._starts = list(other.blocks), list(other._starts)
        copy._named, copy.size = dict(other._named), other.size
        return copy

    def add(
        self, kind: str, layer: int | None, shape: tuple[int, ...],
        samples: int = 0, update: int | None = None,
    ) -> Ids:  # fmt: skip
        """Register a block of new quantities and return their numbers, in its shape."""
        block = Block(kind, layer, shape, self.size, samples, update)
        self.blocks.append(block)
        self._starts.append(self.size)
        self._named[kind, layer, len(shape), samples > 0] = block
        self.size += block.size
        return block.ids

    def block(self, number: int) -> Block:
        """The block that a quantity belongs to."""
        return self.blocks[bisect.bisect_right(self._starts, number) - 1]

    def among(self, ids: Ids) -> list[Block]:
        """The blocks that these quantities belong to: usually there is one."""
        first, last = self.block(int(ids.min())), self.block(int(ids.max()))
        if first is last:
            return [first]
        found = np.unique(np.searchsorted(self._starts, ids, side="right"))
        return [self.blocks[number - 1] for number in found.tolist()]

    def place(self, number: int) -> Place:
        """Where a quantity stands."""
        block = self.block(number)
        index = []
        rest = int(number) - block.start
        for length in reversed(block.shape):
            rest, position = divmod(rest, length)
            index.append(position + 1)
        sample = rest + 1 if block.samples else None
        return Place(block.kind, block.layer, tuple(reversed(index)), sample, block.update)

    def named(self, kind: str, layer: int | None, dimensions: int) -> Ids | None:
        """The quantities of this kind and layer that belong to no sample, or None."""
        block = self._named.get((kind, layer, dimensions, False))
        return None if block is None else block.ids

    def find(self, place: Place) -> int:
        """The number of the quantity at a place; KeyError where there is none.

        The place's update may be left out: a ledger holds one.
        """
        sampled = place.sample is not None
        block = self._named[place.kind, place.layer, len(place.index), sampled]
        if place.update not in (None, block.update or 1):
            raise KeyError(place)
        number = 0
        if place.sample is not None:
            if not 1 <= place.sample <= block.samples:
                raise KeyError(place)
            number = place.sample - 1
        for position, length in zip(place.index, block.shape, strict=True):
            if not 1 <= position <= length:
                raise KeyError(place)
            number = number * length + position - 1
        return block.start + number
