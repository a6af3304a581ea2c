"""Optimizers: how a gradient changes a parameter. Add one by adding an entry to `OPTIMIZERS`.

Symbolic half: `lines`, in the order in which they are calculated. A line makes one quantity for each
parameter, and its formula is written in slots that bear the names of kinds of quantities: W (the old
value), GRADIENT and RATE; the optimizer's own parameters; `slot("step")`, the number of the update; what
lasts from update to update (`state`, 0 before the first); and the lines before. The last line makes the
new value. Numeric half: `step`, the same with arrays.

Weight decay is no optimizer but can be added to each of them: `with_decay`.

>>> [line.kind for line in OPTIMIZERS["momentum"].lines]
['velocity_new', 'new']
>>> [line.kind for line in with_decay(OPTIMIZERS["momentum"]).lines]
['decayed', 'velocity_new', 'new']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from sympy import Expr, Rational

from derive.algebra.ordered import minus, over, plus, power, replaced, squared, times
from derive.algebra.rule import GRADIENT, RATE, W, slot
from derive.catalogue.entries import Array, Parameter
from derive.registry import Registry

DECAY = "weight_decay"  # the name of the parameter, which every optimizer can be given
WEIGHT_DECAY = Parameter("0", 0, float("inf"), (0,))


def decays(part: str) -> bool:
    """Whether weight decay is for an array of a layer: for what multiplies, not for what is added.

    >>> decays("weights"), decays("recurrent_f"), decays("bias_f"), decays("shift")
    (True, True, False, False)
    """
    return not part.startswith(("bias", "shift"))


DECAYED = "decayed"  # the gradient with the decay's share
STEP = "step"
NEW = "new"  # the kind of the last line

State = tuple[Array, ...]


class Line(NamedTuple):
    """What one line makes for each parameter, and from what."""

    kind: str
    formula: Expr


@dataclass(frozen=True)
class Optimizer:
    """See the module's docstring.

    `step(w, g, state, rate, number, **parameters)` gives the new value and the new state, in the order
    of `state`, for arrays of any shape; `number` counts the updates from 1.
    """

    name: str
    lines: tuple[Line, ...]
    step: Callable[..., tuple[Array, State]]
    state: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def with_decay(optimizer: Optimizer) -> Optimizer:
    """The lines with L2 weight decay: λ·w, the slope of λ/2·w², is added to the gradient first."""
    decayed = Line(DECAYED, plus(GRADIENT, times(slot(DECAY), W)))
    names = {GRADIENT: slot(DECAYED)}
    later = (line._replace(formula=replaced(line.formula, names)) for line in optimizer.lines)
    return replace(optimizer, lines=(decayed, *later))


def _descent(w: Array, g: Array, state: State, rate: float, number: int) -> tuple[Array, State]:
    return w - rate * g, ()


def _momentum(
    w: Array, g: Array, state: State, rate: float, number: int, momentum: float
) -> tuple[Array, State]:
    v = momentum * state[0] - rate * g
    return w + v, (v,)


def _nesterov(
    w: Array, g: Array, state: State, rate: float, number: int, momentum: float
) -> tuple[Array, State]:
    v = momentum * state[0] - rate * g
    return w + momentum * v - rate * g, (v,)


def _rmsprop(
    w: Array, g: Array, state: State, rate: float, number: int, decay: float, epsilon: float
) -> tuple[Array, State]:
    s = decay * state[0] + (1 - decay) * g * g
    return w - rate * g / (np.sqrt(s) + epsilon), (s,)


def _adam(
    w: Array, g: Array, state: State, rate: float, number: int,
    beta1: float, beta2: float, epsilon: float,
) -> tuple[Array, State]:  # fmt: skip
    m = beta1 * state[0] + (1 - beta1) * g
    s = beta2 * state[1] + (1 - beta2) * g * g
    unbiased, spread = m / (1 - beta1**number), s / (1 - beta2**number)
    return w - rate * unbiased / (np.sqrt(spread) + epsilon), (m, s)


def _average(old: str, share: str, new: Expr) -> Expr:
    """share · old + (1 − share) · new: an average that forgets."""
    return plus(times(slot(share), slot(old)), times(minus(1, slot(share)), new))


def _unbiased(kind: str, share: str) -> Expr:
    """What an average that began at 0 would be without that beginning."""
    return over(slot(kind), minus(1, power(slot(share), slot(STEP))))


def _scaled_step(gradient: Expr, square: Expr) -> Expr:
    """w − η · gradient / (√square + ε)."""
    below = plus(power(square, Rational(1, 2)), slot("epsilon"))
    return minus(W, times(RATE, over(gradient, below)))


_VELOCITY = minus(times(slot("momentum"), slot("velocity")), times(RATE, GRADIENT))
_SHARE = (0, 1, (0,))  # of a number that may be 0, but not 1
_MOMENTUM = {"momentum": Parameter("0.9", *_SHARE)}
_EPSILON = Parameter("1e-8", 0, 1)

_ENTRIES = (
    Optimizer(
        "gradient_descent",
        lines=(Line(NEW, minus(W, times(RATE, GRADIENT))),),
        step=_descent,
    ),
    Optimizer(  # Polyak 1964, as in Sutskever et al. 2013
        "momentum",
        lines=(Line("velocity_new", _VELOCITY), Line(NEW, plus(W, slot("velocity_new")))),
        step=_momentum,
        state=("velocity",),
        parameters=_MOMENTUM,
    ),
    Optimizer(  # in the form of Bengio et al. 2013: the gradient is taken at the weights themselves
        "nesterov",
        lines=(
            Line("velocity_new", _VELOCITY),
            Line(NEW, minus(plus(W, times(slot("momentum"), slot("velocity_new"))),
                              times(RATE, GRADIENT))),
        ),
        step=_nesterov,
        state=("velocity",),
        parameters=_MOMENTUM,
    ),
    Optimizer(  # Tieleman, Hinton 2012, with ε outside the root
        "rmsprop",
        lines=(
            Line("square_new", _average("square", "decay", squared(GRADIENT))),
            Line(NEW, _scaled_step(GRADIENT, slot("square_new"))),
        ),
        step=_rmsprop,
        state=("square",),
        parameters={"decay": Parameter("0.9", *_SHARE), "epsilon": _EPSILON},
    ),
    Optimizer(  # Kingma, Ba 2015, algorithm 1
        "adam",
        lines=(
            Line("moment_new", _average("moment", "beta1", GRADIENT)),
            Line("square_new", _average("square", "beta2", squared(GRADIENT))),
            Line("moment_hat", _unbiased("moment_new", "beta1")),
            Line("square_hat", _unbiased("square_new", "beta2")),
            Line(NEW, _scaled_step(slot("moment_hat"), slot("square_hat"))),
        ),
        step=_adam,
        state=("moment", "square"),
        parameters={
            "beta1": Parameter("0.9", *_SHARE), "beta2": Parameter("0.999", *_SHARE),
            "epsilon": _EPSILON,
        },
    ),
)  # fmt: skip

OPTIMIZERS: Registry[Optimizer] = Registry("optimizer", {entry.name: entry for entry in _ENTRIES})
