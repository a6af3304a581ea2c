"""What quantities are called where units have no labels: in any topology, and in expression graphs.

A network's quantities bear the notation's letter with their numbers below it, net_{2,1} for unit 1 at
time 2, and, where there are several layers, [l] above it. On a keyboard a name is the key with
underscores. In an expression graph the names are the user's own.

>>> from derive.problem.reading import read
>>> problem = read({"equations": {"f": "w1*x"}, "values": {"w1": 2, "x": 3}})
>>> notation = load_general({"product": "·", "order": "numbered", "bold": True}, {}, problem)
>>> notation.written(Place("df/dw1")), notation.node(Place("w1"))
('df/dw1', Name(base='w', sub=Number(text='1', power=None), sup=None))
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.algebra.places import DELTA, TURNED, Place
from derive.problem.model import Problem
from derive.writing.maths import Bracket, Name, Node, Number, Row, Sign, Words
from derive.writing.names import CONSTANTS, OPTIMIZED, partial, sample_mark, taken_apart
from derive.writing.notation import Notation
from derive.writing.numbering import Numbering
from derive.writing.patterns import Pattern, marks, raised
from derive.writing.printers.base import HAT

_TYPED = re.compile(r"(.+?)((?:_[0-9]+)+)", re.ASCII)
_OWN = re.compile(r"([A-Za-z]+)_?(.*)", re.ASCII)


def own(name: str) -> Name:
    """A name of the user's own on paper: letters, and what follows them below."""
    match = _OWN.fullmatch(name)
    assert match, f"'{name}' is no name"
    base, rest = match.groups()
    return Name(base, marks(rest) if rest.isalnum() else Words(rest) if rest else None)


@dataclass(frozen=True)
class General(Notation):
    """The notation of an expression graph, whose names are `free`, or of any topology.

    `kinds` has the letters of those kinds of quantities that a notation does not know; `joint` are the
    layers in which every output depends on all net inputs, `pairwise` other local derivatives of each
    thing in a row by each thing in another. With `layered`, layers are numbered on paper.
    """

    free: bool = False
    layered: bool = True
    kinds: Mapping[str, str] = field(default_factory=dict)
    joint: frozenset[int] = frozenset()
    pairwise: frozenset[str] = frozenset()

    # --- on paper -----------------------------------------------------------------------------

    def node(self, place: Place) -> Node:
        """The quantity's name on paper."""
        if "/" in place.kind:
            above, below = self._parts(place)
            return partial(self.node(above), self.node(below))
        if self.free:
            return own(place.kind)
        stem, mark = taken_apart(place.kind)
        name = self._of_optimizer(place, stem, mark) or self._named(place._replace(kind=stem))
        if mark == "new":
            name = raised(name, Sign("+"))
        return name if place.sample is None else raised(name, sample_mark(place.sample))

    def _of_optimizer(self, place: Place, stem: str, mark: str) -> Node | None:
        """v_w, m̂_w, where the quantity is one that an optimizer keeps about a parameter."""
        kept, _, parameter = stem.partition("_")
        if kept not in OPTIMIZED:
            return None
        parameter = parameter or _parameter(place)
        return self.of_optimizer(kept, mark, self._named(place._replace(kind=parameter)))

    def _named(self, place: Place) -> Node:
        """A plain quantity: its letter, its numbers below, its layer and its gate above."""
        if place.layer is None and not place.index:
            return self._plain(place)
        kind, _, tag = place.kind.partition("_")
        sub = marks(",".join(map(str, place.index))) if place.index else None
        above: list[Node] = [Name(tag)] if tag else []
        if self.layered and place.layer:
            above.append(Bracket(Number(str(place.layer)), "[]"))
        sup = None if not above else above[0] if len(above) == 1 else Row(tuple(above))
        return Name(self.letter(kind, place.layer), sub, sup)

    def array(self, place: Place, index: tuple[int, ...], large: bool) -> Node:
        """A whole array of a block's quantities, or the part with these first indices: W^[1], x, ∂E/∂W."""
        if "/" in place.kind:
            above, below = self._parts(place._replace(index=(), sample=None))
            whole = above.kind == "E"
            large &= not self._is_paired(place, below.kind)  # a matrix of a vector by a vector
            upper = self.node(above) if whole else self.array(above, index, large)
            return partial(upper, self.array(below, index, large))
        base = self.letter(place.kind.partition("_")[0], place.layer)
        name = self._named(place._replace(layer=place.layer or 0, index=index, sample=None))
        assert isinstance(name, Name)
        capital = large and len(base) == 1
        return Name(base.upper() if capital else base, name.sub, name.sup)

    def letter(self, kind: str, layer: int | None = None) -> str:
        """The `Name.base` of a kind of quantities: the notation's, or the layer kind's own."""
        if kind == "out" and layer == 0:
            kind = "input"
        kind = DELTA if kind == TURNED else kind
        pattern = self.names.get("part" if kind == "E" else kind, "")
        return Pattern.read(pattern).base or self.kinds.get(kind, kind)

    def _parts(self, place: Place) -> tuple[Place, Place]:
        """What stands above and below the line of a derivative."""
        above, _, below = place.kind.partition("/")
        above, below = above.removeprefix("d"), below.removeprefix("d")
        if self.free:
            return Place(above), Place(below)
        first, second = place._replace(kind=above), place._replace(kind=below)
        index = place.index
        if above == "E":
            first = Place("E", sample=place.sample)
        elif below == "w":  # the unit above, the weight below
            first = first._replace(index=index[:-1])
        elif self._is_paired(place, below):
            # a unit by each unit of its position
            first = first._replace(index=index[:-1])
            second = second._replace(index=(*index[:-2], *index[-1:]))
        return first, second

    def _is_paired(self, place: Place, below: str) -> bool:
        """Whether each thing in a row stands above and each in a row below."""
        return place.kind in self.pairwise or (place.layer in self.joint and below == "net")

    # --- on a keyboard ------------------------------------------------------------------------

    def written(self, place: Place) -> str:
        """The quantity's name as people type it: net_1_2_1, dE/dw_1_2_1, w_1_2_1_new; or its own."""
        if "/" in place.kind and not self.free:
            above, below = self._parts(place._replace(sample=None, update=None))
            text = f"d{self.written(above)}/d{self.written(below)}"
        elif self.free:
            text = place.kind
        else:
            stem, mark = taken_apart(place.kind)
            numbers = place.index if place.layer is None else (place.layer, *place.index)
            text = "_".join([self._spelt(stem, place), *map(str, numbers)]) + (f"_{mark}" if mark else "")
        if place.sample is not None:
            text += f"@{place.sample}"
        return text if place.update is None else f"{text}#{place.update}"

    def _spelt(self, stem: str, place: Place) -> str:
        kept, _, parameter = stem.partition("_")
        if kept in OPTIMIZED:
            parameter = parameter or _parameter(place)
            return f"{Pattern.read(self.names[kept]).base}_{parameter}"
        if stem in CONSTANTS:
            return Pattern.read(self.names[stem]).keyboard
        known = stem in ("rate", "E", "t")
        return Pattern.read(self.names[stem]).base if known else stem

    def parameter(self, name: str) -> Place | None:
        """The parameter that is typed so, or, in an expression graph, the quantity."""
        if self.free:
            return Place(name)
        match = _TYPED.fullmatch(name)
        if match is None:
            return None
        numbers = match[2].strip("_").replace("_", ",")
        try:
            place = Place.read(f"{match[1]}[{numbers}]")
        except ValueError:  # é_1
            return None
        return place if self.written(place) == name else None

    # --- kinds of quantities ------------------------------------------------------------------

    def bare(self, kind: str) -> Node:
        """The letter of a kind of quantities without its numbers."""
        stem, mark = taken_apart(kind)
        letter = stem.partition("_")[0] if stem.partition("_")[0] in OPTIMIZED else stem
        base = self.letter(letter, self.numbering.last) + (HAT if mark == "hat" else "")
        return Name(base, sup=Sign("+") if mark == "new" else None)

    def indexed(self, kind: str, index: Node, layer: int | None = None) -> Node:
        """The quantity of some unit: net_k, E_k."""
        return Name(self.letter(kind, self.numbering.last), index)

    def label(self, layer: int, unit: int) -> Node:
        """A unit is known by the number of its output."""
        return self.node(Place("out", layer, (unit,)))


