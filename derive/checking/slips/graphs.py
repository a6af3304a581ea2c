"""Slips with the chain rule in an expression graph: what comes back, times the local derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr, Piecewise, Symbol

from derive.algebra.places import Place
from derive.algebra.rule import LOCAL
from derive.checking.line import Line
from derive.checking.slips.slip import Slip, is_upstream


def _is_derivative(line: Line) -> bool:
    return line.is_free and line.code.startswith(("local.", "gradient."))


def _without(line: Line, is_left_out: Callable[[Symbol], bool]) -> Iterator[Line]:
    """The line without one of the factors of each product."""
    names = list(filter(is_left_out, line.columns)) if _is_derivative(line) else []
    for name in names:
        line = line.put(name, 1.0)
    if names:
        yield line


def _chain_missing(line: Line) -> Iterator[Line]:
    """The local derivatives alone."""
    yield from _without(line, is_upstream)


def _local_missing(line: Line) -> Iterator[Line]:
    """What comes back, handed on as it is."""
    yield from _without(line, lambda name: name.name.partition("_")[0] == LOCAL.name)


def _other_factor(line: Line) -> Iterator[Line | None]:
    """Of a product, the factor itself in the place of the other one."""
    if _is_derivative(line) and len(line.columns) == 1 and not line.sums:
        own = Place(line.place.kind.partition("/d")[2])
        yield line.exchanging(next(iter(line.columns)), lambda _: own)


def _other_case(line: Line) -> Iterator[Line]:
    """The derivative on the other side of a kink, or of an entry that is not the largest of its window."""
    is_one = _is_derivative(line) or any(map(is_upstream, line.columns))
    if is_one and not line.of_parameter and line.formula.has(Piecewise):
        cases = max(len(kink.args) for kink in line.formula.atoms(Piecewise))
        for case in range(cases):
            yield line.formed(_in_case(line.formula, case))


def _in_case(formula: Expr, case: int) -> Expr:
    """The formula where this case is the one that holds."""
    if formula.is_Piecewise:
        return formula.args[min(case, len(formula.args) - 1)][0]
    if not formula.args:
        return formula
    return formula.func(*(_in_case(part, case) for part in formula.args), evaluate=False)


GRAPHS = (
    Slip("chain_missing", _chain_missing, 1),
    Slip("local_missing", _local_missing, 2),
    Slip("other_factor", _other_factor, 2),
    Slip("other_case", _other_case, 2, harmless=True),
)
