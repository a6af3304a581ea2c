"""Which quantity somebody means: by its key, or by a name of the notation, in any common spelling.

>>> plainly("∂E_total/∂w₅"), plainly(r"\\frac{\\partial E}{\\partial w_{5}}"), plainly("w_5 new")
('dE/dw5', 'dE/dw5', 'w5new')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from derive.algebra.places import DELTA, DELTAS, TURNED, Place
from derive.checking.unrolled import Unrolled
from derive.problem.wrong import plain as harmless
from derive.writing.names import PARAMETERS
from derive.writing.notation import Notation
from derive.writing.printers import plain
from derive.writing.printers.base import GREEK, HAT

LONGEST = 80
MOST_NAMED = 20_000  # quantities whose names are all known; in a larger network, weights are read
MOST_NEAR = 2_000  # names that a misspelt one is compared with

_LETTERS = {letter: name for name, letter in GREEK.items() if name not in ("partial", "ell")}
_SPOKEN = {
    "∂": "d", "ℓ": "l", "⁺": "new", "+": "new", "′": "new", "'": "new", "ϵ": "epsilon", HAT: "hat",
}  # fmt: skip
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"
_LOWERED = str.maketrans(_RAISED, "0123456789()")
_SUPERSCRIPT = re.compile(f"[{_RAISED}]+")
_SUPER_THEN_SUB = re.compile(r"\^(\{[^{}]*\}|\w)_(\{[^{}]*\}|\w+)")  # LaTeX takes both orders
_FRACTION = re.compile(r"\\[dt]?frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")
_WORDS = re.compile(r"\\(?:mathrm|mathit|text|operatorname)\{([^{}]*)\}|\\(?:left|right|[,;!])")
_HAT = re.compile(r"\\(?:wide)?hat\{?(\w)\}?")
_TOTAL = re.compile(r"(?<![A-Za-z])(E|dE)_?total", re.IGNORECASE)
_SAMPLE = re.compile(r"(.*?)(@[0-9]{1,9})?(#[0-9]{1,9})?")
_AROUND_MARKS = re.compile(r"\s*([@#])\s*")
_OF_SAMPLE = "@"  # behind the names of what each sample has its own of
_DERIVED = re.compile(r"d[^/]*/d(.+)")


@lru_cache(maxsize=10_000)
def plainly(name: str) -> str:
    """A name without spaces, marks and brackets, Greek letters spelt out; capitals stay."""
    text = _WORDS.sub(r"\1", name.strip().rstrip("=: ").replace("\\partial", "d"))
    text = text.replace("\\dots", "…")
    text = _HAT.sub(r"\1hat", _FRACTION.sub(r"\1/\2", text))
    text = text.replace("^\\prime", "new").replace("⁺", "+")
    text = _SUPERSCRIPT.sub(lambda found: "^" + found[0].translate(_LOWERED), text)
    text = unicodedata.normalize("NFKD", _SUPER_THEN_SUB.sub(r"_\2^\1", text))
    text = "".join(_SPOKEN.get(c) or _LETTERS.get(c) or c for c in text)
    text = _TOTAL.sub(r"\1", re.sub(r"[\s\\{}()·*$`]+", "", text))
    text = text.replace("_", "").replace("^new", "new")
    return text.removeprefix("new") + "new" if re.match(r"new.", text) else text


class Lookup:
    """Finds the quantities of one problem by what people call them."""

    def __init__(self, unrolled: Unrolled, notation: Notation) -> None:
        self._unrolled, self._notation = unrolled, notation
        self._ledger = unrolled.derivation.ledger
        self._found: dict[str, tuple[int, int] | None] = {}

    def find(self, name: str) -> int | None:
        """The quantity that a name means, or None."""
        meant = self.meant(name)
        return None if meant is None else meant[0]

    def meant(self, name: str) -> tuple[int, int] | None:
        """The same with its sign: −1 for ∂E/∂net where delta is −∂E/∂net, and else 1."""
        if name not in self._found:
            if len(self._found) > MOST_NAMED:
                self._found.clear()
            self._found[name] = self._find(name) if len(name) <= LONGEST else None
        return self._found[name]

    def key(self, name: str) -> str:
        """The key of the quantity that a name means; the name itself where it means none."""
        quantity = self.find(name)
        return name.strip() if quantity is None else self._unrolled.key(quantity)

    def _find(self, name: str) -> tuple[int, int] | None:
        """By its key, by its name as it is typed, and then with less and less care for its spelling."""
        name = name.strip()
        try:
            return self._at(Place.read(name))
        except (KeyError, ValueError):
            pass
        stem, sample, update = _parts(name)
        if sample == 1 and not self._unrolled.derivation.lift.marked:
            sample = None
        place = self._place(stem, sample is not None)
        if place is None and sample is None and self._unrolled.alone(update or 1):
            place = self._place(stem, True)
        if place is None:
            return None
        try:
            return self._at(place._replace(sample=sample or place.sample, update=update))
        except KeyError:
            return None

    def _at(self, place: Place) -> tuple[int, int]:
        """The quantity at a place; "@1" and "dE/dnet" are understood where they are not needed."""
        derivation = self._unrolled.derivation
        if not derivation.lift.marked and place.sample == 1:
            place = place._replace(sample=None)
        if place.kind not in (DELTA, "dE/dnet"):
            return self._nearest(place), 1
        kind = DELTA if derivation.sign > 0 else TURNED
        return self._nearest(place._replace(kind=kind)), derivation.sign

    def _nearest(self, place: Place) -> int:
        """The quantity at a place; where an update has one sample alone, its number is not needed."""
        try:
            return self._unrolled.find(place)
        except KeyError:
            alone = self._unrolled.alone(place.update or 1)
            if place.sample is not None or alone is None:
                raise
            return self._unrolled.find(place._replace(sample=alone))

    def _place(self, stem: str, sampled: bool) -> Place | None:
        mark = _OF_SAMPLE if sampled else ""
        for table, spelt in (
            (self._typed, stem), (self._spelt, plainly(stem)),
            (self._folded, plainly(stem).casefold()),
        ):  # fmt: skip
            if spelt + mark in table:
                return table[spelt + mark]
        return self._read(stem)

    # --- tables of names ----------------------------------------------------------------------

    @cached_property
    def _places(self) -> list[Place]:
        """The quantities that have their names in tables: all, or those of small blocks; of one sample."""
        room = MOST_NAMED
        numbers: list[int] = []
        for block in sorted(self._ledger.blocks, key=lambda b: b.size):
            size = block.size // max(1, block.samples)
            if size <= room:
                numbers += range(block.start, block.start + size)
                room -= size
        return [self._ledger.place(n)._replace(update=None) for n in sorted(numbers)]

    @cached_property
    def _typed(self) -> dict[str, Place]:
        return _unique((self._stem(place) + _mark(place), _alone(place)) for place in self._places)

    @cached_property
    def _spelt(self) -> dict[str, Place]:
        return _unique(pair for place in self._places for pair in self._names(place))

    @cached_property
    def _folded(self) -> dict[str, Place]:
        return _unique((spelt.casefold(), place) for spelt, place in self._spelt.items())

    def _stem(self, place: Place) -> str:
        """A quantity's name as it is typed, without its sample."""
        return _parts(self._notation.written(place))[0]

    def _names(self, place: Place) -> Iterator[tuple[str, Place]]:
        """What people call a quantity, spelt plainly; its sample stands behind @, or as on the page."""
        alone = _alone(place)
        for name in (str(alone), self._stem(place), plain(self._notation.node(alone))):
            yield plainly(name) + _mark(place), alone
        if place.kind in DELTAS:
            slope = f"dE/d{self._notation.written(alone._replace(kind='net'))}"
            yield plainly(slope) + _mark(place), alone._replace(kind=DELTA)
        if place.sample:
            for sample in self._samples:
                own = place._replace(sample=sample)
                yield plainly(plain(self._notation.node(own))), own

    @cached_property
    def _samples(self) -> range:
        """The samples whose quantities have their names on the page in a table: all, or the first."""
        own = sum(place.sample is not None for place in self._places)
        every = len(self._unrolled.derivation.graph.problem.samples)
        return range(1, min(every, MOST_NAMED // max(1, own)) + 1)

    def _read(self, name: str) -> Place | None:
        """The parameter of a large network, its new value or its gradient: w100, w100_new, dE/dw100."""
        if self._ledger.size <= MOST_NAMED:
            return None
        spelt = plainly(name)
        derived = _DERIVED.fullmatch(spelt)
        stem = derived[1] if derived else spelt.removesuffix("new")
        place = self._notation.parameter(stem)
        if place is None or place.kind not in PARAMETERS:
            return None
        if derived:
            return place._replace(kind=f"dE/d{place.kind}")
        return place._replace(kind=f"{place.kind}_new") if spelt != stem else place

    # --- names that are none ------------------------------------------------------------------

    def suggestion(self, name: str) -> str:
        """The name that was probably meant, or some that there are; for a message."""
        import difflib

        if len(name) <= LONGEST:
            stem, sample, _ = _parts(name.strip())
            typed = [(self._stem(place).casefold(), place) for place in self._places[:MOST_NEAR]]
            folded = dict(reversed(typed))
            near = difflib.get_close_matches(stem.casefold(), list(folded), 1, 0.7)
            if near:
                place = folded[near[0]]
                meant = place._replace(sample=place.sample and (sample or place.sample))
                return f"did you mean '{self._notation.written(meant)}'?"
        return "names look like " + ", ".join(self._examples)

    @cached_property
    def _examples(self) -> Sequence[str]:
        kinds: dict[str, str] = {}
        for place in self._places:
            if place.kind in ("net", *DELTAS, "dE/dw", "w_new"):
                kinds.setdefault(place.kind, self._notation.written(place))
        return [harmless(name) for name in kinds.values()]


def _parts(name: str) -> tuple[str, int | None, int | None]:
    """A name without sample and update, and those."""
    match = _SAMPLE.fullmatch(_AROUND_MARKS.sub(r"\1", name))
    stem, *marks = match.groups() if match else (name, None, None)
    sample, update = (None if mark is None else int(mark[1:]) for mark in marks)
    return stem, sample, update


def _alone(place: Place) -> Place:
    return place._replace(sample=None)


def _mark(place: Place) -> str:
    return "" if place.sample is None else _OF_SAMPLE


def _unique(pairs: Iterator[tuple[str, Place]]) -> dict[str, Place]:
    """A table without the names that could mean two things."""
    found: dict[str, Place] = {}
    twice: set[str] = set()
    for name, place in pairs:
        if found.setdefault(name, place) != place:
            twice.add(name)
    return {name: place for name, place in found.items() if name not in twice}
