"""Batch normalization while training: each feature is normalized with its mean and variance in a batch.

Rows of a batch depend on each other, and samples of a problem do not: a batch is therefore the first axis
of one sample's arrays, `inputs = [[…], […]]` with a row for each of its members. The variance is the biased
one, with n below the line and not n − 1. Gain and shift have one number for each feature. The equations
are those of `normalization`, along the first axis. (Ioffe, Szegedy, "Batch normalization", 2015.)
"""

from __future__ import annotations

from functools import partial

from derive.catalogue.layers import normalization
from derive.catalogue.layers.kind import Asked, LayerKind, Misfit, Plan, Shape, one

AXIS = 0


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """A gain and a shift for each number of a row, for a batch of several rows."""
    shape = one(sources)
    remedy = "inputs = [4, 2] is a batch of four rows of two numbers, and one sample of the problem"
    if len(shape) == 1:
        raise Misfit("", "it normalizes over a batch, and one list of numbers is none", remedy)
    if shape[0] == 1:
        fact = "in a batch of one row each feature is its own mean: nothing is left of it"
        raise Misfit("", fact, f"two rows or more: {remedy}")
    return normalization.planned(asked, shape, shape[1:])


BATCH_NORM = LayerKind(
    "batch_norm", "each feature, normalized with its mean and variance over a batch of rows",
    partial(normalization.connect, axis=AXIS), partial(normalization.forward, axis=AXIS),
    partial(normalization.backward, axis=AXIS), plan,
    keys={"epsilon": "positive"},
    parameters=tuple(normalization.KINDS),
    letters=normalization.LETTERS,
    formulas=partial(normalization.formulas, unit=",j", group="j"),
)  # fmt: skip
