"""Whether the training that is asked for can be held in memory and worked out in some minutes.

>>> from derive.problem.draft import Draft, LayerDraft, SampleDraft
>>> samples = [SampleDraft()] * 60
>>> draft = Draft(layers=[LayerDraft()], samples=samples, epochs=50_000, batch_size=1)
>>> print(*too_much(draft, parameters(draft, [2, 3])))
epochs: 50,000 epochs of 60 updates are 3,000,000 updates (at most 1,000,000: epochs = 16,666)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

from derive.errors import Mistake
from derive.problem.draft import MOST_AT_ONCE, MOST_UPDATES, MOST_WEIGHTS, MOST_WORK, Draft
from derive.problem.sizes import Sizes, counted


def too_much(draft: Draft, parameters: int | None) -> Iterator[Mistake]:
    """What is beyond the limits; nothing is said where the number of parameters is None."""
    samples = len(draft.samples)
    if parameters is None or not samples or {"epochs", "batch_size"} & draft.unreadable:
        return
    batch = min(draft.batch_size or samples, samples)
    if batch * parameters > MOST_AT_ONCE:
        fact = f"{counted(batch, 'sample')} per update, times {parameters:,} weights and biases"
        remedy = f"at most {MOST_AT_ONCE:,}: batch_size = {MOST_AT_ONCE // parameters}"
        yield Mistake("batch_size", fact, remedy)
    batches = ceil(samples / batch)
    if draft.epochs * batches > MOST_UPDATES:
        fact = f"{draft.epochs:,} epochs of {counted(batches, 'update')} are "
        fact += f"{draft.epochs * batches:,} updates"
        remedy = f"at most {MOST_UPDATES:,}: epochs = {MOST_UPDATES // batches:,}"
        yield Mistake("epochs", fact, remedy)
    elif draft.epochs * samples * parameters > MOST_WORK:
        yield _too_long(draft.epochs, samples, parameters)


def _too_long(epochs: int, samples: int, parameters: int) -> Mistake:
    """The product of all three is too large; fewer epochs or fewer samples make it smaller."""
    enough = MOST_WORK // (samples * parameters)
    fact = f"{counted(epochs, 'epoch')} of {counted(samples, 'sample')}, "
    fact += f"times {parameters:,} weights and biases, is too much to work out"
    remedy = f"epochs = {enough:,}" if enough else f"{MOST_WORK // parameters:,} samples"
    return Mistake("epochs" if enough else "samples", fact, f"at most {MOST_WORK:,}: {remedy}")


def parameters(draft: Draft, sizes: Sizes) -> int | None:
    """How many weights and biases dense layers in a chain have; None where a size is not known."""
    units = [size for size in sizes if size is not None]
    weights = sum(before * after for before, after in pairwise(units))
    if len(units) < len(sizes) or weights > MOST_WEIGHTS:  # which is told already
        return None
    own = {"none": 0, "shared": 1}
    return weights + sum(
        count if layer.bias is None else own.get(layer.bias.form, count)
        for layer, count in zip(draft.layers, units[1:], strict=True)
    )
