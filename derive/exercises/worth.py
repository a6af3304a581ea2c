"""When a sheet is worth doing: a table of checks, from the cheap to the costly, causes first.

Each check says which quantities it looks at, and in which sheets they are bad. To add one, add an
entry to `CHECKS`: drawing, counting and the words of a refusal follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.ledger import Ids
from derive.exercises.draw_exact import Inexact
from derive.exercises.draw_margins import margins
from derive.exercises.draw_subject import Subject, last_place
from derive.numbers.evaluate import SURE, Values
from derive.numbers.rounding import SMALLEST
from derive.numbers.uncertainty import EPSILON

Bad = tuple[Ids, NDArray[np.bool_]]  # quantities; shape (sheets, quantities)


class Check(NamedTuple):
    """One condition; `held` says after "unit 1 of layer 2 was never …" what did not hold."""

    code: str
    bad: Callable[[Subject, Values, Values], Bad]
    held: str
    remedy: str


def _infinite(subject: Subject, values: Values, units: Values) -> Bad:
    return subject.computed, ~np.isfinite(values[:, subject.computed])


def _outside(subject: Subject, values: Values, units: Values) -> Bad:
    low, high = subject.derivation.graph.loss.domain
    outputs = values[:, subject.outputs]
    return subject.outputs, ~((outputs > low) & (outputs < high))


def _closed(subject: Subject, values: Values, units: Values) -> Bad:
    """At a slope that is 0 in a whole case; where a curve only comes near to 0, it is saturated."""
    return subject.slopes, (values[:, subject.slopes] == 0) & (0.0 in subject.flat)


def _saturated(subject: Subject, values: Values, units: Values) -> Bad:
    slopes = values[:, subject.slopes]
    small = np.abs(slopes) < subject.recipe.slope.value
    return subject.slopes, small & ~np.isin(slopes, subject.flat)


def _at_a_kink(subject: Subject, values: Values, units: Values) -> Bad:
    families = subject.branching
    ids = np.concatenate([np.array([], dtype=int), *(f.targets for f in families)])
    gaps = [np.empty((len(values), 0)), *(margins(family, values) for family in families)]
    return ids, np.concatenate(gaps, axis=1) < subject.recipe.margin.value


def _large(subject: Subject, values: Values, units: Values) -> Bad:
    size = np.abs(values[:, subject.computed])
    return subject.computed, size > subject.recipe.largest.value


def _small(subject: Subject, values: Values, units: Values) -> Bad:
    """Nearer to 0 than the recipe allows, or than what is printed without a power of ten."""
    ids, digits = subject.sized, subject.digits
    printed = 10.0 ** (-digits.count if digits.kind == "decimals" else SMALLEST)
    least, size = max(subject.recipe.smallest.value, printed), np.abs(values[:, ids])
    small = (size < least) & ~subject.zero(values)[:, ids]
    return ids, small & ~((size == 0) & np.isin(ids, subject.switched))


def _nothing(subject: Subject, values: Values, units: Values) -> Bad:
    """0, or printed as 0, for which a power of ten is no remedy: what only an optimizer keeps."""
    ids, decimals = subject.unsized, subject.digits.kind == "decimals"
    least = 10.0**-subject.digits.count if decimals else 1e-300
    return ids, (np.abs(values[:, ids]) < least) & ~subject.zero(values)[:, ids]


def _invisible(subject: Subject, values: Values, units: Values) -> Bad:
    olds, news = subject.derivation.moved
    new = values[:, news]
    step = subject.recipe.visible * 10.0 ** last_place(new, subject.digits)
    still = subject.zero(values)[:, subject.derivation.gradient[olds]]
    return news, (np.abs(new - values[:, olds]) < step) & ~still


def _uncertain(subject: Subject, values: Values, units: Values) -> Bad:
    """Known too little, or so near to the middle between two printed numbers that rounding decides."""
    value, unit = np.abs(values[:, subject.computed]), units[:, subject.computed]
    error = EPSILON * unit
    unsure = error > min(SURE, 10.0 ** -(subject.digits.count + 2)) * value
    scale = 10.0 ** -last_place(value, subject.digits)
    shown = value * scale
    off = np.abs(shown - np.floor(shown) - 0.5)
    tied = off <= 4 * (error * scale + EPSILON * shown)
    return subject.computed, (unsure | tied) & (value != 0)


def _inexact(subject: Subject, values: Values, units: Values) -> Bad:
    if not subject.recipe.exact:
        return subject.computed, np.zeros((len(values), subject.computed.size), dtype=bool)
    try:
        exact = subject.exact(values)
    except Inexact:  # formulas without exact values are refused before: these have too many places
        return subject.computed, np.ones((len(values), subject.computed.size), dtype=bool)
    return subject.computed, ~exact.fit(subject.computed, subject.digits)


CHECKS = (
    Check("finite", _infinite, "a finite number", "smaller weights and inputs"),
    Check("domain", _outside, "an output that the loss takes", "another loss or last activation"),
    Check("open", _closed, "open, its slope being 0 elsewhere",
          "larger inputs, weights or biases, or another activation"),
    Check("saturated", _saturated, "on the steep part of its curve, with a slope of {slope} at least",
          "smaller inputs, weights or biases, or a smaller slope"),
    Check("kink", _at_a_kink, "{margin} or more away from where its case changes",
          "a smaller margin, or other ranges"),
    Check("largest", _large, "as small as {largest}", "a larger `largest`, or smaller ranges"),
    Check("smallest", _small, "as large as {smallest}", "a smaller `smallest`, or other ranges"),
    Check("nothing", _nothing, "printed as more than 0", "significant digits, or more of them"),
    Check("visible", _invisible, "moved by {visible} of its last digit",
          "a larger learning rate, more digits, or a smaller `visible`"),
    Check("certain", _uncertain, "certain to its last digit", "fewer digits, or other ranges"),
    Check("exact", _inexact, "held in full by the digits shown", "more digits, or fewer decimals"),
)  # fmt: skip


@dataclass
class Tally:
    """How many candidates were drawn, how many failed at each check, and because of what."""

    draws: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    bad: dict[str, tuple[Ids, NDArray[np.int64]]] = field(default_factory=dict)

    def note(self, code: str, ids: Ids, bad: NDArray[np.bool_]) -> None:
        """Add what one check found."""
        failed = int(bad.any(axis=1).sum())
        if failed:
            before = self.bad[code][1] if code in self.bad else 0
            self.failed[code] = self.failed.get(code, 0) + failed
            self.bad[code] = ids, before + bad.sum(axis=0)


def good(subject: Subject, values: Values, units: Values, tally: Tally) -> NDArray[np.int64]:
    """The rows that pass every check; a row that fails one is not looked at by the next."""
    rows = np.arange(len(values))
    tally.draws += len(rows)
    for check in CHECKS:
        with np.errstate(all="ignore"):
            ids, bad = check.bad(subject, values, units)
        fine = ~bad.any(axis=1)
        if not fine.all():
            tally.note(check.code, ids, bad)
            rows, values, units = (kept.compress(fine, axis=0) for kept in (rows, values, units))
        if not rows.size:
            break
    return rows
