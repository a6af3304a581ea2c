"""The numbers of a problem of any topology: its inputs and targets, and the arrays of its layers."""

from __future__ import annotations

from derive.algebra.ledger import Ids
from derive.catalogue.layers.kind import sides
from derive.catalogue.optimizers import STEP
from derive.document.blocks import Block, Inlines, Maths, Paragraph, Table, Text
from derive.document.example.page import Page
from derive.document.example.pieces import spaced
from derive.document.general.layers import arrays, shape_of, sources_of
from derive.document.phrases import capitalized
from derive.writing.maths import Row, Sign

MOST_SAMPLES = 6  # of a batch, whose inputs and targets are printed


def given(page: Page) -> list[Block]:
    """Everything that is given, array by array; of several samples those that the page looks at."""
    layers = range(1, len(page.graph.layers) + 1)
    arrays_of_layers = [block for number in layers for block in layer_given(page, number)]
    return [*samples_given(page), *arrays_of_layers, *numbers_given(page)]


def samples_given(page: Page) -> list[Block]:
    """The inputs and targets of each sample of the batch; of many, of the first ones."""
    shown = range(min(page.batch, MOST_SAMPLES))
    blocks = [block for sample in shown for block in _sample(page, sample)]
    if len(shown) < page.batch:
        left_out = spaced(page.batch - len(shown))
        blocks.append(page.paragraph("general.more_samples", count=left_out))
    return blocks


def _sample(page: Page, sample: int) -> list[Block]:
    """The inputs and targets of one sample, which counts from 0."""
    derivation = page.worked.derivation
    one = derivation.one.graph
    told = page.say("general.given")
    if page.several:
        told = page.say("samples.of", section=told, number=sample + 1)
    drawn = f"samples[{sample + 1}].inputs" in one.problem.drawn
    every = [derivation.lift.of(ids, sample) for ids in (one.inputs, one.targets)]
    return [_told(page, told, drawn), arrays(page, every)]


def layer_given(page: Page, number: int) -> list[Block]:
    """The arrays of a layer, if it has any."""
    problem = page.graph.problem
    asked = problem.layers[number - 1]
    every = [_ids(page, number, part) for part in asked.numbers]
    if not every:
        return []
    name = (Text(capitalized(page.layer_name(number))),)
    places = {f"layers[{number}].{part}" for part in asked.numbers}
    return [_told(page, name, bool(places & set(problem.drawn))), arrays(page, every)]


def _told(page: Page, whose: Inlines, drawn: bool) -> Paragraph:
    """Whose numbers follow, and that they were drawn."""
    return Paragraph((*whose, *(page.say("problem.drawn") if drawn else ()), Text(":")))


def _ids(page: Page, number: int, part: str) -> Ids:
    """The quantities of one of a layer's arrays, trained or fixed."""
    layer = page.graph.layers[number - 1]
    return layer.parameters[part] if part in layer.parameters else layer.fixed[part]


def numbers_given(page: Page) -> list[Block]:
    """The learning rate, and what else the optimizer uses."""
    numbers = {"rate": page.graph.rate, **page.worked.derivation.update.numbers}
    found: list[Inlines] = []
    for name, quantity in numbers.items():
        if name != STEP:
            value = Row((page.name(quantity), Sign("="), page.scribe.number(quantity)))
            found.append((*page.say(f"problem.{name}"), Text(" "), Maths(value)))
    told = [piece for n, item in enumerate(found) for piece in ((Text(", "), *item) if n else item)]
    return [Paragraph((Text(capitalized(told[0].text)), *told[1:], Text(".")))]  # type: ignore[union-attr]


def shapes(page: Page) -> Table:
    """What each layer gives, and how many parameters it has."""
    head = tuple(
        page.say(f"general.{name}") for name in ("layer_column", "takes", "gives", "parameters")
    )
    rows: list[tuple[Inlines, ...]] = []
    for number in range(1, len(page.graph.layers) + 1):
        layer = page.graph.layers[number - 1]
        taken = " + ".join(sides(shape_of(page, n)) for n in sources_of(page, number))
        count = sum(ids.size for ids in layer.parameters.values())
        rows.append(tuple(
            (Text(text),) for text in (
                capitalized(page.layer_name(number)), taken, sides(shape_of(page, number)), str(count)
            )
        ))  # fmt: skip
    return Table("lllr", head, tuple(rows))
