"""Layer normalization: the features of each position are normalized with their own mean and variance.

Positions do not know of each other, and neither do samples. Gain and shift have one number for each
feature. The equations are those of `normalization`, along the last axis. (Ba, Kiros, Hinton, "Layer
normalization", 2016.)
"""

from __future__ import annotations

from functools import partial

from derive.catalogue.layers import normalization
from derive.catalogue.layers.kind import Asked, LayerKind, Misfit, Plan, Shape, one

AXIS = -1


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """A gain and a shift for each number of the last axis, where there are several of them."""
    shape = one(sources)
    if shape[-1] == 1:
        fact = "a feature that is alone is its own mean: nothing is left of it"
        raise Misfit("", fact, "normalize over two features or more: inputs = [3, 2], for example")
    return normalization.planned(asked, shape, shape[-1:])


LAYER_NORM = LayerKind(
    "layer_norm", "the features of each position, normalized with their mean and variance",
    partial(normalization.connect, axis=AXIS), partial(normalization.forward, axis=AXIS),
    partial(normalization.backward, axis=AXIS), plan,
    keys={"epsilon": "positive"},
    parameters=tuple(normalization.KINDS),
    letters=normalization.LETTERS,
    formulas=normalization.formulas,
)  # fmt: skip
