"""Whether the loss, the last activation and the targets fit each other, and what else must hold.

>>> from derive.problem.draft import Draft, LayerDraft
>>> from derive.problem.model import Choice
>>> one = Draft(layers=[LayerDraft(units=1, activation=Choice("softmax"))])
>>> print(*misfits(one, [2, 1]))
layers[1].activation: softmax over one unit is always 1 (use sigmoid, or give the layer more units)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.errors import Mistake
from derive.problem import known
from derive.problem.draft import MOST_SLOPES, Draft, SampleDraft
from derive.problem.model import Choice
from derive.problem.naming import on_paper
from derive.problem.numerals import few
from derive.problem.sizes import Sizes
from derive.problem.wrong import counted_from_1

_Test = Callable[[NDArray[np.float64]], NDArray[np.bool_]]

TARGETS: dict[str, tuple[_Test, str]] = {
    "unit interval": (lambda t: (t < 0) | (t > 1), "a number from 0 to 1"),
    "signs": (lambda t: np.abs(t) != 1, "-1 or 1"),
    "distribution": (lambda t: t < 0, "a number that is not negative"),
}
"""For each kind of targets: which numbers do not belong to it, and which do in words."""


def entry(kind: str, choice: Choice | None) -> Any:
    """The catalogue's entry, or None for a formula and for what was not given."""
    if choice is None or choice.formula is not None:
        return None
    return known.table(kind)[choice.name]


def lists_units(kind: str) -> bool:
    """Whether the last axis of such a layer's outputs is a list of units."""
    return kind == "dense" or bool(known.table("layer kind")[kind].lists)


def target_kind(loss: Choice | None) -> str:
    """What targets a loss asks for: "any", "unit interval", "signs" or "distribution"."""
    found = entry("loss", loss)
    return "any" if found is None else str(found.targets)


def misfits(draft: Draft, sizes: Sizes, positions: Sequence[int] = ()) -> Iterator[Mistake]:
    """Every contradiction between the parts; what is missing contradicts nothing.

    `sizes` has the length of each layer's last axis, the inputs first; `positions`, where it is not one,
    at how many places a layer has such a list.
    """
    for number, layer in enumerate(draft.layers, 1):
        activation = entry("activation", layer.activation)
        if layer.activation is None or activation is None or not activation.joint:
            continue
        place = f"layers[{number}].activation"
        slopes = (sizes[number] or 0) ** 2 * (positions[number] if positions else 1)
        if not lists_units(layer.kind):
            fact = f"{layer.activation.name} shares out among the units of a list"
            yield Mistake(place, fact, 'kind = "flatten" makes one, and a dense layer can follow')
        elif sizes[number] == 1:
            fact = f"{layer.activation.name} over one unit is always 1"
            yield Mistake(place, fact, "use sigmoid, or give the layer more units")
        elif slopes > MOST_SLOPES:
            fact = f"{layer.activation.name} has {slopes:,} derivatives here"
            fact += ", of each output by each net input"
            yield Mistake(place, fact, f"at most {MOST_SLOPES:,}: fewer units")
    yield from _domain(draft)
    loss = entry("loss", draft.loss)
    for number, sample in enumerate(draft.samples, 1):
        if loss is not None:
            yield from _targets(f"samples[{number}].targets", sample, loss)
    samples = len(draft.samples)
    if draft.batch_size is not None and draft.batch_size > samples > 0:
        fact = f"{draft.batch_size:,} samples per update, but the problem has {samples:,}"
        yield Mistake("batch_size", fact, 'write "all"')
    yield from few(_alike(draft), "layers")


def _alike(draft: Draft) -> Iterator[Mistake]:
    """Weights' names that are set alike."""
    first: dict[tuple[str, str], str] = {}
    for number, layer in enumerate(draft.layers, 1):
        for j, row in enumerate(layer.names or (), 1):
            for i, name in enumerate(row, 1):
                place = f"layers[{number}].names[{j}][{i}]"
                before = first.setdefault(on_paper(name), place)
                if before != place:
                    fact = f"'{name}' is the name of {before} too"
                    yield Mistake(place, fact, "give each weight a name of its own")


def _domain(draft: Draft) -> Iterator[Mistake]:
    last = draft.layers[-1].activation if draft.layers else None
    loss, activation = entry("loss", draft.loss), entry("activation", last)
    if draft.loss is None or last is None or loss is None or activation is None:
        return
    low, high = loss.domain
    least, most = activation.range
    if most <= low or least >= high:
        fact = f"{draft.loss.name} takes outputs between {low:g} and {high:g}"
        yield Mistake("loss", f"{fact}, but {last.name} gives {least:g} to {most:g}",
                      "choose another loss, or another activation for the last layer")  # fmt: skip


def _targets(place: str, sample: SampleDraft, loss: Any) -> Iterator[Mistake]:
    if sample.targets is None or loss.targets not in TARGETS:
        return
    outside, remedy = TARGETS[loss.targets]
    values = sample.targets.values
    mistakes: list[Mistake] = []
    for index in np.argwhere(outside(values) & np.isfinite(values)).tolist():
        fact = f"{sample.targets.text(*index)} is no target for {loss.name}"
        mistakes.append(Mistake(f"{place}{counted_from_1(index)}", fact, remedy))
    yield from few(mistakes, place)
