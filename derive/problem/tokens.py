"""Inputs that a layer looks up in a table: which they are, and up to which whole number.

>>> from derive.problem.draft import LayerDraft
>>> layers = [LayerDraft(kind="embedding"), LayerDraft(kind="flatten")]
>>> plans = [Plan((2,)), Plan((2, 3), tokens=5), Plan((6,))]
>>> most_tokens(Draft(layers=layers), plans).tolist()
[5, 5]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import Plan
from derive.errors import Mistake
from derive.problem.draft import Draft
from derive.problem.wrong import counted_from_1


def most_tokens(draft: Draft, plans: Sequence[Plan]) -> NDArray[np.int64]:
    """For each input up to which number it is a whole number; 0 where it may be any number."""
    most = np.zeros(plans[0].shape, dtype=np.int64)
    for _, plan, taken in _looking_up(draft, plans):
        chosen = np.unravel_index(taken[taken >= 0], most.shape)
        known = most[chosen]
        most[chosen] = np.where(known == 0, plan.tokens, np.minimum(known, plan.tokens))
    return most


def _looking_up(
    draft: Draft, plans: Sequence[Plan]
) -> Iterator[tuple[int, Plan, NDArray[np.int64]]]:
    """The layers that look their inputs up in a table, each with which inputs it takes.

    An input reaches it through layers that only arrange; what is calculated on the way is −1.
    """
    given = [np.arange(prod(plans[0].shape)).reshape(plans[0].shape)]
    for number, (layer, plan) in enumerate(zip(draft.layers, plans[1:], strict=True), 1):
        taken = tuple(given[n] for n in layer.sources or (number - 1,))
        moved = LAYERS[layer.kind].moved
        given.append(np.full(plan.shape, -1) if moved is None else moved(layer.options, taken))
        if plan.tokens:
            yield number, plan, taken[0]


def misfits(draft: Draft, plans: Sequence[Plan]) -> Iterator[Mistake]:
    """Tables that are not read by inputs, and inputs that are no tokens."""
    rows = list(_looking_up(draft, plans))
    for number, _, taken in rows:
        if (taken < 0).any():
            fact = "what it looks up must be inputs, not numbers that are calculated"
            yield Mistake(f"layers[{number}].from", fact, "write from = 0: the inputs")
    if rows and len(draft.samples) > 1:
        fact = "an embedding looks up its rows by the inputs: every sample has equations of its own"
        yield Mistake("samples", fact, "keep one sample")
    most = most_tokens(draft, plans)
    for number, sample in enumerate(draft.samples, 1):
        if sample.inputs is None or sample.inputs.shape != most.shape:
            continue
        values = sample.inputs.values
        wrong = (values != np.round(values)) | (values < 1) | (values > most)
        for index in np.argwhere(wrong & (most > 0))[:1]:
            where = tuple(index.tolist())
            place = f"samples[{number}].inputs{counted_from_1(where)}"
            fact = f"{sample.inputs.text(*where)} is no token"
            remedy = f"whole numbers from 1 to {most[where]}"
            yield Mistake(place, fact, remedy)
