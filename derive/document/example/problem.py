"""The problem: the network drawn, the numbers given, the shapes, and the conventions in force."""

from __future__ import annotations

from collections.abc import Sequence

from derive.algebra.ledger import Ids
from derive.algebra.places import Place
from derive.catalogue.optimizers import STEP
from derive.document.blocks import (
    Beside,
    Block,
    Box,
    Figure,
    Heading,
    Inlines,
    Maths,
    Paragraph,
    Strong,
    Table,
    Text,
)  # fmt: skip
from derive.document.example.conventions import conventions
from derive.document.example.figure import MOST_UNITS, network
from derive.document.example.functions import activation_name
from derive.document.example.page import Page
from derive.document.example.pieces import SOME, ends, listed, spaced
from derive.numbers.rounding import typed
from derive.problem.model import Layer, Numbers
from derive.writing.maths import Node, Number

MOST_NUMBERS = 12  # of a row of given numbers
MOST_SAMPLES = 20  # rows of samples that are all printed
NARROW = 92  # millimetres, beyond which the figure stands above the table instead of beside it

Cells = tuple[Inlines, ...]


def problem(page: Page) -> list[Block]:
    """The whole section."""
    blocks: list[Block] = [Heading(1, page.say("problem.heading"))]
    blocks += figured(given(page), network(page), page)
    if page.several:
        blocks += samples(page)
    blocks.append(Box("conventions", (Paragraph(conventions(page)),)))
    if page.detail != "brief":
        blocks.append(shapes(page))
    return blocks


def figured(table: Table, figure: Figure, page: Page) -> list[Block]:
    """A table with the drawing of the network beside it, or below that where it is wide."""
    if figure.scene.width <= NARROW and max(page.graph.problem.units) <= MOST_UNITS:
        return [Beside((table,), figure, 0.44)]
    return [figure, table]


# --- given numbers -------------------------------------------------------------------------------


def given(page: Page) -> Table:
    """The inputs, targets, weights and biases, with their names."""
    graph = page.graph
    rows: list[Cells] = []
    if not page.several:
        rows += [
            _row(page, page.say("problem.inputs"), graph.inputs, "samples[1].inputs"),
            _row(page, page.say("problem.targets"), graph.targets, "samples[1].targets"),
        ]
    for number, (layer, asked) in enumerate(
        zip(graph.layers, graph.problem.layers, strict=True), 1
    ):
        place, told = f"layers[{number}]", _text(page.layer_name(number, article=False))
        rows.append(_row(page, told, layer.weights, f"{place}.weights"))
        if layer.bias is not None:
            rows.append(_bias(page, layer.bias, asked, f"{place}.bias"))
    numbers = {"rate": graph.rate, **page.worked.derivation.update.numbers}
    for name, quantity in numbers.items():
        if name != STEP:
            told, value = page.say(f"problem.{name}"), _maths(page.scribe.number(quantity))
            rows.append((told, _maths(page.name(quantity)), value))
    head = tuple(page.say(f"problem.{name}") for name in ("quantity", "symbol", "value"))
    return Table("lll", head, tuple(rows))


def _row(page: Page, told: Inlines, ids: Ids, place: str) -> Cells:
    every: Sequence[int] = ids.ravel().tolist()
    numbers = _numbers(page, every)
    if place in page.graph.problem.drawn:
        numbers = (*numbers, *page.say("problem.drawn"))
    return told, _names(page, every), numbers


def _names(page: Page, quantities: Sequence[int]) -> Inlines:
    """w1 … w6; w14, w24 … w35 where only the second name shows in which order they stand."""
    asked = page.graph.problem.layers
    ordered = page.scribe.notation.order != "source-target" and not any(x.names for x in asked)
    if ordered or len(quantities) <= 3:
        return page.names(quantities)
    return (*listed([Maths(page.name(quantities[0]))]), Text(", "), *page.names(quantities[1:]))


def _bias(page: Page, ids: Ids, asked: Layer, place: str) -> Cells:
    several = "" if ids.size == 1 else "es" if asked.bias.form != "threshold" else "s"
    noun = "threshold" if asked.bias.form == "threshold" else "bias"
    told, names, numbers = _row(page, page.say(f"problem.{noun}{several}"), ids, place)
    if asked.bias.form == "shared":
        numbers = page.say("problem.shared", value=numbers)
    return told, names, numbers


