"""What the quantities of one network are called: patterns applied to places.

`Names` answers for single quantities, on paper (`node`) and on a keyboard (`written`);
`derive.writing.notation` adds matrices, units, and reading names back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from derive.algebra.places import DELTA, TURNED, Place
from derive.writing.maths import Bracket, Fraction, Name, Node, Number, Row, Sign
from derive.writing.numbering import Numbering
from derive.writing.patterns import Pattern, raised
from derive.writing.printers.base import HAT

PARTIAL = Name("partial")
DERIVATIVES = {  # what stands above and below the line
    "dE/dout": ("E", "out"),
    "dE/dw": ("E", "w"),
    "dE/db": ("E", "b"),
    "dout/dnet": ("out", "net"),
    "dnet/dw": ("net", "w"),
}
PARAMETERS = ("w", "b")
OPTIMIZED = {"decayed": "g", "velocity": "v", "moment": "m", "square": "s"}  # one per parameter
CONSTANTS = {
    "momentum": "mu", "decay": "rho", "epsilon": "epsilon", "beta1": "beta_1", "beta2": "beta_2",
    "weight_decay": "lambda", "step": "tau",
}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """The patterns of one notation, and the network whose quantities they name."""

    names: Mapping[str, str]
    units: Mapping[str, str]  # patterns of the units' labels, in hidden and output layers
    numbering: Numbering
    several: bool = False  # whether there are several samples
    own: tuple[tuple[tuple[str, ...], ...] | None, ...] = ()  # weights' own names, per layer
    _patterns: dict[tuple[str, int], Pattern] = field(
        default_factory=dict, repr=False, compare=False
    )

    # --- on paper -----------------------------------------------------------------------------

    def node(self, place: Place) -> Node:
        """The quantity's name on paper."""
        if place.kind in DERIVATIVES:
            above, below = above_and_below(place)
            return partial(self.node(above), self.node(below))
        stem, mark = taken_apart(place.kind)
        if stem in OPTIMIZED:
            name: Node = self.of_optimizer(stem, mark, self.node(parameter_of(place)))
        else:
            name = self._plain(place if stem == place.kind else place._replace(kind=stem))
        if mark == "new":
            name = raised(name, Sign("+"))
        if place.sample is None or stem in PARAMETERS:
            return name
        return raised(name, sample_mark(place.sample))

    def of_optimizer(self, stem: str, mark: str, parameter: Node) -> Name:
        """What an optimizer keeps about a parameter, whose name stands below: v_w5, m̂_w5."""
        hat = HAT if mark == "hat" else ""
        return Name(Pattern.read(self.names[stem]).base + hat, parameter)

    def _plain(self, place: Place) -> Name:
        pattern, layer = self._found(place)
        return pattern.node(self.numbering.numbers(place.kind, layer, place.index))

    # --- on a keyboard ------------------------------------------------------------------------

    def written(self, place: Place) -> str:
        """The quantity's name as people type it: net_h1, w5, dE/dw5, w5_new, net_h1@2."""
        if place.kind in DERIVATIVES:
            above, below = above_and_below(place)
            text = f"d{self._typed(above)}/d{self._typed(below)}"
        else:
            text = self._typed(place)
        if place.sample is not None:
            text += f"@{place.sample}"
        return text if place.update is None else f"{text}#{place.update}"

    def _typed(self, place: Place) -> str:
        stem, mark = taken_apart(place.kind)
        if mark:
            return f"{self._typed(place._replace(kind=stem))}_{mark}"
        if stem in OPTIMIZED:
            base = Pattern.read(self.names[stem]).base
            return f"{base}_{self._typed(parameter_of(place))}"
        pattern, layer = self._found(place)
        if stem == "E" and not place.index:
            return pattern.base
        return pattern.typed(self.numbering.numbers(stem, layer, place.index))

    # --- patterns -----------------------------------------------------------------------------

    def _found(self, place: Place) -> tuple[Pattern, int]:
        """The pattern of a plain quantity, and the layer that its numbers count in."""
        layer = self.numbering.last if place.layer is None else place.layer
        if place.kind == "w":
            own = self.own[layer - 1] if self.own else None
            if own is not None:
                return Pattern.own(own[place.index[0] - 1][place.index[1] - 1]), layer
        return self.pattern(self.named(place), layer), layer

    def named(self, place: Place) -> str:
        """The entry of `names` that a plain place has its pattern from."""
        kind, layer = place.kind, place.layer
        if kind == "out" and layer == 0:
            return "input"
        if kind == "E":
            if place.index:
                return "part"
            whole = self.several and place.sample is None
            return "cost" if whole and "cost" in self.names else "E"
        if kind == "b" and layer:
            form = self.numbering.biases[layer - 1]
            alone = form == "shared" and self.numbering.units[layer] == 1
            return form if form in self.names and not alone else "b"
        return DELTA if kind == TURNED else kind

    def pattern(self, name: str, layer: int) -> Pattern:
        """The pattern of an entry of `names`, with the labels of the units of this layer in it."""
        found = self._patterns.get((name, layer))
        if found is None:
            text = self.names[name]
            if self.numbering.largest(text) < 10:
                text = text.replace("},{", "}{")
            found = Pattern.read(text.replace("{unit}", self.label_pattern(layer)))
            self._patterns[name, layer] = found
        return found

    def label_pattern(self, layer: int) -> str:
        """The pattern of the labels of a layer's units; empty where the notation has none."""
        return by_layer(self.units, layer, self.numbering.last)


def by_layer(table: Mapping[str, str], layer: int, last: int) -> str:
    """The entry for a layer in a table of labels: input, hidden, deep or output."""
    if layer == 0:
        return table.get("input", "")
    return table.get("output" if layer == last else "hidden" if last == 2 else "deep", "")


@lru_cache(maxsize=256)
def taken_apart(kind: str) -> tuple[str, str]:
    """A kind without the mark that makes a new value or a corrected one of it, and that mark.

    >>> taken_apart("moment_hat"), taken_apart("weight_decay")
    (('moment', 'hat'), ('weight_decay', ''))
    """
    stem, _, mark = kind.rpartition("_")
    return (stem, mark) if mark in ("new", "hat") else (kind, "")


def parameter_of(place: Place) -> Place:
    """The weight or bias that a quantity of an optimizer belongs to."""
    return Place("w" if len(place.index) == 2 else "b", place.layer, place.index)


def above_and_below(place: Place) -> tuple[Place, Place]:
    """The two quantities of a derivative; a parameter belongs to no sample."""
    above, below = DERIVATIVES[place.kind]
    layer, index, sample = place.layer, place.index, place.sample
    of_below = None if below in PARAMETERS else sample
    if above == "E":
        return Place("E", None, (), sample), Place(below, layer, index, of_below)
    # ∂net_j/∂w_ji has the unit above; ∂out_j/∂net_k the one unit above, the other below.
    under = index if below == "w" else index[-1:]
    return Place(above, layer, index[:1], sample), Place(below, layer, under, of_below)


def partial(above: Node, below: Node) -> Fraction:
    """∂a/∂b."""
    return Fraction(Row((PARTIAL, above)), Row((PARTIAL, below)))


def sample_mark(sample: int | Node) -> Bracket:
    """The mark of a sample: (2), (s)."""
    return Bracket(Number(str(sample)) if isinstance(sample, int) else sample)
