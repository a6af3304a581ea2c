"""Slips in the error, in how errors combine, and in the derivative of the error."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from sympy import Expr, Pow, Rational, Symbol, log

from derive.algebra.ordered import replaced, times
from derive.algebra.places import Place
from derive.algebra.rule import TOTAL, O, T
from derive.checking.line import Line
from derive.checking.slips.slip import MOST_OTHERS, Slip, moved


def is_error_slope(line: Line) -> bool:
    """Whether the line is the derivative of the error by an output, and nothing else."""
    return line.code.startswith("gradient.") and T in line.columns and not line.sums


def _own_part(line: Line) -> Symbol | None:
    """Where an output is used further on, the part of its derivative that comes straight from the error."""
    if not line.code.startswith("gradient."):
        return None
    return next((total for total, term in line.sums.items() if T in term.free_symbols), None)


def _has_slope(line: Line) -> bool:
    return is_error_slope(line) or _own_part(line) is not None


def _scaled(line: Line, factor: Fraction) -> Line:
    """A derivative of the error with a factor; the part alone that comes straight from it."""
    part = _own_part(line)
    if part is None:
        return line.times(float(factor))
    number = Rational(factor.numerator, factor.denominator)
    return line.formed(replaced(line.formula, {part: times(number, part)}))


def _measures(line: Line) -> bool:
    return line.code.startswith("loss.") and T in line.columns


def _factor_two(line: Line) -> Iterator[Line]:
    """½ forgotten, or the 2 that comes from a square."""
    graph = line.known.unrolled.derivation.graph
    if not (_measures(line) or _has_slope(line)):
        return
    if _has_square(graph.loss.term(T, O, **graph.loss_constants)):
        yield _scaled(line, Fraction(2))
        yield _scaled(line, Fraction(1, 2))


@lru_cache(maxsize=64)
def _has_square(term: Expr) -> bool:
    return any(power.exp == 2 for power in term.atoms(Pow))


def _sum_for_mean(line: Line) -> Iterator[Line]:
    """1/n forgotten: of the outputs, or of the samples."""
    if line.code in ("loss.mean", "batch.mean") and line.formula != TOTAL:
        yield line.formed(TOTAL)
    if _has_slope(line) and line.known.unrolled.derivation.graph.loss.mean:
        yield _scaled(line, Fraction(line.problem.units[-1]))


def _mean_for_sum(line: Line) -> Iterator[Line]:
    """A sum that is divided by how many there are."""
    if line.code in ("loss.sum", "batch.sum") and line.terms > 1:
        yield line.times(1 / line.terms)
    outputs = line.problem.units[-1]
    if _has_slope(line) and not line.known.unrolled.derivation.graph.loss.mean and outputs > 1:
        yield _scaled(line, Fraction(1, outputs))


def _other_target(line: Line) -> Iterator[Line | None]:
    """The target of another unit, or of another time or position."""
    if T not in line.columns:
        return
    axes = len(line.known.unrolled.place(line.quantities(T)[0]).index) if line.quantities(T) else 0
    for axis in range(axes):
        for number in range(1, min(line.problem.units[-1], MOST_OTHERS) + 1):
            yield line.exchanging(T, lambda place, a=axis, n=number: moved(place, a, n))  # type: ignore[misc]


def _error_sign(line: Line) -> Iterator[Line]:
    """t − o in the place of o − t."""
    if _has_slope(line):
        yield _scaled(line, Fraction(-1))


def _not_squared(line: Line) -> Iterator[Line]:
    if _measures(line) or line.code.endswith(".square_new"):
        plain = without_powers(line.formula, 2)
        if plain != line.formula:
            yield line.formed(plain)


def without_powers(formula: Expr, exponent: object) -> Expr:
    """The formula with x in the place of x to some power."""
    if formula.is_Pow and formula.exp == exponent:
        return formula.base
    if not formula.args or formula.is_Piecewise:
        return formula
    parts = (without_powers(part, exponent) for part in formula.args)
    return formula.func(*parts, evaluate=False)


def _common_logarithm(line: Line) -> Iterator[Line]:
    """The logarithm to base 10."""
    if _measures(line) and line.formula.atoms(log):
        yield line.times(1 / math.log(10))


def _error_for_slope(line: Line) -> Iterator[Line]:
    """The error itself in the place of its derivative."""
    if is_error_slope(line):
        own = line.beside(Place("E", None, line.place.index, line.place.sample))
        if own is not None:
            yield line.copying(own)


def _output_and_target(line: Line) -> Iterator[Line]:
    """The output and its target exchanged, where that makes more of a difference than a sign."""
    part = _own_part(line)
    slope = line.formula if part is None else line.sums[part]
    is_one = _measures(line) or _has_slope(line)
    if is_one and O in line.columns and slope.atoms(log, Pow):
        yield line.put(T, line.columns[O]).put(O, line.columns[T])


ERROR = (
    Slip("factor_two", _factor_two, 2),
    Slip("sum_for_mean", _sum_for_mean, 2),
    Slip("mean_for_sum", _mean_for_sum, 4),
    Slip("other_target", _other_target, 4, habit=False),
    Slip("error_sign", _error_sign, 1),
    Slip("not_squared", _not_squared, 3),
    Slip("common_logarithm", _common_logarithm, 4),
    Slip("error_for_slope", _error_for_slope, 5),
    Slip("output_and_target", _output_and_target, 5),
)
