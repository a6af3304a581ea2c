"""Slips on the way forwards: net inputs and activations."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from derive.algebra.rule import LOCAL, TOTAL, B, W, X, Z
from derive.checking.line import Fixed, Line
from derive.checking.slips.slip import MOST_OTHERS, Slip, negated

WEIGHED = ("net.", "gradient.dE/dout")  # lines in which weights are multiplied with something


def _is_net(line: Line) -> bool:
    return line.code.startswith("net.")


def _is_activation(line: Line) -> bool:
    return line.code.startswith("out.")


def weights(line: Line) -> Symbol | None:
    """The slot that holds the weights of a sum of products; None where there is none."""
    if not line.code.startswith(WEIGHED):
        return None
    return next((name for name in (W, LOCAL) if line.kinds(name) == {"w"}), None)


def _sources(line: Line) -> Symbol | None:
    """The slot with the outputs of the layer before."""
    if not (_is_net(line) or line.code == "gradient.dE/dw" or line.of_parameter):
        return None
    return next((name for name in (X, LOCAL) if line.kinds(name) == {"out"}), None)


def _bias_dropped(line: Line) -> Iterator[Line]:
    if _is_net(line) and B in line.columns:
        yield line.put(B, 0.0)


def _bias_sign(line: Line) -> Iterator[Line]:
    if _is_net(line) and B in line.columns:
        yield negated(line, B)


def _weight_left_out(line: Line) -> Iterator[Line]:
    name = weights(line)
    if name is not None:
        yield line.put(name, 1.0)


def _transposed(line: Line) -> Iterator[Line | None]:
    """w_ij in the place of w_ji."""
    name = weights(line)
    if name is not None:
        yield line.exchanging(name, lambda place: place._replace(index=place.index[::-1]))


def _net_for_activation(line: Line) -> Iterator[Line | None]:
    """Net inputs in the places of outputs."""
    name = _sources(line)
    if name is not None:
        yield line.exchanging(name, lambda place: place._replace(kind="net"))


def _input_for_output(line: Line) -> Iterator[Line | None]:
    """The network's inputs in the places of the outputs of the layer before."""
    name = _sources(line)
    if name is not None:
        yield line.exchanging(name, lambda place: place._replace(layer=0))


def _activation_missing(line: Line) -> Iterator[Line]:
    if _is_activation(line):
        yield line.copying(line.single(Z))


def _activation_sign(line: Line) -> Iterator[Line]:
    """f(−z) in the place of f(z)."""
    if _is_activation(line) and not line.sums:
        yield negated(line, Z)


def _not_normalized(line: Line) -> Iterator[Line]:
    """e^z of softmax, not divided by the sum."""
    if _is_activation(line) and line.sums:
        yield line.put(TOTAL, 1.0)


def _term_missing(line: Line) -> Iterator[Line]:
    """One term of a sum left out; of two paths, `one_path` says so."""
    least = 3 if line.code.startswith("gradient.") else 2
    if least <= line.terms <= MOST_OTHERS and not line.code.startswith(("out.", "gradient.delta")):
        for left_out in range(line.terms):
            yield line.picking(*(n for n in range(line.terms) if n != left_out))


def _bias_twice(line: Line) -> Iterator[Line]:
    if _is_net(line) and B in line.columns:
        low, high = line.interval(B)
        yield line.put(B, Fixed(2 * low, 2 * high))


FORWARD = (
    Slip("bias_dropped", _bias_dropped, 2),
    Slip("bias_sign", _bias_sign, 3),
    Slip("bias_twice", _bias_twice, 5),
    Slip("weight_left_out", _weight_left_out, 4),
    Slip("transposed", _transposed, 3),
    Slip("net_for_activation", _net_for_activation, 3),
    Slip("input_for_output", _input_for_output, 4),
    Slip("activation_missing", _activation_missing, 2),
    Slip("activation_sign", _activation_sign, 3),
    Slip("not_normalized", _not_normalized, 2),
    Slip("term_missing", _term_missing, 4, habit=False),
)
