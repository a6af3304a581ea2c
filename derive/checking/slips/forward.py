"""Slips on the way forwards: net inputs and activations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from sympy import Symbol, exp

from derive.algebra.rule import LOCAL, TOTAL, ZS, X, Z
from derive.checking.line import Fixed, Line
from derive.checking.slips.slip import MOST_OTHERS, Slip, negated

SOFTMAX = {TOTAL: exp(ZS)}  # the sum that its outputs are divided by


BEHIND = ("loss.", "local.", "gradient.", "batch.", "update.", "equation.")


def _is_forward(line: Line) -> bool:
    """Whether the line is one of a layer's own, on the way forwards: a net input, an output."""
    return not line.code.startswith(BEHIND)


def _is_activation(line: Line) -> bool:
    """Whether the line is an activation of something."""
    return Z in line.columns and line.code.startswith("out.")


def weights(line: Line) -> list[Symbol]:
    """The slots that hold the weights of a sum of products: on the way forwards, and on the way back."""
    if not _is_forward(line) and not is_error_behind(line):
        return []
    return line.holding(line.known_kinds.weights)


def is_error_behind(line: Line) -> bool:
    """Whether the line is the error's derivative by what a unit gives, through what takes that."""
    stem = line.kind.removeprefix("dE/d")
    is_gradient = stem != line.kind and line.code.startswith("gradient.")
    return is_gradient and stem not in line.known_kinds.parameters


def is_parameter_gradient(line: Line) -> bool:
    """Whether the line is the gradient of something that is learned, of one sample."""
    stem = line.kind.removeprefix("dE/d")
    return stem in line.known_kinds.parameters and line.code.startswith("gradient.")


def is_weight_gradient(line: Line) -> bool:
    """Whether it is that of a weight."""
    weights = line.known_kinds.weights
    return is_parameter_gradient(line) and line.kind.removeprefix("dE/d") in weights


def slopes(line: Line, *, joint: bool) -> list[Symbol]:
    """The slots with derivatives of activations, of those that depend on each other or of the others."""
    kinds, place = line.known_kinds, line.known.unrolled.place
    found = line.holding(kinds.slopes.keys())
    held = [(name, place(line.quantities(name)[0])) for name in found]
    return [name for name, first in held if ((first.kind, first.layer) in kinds.joint) == joint]


def is_joint(line: Line) -> bool:
    """Whether the line adds up what comes back through activations that depend on each other."""
    return bool(slopes(line, joint=True))


def _sources(line: Line) -> list[Symbol]:
    """The slots with the outputs of the layer before."""
    if not (_is_forward(line) or is_weight_gradient(line) or line.of_parameter):
        return []
    return [name for name in (X, LOCAL) if line.kinds(name) == {"out"}]


def _biases(line: Line) -> list[Symbol]:
    """The slots with a bias."""
    return line.holding(line.known_kinds.biases) if _is_forward(line) else []


def _bias_dropped(line: Line) -> Iterator[Line]:
    for name in _biases(line):
        yield line.put(name, 0.0)


def _bias_sign(line: Line) -> Iterator[Line]:
    for name in _biases(line):
        yield negated(line, name)


def _weight_left_out(line: Line) -> Iterator[Line]:
    for name in weights(line):
        yield line.put(name, 1.0)


def _transposed(line: Line) -> Iterator[Line | None]:
    """w_ij in the place of w_ji."""
    for name in weights(line):
        yield line.exchanging(
            name, lambda p: p._replace(index=p.index[::-1]) if len(p.index) == 2 else None
        )


def _net_for_activation(line: Line) -> Iterator[Line | None]:
    """Net inputs in the places of outputs."""
    for name in _sources(line):
        yield line.exchanging(name, lambda place: place._replace(kind="net"))


def _input_for_output(line: Line) -> Iterator[Line | None]:
    """The network's inputs in the places of the outputs of the layer before."""
    for name in _sources(line):
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
    if _is_forward(line) and line.sums == SOFTMAX:
        yield line.put(TOTAL, 1.0)


def _term_missing(line: Line) -> Iterator[Line]:
    """One term of a sum left out, or one of several sums; of two paths, `one_path` says so."""
    least = 3 if line.code.startswith("gradient.") else 2
    counted = least <= line.terms <= MOST_OTHERS
    if counted and line.sums != SOFTMAX and not is_joint(line):
        sums = whole_sums(line) if _is_forward(line) else []
        for left_out in (*((n,) for n in range(line.terms)), *sums):
            yield line.picking(*(n for n in range(line.terms) if n not in left_out))


def whole_sums(line: Line) -> list[range]:
    """The terms of each sum where there are several: those of one that has more than one term."""
    lengths = [line.length(term) for term in line.sums.values()]
    ends = list(accumulate(lengths))
    every = [range(end - length, end) for end, length in zip(ends, lengths, strict=True)]
    return [terms for terms in every if 1 < len(terms) < line.terms]


def _bias_twice(line: Line) -> Iterator[Line]:
    for name in _biases(line):
        low, high = line.interval(name)
        yield line.put(name, Fixed(2 * low, 2 * high))


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
