"""Slips on the way back: local derivatives, deltas, sums over paths, gradients."""

from __future__ import annotations

from collections.abc import Iterator

from derive.algebra.ordered import times
from derive.algebra.places import TURNED, Place, is_delta
from derive.algebra.rule import LOCAL, RATE, A, Z
from derive.checking.line import COPY, Fixed, Line
from derive.checking.slips.forward import (
    is_error_behind,
    is_joint,
    is_parameter_gradient,
    is_weight_gradient,
    slopes,
    weights,
    whole_sums,
)
from derive.checking.slips.slip import MOST_OTHERS, Slip, is_upstream, negated


def _is_delta(line: Line) -> bool:
    return line.code.startswith("gradient.") and is_delta(line.kind)


def _is_slope(line: Line) -> bool:
    """Whether the line is the derivative of an activation by its own net input."""
    return line.kind in line.known_kinds.slopes and not line.code.endswith(".others")


def _index(line: Line) -> tuple[int, ...]:
    """The index of the unit whose slope the line is; where units are joint, the slope has one more."""
    return line.place.index[:-1] if line.code.endswith(".own") else line.place.index


def _beside(line: Line, kind: str) -> int | None:
    """What there is of a kind of the unit whose slope the line is."""
    layer = None if kind == "E" else line.place.layer
    return line.beside(Place(kind, layer, _index(line), line.place.sample))


def _slope_missing(line: Line) -> Iterator[Line | None]:
    """The derivative of the activation left out, in the delta or in what uses ∂E/∂out for the delta."""
    if line.code.startswith("gradient."):
        for name in slopes(line, joint=False):
            yield line.put(name, 1.0)
    if _is_delta(line):
        return
    if _is_slope(line) and not line.formula.is_Piecewise:
        yield line.copying(Fixed(1.0, 1.0))
    if line.is_free or not line.code.startswith(("gradient.", "update.")):
        return
    upstream = [name for name in line.columns if is_upstream(name)]
    came = set[str]().union(*map(line.kinds, upstream))
    if not came or not all(map(is_delta, came)):
        return
    bent: Line | None = line
    for name in upstream:
        bent = bent and bent.exchanging(name, lambda place: _before_slope(line, place))
    if bent is not None and all(kind.startswith(TURNED) for kind in came):  # to be added
        bent = negated(bent, RATE) if line.of_parameter else bent.times(-1.0)
    yield bent


def _before_slope(line: Line, delta: Place) -> Place | None:
    """The derivative by what is activated, for a delta: ∂E/∂out for δ, ∂E/∂f for δ^f."""
    kinds, tag = line.known_kinds, delta.kind.partition("_")[2]
    slope = kinds.slope_of(f"net_{tag}" if tag else "net")
    return None if slope is None else delta._replace(kind=f"dE/d{kinds.slopes[slope][0]}")


def _slope_at_net(line: Line) -> Iterator[Line | None]:
    """The derivative's formula with the net input in the place of the output."""
    if _is_slope(line) and A in line.columns:
        net = line.known_kinds.slopes[line.kind][1]
        yield line.exchanging(A, lambda place: place._replace(kind=net))


def _slope_at_output(line: Line) -> Iterator[Line | None]:
    """The derivative's formula with the output in the place of the net input."""
    if _is_slope(line) and Z in line.columns and not line.formula.is_Piecewise:
        output = line.known_kinds.slopes[line.kind][0]
        yield line.exchanging(Z, lambda place: place._replace(kind=output))


def _slope_at_error(line: Line) -> Iterator[Line]:
    """The derivative's formula at the error."""
    name = next((name for name in (A, Z) if name in line.columns), None)
    if not _is_slope(line) or name is None or line.formula.is_Piecewise:
        return
    output = line.known_kinds.slopes[line.kind][0]
    is_last = line.place.layer == len(line.problem.layers)
    for kind in ("E", f"dE/d{output}"):
        quantity = _beside(line, kind) if is_last or kind != "E" else None
        if quantity is not None:
            yield line.put(name, quantity)


def _activation_for_slope(line: Line) -> Iterator[Line]:
    """The activation itself in the place of its derivative."""
    if _is_slope(line):
        own = _beside(line, line.known_kinds.slopes[line.kind][0])
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
    place, tag = line.place, line.kind.partition("_")[2]
    kind = line.known_kinds.slope_of(f"net_{tag}" if tag else "net")
    for index in (place.index, (*place.index, *place.index[-1:])):
        slope = line.beside(Place(kind, place.layer, index, place.sample)) if kind else None
        if slope is not None:
            yield line.formed(times(line.formula, COPY), copy=slope)


def _diagonal(line: Line) -> Iterator[Line]:
    """Of softmax's sum only the unit's own term."""
    if is_joint(line) and line.terms > 1 and len(line.sums) == 1:
        places = [line.known.unrolled.place(q) for q in line.quantities(LOCAL)]
        yield line.picking(*(n for n, p in enumerate(places) if p.index[-2:-1] == p.index[-1:]))


def _is_sum(line: Line) -> bool:
    """Whether the line is a derivative with several terms."""
    several = 1 < line.terms <= MOST_OTHERS
    return several and line.code.startswith("gradient.") and not is_joint(line)


def _one_path(line: Line) -> Iterator[Line]:
    if not _is_sum(line) or is_parameter_gradient(line):  # its terms are uses, not paths
        return
    sums = [paths for paths in whole_sums(line) if len(paths) < line.terms - 1]  # or one is missing
    for paths in (*((n,) for n in range(line.terms)), *sums):
        yield line.picking(*paths)


def _path_twice(line: Line) -> Iterator[Line]:
    for path in range(line.terms if _is_sum(line) else 0):
        yield line.picking(*range(line.terms), path)


def _one_sample(line: Line) -> Iterator[Line]:
    """One sample's error or gradient in the place of the batch's."""
    if line.code.startswith("batch."):
        for quantity in line.quantities(next(iter(line.columns)))[:MOST_OTHERS]:
            yield line.copying(quantity)


def _updated_weights(line: Line) -> Iterator[Line | None]:
    """The weights as they are after the update."""
    if not is_error_behind(line):
        return
    unrolled = line.known.unrolled
    for name in weights(line):
        found = unrolled.renewed(line.quantities(name), unrolled.update(line.quantity))
        if found is not None:
            yield line.putting(name, list(found))


def _factor_missing(line: Line) -> Iterator[Line]:
    """The gradient without what the weight multiplies."""
    if is_weight_gradient(line) and LOCAL in line.columns:
        yield line.put(LOCAL, 1.0)


def _weight_for_output(line: Line) -> Iterator[Line]:
    """The weight itself in the place of what it multiplies."""
    if is_weight_gradient(line) and not line.sums and LOCAL in line.columns:
        weight = _parameter(line)
        if weight is not None:
            yield line.put(LOCAL, weight)


def _bias_gradient(line: Line) -> Iterator[Line]:
    """The gradient of a bias times the bias, or nothing."""
    if is_parameter_gradient(line) and line.kind.removeprefix("dE/d") in line.known_kinds.biases:
        bias = _parameter(line)
        if bias is not None:
            yield line.formed(times(line.formula, COPY), copy=bias)
        yield line.copying(Fixed(0.0, 0.0))


def _parameter(line: Line) -> int | None:
    """The parameter whose gradient the line is."""
    return line.beside(line.place._replace(kind=line.kind.removeprefix("dE/d"), sample=None))


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
