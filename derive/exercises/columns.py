"""How the numbers of many sheets are printed: every quantity a column, all sheets at once.

What `Scribe.printed` and `Exactness` say of one sheet, for thousands: their digits, and which values
are shown in full.

>>> import derive
>>> example = derive.work("2-2-1", seed=7)
>>> columns = Columns(example.scribe, example.worked.values[None], example.worked.uncertainty[None])
>>> net = example.worked.derivation.graph.layers[0].net[0]
>>> columns[int(net)].texts == [example.scribe.printed(int(net)).text.lstrip("-")]
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.exercises.digits import Rows, placed, plain, rounded, rows_of
from derive.exercises.in_full import IN_FULL
from derive.numbers.evaluate import Values
from derive.numbers.exact import LONGEST
from derive.numbers.rounding import SMALLEST, Figures, Printed
from derive.numbers.rounding import typed as as_typed
from derive.numbers.uncertainty import EPSILON
from derive.writing.scribe import Scribe

Flags = NDArray[np.bool_]
Which = NDArray[np.int64]
NEAR_TIE = 1e-6  # of a unit of the last digit: so near to a half, the exact way decides
SURE = 1e-2  # of such a unit: how well a value must be known to be told as one in full
MOST_DIGITS = 10  # to which doubles tell what is shown in full
MOST_DECIMALS = 15


class Column(NamedTuple):
    """One quantity on every sheet: its digits without a sign, the sign, and what stands before it.

    `powers` are those of ten, empty where none has one; `exact` says where = stands and not ≈.
    """

    digits: Rows
    negative: Flags
    exact: Flags
    powers: list[int | None]

    @property
    def texts(self) -> list[str]:
        """The digits on each sheet."""
        return plain(self.digits)

    def printed(self, sheet: int) -> Printed:
        """The number as one sheet prints it."""
        (text,) = plain(self.digits[sheet : sheet + 1])
        sign = "-" if self.negative[sheet] else ""
        return Printed(sign + text, self.powers[sheet] if self.powers else None)


class Columns:
    """The columns of some sheets; `values` and `bounds` on their errors are (sheets, quantities).

    `decimals` are those of drawn numbers, by quantity; other given numbers are as the problem types
    them.
    """

    def __init__(
        self, scribe: Scribe, values: Values, bounds: Values, decimals: Mapping[int, int] | None = None
    ) -> None:  # fmt: skip
        self.scribe, self.values, self.bounds = scribe, values, bounds
        self._derivation = scribe.worked.derivation
        self._decimals = decimals or {}
        self._in_full = self._decimals_in_full()
        self._found: dict[int, Column] = {}

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, quantity: int) -> Column:
        if quantity not in self._found:
            self._found[quantity] = self._column(quantity)
        return self._found[quantity]

    def original(self, quantity: int) -> int:
        """The quantity that one repeats; itself where it is made otherwise, or given."""
        if self._is_given(quantity):
            return quantity
        family, member = self._derivation.made(quantity)
        if not family.rule.is_copy:
            return quantity
        return self.original(int(family.arguments[family.rule.formula][member]))

    def is_fixed(self, quantity: int) -> bool:
        """Whether the problem types the number, so that it is the same on every sheet."""
        return quantity not in self._decimals and self._is_given(quantity)

    def _is_given(self, quantity: int) -> bool:
        return self._derivation.graph.text(quantity) is not None

    def _column(self, quantity: int) -> Column:
        values = self.values[:, quantity]
        if quantity in self._decimals:
            decimals = np.full(len(values), self._decimals[quantity])
            every = np.ones(len(values), dtype=bool)
            return Column(rounded(np.abs(values), decimals), values < 0, every, [])
        text = self._derivation.graph.text(quantity)
        if text is not None:
            return _repeated(as_typed(text), len(values))
        original = self.original(quantity)
        if original != quantity:  # a copy looks like what it repeats
            return self[original]
        return printed(values, self._in_full[:, quantity], self.scribe.figures)

    def _decimals_in_full(self) -> NDArray[np.int64]:
        """The decimals of values shown in full, −1 for others.

        Those are rational, made of values shown in full, and short enough.
        """
        exact = np.zeros(self.values.shape, dtype=bool)
        found = np.full(self.values.shape, -1)
        for ids, _ in self._derivation.graph.given:
            exact[:, ids] = True
        for family in self._derivation.families:
            self._tell(family, exact, found)
        return found

    def _tell(
        self, family: Family, exact: Flags, found: NDArray[np.int64], rows: Which | None = None
    ) -> None:  # fmt: skip
        """Fill in what a family makes, on some of the sheets or on all."""

        def at(ids: Ids) -> tuple[Any, Ids]:
            return slice(None) if rows is None else rows.reshape(-1, *(1,) * ids.ndim), ids

        if max(map(family.length, family.rule.sums.values()), default=0) > LONGEST:
            return
        with np.errstate(all="ignore"):
            _, known = family.values(lambda ids: (self.values[at(ids)], exact[at(ids)]), IN_FULL)
        here = at(family.targets)
        found[here], exact[here] = -1, False
        if np.any(known):
            decimals = decimals_in_full(self.values[here], self.bounds[here], self.scribe.figures)
            found[here] = np.where(known, decimals, -1)
            exact[here] = found[here] >= 0


def _repeated(printed: Printed, times: int) -> Column:
    """A number that is the same on every sheet."""
    negative = printed.text.startswith("-")
    powers: list[int | None] = [] if printed.power is None else [printed.power] * times
    flags = np.full(times, negative), np.ones(times, dtype=bool)
    return Column(rows_of([printed.text.lstrip("-")] * times), *flags, powers)


# --- digits --------------------------------------------------------------------------------------


def printed(values: Values, in_full: NDArray[np.int64], figures: Figures) -> Column:
    """Computed values as they are printed; `in_full` as of `decimals_in_full`."""
    sizes, exact = np.abs(values), in_full >= 0
    decimals = np.where(exact, in_full, _rounded_decimals(sizes, figures))
    with np.errstate(all="ignore"):
        scaled = sizes * 10.0**decimals
        tie = np.abs(scaled - np.floor(scaled) - 0.5) < NEAR_TIE
        first = np.floor(np.log10(sizes) + NEAR_TIE)
    has_power = (first < SMALLEST) | (first > max(figures.digits.count, 6) + 1)
    if figures.digits.kind == "decimals":
        has_power &= exact
    is_plain = (decimals >= 0) & ~(tie & ~exact) & ~(has_power & (sizes > 0))
    digits = rounded(sizes, np.where(is_plain, decimals, 0))
    others = np.flatnonzero(~is_plain).tolist()
    powers: list[int | None] = []
    texts = []
    for sheet in others:
        value = float(sizes[sheet])
        number = exact[sheet] and figures.exactly(Fraction(repr(value)))
        number = number or figures.rounded(value)
        texts.append(number.text)
        if number.power is not None:
            powers = powers or [None] * len(values)
            powers[sheet] = number.power
    if others:
        digits = placed(digits, others, texts)
    with np.errstate(all="ignore"):
        negative = (values < 0) & (
            exact | (np.rint(scaled) != 0)
        )  # no sign before what rounds to 0
    return Column(digits, negative, exact, powers)


def _rounded_decimals(sizes: Values, figures: Figures) -> NDArray[np.int64]:
    """How many decimals each value has when it is rounded to the digits asked for."""
    count = figures.digits.count
    if figures.digits.kind == "decimals":
        return np.full(sizes.shape, count)
    with np.errstate(all="ignore"):
        first = np.floor(np.log10(np.where(sizes > 0, sizes, 1.0))).astype(int)
        decimals = count - 1 - first
        carried = np.rint(sizes * 10.0**decimals) >= 10.0**count  # 0.99999996 becomes 1.00000
    return np.where(sizes > 0, decimals - carried, 0)


def decimals_in_full(values: Values, bounds: Values, figures: Figures) -> NDArray[np.int64]:
    """The decimals with which the digits asked for hold a value, as well as it is known; −1 for none."""
    digits, sizes = figures.digits, np.abs(values)
    found = np.full(values.shape, -1)
    for decimals in range(_most_decimals(figures), -1, -1):
        with np.errstate(all="ignore"):
            scaled = sizes * 10.0**decimals
            unsure = bounds * 10.0**decimals + 2 * EPSILON * scaled
            short = (np.abs(scaled - np.rint(scaled)) <= 2 * unsure) & (unsure < SURE)
            if digits.kind == "significant":
                short &= np.rint(scaled) < 10.0**digits.count
        found = np.where(short, decimals, found)
    return found


def _most_decimals(figures: Figures) -> int:
    digits = figures.digits
    return min(
        MOST_DECIMALS, digits.count if digits.kind == "decimals" else digits.count - SMALLEST
    )
