"""Which quantity somebody means: by its key, or by a name of the notation, in any common spelling.

>>> import derive
>>> worked = derive.work("2-2-1", seed=7)
>>> unrolled = Unrolled(worked.worked.derivation)
>>> lookup = Lookup(unrolled, worked.notation)
>>> [lookup.key(name) for name in ("net_h1", "∂E/∂w₅", "dE/dnet_o1", "w5+")]
['net[1,1]', 'dE/dw[2,1,1]', 'delta[2,1]', 'w_new[2,1,1]']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from derive.algebra.places import DELTA, TURNED, Place, derivative_of, is_delta, is_net
from derive.checking.spelling import plainly, spellings
from derive.checking.unrolled import Unrolled
from derive.problem.wrong import plain as harmless
from derive.writing.notation import Notation
from derive.writing.printers import plain

LONGEST = 160
MOST_NAMED = 20_000  # quantities whose names are all known; in a larger network, weights are read
MOST_EXAMPLES = 4  # of names, in a message
MOST_NEAR = 2_000  # names that a misspelt one is compared with

_SAMPLE = re.compile(r"(.*?)(@[0-9]{1,9})?(#[0-9]{1,9})?")
_AROUND_MARKS = re.compile(r"\s*([@#])\s*")
_OF_SAMPLE = "@"  # behind the names of what each sample has its own of
_DERIVED = re.compile(r"d[^/]*/d(.+)")


class Lookup:
    """Finds the quantities of one problem by what people call them."""

    def __init__(self, unrolled: Unrolled, notation: Notation) -> None:
        self._unrolled, self._notation = unrolled, notation
        self._ledger = unrolled.derivation.ledger
        self._problem = unrolled.derivation.graph.problem
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
        kind = self._delta(place.kind)
        if kind is None:
            return self._nearest(place), 1
        kind = kind if derivation.sign > 0 else kind.replace(DELTA, TURNED)
        return self._nearest(place._replace(kind=kind)), derivation.sign

    def _delta(self, kind: str) -> str | None:
        """The kind "delta" or "delta_f" for that and for "dE/dnet_f"; None for any other kind."""
        if self._unrolled.is_free:
            return None
        slope = kind.removeprefix("dE/d")
        if kind != slope and is_net(slope):
            return derivative_of(slope)
        return kind if is_delta(kind) and not kind.startswith(TURNED) else None

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
        for name, alone in spellings(place, self._notation, self._problem):
            yield name + _mark(place), alone
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
        """A parameter of a large network, its new value or its gradient: w100, w100_new, dE/dw100.

        Where units have no labels, names are keys, so that any quantity is read like that.
        """
        if self._ledger.size <= MOST_NAMED:
            return None
        for spelt, new in ((name, "_new"), (plainly(name), "new")):
            derived = _DERIVED.fullmatch(spelt)
            stem = derived[1] if derived else spelt.removesuffix(new)
            place = self._notation.parameter(stem)
            if place is not None and derived:
                return place._replace(kind=derivative_of(place.kind))
            if place is not None:
                return place if spelt == stem else place._replace(kind=f"{place.kind}_new")
        return None

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
            kind = _example_of(place.kind)
            if self._unrolled.is_free and not self._unrolled.given(1)[self._unrolled.find(place)]:
                kind = place.kind
            if kind and len(kinds) < MOST_EXAMPLES:
                kinds.setdefault(kind, self._notation.written(place))
        return [harmless(name) for name in kinds.values()]


def _example_of(kind: str) -> str:
    """Of which kinds a message names one: net inputs, deltas, gradients of weights and their new values."""
    if is_net(kind) or is_delta(kind):
        return kind.partition("_")[0]
    return kind if kind in ("dE/dw", "w_new") else ""


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
