"""Where a quantity stands, and the key that says so in every notation.

A key is a kind and, in brackets, layer, unit and source, all from 1: `net[1,2]`, `dE/dw[2,1,2]`,
`E`, `E[1]`, `out[0,1]` (input 1).

>>> str(Place("w", 2, (1, 2)))
'w[2,1,2]'
>>> Place.read("dE/dw[2,1,2]")
Place(kind='dE/dw', layer=2, index=(1, 2))
"""

from __future__ import annotations

import re
from typing import NamedTuple

UNLAYERED = frozenset({"E", "t", "rate"})  # their brackets hold no layer
_KEY = re.compile(r"([A-Za-z_][\w/]*)(?:\[(\d{1,9}(?:,\d{1,9}){0,4})\])?")


class Place(NamedTuple):
    """A quantity's kind, layer (None where it has none) and the further indices, from 1."""

    kind: str
    layer: int | None = None
    index: tuple[int, ...] = ()  # type: ignore[assignment]  # hides tuple.index, which nobody needs

    def __str__(self) -> str:
        numbers = self.index if self.layer is None else (self.layer, *self.index)
        return f"{self.kind}[{','.join(map(str, numbers))}]" if numbers else self.kind

    @classmethod
    def read(cls, key: str) -> Place:
        """The place that a key names; ValueError where it is no key."""
        match = _KEY.fullmatch(key.replace(" ", ""))
        if not match:
            raise ValueError(f"'{key}' is no key")
        kind, numbers = match[1], tuple(map(int, (match[2] or "").split(","))) if match[2] else ()
        if kind in UNLAYERED or not numbers:
            return cls(kind, None, numbers)
        return cls(kind, numbers[0], numbers[1:])
