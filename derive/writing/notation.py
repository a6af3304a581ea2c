"""Notations: what every quantity is called, on paper and on a keyboard.

A notation is a TOML file in `templates/notations/`; it gives patterns for the plain quantities, and
the names of derivatives follow: ∂E_total/∂w₅ on paper, dE/dw5 on a keyboard. Samples are told by a
number in brackets, net_h1⁽²⁾ or net_h1@2, and new values by a plus, w₅⁺ or w5_new. People may choose
letters of their own, and give weights names of their own, but no two quantities the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from derive import resources
from derive.algebra.places import Place
from derive.errors import ProblemError
from derive.problem.model import Problem
from derive.registry import Registry
from derive.writing.letters import refuse_malformed, with_letters
from derive.writing.maths import Marked, Name, Node, Number, Sign
from derive.writing.names import (
    CONSTANTS,
    DERIVATIVES,
    OPTIMIZED,
    PARAMETERS,
    PARTIAL,
    Names,
    by_layer,
    partial,
    sample_mark,
    taken_apart,
)
from derive.writing.numbering import Numbering
from derive.writing.patterns import Pattern, marks, raised
from derive.writing.printers.base import HAT


def notations() -> Registry[str]:
    """The notations that there are, each with a sample line."""
    found = resources.names("notations")
    return Registry(
        "notation", {n: resources.read_toml("notations", f"{n}.toml")["summary"] for n in found}
    )


@dataclass(frozen=True)
class Notation(Names):
    """A notation for one problem.

    `sign` is +1 where δ = ∂E/∂net and −1 where δ = −∂E/∂net; `order` tells how weights are indexed:
    "numbered", "target-source" or "source-target".
    """

    product: str = "·"
    order: str = "numbered"
    sign: int = 1
    bold: bool = True  # matrices and vectors
    matrices: Mapping[str, str] = field(default_factory=dict)
    batches: Mapping[str, str] = field(default_factory=dict)  # those that hold all samples
    layers: Mapping[str, str] = field(default_factory=dict)  # labels of layers

    @classmethod
    def load(cls, name: str, problem: Problem) -> Notation:
        """The notation of this name for this problem; ProblemError where two names are alike."""
        if name not in resources.names("notations"):
            raise ProblemError([notations().unknown(name, "show.notation")])
        table: dict[str, Any] = resources.read_toml("notations", f"{name}.toml")
        refuse_malformed(problem)
        letters, forms = problem.show.letters, tuple(layer.bias.form for layer in problem.layers)
        names = OPTIMIZED | CONSTANTS | table["names"]
        if not problem.chain:
            from derive.writing.general import load_general  # any other topology

            return load_general(table, with_letters(names, letters), problem)
        notation = cls(
            names=with_letters(names, letters),
            units=table.get("units", {}),
            numbering=Numbering(problem.units, forms),
            several=len(problem.samples) > 1,
            own=tuple(layer.names for layer in problem.layers),
            product=table["product"],
            order=table["order"],
            sign=1 if (problem.show.delta or table["delta"]) == "subtract" else -1,
            bold=table["bold"],
            matrices=with_letters(table["matrices"], letters, names),
            batches=with_letters(table.get("batches", {}), letters, names),
            layers=table.get("layers", {}),
        )
        if letters or any(notation.own):
            from derive.writing.alike import refuse_alike  # most problems use names that are tested

            refuse_alike(notation, problem)
        return notation

    # --- units, and kinds of quantities -------------------------------------------------------

    def label(self, layer: int, unit: int) -> Node:
        """A unit's label: i1, h2, o1; the name of its output where units have none."""
        text = self.label_pattern(layer)
        if not text:
            return self.node(Place("out", layer, (unit,)))
        pattern, numbers = Pattern.read(text), self.numbering.numbers("out", layer, (unit,))
        return pattern.node(numbers) if pattern.base else marks(pattern.sub.format_map(numbers))

    def bare(self, kind: str) -> Node:
        """The letter or word of a kind of quantity without its indices: net, δ, w⁺, m̂."""
        mark = taken_apart(kind)[1]
        hat = HAT if mark == "hat" else ""
        return Name(self.base(kind) + hat, sup=Sign("+") if mark == "new" else None)

    def base(self, kind: str) -> str:
        """The letter or word alone, as a `Name.base`: "net", "delta", "m"."""
        last = self.numbering.last
        return self.pattern(self.named(Place(taken_apart(kind)[0])), last).base

    def indexed(self, kind: str, index: Node, layer: int | None = None) -> Node:
        """The quantity of some unit of a layer, the last unless given: net_k, E_k, a^[2]_k."""
        number = self.numbering.last if layer is None else layer
        text = self.names[self.named(Place(kind, number, (1,)))]
        whole = text == "{unit}"  # a unit and its output have one name, o_k
        text = text.replace("{unit}", self.label_pattern(number) if whole else "{j}")
        nodes = dict.fromkeys(("j", "i", "n", "u", "source"), index)
        return Pattern.read(text).symbolic(nodes | {"l": Number(str(number))})

    def sampled(self, node: Node, which: Node) -> Node:
        """The name with the mark of a sample: E⁽ˢ⁾."""
        return raised(node, sample_mark(which))

    # --- matrices and vectors -----------------------------------------------------------------

    def matrix(
        self, kind: str, layer: int | Node, sample: int | Node | None = None, of: str = "w"
    ) -> Node:
        """A layer's matrix or vector: W_h, net_h, ∂E/∂W_h; in letters where the layer is a node.

        Kinds are those of places; `of` says which parameter an optimizer's kind ("velocity") is of.
        Without a sample, where there are several, all of them side by side are meant.
        """
        if kind in DERIVATIVES:
            above, below = DERIVATIVES[kind]
            over = self.error(sample) if above == "E" else self.matrix(above, layer, sample)
            return partial(over, self.matrix(below, layer, sample))
        stem, mark = taken_apart(kind)
        if stem in OPTIMIZED:
            name: Node = self.of_optimizer(stem, mark, self.matrix(of, layer))
        else:
            name = self._vector(stem, layer, sample is None)
        if mark == "new":
            name = raised(name, Sign("+"))
        if sample is None or stem in PARAMETERS or stem in OPTIMIZED:
            return name
        return raised(name, sample_mark(sample))

    def _vector(self, stem: str, layer: int | Node, all_samples: bool) -> Node:
        number = layer if isinstance(layer, int) else None
        kind = self.named(Place(stem, number))
        kind = {"shared": "b"}.get(kind, kind)
        table = self.batches if all_samples and self.several else {}
        text = table.get(kind) or self.matrices[kind]
        if number is not None:
            text = text.replace("{layer}", by_layer(self.layers, number, self.numbering.last))
        elif text == "{layer}":  # of the layers' own letters, the hidden ones' stands for all
            text = self.layers["hidden"] + "_{l}"
        else:
            text = text.replace("{layer}", "{l}")
        name = Pattern.read(text).symbolic({"l": _node(layer)})
        return Marked(name, "value") if self.bold else name

    def error(self, sample: int | Node | None = None) -> Node:
        """The error of all samples, or of one by its number or by a letter."""
        if sample is None or isinstance(sample, int):
            return self.node(Place("E", sample=sample))
        return self.sampled(self.pattern("E", self.numbering.last).node({}), sample)

    def size(self, layer: int | Node) -> Node:
        """How many units a layer has, as a letter: n₁, n^[l]."""
        return Pattern.read(self.matrices["size"]).symbolic({"l": _node(layer)})

    # --- reading names ------------------------------------------------------------------------

    def parameter(self, name: str) -> Place | None:
        """The weight or bias that is typed so ("w5", "b1"), or else so but for capital letters."""
        if name in self._own_places:
            return self._own_places[name]
        like = [self._own_folded[name.casefold()]] if name.casefold() in self._own_folded else []
        for kind in PARAMETERS:
            for layer in range(1, self.numbering.last + 1):
                place = self._read(name, kind, layer)
                if place is not None and self.written(place) == name:
                    return place
                like += [] if place is None else [place]
        return like[0] if like else None

    def _read(self, name: str, kind: str, layer: int) -> Place | None:
        """The weight or bias of one layer that is typed so, small and capital letters alike."""
        unnamed = self.own[layer - 1] is None if kind == "w" else True
        if not unnamed or (kind == "b" and self.numbering.biases[layer - 1] == "none"):
            return None
        match = self.pattern(self.named(Place(kind, layer)), layer).reader.fullmatch(name)
        numbers = {key: int(digits) for key, digits in match.groupdict().items()} if match else {}
        index = self.numbering.index(kind, layer, numbers) if match else None
        place = None if index is None else Place(kind, layer, index)
        return place if place and self.written(place).casefold() == name.casefold() else None

    @cached_property
    def _own_places(self) -> dict[str, Place]:
        """The weights that have names of their own, by these."""
        return {
            name: Place("w", layer, (j, i))
            for layer, rows in enumerate(self.own, start=1)
            for j, row in enumerate(rows or (), start=1)
            for i, name in enumerate(row, start=1)
        }

    @cached_property
    def _own_folded(self) -> dict[str, Place]:
        return {name.casefold(): place for name, place in reversed(self._own_places.items())}


def _node(layer: int | Node) -> Node:
    return Number(str(layer)) if isinstance(layer, int) else layer


__all__ = ["PARTIAL", "Notation", "notations"]
