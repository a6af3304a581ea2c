"""One mistake in a worked solution: a slip at one line, and everything after it calculated from there.

Which line and which slip is decided by the seed and the number of the sheet. A slip is taken only if its
value can be told from what is right, and from what every other known slip makes of that line.

>>> from derive.derivation.derivation import derive
>>> from derive.exercises.draw import Drawer
>>> from derive.exercises.recipe_problem import problem_for
>>> from derive.exercises.recipe_reading import recipe
>>> from derive.graph.graph import build
>>> problem = problem_for("2-2-1", recipe("easy"))
>>> derivation = derive(build(problem))
>>> drawn = Drawer(problem, derivation, recipe("easy"), seed=7).draw(range(1, 5))
>>> planted = Planter(derivation, seed=7).plant(drawn)
>>> [planted.bends[n].outcome.slip for n in planted.which]
['input_for_output', 'factor_two', 'factor_two', 'term_missing']
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.checking.slips import SLIPS
from derive.derivation.derivation import Derivation
from derive.errors import Mistake, ProblemError
from derive.exercises.certificate_gaps import are_apart
from derive.exercises.certificate_lines import Bends, Sheets
from derive.exercises.draw import Drawn
from derive.exercises.draw_words import words
from derive.exercises.mistake_bends import Bend, bends
from derive.numbers.evaluate import Values
from derive.numbers.uncertainty import settled

PASSES = 4  # through all slips, until one will do; in the last, slips need not be told apart
AT_THE_END = 3  # how much less often a slip is made where nothing follows
Mask = NDArray[np.bool_]
Which = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Planted:
    """Sheets with a mistake in each: `which` of the bends, and what every quantity comes to.

    `values` and `units` are as those of `Drawn`.
    """

    bends: tuple[Bend, ...]
    which: Which
    values: Values
    units: Values


class Planter:
    """Plants mistakes in the solutions of one derivation."""

    def __init__(self, derivation: Derivation, seed: int) -> None:
        self._derivation, self._seed = derivation, seed
        self._outcomes = Bends(derivation, derivation.graph.problem.show.digits)

    def plant(self, drawn: Drawn) -> Planted:
        """A mistake in each sheet; ProblemError where none can be made."""
        values, units = drawn.values.copy(), drawn.units.copy()
        sheets = self._outcomes.sheets(drawn.values)
        which = np.full(len(values), -1)
        for attempt in range(PASSES * len(self._codes)):
            pending = np.flatnonzero(which < 0)
            if not pending.size:
                return Planted(self.bends, which, values, units)
            chosen = self._chosen(drawn.numbers[pending], attempt)
            strictly = attempt < (PASSES - 1) * len(self._codes)
            good = self._distinct(chosen, sheets.only(pending), strictly)
            pending, chosen = pending[good], chosen[good]
            found, bounds = drawn.values[pending], drawn.units[pending]
            self._run(chosen, found, bounds)
            good = self._usable(drawn.values[pending], found, chosen)
            rows = pending[good]
            which[rows], values[rows], units[rows] = chosen[good], found[good], bounds[good]
        fact = "no slip gives a line that can be told from the right one"
        raise ProblemError([Mistake("--find-the-mistake", fact, "show more digits")])

    # --- what there is ------------------------------------------------------------------------

    @cached_property
    def bends(self) -> tuple[Bend, ...]:
        """Every slip that can be planted."""
        return tuple(bends(self._outcomes, self._derivation))

    @cached_property
    def _codes(self) -> dict[str, list[int]]:
        """The bends of each slip, those alone on which something rests where there are any."""
        found: dict[str, list[int]] = {}
        for n, bend in enumerate(self.bends):
            found.setdefault(bend.outcome.slip, []).append(n)
        leading = {c: [n for n in own if self.bends[n].follows] for c, own in found.items()}
        return {code: leading[code] or own for code, own in found.items()}

    # --- which one it is ----------------------------------------------------------------------

    def _chosen(self, numbers: NDArray[np.int64], attempt: int) -> Which:
        """The bend that each of these sheets tries: another slip each time, likely ones first."""
        codes = list(self._codes)
        dice = words(self._seed, "mistake", numbers, np.zeros_like(numbers), len(codes))
        often = np.array([self._often(code) for code in codes])
        order = np.argsort(
            -np.log(1.0 - dice / 2.0**64) / often, axis=1
        )  # Efraimidis, Spirakis 2006
        turn = np.full(numbers.size, attempt)
        (where,) = words(self._seed, "mistake line", numbers, turn, 1).T
        found = np.empty(numbers.size, dtype=np.int64)
        for n, code in enumerate(order[:, attempt % len(codes)].tolist()):
            own = self._codes[codes[code]]
            found[n] = own[int(where[n]) % len(own)]
        return found

    def _often(self, code: str) -> float:
        leads = bool(self.bends[self._codes[code][0]].follows)
        return 1.0 / SLIPS[code].rank / (1 if leads else AT_THE_END)

    def _distinct(self, chosen: Which, sheets: Sheets, strictly: bool) -> Mask:
        """Where a bend leads to a value of its own: not the right one, nor that of another slip."""
        good = np.zeros(chosen.size, dtype=bool)
        quantities = np.array([bend.quantity for bend in self.bends])[chosen]
        for quantity in np.unique(quantities).tolist():
            rows = np.flatnonzero(quantities == quantity)
            found = self._outcomes.of(quantity, sheets.only(rows))
            for n in np.unique(chosen[rows]).tolist():
                bend = self.bends[n]
                against = np.array(bend.rivals if strictly else [0])
                apart = are_apart(found, np.full_like(against, bend.position), against)
                arises = np.isfinite(found.low[bend.position]) & np.isfinite(
                    found.high[bend.position]
                )
                here = chosen[rows] == n
                good[rows[here]] = (apart & arises)[here]
        return good

    # --- what comes of it ---------------------------------------------------------------------

    def _run(self, chosen: Which, values: Values, units: Values) -> None:
        """Every value after the mistake, and its bound; a bent line rests on nothing that follows it."""
        rows_of = {n: np.flatnonzero(chosen == n) for n in np.unique(chosen).tolist()}
        made = {n: _made(self.bends[n].family, values[r], units[r]) for n, r in rows_of.items()}
        for family in self._derivation.families:
            values[:, family.targets], units[:, family.targets] = _made(family, values, units)
            for n, rows in rows_of.items():
                if self.bends[n].quantity in family.targets:
                    at = rows[:, None], self.bends[n].family.targets
                    values[at], units[at] = made[n]

    def _usable(self, right: Values, values: Values, chosen: Which) -> Mask:
        """Where every value exists, and nothing has become 0 that has not been calculated from 0."""
        lines = self._outcomes.lines()
        at = np.arange(len(values)), [self.bends[n].quantity for n in chosen.tolist()]
        own = values[at]
        pairs = zip(own.tolist(), right[at].tolist(), strict=True)
        taken = np.array([self._can_be_taken_for(*pair) for pair in pairs], dtype=bool)
        vanished = ((values[:, lines] == 0) & (right[:, lines] != 0)).any(axis=1)
        constant = np.array(
            [not self.bends[n].family.arguments for n in chosen.tolist()], dtype=bool
        )
        usable: Mask = np.isfinite(values[:, lines]).all(axis=1) & (~vanished | constant)
        return usable & ~taken

    def _can_be_taken_for(self, value: float, right: float) -> bool:
        """Whether a value looks like what is right rounded to fewer digits, or with digits exchanged."""
        digits = self._derivation.graph.problem.show.digits
        kind = "f" if digits.kind == "decimals" else "e"
        one, other = (f"{abs(x):.{digits.count - (kind == 'e')}{kind}}" for x in (value, right))
        number, _, power = one.partition("e")
        decimals = len(number.rstrip("0").partition(".")[2]) - int(power or 0)
        if one != other and abs(value - right) <= 0.5 * 10.0**-decimals:
            return True
        same = other.partition("e")[0]
        return number != same and sorted(number) == sorted(same)


def _made(family: Family, values: Values, units: Values) -> tuple[Values, Values]:
    """What a family makes in each row, a constant in all of them."""
    shape = len(values), family.targets.size
    found, unit = settled(family, values, units)
    return np.broadcast_to(found, shape), np.broadcast_to(unit, shape)
