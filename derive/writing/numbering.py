"""The numbers that may stand in a quantity's name: its layer, its unit, its source, its count.

>>> numbering = Numbering((2, 3, 1), ("each", "shared"))
>>> numbering.numbers("w", 2, (1, 3))["n"], numbering.numbers("w", 2, (1, 3))["source"]
(9, 5)
>>> numbering.index("w", 2, {"n": 9})
(1, 3)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class Numbering:
    """The numbering of one network: `units` per layer, inputs first, and the forms of the biases.

    l is the layer, j the unit in its layer, i the source in the layer before; n counts weights,
    biases, inputs and targets through the network; u and source are unit and source counted
    through the network from the first input on; first and last are the units of the layer.
    """

    units: tuple[int, ...]
    biases: tuple[str, ...]

    @property
    def last(self) -> int:
        """The number of the last layer."""
        return len(self.units) - 1

    def largest(self, text: str) -> int:
        """The largest unit's number that may stand in a pattern."""
        return sum(self.units) if "{u}" in text else max(self.units)

    @cached_property
    def _before(self) -> dict[str, list[int]]:
        """How many weights, biases and units stand in the layers before each layer."""
        pairs = zip(self.units[:-1], self.units[1:], strict=True)
        forms = zip(self.biases, self.units[1:], strict=True)
        biases = [{"none": 0, "shared": 1}.get(form, units) for form, units in forms]
        return {
            "w": [0, 0, *accumulate(sources * units for sources, units in pairs)],
            "b": [0, 0, *accumulate(biases)],
            "unit": [0, *accumulate(self.units)],
        }

    def numbers(self, kind: str, layer: int, index: tuple[int, ...]) -> dict[str, int]:
        """Every number that a name of this kind may show."""
        before, j, i = self._before["unit"], *(index[:1] or (1,)), *(index[-1:] or (1,))
        n = i
        if kind == "w":
            n = self._before["w"][layer] + (j - 1) * self.units[layer - 1] + i
        elif kind == "b":
            n = self._before["b"][layer] + j
        return {
            "l": layer, "j": j, "i": i, "n": n,
            "u": before[layer] + j, "source": before[layer - 1] + i if layer else 0,
            "first": before[layer] + 1, "last": before[layer + 1],
        }  # fmt: skip

    def shape(self, kind: str, layer: int) -> tuple[int, ...]:
        """How many weights (units, sources) or biases (units,) or () a layer has."""
        if kind == "w":
            return self.units[layer], self.units[layer - 1]
        return () if self.biases[layer - 1] == "shared" else (self.units[layer],)

    def index(self, kind: str, layer: int, numbers: Mapping[str, int]) -> tuple[int, ...] | None:
        """The index in a layer's weights or biases that these numbers mean; None where it has none."""
        shape = self.shape(kind, layer)
        if "n" in numbers:
            offset = numbers["n"] - self._before[kind][layer] - 1
            found = divmod(offset, shape[1]) if kind == "w" else (offset,) * len(shape)
            index = tuple(place + 1 for place in found)
        else:
            before = self._before["unit"]
            through, source = numbers.get("u", 0), numbers.get("source", 0)
            unit = numbers.get("j", through - before[layer])
            index = (unit, numbers.get("i", source - before[layer - 1]))[: len(shape)]
        inside = all(1 <= place <= size for place, size in zip(index, shape, strict=True))
        return index if inside else None
