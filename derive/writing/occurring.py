"""Every name that occurs in a problem, by its form: w_{n} with n from 5 to 8 for a layer's weights.

`entries` lists them for `derive.writing.alike`, which compares them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from derive.algebra.places import Place
from derive.catalogue.activations import ACTIVATIONS
from derive.problem.model import Problem
from derive.problem.optimizing import optimizer_of
from derive.writing.names import by_layer
from derive.writing.notation import Notation
from derive.writing.patterns import Pattern
from derive.writing.printers.base import GREEK

Range = tuple[int, int]
_LAYERED = {"net": "net input", "out": "output", "delta": "delta", "w": "weight", "b": "bias"}
_CONSTANTS = {
    "momentum": "momentum", "decay": "decay rate", "epsilon": "small constant", "step": "step",
    "beta1": "first decay rate", "beta2": "second decay rate", "weight_decay": "weight decay",
}  # fmt: skip
_OPTIMIZED = {
    "decayed": "decayed gradient", "velocity": "velocity", "moment": "first moment",
    "square": "mean square",
}  # fmt: skip


class Entry(NamedTuple):
    """Quantities of one form: what they are, their names as templates, the fields' ranges.

    `own` is the layer in which a person gave this name; `of` the parameter that they belong to.
    """

    noun: str
    paper: str | None
    typed: str | None
    ranges: dict[str, Range]
    own: int | None = None
    of: str | None = None

    @property
    def root(self) -> str:
        """What a mistake is told of once: where parameters are alike, their new values are too."""
        return self.of or self.noun


def entries(notation: Notation, problem: Problem) -> Iterator[Entry]:
    """All names of all quantities, of matrices, and of what else has a letter on the page."""
    kept = _kept(problem)
    yield from _unlayered(notation, kept)
    yield from _taken(problem, kept)
    last = notation.numbering.last
    for layer in range(last + 1):
        where = f" of layer {layer}"
        yield from _vectors(notation, layer)
        if layer == 0:
            yield _units(notation, "an input", "out", 0)
            continue
        for kind in ("net", "out", "delta"):
            yield _units(notation, f"a{'n' * (kind == 'out')} {_LAYERED[kind]}{where}", kind, layer)
        for kind in ("w", "b"):
            named = kind == "w" and notation.own[layer - 1] is not None
            absent = kind == "b" and notation.numbering.biases[layer - 1] == "none"
            if not named and not absent:
                plain = _units(notation, f"a {_LAYERED[kind]}{where}", kind, layer)
                pattern = notation.pattern(notation.named(Place(kind, layer)), layer)
                yield plain
                yield from _derived(notation, plain, pattern, kept)
    for name, place in _own(notation):
        pattern = Pattern.own(name)
        plain = Entry(f"the weight {place}", _paper(pattern), name, {}, place.layer)
        yield plain
        yield from _derived(notation, plain, pattern, kept)


def _kept(problem: Problem) -> set[str]:
    """The kinds of quantities that only the optimizer uses, without the marks of new values."""
    lines = optimizer_of(problem, "weights").lines
    slots = {slot.name for line in lines for slot in line.formula.free_symbols}
    return slots & {*_CONSTANTS, *_OPTIMIZED}


def _unlayered(notation: Notation, kept: set[str]) -> Iterator[Entry]:
    """The error, the rate, targets, and what belongs to the whole network."""
    last = notation.numbering.last
    yield _units(notation, "a target", "t", None)
    yield _units(notation, "the error of an output", "E", None)
    for name in {"E", notation.named(Place("E"))}:
        pattern = notation.pattern(name, last)
        yield Entry("the error", _paper(pattern), pattern.base, {})
    rate = notation.pattern("rate", last)
    yield Entry("the learning rate", _paper(rate), rate.keyboard, {})
    for kind, noun in _CONSTANTS.items():
        if kind in kept:
            pattern = notation.pattern(kind, last)
            yield Entry(f"the {noun}", _paper(pattern), pattern.keyboard, {})


def _taken(problem: Problem, kept: set[str]) -> Iterator[Entry]:
    """Keys that are words, and the letters of numbers and functions."""
    nouns = {"E": "error", "rate": "learning rate"}
    nouns |= {kind: noun for kind, noun in _CONSTANTS.items() if kind in kept}
    for key, noun in nouns.items():
        yield Entry(f"the {noun}", None, key, {})
    yield Entry("Euler's number", "e", None, {})
    yield Entry("the number pi", "pi", None, {})
    for layer in problem.layers:
        if layer.activation.formula is None:
            entry = ACTIVATIONS[layer.activation.name]
            yield Entry(f"the function {entry.name}", _read_like(entry.letter), None, {})


def _units(notation: Notation, noun: str, kind: str, layer: int | None) -> Entry:
    """One quantity per unit, weight or bias of a layer."""
    numbering = notation.numbering
    number = numbering.last if layer is None else layer
    shape: tuple[int, ...] = (numbering.units[number],)
    if kind in ("w", "b"):
        shape = numbering.shape(kind, number)
    low = numbering.numbers(kind, number, (1,) * len(shape))
    high = numbering.numbers(kind, number, shape)
    pattern = notation.pattern(notation.named(Place(kind, layer, (1,) * len(shape))), number)
    ranges = {key: (low[key], high[key]) for key in low}
    return Entry(noun, _paper(pattern), pattern.keyboard, ranges)


def _derived(notation: Notation, plain: Entry, pattern: Pattern, kept: set[str]) -> Iterator[Entry]:
    """The new values of parameters, and what an optimizer keeps about them."""
    noun, new = f"the new value of {plain.noun}", f"{_paper(pattern)}^+"
    yield plain._replace(noun=noun, paper=new, typed=f"{plain.typed}_new", of=plain.noun)
    for kind in kept & set(_OPTIMIZED):
        base, inside = notation.base(kind), pattern.base + pattern.sub + pattern.sup
        yield plain._replace(
            noun=f"the {_OPTIMIZED[kind]} of {plain.noun}",
            paper=f"{_read_like(base)}_{inside}", typed=f"{base}_{plain.typed}", of=plain.noun,
        )  # fmt: skip


def _vectors(notation: Notation, layer: int) -> Iterator[Entry]:
    """The matrices and vectors of a layer, and its size."""
    kinds = {"out": "outputs"} if layer == 0 else {k: f"{n}s" for k, n in _LAYERED.items()}
    kinds |= {"t": "targets"} if layer == notation.numbering.last else {}
    label = by_layer(notation.layers, layer, notation.numbering.last)
    for kind, noun in kinds.items():
        form = notation.numbering.biases[layer - 1] if kind == "b" else ""
        if form in ("none", "shared"):  # the one bias stands for the vector of equal ones
            continue
        name = notation.named(Place(kind, layer))
        for table in (notation.matrices, notation.batches if notation.several else {}):
            if name in table:
                pattern = Pattern.read(table[name].replace("{layer}", label))
                paper = "*" * notation.bold + _paper(pattern)
                yield Entry(f"the {noun} of layer {layer} together", paper, None,
                             {"l": (layer, layer)})  # fmt: skip
    size = Pattern.read(notation.matrices["size"])
    yield Entry(f"the number of units of layer {layer}", _paper(size), None, {"l": (layer, layer)})


def _own(notation: Notation) -> Iterator[tuple[str, Place]]:
    """The names that people gave, each as often as it was given."""
    for layer, rows in enumerate(notation.own, start=1):
        for j, row in enumerate(rows or (), start=1):
            for i, name in enumerate(row, start=1):
                yield name, Place("w", layer, (j, i))


def _paper(pattern: Pattern) -> str:
    """What is seen on paper: the letter, what stands below and what above it."""
    sub = f"_{pattern.sub}" if pattern.sub else ""
    return _read_like(pattern.base) + sub + (f"^{pattern.sup}" if pattern.sup else "")


def _read_like(base: str) -> str:
    """The letter that a base looks like: the Greek o is like the Latin one."""
    return "o" if base == "omicron" else GREEK.get(base, base)
