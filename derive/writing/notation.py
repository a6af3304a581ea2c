"""Notations: what every quantity is called, on paper and on a keyboard.

A notation is a TOML file in `templates/notations/`; it gives patterns for the plain quantities, and
the names of derivatives follow: ∂E_total/∂w₅ on paper, dE/dw5 on a keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derive import resources
from derive.algebra.places import Place
from derive.errors import ProblemError
from derive.problem.model import Problem
from derive.registry import Registry
from derive.writing.maths import Fraction, Name, Node, Number, Row, Sign

PARTIAL = Name("partial")
_PATTERN = re.compile(r"([A-Za-z]+)(?:_([^\^]+))?(?:\^(.+))?")
_LABEL = re.compile(r"([A-Za-z]*)([\d.]*)")
_DERIVATIVES = {  # what stands above and below the line
    "dE/dout": ("E", "out"),
    "dE/dw": ("E", "w"),
    "dE/db": ("E", "b"),
    "dout/dnet": ("out", "net"),
    "dnet/dw": ("net", "w"),
}


def notations() -> Registry[str]:
    """The notations that there are, each with a sample line."""
    found = resources.names("notations")
    return Registry(
        "notation", {n: resources.read_toml("notations", f"{n}.toml")["summary"] for n in found}
    )


@dataclass(frozen=True)
class Notation:
    """A notation's patterns, applied to the layers of one network.

    `units` are the units per layer, inputs first; `biases` how each layer's biases are arranged.
    """

    patterns: Mapping[str, str]
    labels: Mapping[str, str]
    product: str
    units: tuple[int, ...]
    biases: tuple[str, ...]

    @classmethod
    def load(cls, name: str, problem: Problem) -> Notation:
        """The notation of this name for this problem's network."""
        if name not in notations():
            raise ProblemError([notations().unknown(name, "show.notation")])
        table: dict[str, Any] = resources.read_toml("notations", f"{name}.toml")
        biases = tuple(layer.bias.form for layer in problem.layers)
        return cls(table["names"], table["units"], table["product"], problem.units, biases)

    # --- on paper -----------------------------------------------------------------------------

    def node(self, place: Place) -> Node:
        """The quantity's name on paper."""
        if place.kind in _DERIVATIVES:
            above, below = self._above_and_below(place)
            return Fraction(Row((PARTIAL, self.node(above))), Row((PARTIAL, self.node(below))))
        if place.kind.endswith("_new"):
            old = self._plain(place._replace(kind=place.kind.removesuffix("_new")))
            return Name(old.base, old.sub, Sign("+"))
        return self._plain(place)

    def base(self, kind: str) -> str:
        """The letter or word that a kind of quantity has without its marks: "net", "delta"."""
        return self.patterns[kind].partition("_")[0]

    def label(self, layer: int, unit: int) -> Node:
        """A unit's label: i1, h2, o1."""
        if layer == 0:
            return self._plain(Place("out", 0, (unit,)))
        letters, digits = _split(self._unit(layer, unit))
        return Name(letters, Number(digits)) if digits else Name(letters)

    def _above_and_below(self, place: Place) -> tuple[Place, Place]:
        above, below = _DERIVATIVES[place.kind]
        if above == "E":
            return Place("E"), Place(below, place.layer, place.index)
        if len(place.index) == 1:
            return Place(above, place.layer, place.index), Place(below, place.layer, place.index)
        if above == "net":
            return Place("net", place.layer, place.index[:1]), Place("w", place.layer, place.index)
        return Place(above, place.layer, place.index[:1]), Place(
            below, place.layer, place.index[1:]
        )

    def _plain(self, place: Place) -> Name:
        match = _PATTERN.fullmatch(self._filled(place))
        assert match, f"no name for {place}"
        base, sub, sup = match.groups()
        return Name(base, _mark(sub), _mark(sup))

    def _filled(self, place: Place) -> str:
        kind, fields = self._kind(place), {"n": self._count(place)}
        if place.layer is not None and place.index:
            fields |= {"l": str(place.layer), "j": str(place.index[0]), "i": str(place.index[-1])}
            fields["unit"] = self._unit(place.layer, place.index[0])
        elif place.kind == "E" and place.index:
            fields["unit"] = self._unit(len(self.units) - 1, place.index[0])
        elif place.layer is not None:  # a bias shared by its layer
            fields |= {"l": str(place.layer)}
        return self.patterns[kind].format(**fields)

    def _kind(self, place: Place) -> str:
        if place.kind == "out" and place.layer == 0:
            return "input"
        if place.kind == "E" and place.index:
            return "part"
        if place.kind == "b" and place.layer and self.biases[place.layer - 1] == "threshold":
            return "threshold"
        return place.kind

    def _unit(self, layer: int, unit: int) -> str:
        last = len(self.units) - 1
        pattern = "output" if layer == last else "hidden" if last == 2 else "deep"
        return self.labels[pattern].format(l=layer, j=unit)

    # --- numbering ----------------------------------------------------------------------------

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        """How many weights and biases stand in the layers before each layer."""
        starts: dict[str, list[int]] = {"w": [0], "b": [0]}
        for number, form in enumerate(self.biases, start=1):
            biases = {"none": 0, "shared": 1}.get(form, self.units[number])
            starts["w"].append(starts["w"][-1] + self.units[number] * self.units[number - 1])
            starts["b"].append(starts["b"][-1] + biases)
        return starts

    def _count(self, place: Place) -> str:
        if place.kind == "w" and place.layer:
            j, i = place.index
            return str(
                self._starts["w"][place.layer - 1] + (j - 1) * self.units[place.layer - 1] + i
            )
        if place.kind == "b" and place.layer:
            return str(self._starts["b"][place.layer - 1] + (place.index[0] if place.index else 1))
        return str(place.index[-1]) if place.index else ""

    # --- on a keyboard ------------------------------------------------------------------------

    def written(self, place: Place) -> str:
        """The quantity's name as people type it: net_h1, w5, dE/dw5, w5_new."""
        if place.kind in _DERIVATIVES:
            above, below = self._above_and_below(place)
            return f"d{self._typed(above)}/d{self._typed(below)}"
        if place.kind.endswith("_new"):
            return self._typed(place._replace(kind=place.kind.removesuffix("_new"))) + "_new"
        return self._typed(place)

    def _typed(self, place: Place) -> str:
        if place == Place("E"):
            return "E"
        return re.sub(r"^([A-Za-z])_(?=\d)", r"\1", self._filled(place))

    def parameter(self, name: str) -> Place | None:
        """The weight or bias that people type so ("w5", "b1", or its key), or None."""
        for kind in ("w", "b"):
            for number in range(1, len(self.units)):
                place = self._numbered(name, kind, number)
                if place is not None:
                    return place
        return None

    def _numbered(self, name: str, kind: str, layer: int) -> Place | None:
        start, stop = self._starts[kind][layer - 1 : layer + 1]
        digits = re.search(r"(\d+)$", name)
        if not digits or not start < int(digits[1]) <= stop:
            return None
        offset = int(digits[1]) - start - 1
        sources = self.units[layer - 1]
        if kind == "w":
            place = Place("w", layer, (offset // sources + 1, offset % sources + 1))
        else:
            place = Place("b", layer, () if self.biases[layer - 1] == "shared" else (offset + 1,))
        return place if self.written(place).lower() == name.lower() else None


def _split(label: str) -> tuple[str, str]:
    match = _LABEL.fullmatch(label)
    assert match, f"'{label}' is no unit's label"
    return match[1], match[2]


def _mark(text: str | None) -> Node | None:
    """A subscript: letters, digits, or letters with digits after them."""
    if not text:
        return None
    letters, digits = _split(text)
    if not letters:
        return Number(digits)
    return Row((Name(letters), Number(digits))) if digits else Name(letters)
