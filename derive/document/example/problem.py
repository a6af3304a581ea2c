"""The problem: the network drawn, the numbers given, the shapes, and the conventions in force."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from derive.algebra.ledger import Ids
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest
from derive.algebra.rule import O, T, Z
from derive.document.blocks import (
    Beside,
    Block,
    Box,
    Heading,
    Inlines,
    Maths,
    Paragraph,
    Strong,
    Table,
    Text,
)  # fmt: skip
from derive.document.example.figure import MOST_UNITS, network
from derive.document.example.functions import activation_name, error_formula
from derive.document.example.page import Page, listed, spaced
from derive.problem.model import Layer
from derive.writing.maths import Call, Fraction, Name, Node, Number, Row, Sign
from derive.writing.notation import PARTIAL
from derive.writing.scribe import slashed

MOST_NUMBERS = 12  # of a row of given numbers
NARROW = 92  # millimetres, beyond which the figure stands above the table instead of beside it

Cells = tuple[Inlines, ...]


def problem(page: Page) -> list[Block]:
    """The whole section."""
    blocks: list[Block] = [Heading(1, page.say("problem.heading"))]
    figure, table = network(page), given(page)
    if figure.scene.width <= NARROW and max(page.graph.problem.units) <= MOST_UNITS:
        blocks.append(Beside((table,), figure, 0.44))
    else:
        blocks += [figure, table]
    blocks.append(Box("conventions", (Paragraph(conventions(page)),)))
    if page.detail != "brief":
        blocks.append(shapes(page))
    return blocks


# --- given numbers -------------------------------------------------------------------------------


def given(page: Page) -> Table:
    """The inputs, targets, weights and biases, with their names."""
    graph, phrases = page.graph, page.phrases
    rows: list[Cells] = [
        _row(page, phrases.plain("problem.inputs"), graph.inputs, "samples[1].inputs"),
        _row(page, phrases.plain("problem.targets"), graph.targets, "samples[1].targets"),
    ]
    for number, (layer, asked) in enumerate(
        zip(graph.layers, graph.problem.layers, strict=True), 1
    ):
        units = page.layer_name(number, article=False)
        place = f"layers[{number}]"
        told = units[0].lower() + units[1:]
        rows.append(_row(page, told, layer.weights, f"{place}.weights"))
        if layer.bias is not None:
            rows.append(_bias(page, layer.bias, asked, f"{place}.bias"))
    rate = graph.rate
    rows.append(
        (
            _text(phrases.plain("problem.rate")),
            _maths(page.name(rate)),
            _maths(page.scribe.number(rate)),
        )
    )
    head = tuple(page.say(f"problem.{name}") for name in ("quantity", "symbol", "value"))
    return Table("lll", head, tuple(rows))


def _row(page: Page, told: str, ids: Ids, place: str) -> Cells:
    every: Sequence[int] = ids.ravel().tolist()
    numbers = _numbers(page, every)
    if place in page.graph.problem.drawn:
        numbers = (*numbers, *page.say("problem.drawn"))
    return _text(told), page.names(every), numbers


def _bias(page: Page, ids: Ids, asked: Layer, place: str) -> Cells:
    told, names, numbers = _row(page, "", ids, place)
    return (
        told,
        names,
        page.say("problem.shared", value=numbers) if asked.bias.form == "shared" else numbers,
    )


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


# --- conventions ---------------------------------------------------------------------------------


def conventions(page: Page) -> Inlines:
    """What somebody must know to get the same digits, in full sentences."""
    sentences = [
        _loss(page), _order(page), _deep(page), _delta(page), *_biases(page), _frozen(page),
        page.say("conventions.update"), *_kinks(page), _digits(page), _drawn(page),
    ]  # fmt: skip
    heading = page.phrases.plain("conventions.heading")
    found: list[Text | Strong] = [Strong(heading)]
    for sentence in sentences:
        if sentence:
            found += [Text(" "), *sentence]  # type: ignore[list-item]
    return tuple(found)


def _loss(page: Page) -> Inlines:
    name, outputs = page.graph.loss.name, page.graph.targets.size
    key = {"half_squared_error": "half", "squared_error": "one"}.get(name, "none")
    if page.graph.loss.mean and outputs > 1:
        key = "mean"
    factor = page.phrases.plain(f"conventions.factor_{key}")
    return page.say(
        "conventions.loss", formula=error_formula(page), factor=factor.format(count=outputs)
    )


def _order(page: Page) -> Inlines:
    weights = page.graph.layers[0].weights
    unit = page.scribe.notation.label(1, 1)
    if weights.shape[1] == 1:
        return page.say("conventions.order_one", first=page.name(int(weights[0, 0])), unit=unit)
    first, second = (page.name(int(w)) for w in weights[0, :2])
    return page.say("conventions.order", first=first, second=second, unit=unit)


def _deep(page: Page) -> Inlines:
    """Labels of units, where several hidden layers make two numbers necessary."""
    if len(page.graph.layers) < 3:
        return ()
    return page.say("conventions.deep", label=page.scribe.notation.label(2, 1), unit=1, layer=2)


def _delta(page: Page) -> Inlines:
    error, notation = page.name(page.graph.error), page.scribe.notation

    def by(kind: str) -> Node:
        return slashed(Fraction(Row((PARTIAL, error)), Row((PARTIAL, Name(notation.base(kind))))))

    step = Row((Sign("-"), page.name(page.graph.rate), Sign("·"), by("w")))
    return page.say(
        "conventions.delta", delta=Name(notation.base("delta")), derivative=by("net"), step=step
    )


def _biases(page: Page) -> list[Inlines]:
    forms = {layer.bias.form for layer in page.graph.problem.layers}
    found = []
    if forms == {"none"}:
        found.append(page.say("conventions.no_bias"))
    if "shared" in forms:
        found.append(page.say("conventions.shared_bias"))
    if "threshold" in forms:
        minus = Row((Sign("-"), Name(page.scribe.notation.base("delta"))))
        found.append(page.say("conventions.threshold", gradient=minus))
    return found


def _frozen(page: Page) -> Inlines:
    names: list[Maths | Text] = []
    for layer, asked in zip(page.graph.layers, page.graph.problem.layers, strict=True):
        for ids, part in ((layer.weights, "weights"), (layer.bias, "bias")):
            if ids is not None and part in asked.frozen:
                names += page.names(ids.ravel().tolist())  # type: ignore[arg-type]
                names.append(Text(", "))
    return page.say("conventions.frozen", names=tuple(names[:-1])) if names else ()


def _kinks(page: Page) -> list[Inlines]:
    found = []
    for layer, asked in zip(page.graph.layers, page.graph.problem.layers, strict=True):
        entry = layer.activation
        for point in entry.kinks if asked.activation.formula is None else ():
            derivative = Call(Name(entry.letter, sup=Sign("′")), (Number(f"{point:g}"),))
            value = entry.derivative(
                point + 0.0, **{n: float(c.name) for n, c in layer.constants.items()}
            )
            sentence = page.say(
                "conventions.kink", function=Name(entry.letter), point=Number(f"{point:g}"),
                value=Row((derivative, Sign("="), Number(f"{float(value):g}"))),
            )  # fmt: skip
            if sentence not in found:
                found.append(sentence)
    if any(formula.has(Magnitude, Signum, Largest, Smallest) for formula in _own_formulas(page)):
        found.append(page.say("conventions.kink_own"))
    if page.graph.loss.kinked:
        found.append(page.say("conventions.kink_loss", value=Number("0")))
    return found


def _own_formulas(page: Page) -> list[Expr]:
    """The formulas that the user wrote."""
    graph, problem = page.graph, page.graph.problem
    pairs = zip(graph.layers, problem.layers, strict=True)
    found = [layer.activation.formula(Z) for layer, asked in pairs if asked.activation.formula]
    return [*found, graph.loss.term(T, O)] if problem.loss.formula else found


def _digits(page: Page) -> Inlines:
    digits = page.scribe.figures.digits
    return page.say(f"conventions.digits_{digits.kind}", count=digits.count)


def _drawn(page: Page) -> Inlines:
    problem = page.graph.problem
    return page.say("conventions.drawn", seed=problem.seed) if problem.drawn else ()
