"""What every known slip makes of a line, in many sheets at once.

>>> import derive
>>> from derive.problem.model import Digits
>>> worked = derive.work("2-2-2", seed=7).worked
>>> bends = Bends(worked.derivation, Digits("significant", 4))
>>> sheets = bends.sheets(worked.values[None])
>>> error = worked.derivation.error
>>> [str(outcome) for outcome in bends.outcomes(error, sheets)[:4]]
['what is right', 'term_missing', 'term_missing (2)', 'mean_for_sum']
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.checking.intervals import made
from derive.checking.judge import SLACK
from derive.checking.line import Line
from derive.checking.many import Many
from derive.checking.slips import SLIPS
from derive.checking.slips.slip import Slip
from derive.checking.style import Style
from derive.checking.unrolled import Unrolled
from derive.derivation.derivation import Derivation
from derive.numbers.evaluate import Values
from derive.problem.model import Digits

LET_PASS = 2  # units of the last digit by which a right answer can be off, see `judge.note`
ALIKE = 1e-9  # relative: what doubles can differ by where two formulas mean the same


class Outcome(NamedTuple):
    """What somebody can write in a line: what a slip makes of it in one variant, or what is right."""

    slip: str = ""
    variant: int = 0

    def __str__(self) -> str:
        number = f" ({self.variant + 1})" if self.variant else ""
        return f"{self.slip}{number}" if self.slip else "what is right"


RIGHT = Outcome()


class Sheets(NamedTuple):
    """The values of many sheets, with the quantities in front: shape (quantities, sheets).

    `known` is what somebody can have who rounds every line, `exact` the values with nothing rounded.
    `least` and `most` are what the lines give before they are rounded themselves.
    """

    known: Many
    exact: Many
    least: Values
    most: Values

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Sheets:
        """Some of them, by a mask or by their numbers."""
        known, exact = (
            Many(m.unrolled, m.low[:, chosen], m.high[:, chosen], m.exact)
            for m in (self.known, self.exact)
        )
        return Sheets(known, exact, self.least[:, chosen], self.most[:, chosen])


class Outcomes(NamedTuple):
    """What can stand in a line: intervals of shape (outcomes, sheets), first what is right.

    `margin` is how far from its value something can be that is written with the digits asked for.
    Where there is no such value, `low` is above `high`: +∞ and −∞.
    """

    low: Values
    high: Values
    margin: Values


class Bends:
    """The lines of a derivation, each with what the known slips make of it.

    Slips of the pen are left out: they change the digits of an answer, and no choice of numbers can
    keep all such answers apart.
    """

    def __init__(self, derivation: Derivation, digits: Digits) -> None:
        self.unrolled = Unrolled(derivation)
        self.style = Style.of(digits)
        self.families = self.unrolled.part(1).families
        self.given = self.unrolled.given(1)[: self.unrolled.size]

    def lines(self) -> list[int]:
        """All lines in which something is calculated, in order."""
        repeats = self.unrolled.derivation.repeats
        computed = (family for family in self.families if not repeats(family))
        return [quantity for family in computed for quantity in family.targets.tolist()]

    def sheets(self, values: Values) -> Sheets:
        """Sheets from their values, of shape (sheets, quantities)."""
        low = np.where(self.given, values, np.nan)
        high, least, most = low.copy(), low.copy(), low.copy()
        for family in self.families:
            ends = made(family, low, high)
            least[:, family.targets], most[:, family.targets] = ends
            half = self.style.rounding(family.rule, *ends)
            low[:, family.targets], high[:, family.targets] = ends[0] - half, ends[1] + half
        low, high, least, most, exact = map(_turned, (low, high, least, most, values))
        known = Many(self.unrolled, low, high, self.given)
        return Sheets(known, Many.exactly(self.unrolled, exact), least, most)

    # --- one line -----------------------------------------------------------------------------

    def outcomes(self, quantity: int, sheets: Sheets) -> list[Outcome]:
        """What can stand in a line; the same for all numbers."""
        line = self._line(quantity, sheets)
        codes = [slip.code for slip, _ in bent_lines(line)]
        return [RIGHT, *(Outcome(code, codes[:n].count(code)) for n, code in enumerate(codes))]

    def of(self, quantity: int, sheets: Sheets) -> Outcomes:
        """What stands in a line."""
        line = self._line(quantity, sheets)
        with np.errstate(all="ignore"):
            values = [_value(slip, bent, sheets.exact) for slip, bent in bent_lines(line)]
            low, high = (np.stack(ends) for ends in zip(line.expected, *values, strict=True))
            size = np.maximum(np.abs(low), np.abs(high))
            margin = self.style.half(size) + SLACK * np.minimum(size, 1e300)
            truth, let_pass = sheets.exact.low[quantity], LET_PASS * margin[0]
            low[0] = np.minimum(low[0], truth - let_pass)
            high[0] = np.maximum(high[0], truth + let_pass)
            none = np.isnan(low), np.isnan(high)
            low[none[0]], high[none[1]] = -np.inf, np.inf
            neither = none[0] & none[1]
            low[neither], high[neither] = np.inf, -np.inf
        return Outcomes(low, high, margin)

    def exactly(self, quantity: int, known: Many) -> Values:
        """The values of a line and its bends, nothing rounded: shape (outcomes, sheets)."""
        with np.errstate(all="ignore"):
            low = known.low[quantity]
            line = Line.of(known, quantity, (low, low))
            return np.stack([bent.value()[0] for bent in (line, *(b for _, b in bent_lines(line)))])

    def _line(self, quantity: int, sheets: Sheets) -> Line:
        expected = sheets.least[quantity], sheets.most[quantity]
        return Line.of(sheets.known, quantity, expected)


def bent_lines(line: Line) -> list[tuple[Slip, Line]]:
    """Every slip that a line can be bent by, in each variant."""
    slips = [slip for slip in SLIPS.values() if not slip.written]
    with np.errstate(all="ignore"):  # of intervals without an end, nothing is known
        return [(slip, bent) for slip in slips for bent in slip.bent(line)]


def _value(slip: Slip, bent: Line, exact: Many) -> tuple[Values, Values]:
    """What a slip comes to in each sheet; NaN where there is no such number, or where it is no slip."""
    low, high = bent.value()
    is_none = (low == high) & np.isinf(low)
    anything = np.isinf(low) & np.isinf(high)
    if slip.harmless or anything.any():
        value = bent._replace(known=exact, holds=None).value()
        is_none |= anything & ~np.isfinite(value[0])  # 1/0, and not 1/x where x may be 0
        if slip.harmless:
            is_none |= ~unlike(value[0], exact.low[bent.quantity])
    return np.where(is_none, np.nan, low), np.where(is_none, np.nan, high)


def unlike(first: Values, second: Values) -> NDArray[np.bool_]:
    """Where there are two values that differ by more than what doubles add."""
    with np.errstate(all="ignore"):  # what is no number differs from none
        return np.abs(first - second) > ALIKE * np.maximum(np.abs(first), np.abs(second))


def _turned(values: Values) -> Values:
    return np.ascontiguousarray(values.T)
