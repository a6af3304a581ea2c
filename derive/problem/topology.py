"""Networks of any topology: what each layer takes, what shape it gives, and what does not fit.

Each kind of layer finds its own shapes; here they are found one after the other, and compared with the
arrays that were typed.

>>> from derive.problem.draft import LayerDraft
>>> draft = Draft(shape=(3, 2), layers=[LayerDraft(kind="recurrent", units=4)])
>>> mistakes: list[Mistake] = []
>>> planned(draft, mistakes)[1].trained
{'weights': (4, 2), 'recurrent': (4, 4), 'bias': (4,)}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import Asked, Misfit, Plan, Shape
from derive.errors import Mistake
from derive.problem import tokens
from derive.problem.draft import Draft, LayerDraft
from derive.problem.model import Numbers
from derive.problem.numerals import shape_in_words, stacked
from derive.problem.sizes import counted

MOST_QUANTITIES = 20_000  # numbers in all layers together: each of them is a line


def planned(draft: Draft, mistakes: list[Mistake]) -> list[Plan | None]:
    """The plan of the inputs and of each layer; None where a mistake prevents it."""
    plans: list[Plan | None] = [_inputs(draft, mistakes)]
    for number, layer in enumerate(draft.layers, 1):
        plans.append(_layer(number, layer, plans, mistakes, len(draft.layers)))
    if not any(mistake.place.endswith(".from") for mistake in mistakes):
        mistakes += _unused(draft)
    last = plans[-1]
    if last is not None:
        mistakes += _samples(draft, plans[0], last)
    whole = [plan for plan in plans if plan is not None]
    if len(whole) == len(plans):
        mistakes += tokens.misfits(draft, whole)
    if draft.show.matrix == "row":  # "column" is what every problem has that says nothing
        fact = "only dense layers in a chain are shown with matrices"
        mistakes.append(Mistake("show.matrix", fact, "leave it out"))
    if not mistakes:
        mistakes += _too_many(whole)
        if not any(plan.trained for plan in whole):
            fact = "no layer has weights, so that there is nothing to derive the error by"
            mistakes.append(Mistake("layers", fact, "add one with units = 2"))
    return plans


def arrays_of(layer: LayerDraft) -> dict[str, Numbers]:
    """The arrays that a layer types; a dense layer's rows of weights as one, if they are alike."""
    if layer.kind != "dense":
        return {name: numbers for name, numbers in layer.arrays.items() if numbers is not None}
    found: dict[str, Numbers] = {}
    if layer.weights is not None and len({row.shape for row in layer.weights}) == 1:
        found["weights"] = stacked(layer.weights)
    if layer.bias is not None and layer.bias.numbers is not None:
        found["bias"] = layer.bias.numbers
    return found


# --- layers --------------------------------------------------------------------------------------


def _inputs(draft: Draft, mistakes: list[Mistake]) -> Plan | None:
    """What the first layer takes: as it was said, or as the first sample has it."""
    shape = draft.shape or ((draft.inputs,) if draft.inputs else ())
    if not shape:
        shape = next((s.inputs.shape for s in draft.samples if s.inputs is not None), ())
    if not shape and "inputs" not in draft.unreadable:
        fact = "nothing says how the inputs are arranged"
        remedy = "write inputs = [4, 2] (four time steps of two numbers), or give a sample"
        mistakes.append(Mistake("inputs", fact, remedy))
    return Plan(shape) if shape else None


def _layer(
    number: int, layer: LayerDraft, plans: list[Plan | None], mistakes: list[Mistake], count: int
) -> Plan | None:
    place = f"layers[{number}]"
    kind = LAYERS[layer.kind]
    if kind.skips and len(layer.sources) == 1 and layer.sources != (number - 1,):
        layer.sources = (number - 1, *layer.sources)
    sources = layer.sources or (number - 1,)
    for n in sources:
        if n >= number:
            mistakes.append(Mistake(f"{place}.from", *_ahead(number, n, count)))
            return None
    if len(sources) > 1 and not kind.joins:
        fact = f"a {layer.kind} layer takes one layer, not {len(sources)}"
        mistakes.append(Mistake(f"{place}.from", fact, 'join them with kind = "concat" first'))
        return None
    taken = [plans[n] for n in sources]
    if None in taken or layer.unreadable:
        return None
    given = arrays_of(layer)
    if layer.kind == "dense" and layer.weights is not None and "weights" not in given:
        remedy = "one weight for each source"
        mistakes.append(Mistake(f"{place}.weights", "lists of different lengths", remedy))
        return None
    without = frozenset(name for name, numbers in layer.arrays.items() if numbers is None)
    asked = Asked(layer.units, layer.bias.form if layer.bias else "each", layer.options,
                        {name: numbers.shape for name, numbers in given.items()}, without)  # fmt: skip
    try:
        plan = kind.plan(asked, tuple(plan.shape for plan in taken if plan is not None))
    except Misfit as error:
        mistakes.append(
            Mistake(f"{place}.{error.key}" if error.key else place, error.fact, error.remedy)
        )
        return None
    mistakes += _compared(place, layer, given, {**plan.trained, **plan.fixed})
    return plan


