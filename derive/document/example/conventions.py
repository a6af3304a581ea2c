"""The conventions in force: what somebody must know to get the same digits, in full sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Expr

from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest
from derive.algebra.places import Place
from derive.algebra.rule import O, T, Z
from derive.catalogue.optimizers import DECAY
from derive.document.blocks import Inlines, Maths, Strong, Text
from derive.document.example.functions import error_formula
from derive.document.example.letters import sample_letter
from derive.document.example.page import Page
from derive.document.example.pieces import spaced
from derive.problem import schedule
from derive.problem.optimizing import optimizer_of
from derive.writing.maths import Call, Name, Node, Number, Row, Sign
from derive.writing.names import partial
from derive.writing.scribe import slashed


def conventions(page: Page) -> Inlines:
    """All sentences that apply, in one paragraph."""
    sentences = [
        loss(page), *batches(page), *_marks(page), _order(page), _deep(page), delta(page),
        *_biases(page), frozen(page), *update(page), *kinks(page), *digits_told(page), drawn(page),
    ]  # fmt: skip
    return headed(page, sentences)


def headed(page: Page, sentences: Iterable[Inlines]) -> Inlines:
    """Those sentences that say something, in one paragraph that begins with what they are."""
    found: list[Text | Strong] = [Strong(page.phrases.plain("conventions.heading"))]
    for sentence in sentences:
        if sentence:
            found += [Text(" "), *sentence]  # type: ignore[list-item]
    return tuple(found)


def loss(page: Page) -> Inlines:
    """The error as a formula, and its factor."""
    name, outputs = page.graph.loss.name, page.graph.targets.size
    key = {"half_squared_error": "half", "squared_error": "one"}.get(name, "none")
    if page.graph.loss.mean and outputs > 1:
        key = "mean"
    factor = page.phrases.plain(f"conventions.factor_{key}").format(count=outputs)
    which = "loss_sample" if page.several else "loss"
    formula = error_formula(page)
    return page.say(
        f"conventions.{which}", formula=formula, factor=factor, sample=sample_letter(page)
    )


def batches(page: Page) -> Iterator[Inlines]:
    """How samples combine, and which of them an update uses."""
    if not page.several:
        return
    problem = page.graph.problem
    updates, size = schedule.per_epoch(problem), page.batch
    if size > 1:
        yield page.say(f"conventions.batch_{problem.reduction}")
    if updates == 1:
        several = "_epochs" if problem.epochs > 1 else ""
        yield page.say(f"conventions.batch_all{several}")
    else:
        left = len(problem.samples) % size
        key = "one" if size == 1 else "rest" if left else "some"
        yield page.say(f"conventions.batch_{key}", size=spaced(size), updates=spaced(updates))


def _marks(page: Page) -> Iterator[Inlines]:
    """What numbers above a name mean."""
    notation = page.scribe.notation
    if page.several:
        yield page.say("conventions.sample_mark", error=notation.error(1))
    if "{l}" in notation.names["net"].partition("^")[2]:
        last = len(page.graph.layers)
        net = notation.node(Place("net", last, (1,)))
        yield page.say("conventions.layer_mark", net=net, unit=1, layer=last)


def _order(page: Page) -> Inlines:
    notation, layer = page.scribe.notation, page.graph.layers[0]
    if any(asked.names for asked in page.graph.problem.layers):
        return page.say("conventions.order_own")
    if notation.order != "numbered":
        weight = page.name(int(layer.weights[-1, 0]))
        source, target = page.unit(0, 1), page.unit(1, layer.net.size)
        key = f"conventions.order_{notation.order.partition('-')[0]}"
        return page.say(key, weight=weight, source=source, target=target)
    unit = notation.label(1, 1)
    if layer.weights.shape[1] == 1:
        first = page.name(int(layer.weights[0, 0]))
        return page.say("conventions.order_one", first=first, unit=unit)
    first, second = (page.name(int(w)) for w in layer.weights[0, :2])
    return page.say("conventions.order", first=first, second=second, unit=unit)


def _deep(page: Page) -> Inlines:
    """Labels of units, where several hidden layers make two numbers necessary."""
    notation = page.scribe.notation
    if len(page.graph.layers) < 3 or notation.order != "numbered":
        return ()
    return page.say("conventions.deep", label=notation.label(2, 1), unit=1, layer=2)


def delta(page: Page) -> Inlines:
    """What a delta is, and how a weight moves."""
    notation = page.scribe.notation
    one, whole = notation.error(sample_letter(page) if page.several else None), notation.error()

    def by(error: Node, kind: str) -> Node:
        return slashed(partial(error, notation.bare(kind)))

    symbol, rate = notation.bare("delta"), page.name(page.graph.rate)
    slope = by(one, "net")
    derivative = slope if notation.sign > 0 else Row((Sign("-"), slope))
    optimizer = page.graph.problem.optimizer
    if optimizer.name != "gradient_descent" or DECAY in optimizer.parameters:
        return page.say("conventions.delta_alone", delta=symbol, derivative=derivative)
    step = Row((Sign("-"), rate, Sign("·"), by(whole, "w")))
    return page.say("conventions.delta", delta=symbol, derivative=derivative, step=step)


def _biases(page: Page) -> list[Inlines]:
    forms = {layer.bias.form for layer in page.graph.problem.layers}
    found = []
    if forms == {"none"}:
        found.append(page.say("conventions.no_bias"))
    if "shared" in forms:
        found.append(page.say("conventions.shared_bias"))
    if "threshold" in forms:
        delta = page.scribe.notation.bare("delta")
        gradient = Row((Sign("-"), delta)) if page.scribe.notation.sign > 0 else delta
        found.append(page.say("conventions.threshold", gradient=gradient))
    return found


def frozen(page: Page) -> Inlines:
    """What is not updated."""
    names: list[Maths | Text] = []
    for layer, asked in zip(page.graph.layers, page.graph.problem.layers, strict=True):
        for part, ids in layer.parameters.items():
            if part in asked.frozen:
                names += page.names(ids.ravel().tolist())  # type: ignore[arg-type]
                names.append(Text(", "))
    return page.say("conventions.frozen", names=tuple(names[:-1])) if names else ()


def kinks(page: Page) -> list[Inlines]:
    """What is used for a derivative where there is none."""
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
    if problem.equations is not None:
        return [family.rule.formula for family in graph.families]
    return [*found, graph.loss.term(T, O)] if problem.loss.formula else found


def update(page: Page) -> Iterator[Inlines]:
    """The optimizer's exact variant, and that all parameters move at once."""
    problem, added = page.graph.problem, page.worked.derivation.update
    letters = {name: page.name(quantity) for name, quantity in added.numbers.items()}
    letters |= {kind: page.scribe.notation.bare(kind) for kind in optimizer_of(problem).state}
    if problem.optimizer.name != "gradient_descent" and added.families:
        yield page.say(f"optimizer.{problem.optimizer.name}", **letters)
    if DECAY in added.numbers:
        yield page.say("optimizer.weight_decay", decay=letters[DECAY])
    yield page.say("conventions.update")


def digits_told(page: Page) -> Iterator[Inlines]:
    """How numbers are shown and carried."""
    figures, carry = page.scribe.figures, page.graph.problem.show.carry
    key = "digits" if carry == "full" else "carried"
    yield page.say(f"conventions.{key}", digits=digits(page))
    if carry != "full" or figures.rounding != "half-up":
        yield page.say(f"conventions.{figures.rounding}")


def digits(page: Page) -> Inlines:
    """ "4 decimals"."""
    asked = page.scribe.figures.digits
    one = "_one" if asked.count == 1 else ""
    return page.say(f"conventions.{asked.kind}{one}", count=asked.count)


def drawn(page: Page) -> Inlines:
    """That numbers were drawn, and with which seed."""
    problem = page.graph.problem
    return page.say("conventions.drawn", seed=problem.seed) if problem.drawn else ()