def _parameter(place: Place) -> str:
    """The kind of parameter that an optimizer's quantity without a kind in its name belongs to."""
    return "w" if len(place.index) > 1 else "b"


def load_general(table: Mapping[str, Any], names: Mapping[str, str], problem: Problem) -> General:
    """The notation of a file for a problem that is no chain of dense layers."""
    from derive.catalogue.chosen import activation
    from derive.catalogue.layers import LAYERS  # a chain of dense layers has no need of it

    letters: dict[str, str] = {}
    joint = set()
    pairwise: set[str] = set()
    for number, layer in enumerate(problem.layers, 1):
        letters |= LAYERS[layer.kind].letters
        if problem.optimizer.name == "adam":  # whose constants are β₁ and β₂
            letters |= {kind: "b" for kind, letter in letters.items() if letter == "beta"}
            letters["beta"] = "b"
        pairwise |= LAYERS[layer.kind].pairwise
        if activation(layer.activation.name, layer.activation.formula).joint:
            joint.add(number)
    if "input" not in problem.show.letters and names.get("input", "").startswith("i_"):
        names = {**names, "input": "x_{n}"}  # i is a gate's letter too
    free, delta = problem.equations is not None, problem.show.delta or table.get("delta")
    return General(
        names=names,
        units={},
        numbering=Numbering(problem.units, tuple("none" for _ in problem.layers)),
        several=len(problem.samples) > 1,
        own=tuple(None for _ in problem.layers),
        product=table["product"],
        order="target-source",
        sign=-1 if delta == "add" and not free else 1,
        bold=table["bold"],
        free=free,
        layered=len(problem.layers) > 1,
        kinds=letters,
        joint=frozenset(joint),
        pairwise=frozenset(pairwise),
    )