def _ahead(number: int, taken: int, count: int) -> tuple[str, str]:
    """The fact and the remedy where a layer takes what is not there yet."""
    earlier = {1: "the inputs, from = 0", 2: "layer 1, or 0, the inputs"}
    remedy = f"it can take {earlier.get(number, f'layers 1 to {number - 1}, or 0, the inputs')}"
    if taken > count:
        return f"there is no layer {taken}", remedy
    if taken == number:
        return f"layer {number} cannot take itself: its outputs would go round in a circle", remedy
    return f"layer {number} cannot take layer {taken}, which comes later", remedy


def _compared(
    place: str, layer: LayerDraft, given: Mapping[str, Numbers], expected: Mapping[str, Shape]
) -> Iterator[Mistake]:
    """Arrays whose shapes are not what the layer asks for, and names that no page would show."""
    if layer.names is not None:
        fact = "only weights of dense layers in a chain have names of their own"
        yield Mistake(f"{place}.names", fact, "leave names out")
    for name, asked in layer.arrays.items():
        if asked is None and name in expected:
            remedy = "leave the key out, and the numbers are drawn"
            yield Mistake(f"{place}.{name}", "the layer cannot do without it", remedy)
    for name, numbers in given.items():
        if name not in expected:
            fact = "the layer has no such array here"
            yield Mistake(f"{place}.{name}", fact, "leave it out")
        elif numbers.shape != expected[name]:
            fact = f"{shape_in_words(numbers.shape)}, but there is room for "
            fact += shape_in_words(expected[name])
            yield Mistake(f"{place}.{name}", fact, _as_lists(expected[name]))


def _as_lists(shape: Shape) -> str:
    """How an array of this shape is written: a list of 2 lists of 3 numbers."""
    if not shape:
        return "write one number"
    told = counted(shape[-1], "number")
    for length in reversed(shape[:-1]):
        told = f"{counted(length, 'list')} of {told}"
    return f"write a list of {told}"


def _unused(draft: Draft) -> Iterator[Mistake]:
    """Layers whose outputs nobody takes."""
    last = len(draft.layers)
    used = {
        n for number, layer in enumerate(draft.layers, 1) for n in layer.sources or (number - 1,)
    }
    for number in range(1, last):
        if number not in used:
            remedy = f"let another layer take it: from = {number}"
            yield Mistake(f"layers[{number}]", "its outputs lead nowhere", remedy)


# --- samples -------------------------------------------------------------------------------------


def _samples(draft: Draft, inputs: Plan | None, last: Plan) -> Iterator[Mistake]:
    """Inputs and targets that do not have the network's shapes."""
    expected = {"inputs": None if inputs is None else inputs.shape, "targets": last.shape}
    for number, sample in enumerate(draft.samples, 1):
        for part, shape in expected.items():
            numbers: Numbers | None = getattr(sample, part)
            if numbers is not None and shape is not None and numbers.shape != shape:
                fact = f"{shape_in_words(numbers.shape)}, but the network "
                fact += f"{'takes' if part == 'inputs' else 'gives'} {shape_in_words(shape)}"
                yield Mistake(f"samples[{number}].{part}", fact, _as_lists(shape))


def _too_many(plans: list[Plan]) -> Iterator[Mistake]:
    total = sum(prod(plan.shape) + sum(map(prod, plan.trained.values())) for plan in plans)
    if total > MOST_QUANTITIES:
        fact = f"{total:,} outputs and parameters, each of which would have lines of its own"
        yield Mistake("layers", fact, f"at most {MOST_QUANTITIES:,}")
