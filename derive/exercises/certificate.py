"""The certificate of a sheet: which known slips its numbers keep apart, and by how much.

Some slips cannot be kept apart by any numbers: (t − o)² is (o − t)². A few hundred sheets that could be
used, the pilot, tell which can; of a sheet it is then demanded that it does so wherever that is possible.

>>> import derive
>>> from derive.problem.model import Digits
>>> worked = [derive.work("2-2-2", seed=seed).worked for seed in range(40)]
>>> pilot = np.stack([example.values for example in worked])
>>> certificate = Certificate(Certifier(worked[0].derivation, Digits("significant", 6)), pilot)
>>> certificate.accepts(pilot[:4]).tolist()
[False, True, True, False]
>>> for alike in certificate.separation(pilot[0]).alike:
...     print(alike, "(in any sheet)" if alike.always else "(with these numbers)")
output_and_target and what is right at E[1], E[2] (in any sheet)
mean_for_sum and factor_two at dE/dout[2,1], dE/dout[2,2] (in any sheet)
weight_for_output and what is right at dE/dw[1,2,2] (with these numbers)
>>> separation = certificate.separation(pilot[1])
>>> separation.pairs, separation.separated, round(separation.least), str(separation.closest)
(3351, 3347, 293, 'w_new[1,2,1]: what is right, rate_twice')
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.places import Place
from derive.checking.many import Many
from derive.exercises.certificate_gaps import CHUNK, Certifier, LinePairs, Pair, are_apart
from derive.exercises.certificate_lines import RIGHT, Sheets, unlike
from derive.numbers.evaluate import Values

SELDOM = 0.03  # the share of sheets from which something can be demanded of them
STRICTER = 1.25  # by how much more must be left in the half that chooses, until the other agrees
TRIALS = 16  # sets of numbers without any meaning, with which formulas are compared
Mask = NDArray[np.bool_]


class Alike(NamedTuple):
    """Two things that cannot be told apart at some lines of one kind; `first` can be what is right.

    `always` says that this is so in (nearly) every sheet, and not for these numbers alone.
    """

    kind: str
    first: str
    second: str
    places: tuple[Place, ...]
    always: bool

    def __str__(self) -> str:
        places = ", ".join(map(str, self.places))
        return f"{self.second} and {self.first or RIGHT} at {places}"


@dataclass(frozen=True)
class Separation:
    """What the numbers of one sheet keep apart.

    `pairs` arise in it: a slip and what is right, or two slips. `separated` says how many of them are
    apart; `least` is how far those that are closest are beyond the tolerance, in units of the last
    digit, and `closest` which those are. `alike` are the others.
    """

    pairs: int
    separated: int
    least: float
    closest: Pair | None
    alike: tuple[Alike, ...]


class Certificate:
    """Decides from a pilot what can be demanded, and which sheets fulfil it.

    `pilot` are the values of sheets, shape (sheets, quantities): admissible otherwise, and a few
    hundred. `demanded`, `impossible` and `idle` are masks of the certifier's pairs: those that a sheet
    must separate, those that (nearly) none does, and those of bends that make no difference in this
    problem. About the `share` of all sheets fulfils what is demanded, and no less than `least`: what
    fewer fulfil, alone or with the rest, is given up. The same pilot always demands the same.
    """

    def __init__(self, certifier: Certifier, pilot: Values, least: float = SELDOM) -> None:
        self.certifier, self.least = certifier, least
        sheets = certifier.bends.sheets(pilot)
        apart = np.empty((certifier.count, len(pilot)), dtype=bool)
        self.impossible: Mask = np.empty(certifier.count, dtype=bool)
        for line in certifier.lines:
            gaps = certifier.gaps(line, sheets)
            arises, apart[line.positions] = gaps < np.inf, gaps > 0
            often, seldom = arises.sum(axis=1), (arises & (gaps > 0)).sum(axis=1)
            self.impossible[line.positions] = (seldom < least * often) & (often > 0)
        self.idle: Mask = self._idle(sheets)
        self.demanded, self.share = self._chosen(apart)
        self._known: dict[tuple[int, ...], tuple[Alike, ...]] = {}
        self._order = self._by_use(apart)

    # --- sheets -------------------------------------------------------------------------------

    def accepts(self, values: Values) -> Mask:
        """Which sheets separate all that is demanded, from values of shape (sheets, quantities)."""
        found = [self._accepts(values[n : n + CHUNK]) for n in range(0, len(values), CHUNK)]
        return np.concatenate([np.zeros(0, dtype=bool), *found])

    def _accepts(self, values: Values) -> Mask:
        """Line by line, those that most sheets fail at first; what has failed is soon left out."""
        sheets = self.certifier.bends.sheets(values)
        numbers, good = np.arange(len(values)), np.ones(len(values), dtype=bool)
        for line, first, second in self._order:
            if 2 * good.sum() <= good.size:
                numbers, sheets = numbers[good], sheets.only(good)
                good = good[good]
            if not numbers.size:
                break
            good &= are_apart(self.certifier.bends.of(line.quantity, sheets), first, second)
        accepted = np.zeros(len(values), dtype=bool)
        accepted[numbers[good]] = True
        return accepted

    def separation(self, values: Values) -> Separation:
        """What one sheet keeps apart, from its values."""
        return self.separations(values[None])[0]

    def separations(self, values: Values) -> list[Separation]:
        """What each sheet keeps apart, from values of shape (sheets, quantities)."""
        starts = range(0, len(values), CHUNK)
        return [found for n in starts for found in self._separations(values[n : n + CHUNK])]

    def _separations(self, values: Values) -> Iterator[Separation]:
        gaps, pairs = self.certifier.certify(values).gaps, self.certifier.pairs
        arises = (gaps < np.inf) & ~self.idle
        apart = arises & (gaps > 0)
        far = np.where(apart, gaps, np.inf)
        nearest = np.argmin(far, axis=1).tolist()
        for sheet, near in enumerate(nearest):
            least = float(far[sheet, near])
            alike = np.flatnonzero(arises[sheet] & ~apart[sheet])
            yield Separation(
                int(arises[sheet].sum()), int(apart[sheet].sum()), least,
                pairs[near] if least < np.inf else None, self._alike(tuple(alike.tolist())),
            )  # fmt: skip

    def _alike(self, positions: tuple[int, ...]) -> tuple[Alike, ...]:
        """Pairs that are not apart, grouped; on most sheets they are the same."""
        if positions not in self._known:
            self._known[positions] = tuple(self._grouped(positions))
        return self._known[positions]

    def _grouped(self, alike: Sequence[int]) -> Iterator[Alike]:
        groups: dict[tuple[str, str, str, bool], dict[Place, None]] = defaultdict(dict)
        for position in alike:
            pair = self.certifier.pairs[position]
            always = bool(self.impossible[position])
            key = pair.place.kind, pair.first.slip, pair.second.slip, always
            groups[key][pair.place] = None
        for (kind, first, second, always), places in groups.items():
            yield Alike(kind, first, second, tuple(places), always)

    # --- what can be demanded -----------------------------------------------------------------

    def _chosen(self, apart: Mask) -> tuple[Mask, float]:
        """What can be demanded together, and the share of sheets that fulfil it.

        It is chosen by one half of the pilot and tried with the other: with few sheets left, a choice
        suits those sheets and no others.
        """
        half = apart.shape[1] // 2
        least, share = self.least, 0.0
        while share < self.least:
            demanded = self._compatible(apart[:, :half], least)
            share = float(apart[demanded, half:].all(axis=0).mean())
            least *= STRICTER
        return demanded, share

    def _compatible(self, apart: Mask, least: float) -> Mask:
        """What so large a share of sheets fulfils together, the easiest first.

        That a slip must not lead to what is right comes before telling two slips apart.
        """
        demanded, left = ~self.impossible & ~self.idle, np.ones(apart.shape[1], dtype=bool)
        of_two = np.concatenate([np.zeros(0, bool), *(x.first > 0 for x in self.certifier.lines)])
        for position in np.lexsort((-apart.sum(axis=1), of_two)).tolist():
            if demanded[position]:
                remaining = left & apart[position]
                demanded[position] = remaining.sum() >= max(1.0, least * left.size)
                left = remaining if demanded[position] else left
        return demanded

    def _by_use(self, apart: Mask) -> list[tuple[LinePairs, NDArray[np.int64], NDArray[np.int64]]]:
        """The lines in the order in which they best sort out sheets, with the pairs demanded."""
        found = []
        for line in self.certifier.lines:
            demanded = self.demanded[line.positions]
            if demanded.any():
                failing = int((~apart[line.positions][demanded]).any(axis=0).sum())
                found.append((-failing, line, line.first[demanded], line.second[demanded]))
        found.sort(key=lambda entry: entry[0])
        return [(line, first, second) for _, line, first, second in found]

    def _idle(self, sheets: Sheets) -> Mask:
        """The pairs of bends that never make a difference to their line.

        Of those that a student would see as a mistake all the same, for what is written is another
        formula that comes to the same for all numbers, the pair with what is right is none of these.
        """
        idle = np.zeros(self.certifier.count, dtype=bool)
        meaningless = self._meaningless()
        unrolled = self.certifier.bends.unrolled
        for line in self.certifier.lines:
            if not (self.impossible[line.positions] & (line.first == 0)).any():
                continue
            same = self._same(line, sheets.exact)
            by_formula = same & self._same(line, meaningless)
            by_formula &= bool(unrolled.operands(line.quantity))  # that of a constant is no other
            hit = same[line.first] | same[line.second]
            told = (line.first == 0) & by_formula[line.second]
            idle[line.positions] = hit & ~told
        return idle

    def _same(self, line: LinePairs, known: Many) -> Mask:
        """Which outcomes are always what the line itself comes to, but for what is right."""
        values = self.certifier.bends.exactly(line.quantity, known)
        arises = np.isfinite(values) & np.isfinite(values[0])
        same: Mask = arises.any(axis=1) & ~(unlike(values, values[0]) & arises).any(axis=1)
        same[0] = False
        return same

    def _meaningless(self) -> Many:
        """Numbers for all quantities that have nothing to do with each other."""
        unrolled = self.certifier.bends.unrolled
        rng = np.random.default_rng(0)
        numbers = rng.uniform(0.1, 0.9, (unrolled.size, TRIALS))
        numbers[:, : TRIALS // 2] *= rng.choice([-1, 1], (unrolled.size, TRIALS // 2))
        return Many.exactly(unrolled, numbers)
