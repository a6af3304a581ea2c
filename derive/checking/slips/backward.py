"""Slips on the way back: local derivatives, deltas, sums over paths, gradients."""

from __future__ import annotations

from collections.abc import Iterator

from derive.algebra.ordered import times
from derive.algebra.places import DELTAS, TURNED, Place
from derive.algebra.rule import LOCAL, RATE, UP, A, Z
from derive.checking.line import COPY, Fixed, Line
from derive.checking.slips.forward import weights
from derive.checking.slips.slip import MOST_OTHERS, Slip, negated


def _is_delta(line: Line) -> bool:
    return line.code.startswith("gradient.") and line.place.kind in DELTAS


def _is_slope(line: Line) -> bool:
    """Whether the line is the derivative of an activation by its own net input."""
    own = len(set(line.place.index)) == 1
    return line.code.startswith("local.out.") and own


def _slope_missing(line: Line) -> Iterator[Line | None]:
    """The derivative of the activation left out, in the delta or in what uses ∂E/∂out for the delta."""
    if _is_delta(line):
        if line.kinds(LOCAL) == {"dout/dnet"} and not line.sums:
            yield line.put(LOCAL, 1.0)
        return
    if _is_slope(line) and not line.formula.is_Piecewise:
        yield line.copying(Fixed(1.0, 1.0))
    kinds = line.kinds(UP)
    if kinds and kinds <= set(DELTAS):
        bent = line.exchanging(UP, lambda place: place._replace(kind="dE/dout"))
        if bent is not None and kinds == {TURNED}:  # that holds what is to be added
            bent = negated(bent, RATE) if line.of_parameter else bent.times(-1.0)
        yield bent


def _slope_at_net(line: Line) -> Iterator[Line | None]:
    """The derivative's formula with the net input in the place of the output."""
    if _is_slope(line) and A in line.columns:
        yield line.exchanging(A, lambda place: place._replace(kind="net"))


def _slope_at_output(line: Line) -> Iterator[Line | None]:
    """The derivative's formula with the output in the place of the net input."""
    if _is_slope(line) and Z in line.columns and not line.formula.is_Piecewise:
        yield line.exchanging(Z, lambda place: place._replace(kind="out"))


def _slope_at_error(line: Line) -> Iterator[Line]:
    """The derivative's formula at the error."""
    name = next((name for name in (A, Z) if name in line.columns), None)
    if not _is_slope(line) or name is None or line.formula.is_Piecewise:
        return
    place = line.place
    for other in (
        Place("E", None, place.index[:1], place.sample),
        Place("dE/dout", place.layer, place.index[:1], place.sample),
    ):
        is_output = place.layer == len(line.problem.layers)
        quantity = line.beside(other) if is_output or other.kind != "E" else None
        if quantity is not None:
            yield line.put(name, quantity)


def _activation_for_slope(line: Line) -> Iterator[Line]:
    """The activation itself in the place of its derivative."""
    if _is_slope(line):
        place = line.place
        own = line.beside(Place("out", place.layer, place.index[:1], place.sample))
        if own is not None:
            yield line.copying(own)


def _gate(line: Line) -> Iterator[Line]:
    """The derivative of the other branch: 1 where the unit is shut, or 0 where it is open."""
    if _is_slope(line) and line.formula.is_Piecewise:
        for value, _ in line.formula.args:
            yield line.formed(value)


def _slope_twice(line: Line) -> Iterator[Line]:
    """The derivative counted once more: at the output, where the error's has cancelled it already."""
    if not _is_delta(line):
        return
    place = line.place
    for index in (place.index, place.index * 2):
        slope = line.beside(Place("dout/dnet", place.layer, index, place.sample))
        if slope is not None:
            yield line.formed(times(line.formula, COPY), copy=slope)


def _diagonal(line: Line) -> Iterator[Line]:
    """Of softmax's sum only the unit's own term."""
    if _is_delta(line) and line.terms > 1:
        places = [line.known.unrolled.place(q) for q in line.quantities(LOCAL)]
        own = [n for n, place in enumerate(places) if len(set(place.index)) == 1]
        yield line.picking(*own)


def _is_sum_of_paths(line: Line) -> bool:
    several = 1 < line.terms <= MOST_OTHERS
    return several and line.code.startswith("gradient.") and not _is_delta(line)


def _one_path(line: Line) -> Iterator[Line]:
    for path in range(line.terms if _is_sum_of_paths(line) else 0):
        yield line.picking(path)


def _path_twice(line: Line) -> Iterator[Line]:
    for path in range(line.terms if _is_sum_of_paths(line) else 0):
        yield line.picking(*range(line.terms), path)


def _one_sample(line: Line) -> Iterator[Line]:
    """One sample's error or gradient in the place of the batch's."""
    if line.code.startswith("batch."):
        for quantity in line.quantities(next(iter(line.columns)))[:MOST_OTHERS]:
            yield line.copying(quantity)


def _updated_weights(line: Line) -> Iterator[Line | None]:
    """The weights as they are after the update."""
    name = weights(line)
    if name is not None and line.code == "gradient.dE/dout":
        unrolled = line.known.unrolled
        found = unrolled.renewed(line.quantities(name), unrolled.update(line.quantity))
        if found is not None:
            yield line.putting(name, list(found))


def _factor_missing(line: Line) -> Iterator[Line]:
    """The gradient without what the weight multiplies."""
    if line.code == "gradient.dE/dw" and LOCAL in line.columns:
        yield line.put(LOCAL, 1.0)


def _weight_for_output(line: Line) -> Iterator[Line]:
    """The weight itself in the place of what it multiplies."""
    if line.code == "gradient.dE/dw" and not line.sums and LOCAL in line.columns:
        weight = line.beside(line.place._replace(kind="w", sample=None))
        if weight is not None:
            yield line.put(LOCAL, weight)


def _bias_gradient(line: Line) -> Iterator[Line]:
    """The gradient of a bias times the bias, or nothing."""
    if line.code == "gradient.dE/db":
        bias = line.beside(line.place._replace(kind="b", sample=None))
        if bias is not None:
            yield line.formed(times(line.formula, COPY), copy=bias)
        yield line.copying(Fixed(0.0, 0.0))


BACKWARD = (
    Slip("slope_missing", _slope_missing, 2),
    Slip("slope_at_net", _slope_at_net, 3),
    Slip("slope_at_output", _slope_at_output, 3),
    Slip("slope_at_error", _slope_at_error, 5),
    Slip("activation_for_slope", _activation_for_slope, 3),
    Slip("gate", _gate, 2, harmless=True),
    Slip("slope_twice", _slope_twice, 3),
    Slip("diagonal", _diagonal, 2),
    Slip("one_path", _one_path, 2),
    Slip("path_twice", _path_twice, 5, habit=False),
    Slip("one_sample", _one_sample, 3, habit=False),
    Slip("updated_weights", _updated_weights, 2),
    Slip("factor_missing", _factor_missing, 4),
    Slip("weight_for_output", _weight_for_output, 4),
    Slip("bias_gradient", _bias_gradient, 4),
)
