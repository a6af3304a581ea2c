"""Evaluate a derivation: one walk over its families, each as one array operation.

The values of all quantities stand in one array; a family gathers its arguments from it and
scatters its results into it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Basic, Expr, Piecewise

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, active_branch, fold
from derive.algebra.rule import W
from derive.derivation.sweep import Derivation
from derive.errors import Mistake, ProblemError
from derive.graph.graph import Graph
from derive.numbers.precise import Known, doubles, run_precise, typed
from derive.numbers.uncertainty import EPSILON, run_bounded

Values = NDArray[np.float64]
SURE = 1e-11  # relative: enough for the ten digits of the check; for more, as many as are shown
MOST_TERMS = 20_000  # in all formulas together, up to which sixty digits are computed


@dataclass(frozen=True, eq=False)
class Worked:
    """A derivation with its numbers: `values[q]` for each quantity q, NaN where it was not asked for.

    `uncertainty[q]` bounds how far rounding can have carried it from the truth, to first order.
    `after` are the values of the forward pass with the updated parameters.
    """

    derivation: Derivation
    values: Values
    uncertainty: Values
    after: Values

    @property
    def error(self) -> float:
        """The error before the update."""
        return float(self.values[self.derivation.graph.error])

    @property
    def error_after(self) -> float:
        """The error after the update."""
        return float(self.after[self.derivation.graph.error])

    def branch(self, family: Family, member: int) -> tuple[Expr, Basic | None]:
        """A member's formula; of one with cases, the case that holds, and its condition."""
        formula = family.rule.formula
        if not isinstance(formula, Piecewise):
            return formula, None
        columns = family.member(member)
        return active_branch(formula, lambda slot: float(self.values[np.asarray(columns[slot])]))


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
    if derivation.terms <= MOST_TERMS and _is_unsure(derivation, values, uncertainty):
        values, after = _precisely(derivation)
    else:
        after = _after(derivation, values)
    _refuse_unusable(derivation, values)
    return Worked(derivation, values, uncertainty, after)


def _after(derivation: Derivation, values: Values) -> Values:
    """The forward pass with the updated parameters."""
    after = values[: derivation.graph.ledger.size].copy()
    for family in derivation.updates:
        after[family.arguments[W]] = values[family.targets]
    run(derivation.graph.families, after)
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
    for family in derivation.updates:
        olds = family.arguments[W].tolist()
        after |= {old: known[new] for old, new in zip(olds, family.targets.tolist(), strict=True)}
    run_precise(graph.families, after)
    return doubles(known, derivation.ledger.size), doubles(after, graph.ledger.size)


def run(families: Iterable[Family], values: Values) -> None:
    """Fill in the values that these families make, in order."""
    with np.errstate(all="ignore"):  # what is not finite is reported with its place afterwards
        for family in families:
            gathered = {name: values[ids] for name, ids in family.arguments.items()}
            for total, term in family.rule.sums.items():
                series = {
                    name: value if value.ndim == 2 else value[:, None]
                    for name, value in gathered.items()
                }
                gathered[total] = fold(term, series.__getitem__, FLOATS).sum(axis=-1)
            values[family.targets] = fold(family.rule.formula, gathered.__getitem__, FLOATS)


def _refuse_unusable(derivation: Derivation, values: Values) -> None:
    """Report the first quantity that is not finite, or outputs that the loss cannot take."""
    graph = derivation.graph
    outside = _outside(graph, values)
    for family in derivation.families:
        if outside and family.rule.code.startswith("loss."):
            raise ProblemError(outside)
        wrong = np.flatnonzero(~np.isfinite(values[family.targets]))
        if wrong.size:
            raise ProblemError([_not_finite(derivation, values, int(family.targets[wrong[0]]))])


def _outside(graph: Graph, values: Values) -> list[Mistake]:
    """Outputs whose logarithm, for instance, does not exist."""
    low, high = graph.loss.domain
    outputs = values[graph.layers[-1].outputs]
    between = f"above {low:g}" if np.isinf(high) else f"strictly between {low:g} and {high:g}"
    return [
        Mistake(
            f"layers[{len(graph.layers)}]",
            f"{graph.loss.name} takes outputs {between}, but output {unit + 1} is {outputs[unit]:.6g}",
            "use sigmoid or softmax in the last layer, another loss, or smaller numbers",
        )
        for unit in np.flatnonzero(~((outputs > low) & (outputs < high)))
    ]


def _not_finite(derivation: Derivation, values: Values, quantity: int) -> Mistake:
    """Say why: only a formula of the user's own can be undefined, everything else has overflowed."""
    place = str(derivation.ledger.place(quantity))
    problem = derivation.graph.problem
    choices = [problem.loss, *(layer.activation for layer in problem.layers)]
    own = {choice.name for choice in choices if choice.formula is not None}
    code = derivation.made(quantity)[0].rule.code
    if np.isnan(values[quantity]) and own & set(code.split(".")):
        fact = "there is no such number: the root or logarithm of a negative one, or 0/0"
        return Mistake(place, fact, "use a formula that is defined for these numbers")
    return Mistake(
        place, "the value is too large to calculate with", "use smaller weights and inputs"
    )
