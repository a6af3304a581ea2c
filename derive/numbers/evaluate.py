"""Evaluate a derivation: one walk over its families, each as one array operation.

The values of all quantities stand in one array; a family gathers its arguments from it and
scatters its results into it. The array may have axes before the last one: many updates at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sympy import Basic, Expr, Piecewise, Symbol

from derive.algebra.cases import decided
from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, fold
from derive.derivation.derivation import Derivation
from derive.errors import Mistake, ProblemError
from derive.numbers.precise import Known, doubles, run_precise, typed
from derive.numbers.uncertainty import BOUNDS, EPSILON, Pair, run_bounded

if TYPE_CHECKING:
    from derive.numbers.carry import Carried

Values = NDArray[np.float64]
SURE = 1e-11  # relative: enough for the ten digits of the check; for more, as many as are shown
MOST_REPORTED = 10
MOST_TERMS = 20_000  # in all formulas together, up to which sixty digits are computed


@dataclass(frozen=True, eq=False)
class Worked:
    """A derivation with its numbers: `values[q]` for each quantity q, NaN where it was not asked for.

    `uncertainty[q]` bounds how far rounding can have carried it from the truth, to first order.
    `after` are the values of the forward pass with the updated parameters. Where every line is computed
    from the numbers as they are printed, `carried` knows those, `values` are the doubles next to them,
    and `truth` is the same derivation with nothing rounded.
    """

    derivation: Derivation
    values: Values
    uncertainty: Values
    after: Values
    carried: Carried | None = None
    unrounded: Worked | None = None
    sharp: bool = False  # whether each value is the double next to the right one

    @property
    def truth(self) -> Worked:
        """The values with nothing rounded on the way."""
        return self if self.unrounded is None else self.unrounded

    @property
    def error(self) -> float:
        """The error before the update, of the batch where there are several samples."""
        return float(self.values[self.derivation.error])

    @property
    def error_after(self) -> float:
        """The error after the update."""
        return float(self.after[self.derivation.error])

    def decided(self, family: Family, member: int) -> tuple[Expr, list[Basic | None]]:
        """A member's formula with the case that holds in the place of all cases, and why each does."""
        formula = family.rule.formula
        if not formula.has(Piecewise):
            return formula, []
        columns = family.member(member)

        def about(slot: Symbol) -> Pair:
            value = self.values[np.asarray(columns[slot])]
            return value, np.abs(value) if self.sharp else self.uncertainty[columns[slot]] / EPSILON

        return decided(formula, lambda case: bool(fold(case, about, BOUNDS)))


def evaluate(derivation: Derivation) -> Worked:
    """The value of every quantity; ProblemError where one is not finite.

    Doubles serve wherever they are right to more digits than a page can show; elsewhere, if the
    network is small enough for that, sixty digits do.
    """
    graph = derivation.graph
    values = np.full(derivation.ledger.size, np.nan)
    for ids, numbers in graph.given:
        values[ids] = numbers.values
    units = np.abs(np.nan_to_num(values))  # given numbers are rounded once, to binary
    run_bounded(derivation.families, values, units)
    uncertainty = EPSILON * np.nan_to_num(units, posinf=0.0)
    sharp = derivation.terms <= MOST_TERMS and _is_unsure(derivation, values, uncertainty)
    if sharp:
        values, after = _precisely(derivation)
    else:
        after = _after(derivation, values)
    _refuse_unusable(derivation, values)
    return Worked(derivation, values, uncertainty, after, sharp=sharp)


def _after(derivation: Derivation, values: Values) -> Values:
    """The forward pass with the updated parameters."""
    after = values.copy()
    olds, news = derivation.moved
    after[olds] = values[news]
    run(derivation.errors, after)
    return after


def _is_unsure(derivation: Derivation, values: Values, uncertainty: Values) -> bool:
    """Whether some value is not finite, or right to fewer digits than a page can show."""
    sure = min(SURE, 10.0 ** -(derivation.graph.problem.show.digits.count + 2))
    for family in derivation.families:
        found, unsure = values[family.targets], uncertainty[family.targets]
        if not np.isfinite(found).all() or (unsure > sure * np.abs(found)).any():
            return True
    return False


def _precisely(derivation: Derivation) -> tuple[Values, Values]:
    """All values, before and after the update, with sixty digits rounded once."""
    graph = derivation.graph
    given: Known = {
        int(quantity): typed(numbers.text(*index))
        for ids, numbers in graph.given
        for index, quantity in np.ndenumerate(ids)
    }
    known, after = dict(given), dict(given)
    run_precise(derivation.families, known)
    after |= {old: known[new] for old, new in derivation.new.items()}
    run_precise(derivation.errors, after)
    size = derivation.ledger.size
    return doubles(known, size), doubles(after, size)


def run(families: Iterable[Family], values: Values) -> None:
    """Fill in the values that these families make, in order; shape (…, quantities)."""
    with np.errstate(all="ignore"):  # what is not finite is reported with its place afterwards
        for family in families:
            values[..., family.targets] = family.values(lambda ids: values[..., ids], FLOATS)


def _refuse_unusable(derivation: Derivation, values: Values) -> None:
    """Report the first quantity that is not finite, or outputs that the loss cannot take."""
    outside = _outside(derivation, values)
    for family in derivation.families:
        if outside and family.rule.code.startswith("loss."):
            raise ProblemError(outside)
        wrong = np.flatnonzero(~np.isfinite(values[family.targets]))
        if wrong.size:
            raise ProblemError([_not_finite(derivation, values, int(family.targets[wrong[0]]))])


def _outside(derivation: Derivation, values: Values) -> list[Mistake]:
    """Outputs whose logarithm, for instance, does not exist."""
    graph = derivation.graph
    if not graph.layers:
        return []
    low, high = graph.loss.domain
    between = f"above {low:g}" if np.isinf(high) else f"strictly between {low:g} and {high:g}"
    ids = derivation.lift(derivation.one.graph.layers[-1].outputs).reshape(derivation.samples, -1)
    wrong = np.argwhere(~((values[ids] > low) & (values[ids] < high)))[:MOST_REPORTED]
    return [
        Mistake(
            f"layers[{len(graph.layers)}]",
            f"{graph.loss.name} takes outputs {between}, but output {unit + 1} is "
            f"{values[ids[sample, unit]]:.6g}" + (f" for sample {sample + 1}" * (len(ids) > 1)),
            "use sigmoid or softmax in the last layer, another loss, or smaller numbers",
        )
        for sample, unit in wrong.tolist()
    ]


def _not_finite(derivation: Derivation, values: Values, quantity: int) -> Mistake:
    """Say why: only a formula of the user's own can be undefined, everything else has overflowed."""
    place = str(derivation.ledger.place(quantity))
    problem = derivation.graph.problem
    choices = [problem.loss, *(layer.activation for layer in problem.layers)]
    own = {choice.name for choice in choices if choice.formula is not None}
    code = derivation.made(quantity)[0].rule.code
    if problem.equations is not None:
        fact = "there is no such number, or it is too large: a division by 0, the root or logarithm of a "
        return Mistake(place, fact + "negative one, an overflow", "use other formulas or values")
    if np.isnan(values[quantity]) and own & set(code.split(".")):
        fact = "there is no such number: the root or logarithm of a negative one, or 0/0"
        return Mistake(place, fact, "use a formula that is defined for these numbers")
    return Mistake(
        place, "the value is too large to calculate with", "use smaller weights and inputs"
    )