def _numbers(page: Page, quantities: Sequence[int]) -> Inlines:
    """0.15, 0.20, … in full, or the first few of many."""
    few = quantities if len(quantities) <= MOST_NUMBERS else quantities[:4]
    shown = listed([Maths(page.scribe.number(q)) for q in few])
    if len(few) == len(quantities):
        return shown
    return page.say("problem.many", count=spaced(len(quantities)), some=(*shown, Text(", …")))


def _text(words: str) -> Inlines:
    return (Text(words),)


def _maths(node: Node) -> Inlines:
    return (Maths(node),)


def samples(page: Page) -> list[Block]:
    """All samples of the problem, one a row."""
    asked, notation = page.graph.problem, page.scribe.notation
    count = len(asked.samples)
    shown = asked.samples if count <= MOST_SAMPLES else asked.samples[:SOME]
    inputs, outputs = asked.inputs, asked.units[-1]
    names = (Place("out", 0, (1,)), Place("out", 0, (inputs,))), (
        Place("t", None, (1,)), Place("t", None, (outputs,))
    )  # fmt: skip
    head = [page.say("samples.sample")]
    for key, (first, last), size in zip(
        ("inputs", "targets"), names, (inputs, outputs), strict=True
    ):
        told = ends(notation.node(first), notation.node(last), size)
        head.append((*page.say(f"problem.{key}"), Text(" "), *told))
    rows: list[Cells] = []
    for number, sample in enumerate(shown, 1):
        cells = [_text(str(number))]
        for part in ("inputs", "targets"):
            cells.append(_given(page, getattr(sample, part), f"samples[{number}].{part}"))
        rows.append(tuple(cells))
    if len(shown) < count:
        rows.append((page.say("forward.more", count=spaced(count - len(shown))), (), ()))
    return [Table("lll", tuple(head), tuple(rows))]


def _given(page: Page, numbers: Numbers, place: str) -> Inlines:
    """Given numbers that are no quantities of this update."""
    texts = [numbers.text(n) for n in range(numbers.shape[0])]
    few = texts if len(texts) <= MOST_NUMBERS else texts[:4]
    shown = listed([Maths(Number(*typed(text))) for text in few])
    if len(few) < len(texts):
        shown = page.say("problem.many", count=spaced(len(texts)), some=(*shown, Text(", …")))
    return (*shown, *page.say("problem.drawn")) if place in page.graph.problem.drawn else shown


# --- shapes --------------------------------------------------------------------------------------


def shapes(page: Page) -> Table:
    """Units, weight matrix and biases of each layer, and how many parameters that makes."""
    phrases = page.phrases
    columns = ("layer", "units", "weights", "biases", "activation", "parameters")
    first: Cells = (
        _text(page.layer_name(0, article=False)), _text(str(page.graph.problem.inputs)), (), (), (), (),
    )  # fmt: skip
    rows, total = [first], 0
    for number, (layer, asked) in enumerate(
        zip(page.graph.layers, page.graph.problem.layers, strict=True), 1
    ):
        units, sources = layer.weights.shape
        count = layer.weights.size + (0 if layer.bias is None else layer.bias.size)
        total += count
        rows.append((
            _text(page.layer_name(number, article=False)), _text(str(units)),
            page.say("layers.shape", rows=units, columns=sources),
            _text(_bias_shape(page, asked, units)),
            _text(activation_name(page, number)), _text(spaced(count)),
        ))  # fmt: skip
    rows.append((_text(phrases.plain("layers.total")), (), (), (), (), (Strong(spaced(total)),)))
    return Table("lrrrlr", tuple(page.say(f"layers.{name}") for name in columns), tuple(rows))


def _bias_shape(page: Page, asked: Layer, units: int) -> str:
    match asked.bias.form:
        case "none":
            return page.phrases.plain("layers.none")
        case "shared":
            return page.phrases.plain("layers.shared")
        case "threshold":
            return page.phrases.plain("layers.thresholds", count=units)
    return str(units)
