"""What a problem has where it says nothing.

>>> from derive.problem.draft import LayerDraft
>>> draft = Draft(loss=Choice("cross_entropy"), layers=[LayerDraft(), LayerDraft()])
>>> put(draft, [2, 2, 2])
>>> [layer.activation.name for layer in draft.layers], len(draft.samples)
(['sigmoid', 'softmax'], 1)
"""

from __future__ import annotations

from derive.problem import fits, known
from derive.problem.draft import Draft, SampleDraft
from derive.problem.model import Choice, Given
from derive.problem.sizes import Sizes

LOSS = Choice("half_squared_error")
ACTIVATION = Choice("sigmoid")
RATE = Given(0.5, "0.5")
OPTIMIZER = Choice("gradient_descent")


def put(draft: Draft, units: Sizes) -> None:
    """Put the usual choices where nothing was said; `units` are those of a layer's last axis."""
    if draft.loss is None and "loss" not in draft.unreadable:
        draft.loss = LOSS
    last = len(draft.layers)
    for number, layer in enumerate(draft.layers, 1):
        if layer.activation is None and "activation" not in layer.unreadable:
            usual = _activation(layer.kind)
            if usual is None:
                continue
            shares = draft.loss == Choice("cross_entropy") and number == last and units[last] != 1
            shares = shares and fits.lists_units(layer.kind)
            layer.activation = Choice("softmax") if shares else usual
    if not draft.samples and "samples" not in draft.unreadable:
        draft.samples = [SampleDraft()]


def _activation(kind: str) -> Choice | None:
    """What a layer of this kind has unless it says something else; None where it has no activation."""
    if kind == "dense":
        return ACTIVATION
    name = known.table("layer kind")[kind].activation
    return None if name is None else Choice(name)
