"""What the checks of a sheet need to know of its derivation, found once for all sheets."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Piecewise

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, fold
from derive.algebra.ledger import Ids
from derive.algebra.ordered import Constant
from derive.derivation.derivation import Derivation
from derive.exercises.draw_exact import Exact, of
from derive.exercises.draw_margins import has_cases
from derive.exercises.draw_open import Opening
from derive.exercises.draw_words import words
from derive.exercises.draw_zeros import Zeros, run_zeros
from derive.exercises.recipe import Recipe
from derive.numbers.evaluate import Values
from derive.numbers.uncertainty import run_bounded
from derive.problem.model import Digits

PROBES = 48


class Subject:
    """A derivation whose open numbers are drawn by a recipe."""

    def __init__(self, derivation: Derivation, recipe: Recipe, openings: list[Opening]) -> None:
        self.derivation = derivation
        self.recipe = recipe
        self.openings = openings
        self.digits: Digits = derivation.graph.problem.show.digits
        made = [f.targets for f in derivation.families if not derivation.repeats(f)]
        self.computed: Ids = np.concatenate(made)  # a copy is judged where it comes from
        self.given = np.concatenate([ids.ravel() for ids, _ in derivation.graph.given])
        self._alike: dict[bytes, Zeros] = {}  # what is 0, by which given numbers are in every row
        self.start = np.full(derivation.ledger.size, np.nan)
        for ids, numbers in derivation.graph.given:
            self.start[ids] = numbers.values

    def row(self, count: int) -> Values:
        """Rows with the given numbers alone."""
        rows = np.empty((count, self.start.size))
        rows[:] = self.start
        return rows

    def run(self, values: Values) -> Values:
        """Fill in every value, to the last bit as `evaluate` has it for one sheet; their bounds."""
        units = np.abs(np.nan_to_num(values))
        run_bounded(self.derivation.families, values, units)
        return units

    # --- which quantities ---------------------------------------------------------------------

    @cached_property
    def sized(self) -> Ids:
        """The computed quantities whose size the reader sees: not what only an optimizer keeps."""
        _, news = self.derivation.moved
        inner = [f.targets for f in self.derivation.updates if not np.isin(f.targets, news).any()]
        kept = np.concatenate([np.array([], dtype=int), *inner])
        seen: Ids = np.sort(self.computed[~np.isin(self.computed, kept)])
        return seen

    @cached_property
    def unsized(self) -> Ids:
        """The other computed quantities."""
        kept: Ids = np.sort(self.computed[~np.isin(self.computed, self.sized)])
        return kept

    @cached_property
    def slopes(self) -> Ids:
        """The slope of each activation by its own net input, where the derivation has it; forwards."""
        ledger = self.derivation.ledger
        own = [f.targets for f in self.derivation.families if f.rule.code.startswith("local.out.")
               and not f.rule.code.endswith(".others")]  # fmt: skip
        own.sort(key=lambda targets: ledger.block(int(targets[0])).layer or 0)
        return np.concatenate([np.array([], dtype=int), *own])

    @cached_property
    def flat(self) -> list[float]:
        """The slopes that do not depend on the net input: 1, or a leaky ReLU's 0.01."""
        families = self.derivation.families
        formulas = [f.rule.formula for f in families if np.isin(f.targets, self.slopes).any()]
        return sorted({value for formula in formulas for value in _constants(formula)})

    @cached_property
    def branching(self) -> list[Family]:
        """The families whose formula distinguishes cases."""
        return [family for family in self.derivation.families if has_cases(family)]

    @cached_property
    def switched(self) -> Ids:
        """The derivatives in an expression graph that may be 0 because another case holds: of a maximum."""
        hit = np.zeros(self.derivation.ledger.size, dtype=bool)
        if self.derivation.graph.problem.equations is not None:
            for family in self.derivation.backward:
                hit[family.targets] = has_cases(family) or any(
                    hit[ids].any() for ids in family.arguments.values()
                )
        return np.flatnonzero(hit)

    @cached_property
    def outputs(self) -> Ids:
        """The outputs of every sample; an expression graph has no such thing."""
        layers = self.derivation.one.graph.layers
        outputs = layers[-1].outputs if layers else np.array([], dtype=int)
        return self.derivation.lift(outputs).ravel()

    # --- what is 0 for every draw -------------------------------------------------------------

    def zero(self, values: Values) -> Zeros:
        """Which quantities are 0 whatever is drawn for the numbers that are not 0; one row may do."""
        nothing = values[:, self.given] == 0
        if not (nothing == nothing[:1]).all():
            return self._zero(nothing)
        key = nothing[:1].tobytes()
        if key not in self._alike:
            self._alike[key] = self._zero(nothing[:1])
        return self._alike[key]

    def _zero(self, nothing: Zeros) -> Zeros:
        """The same where `nothing` of the given numbers is 0."""
        found = np.zeros((len(nothing), self.start.size), dtype=bool)
        found[:, self.given] = nothing
        run_zeros(self.derivation.families, found)
        return found | self._cancelled

    @cached_property
    def _cancelled(self) -> Zeros:
        """Which are 0 for widely different numbers: the sum of a softmax's deltas, for instance."""
        rows = self.row(PROBES)
        sheets = np.arange(PROBES)
        for opening in self.openings:
            if opening.targets:
                rows[:, opening.ids] = opening.numbers(0, sheets, sheets)
            else:
                dice = words(0, opening.place, sheets, sheets, opening.ids.size) / 2.0**64
                rows[:, opening.ids] = np.where(dice < 0.5, -0.3 - 4 * dice, 4 * dice - 1.7)
        self.run(rows)
        usable = np.isfinite(rows[:, self.computed]).all(axis=1)
        zero: Zeros = (rows[usable] == 0).all(axis=0) & bool(usable.any())
        return zero & ~np.isin(np.arange(zero.size), self.slopes)

    # --- exact values -------------------------------------------------------------------------

    def exact(self, values: Values) -> Exact:
        """The exact values; `Inexact` where a formula has none."""
        found = Exact(*values.shape)
        for ids, numbers in self.derivation.graph.given:
            for index, quantity in np.ndenumerate(ids):
                found.give(np.array(quantity), of(numbers.text(*index)))
        for opening in self.openings:
            wholes = np.rint(values[:, opening.ids] * 10**opening.decimals).astype(np.int64)
            found.wholes[:, opening.ids] = wholes.astype(object)
            found.places[opening.ids] = opening.decimals
        found.run(self.derivation.families)
        return found


def _constants(formula: Expr) -> list[float]:
    """The values of the cases in which a formula is just a number."""
    parts = [row[0] for row in formula.args] if isinstance(formula, Piecewise) else [formula]
    found = [part for part in parts if all(isinstance(s, Constant) for s in part.free_symbols)]
    return [float(fold(part, {}.__getitem__, FLOATS)) for part in found]


def last_place(values: Values, digits: Digits) -> NDArray[np.float64]:
    """The power of ten of the last digit that is shown of each value.

    >>> last_place(np.array([0.0123, 45.6]), Digits("significant", 3)).tolist()
    [-4.0, -1.0]
    """
    if digits.kind == "decimals":
        return np.full(np.shape(values), -float(digits.count))
    with np.errstate(divide="ignore"):
        first = np.floor(np.log10(np.abs(values)))
    return np.where(np.isfinite(first), first, 0.0) - digits.count + 1
