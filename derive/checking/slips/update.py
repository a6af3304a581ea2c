"""Slips in the update: rate, direction, momentum, averages."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, S, Symbol

from derive.algebra.ordered import minus, plus, power, times
from derive.algebra.rule import GRADIENT, RATE, W, slot
from derive.catalogue.optimizers import DECAY
from derive.checking.line import Fixed, Line
from derive.checking.slips.error import without_powers
from derive.checking.slips.slip import Slip, negated

MOMENTUM, EPSILON = slot("momentum"), slot("epsilon")
SHARES = (slot("beta1"), slot("beta2"), slot("decay"))


def _is_new(line: Line) -> bool:
    """Whether the line gives the new value of a parameter."""
    return line.of_parameter and line.code.endswith(".new")


def _rate_missing(line: Line) -> Iterator[Line]:
    if line.of_parameter and RATE in line.columns:
        yield line.put(RATE, 1.0)


def _rate_twice(line: Line) -> Iterator[Line]:
    if line.of_parameter and RATE in line.columns:
        low, high = line.interval(RATE)
        yield line.put(RATE, Fixed(low * low, high * high))


def _wrong_way(line: Line) -> Iterator[Line]:
    """Up the gradient, and not down."""
    if _is_new(line):
        yield line.formed(minus(times(2, W), line.formula))
    elif line.of_parameter and RATE in line.columns:
        yield negated(line, RATE)


def _not_moved(line: Line) -> Iterator[Line]:
    """The old value in the place of the new."""
    if _is_new(line):
        yield line.copying(line.single(W))


def _step_alone(line: Line) -> Iterator[Line]:
    """What the parameter moves by, in the place of where it comes to."""
    if _is_new(line):
        yield line.put(W, 0.0)


def _decay_missing(line: Line) -> Iterator[Line]:
    if line.of_parameter and DECAY in map(str, line.columns):
        yield line.copying(line.single(GRADIENT))


def _decay_sign(line: Line) -> Iterator[Line]:
    if line.of_parameter and DECAY in map(str, line.columns):
        yield negated(line, slot(DECAY))


def _momentum_sign(line: Line) -> Iterator[Line]:
    if line.of_parameter and MOMENTUM in line.columns:
        yield negated(line, MOMENTUM)


def _momentum_missing(line: Line) -> Iterator[Line]:
    """The velocity not multiplied by the momentum, or left out."""
    if line.of_parameter and MOMENTUM in line.columns:
        yield line.put(MOMENTUM, 1.0)
        yield line.put(MOMENTUM, 0.0)


def _no_correction(line: Line) -> Iterator[Line]:
    """Averages that began at 0, not corrected for that."""
    if not line.of_parameter:
        return
    if line.code.endswith("_hat"):
        yield line.copying(line.single(_ending(line, "_new")))
    bent: Line | None = line
    for name in [name for name in line.columns if str(name).endswith("_hat")]:
        if bent is not None:
            bent = bent.exchanging(name, lambda p: p._replace(kind=p.kind.replace("_hat", "_new")))
    if bent is not None and bent is not line:
        yield bent


def _ending(line: Line, end: str) -> Symbol:
    return next(name for name in line.columns if str(name).endswith(end))


def _epsilon_inside(line: Line) -> Iterator[Line]:
    """ε under the root."""
    if line.of_parameter and EPSILON in line.columns:
        bent = _with_epsilon_inside(line.formula)
        if bent != line.formula:
            yield line.formed(bent)


def _with_epsilon_inside(formula: Expr) -> Expr:
    if formula.is_Add and EPSILON in formula.args:
        (root,) = (part for part in formula.args if part != EPSILON)
        if root.is_Pow and root.exp == S.Half:
            return power(plus(root.base, EPSILON), S.Half)
    if not formula.args:
        return formula
    return formula.func(*map(_with_epsilon_inside, formula.args), evaluate=False)


def _root_missing(line: Line) -> Iterator[Line]:
    """The average of squares itself in the place of its root."""
    if _is_new(line):
        bent = without_powers(line.formula, S.Half)
        if bent != line.formula:
            yield line.formed(bent)


def _shares_exchanged(line: Line) -> Iterator[Line]:
    """β and 1 − β exchanged."""
    for name in SHARES:
        if line.of_parameter and name in line.columns and not line.code.endswith("_hat"):
            low, high = line.interval(name)
            yield line.put(name, Fixed(1 - high, 1 - low))


UPDATE = (
    Slip("rate_missing", _rate_missing, 2),
    Slip("rate_twice", _rate_twice, 4),
    Slip("wrong_way", _wrong_way, 1),
    Slip("not_moved", _not_moved, 5),
    Slip("step_alone", _step_alone, 3),
    Slip("decay_missing", _decay_missing, 3),
    Slip("decay_sign", _decay_sign, 4),
    Slip("momentum_sign", _momentum_sign, 3),
    Slip("momentum_missing", _momentum_missing, 3),
    Slip("no_correction", _no_correction, 2),
    Slip("epsilon_inside", _epsilon_inside, 3),
    Slip("root_missing", _root_missing, 3),
    Slip("shares_exchanged", _shares_exchanged, 4),
)
