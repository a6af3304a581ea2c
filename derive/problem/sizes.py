"""How large the network is, and whether every array fits it.

A size comes from whatever says it first (`inputs` or `units`, then weights, biases, samples), and
everything else is compared with it.

>>> from derive.problem.draft import LayerDraft
>>> from derive.problem.numerals import vector
>>> weights = (vector([1, 2]), vector([3, 4, 5]))
>>> draft = Draft(inputs=2, layers=[LayerDraft(units=2, weights=weights)])
>>> sizes(draft)
[2, 2]
>>> print(*misfits(draft, sizes(draft)))
layers[1].weights[2]: 3 numbers, but there are 2 inputs (one weight for each input)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

from derive.errors import Mistake
from derive.problem.draft import MOST_UNITS, MOST_WEIGHTS, Draft, LayerDraft
from derive.problem.model import Numbers
from derive.problem.numerals import few

Sizes = list[int | None]


def sizes(draft: Draft) -> Sizes:
    """Units per layer, the inputs first; None where nothing readable says it."""
    first = draft.layers[0].weights if draft.layers else None
    inputs = draft.inputs
    if inputs is None and "inputs" not in draft.unreadable:
        inputs = len(first[0].values) if first else _first(s.inputs for s in draft.samples)
    found = [inputs, *map(_units, draft.layers)]
    if draft.layers and found[-1] is None and "units" not in draft.layers[-1].unreadable:
        found[-1] = _first(s.targets for s in draft.samples)
    return found


def _units(layer: LayerDraft) -> int | None:
    if layer.units is not None or "units" in layer.unreadable:
        return layer.units
    if layer.weights:
        return len(layer.weights)
    numbers = None if layer.bias is None else layer.bias.numbers
    return len(numbers.values) if numbers is not None and numbers.shape else None


def _first(arrays: Iterator[Numbers | None]) -> int | None:
    return next((len(numbers.values) for numbers in arrays if numbers is not None), None)


def misfits(draft: Draft, sizes: Sizes) -> Iterator[Mistake]:
    """Every size that nothing says, that contradicts another, or that is beyond the limits."""
    yield from _unsaid(draft, sizes)
    for number, layer in enumerate(draft.layers, 1):
        yield from _misfits_of_layer(number, layer, sizes[number - 1], sizes[number])
    inputs, outputs = sizes[0], sizes[-1]
    for number, sample in enumerate(draft.samples, 1):
        place = f"samples[{number}]"
        if sample.inputs is not None:
            yield from _compared(f"{place}.inputs", sample.inputs, inputs, _there_are(inputs))
        if sample.targets is not None and draft.layers:
            said = f"the last layer has {counted(outputs, 'unit')}"
            remedy = "one target for each"
            yield from _compared(f"{place}.targets", sample.targets, outputs, said, remedy)
    yield from _too_many(sizes)


def _unsaid(draft: Draft, sizes: Sizes) -> Iterator[Mistake]:
    samples = {key for sample in draft.samples for key in sample.unreadable}
    if sizes[0] is None and draft.layers:
        hidden = {"inputs", "samples"} & draft.unreadable or "inputs" in samples
        if not hidden and "weights" not in draft.layers[0].unreadable:
            yield Mistake("inputs", "nothing says how many inputs there are", "write inputs = 2")
    for number, layer in enumerate(draft.layers, 1):
        last = number == len(draft.layers)
        hidden = {"units", "weights", "bias"} & layer.unreadable or (last and "targets" in samples)
        if sizes[number] is None and not hidden:
            fact = "nothing says how many units the layer has"
            yield Mistake(f"layers[{number}].units", fact, "write units = 2")


def _misfits_of_layer(
    number: int, layer: LayerDraft, before: int | None, units: int | None
) -> Iterator[Mistake]:
    place = f"layers[{number}]"
    has = f"the layer has {counted(units, 'unit')}"
    if layer.weights is not None:
        if units is not None and len(layer.weights) != units:
            fact = f"{counted(len(layer.weights), 'list')} of weights, but {has}"
            yield Mistake(f"{place}.weights", fact, "one list for each unit")
        said = _there_are(before) if number == 1 else f"layer {number - 1} gives {before}"
        each = "input" if number == 1 else f"unit of layer {number - 1}"
        remedy = f"one weight for each {each}"
        ragged = (
            _compared(f"{place}.weights[{index}]", row, before, said, remedy)
            for index, row in enumerate(layer.weights, 1)
        )
        yield from few(chain.from_iterable(ragged), f"{place}.weights")
    yield from _misfits_of_names(f"{place}.names", layer, before, units)
    if layer.bias is not None and layer.bias.numbers is not None and layer.bias.numbers.shape:
        inner = ".threshold" if layer.bias.form == "threshold" else ""
        remedy = "one number for each, or a single number shared by all" if not inner else ""
        yield from _compared(f"{place}.bias{inner}", layer.bias.numbers, units, has, remedy)


def _misfits_of_names(
    place: str, layer: LayerDraft, before: int | None, units: int | None
) -> Iterator[Mistake]:
    """Names must have the shape of the weights."""
    if layer.names is None:
        return
    if units is not None and len(layer.names) != units:
        fact = f"{counted(len(layer.names), 'list')} of names"
        said = f"the layer has {counted(units, 'unit')}"
        yield Mistake(place, f"{fact}, but {said}", "one list for each unit")
    ragged = (
        Mistake(f"{place}[{j}]", f"{counted(len(row), 'name')} for {counted(before, 'weight')}",
                "one name for each weight")
        for j, row in enumerate(layer.names, 1)
        if before is not None and len(row) != before
    )  # fmt: skip
    yield from few(ragged, place)


def _compared(
    place: str, numbers: Numbers, expected: int | None, said: str, remedy: str = ""
) -> Iterator[Mistake]:
    count = len(numbers.values)
    if expected is not None and count != expected:
        yield Mistake(place, f"{counted(count, 'number')}, but {said}", remedy)


def _too_many(sizes: Sizes) -> Iterator[Mistake]:
    total = sum((a or 0) * (b or 0) for a, b in pairwise(sizes))
    if total > MOST_WEIGHTS:
        yield Mistake("layers", f"{total:,} weights", f"at most {MOST_WEIGHTS:,}")
    for number, size in enumerate(sizes):
        if size is not None and size > MOST_UNITS:
            place = f"layers[{number}].units" if number else "inputs"
            yield Mistake(place, f"{size:,} are too many", f"at most {MOST_UNITS:,}")


def _there_are(inputs: int | None) -> str:
    return f"there {'is' if inputs == 1 else 'are'} {counted(inputs, 'input')}"


def counted(count: int | None, thing: str) -> str:
    """A number of things in words: "1 unit", "2 units"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}" if count is not None else f"? {thing}s"
