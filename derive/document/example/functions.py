"""The functions of the network, their derivatives, and why those are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Piecewise, Rational, Symbol, exp

from derive.algebra.ordered import times
from derive.algebra.rule import AS, TOTAL, ZS, A, O, T, Z, derivative
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.dense import joint_proof
from derive.document.blocks import Block, Display, Heading, Line
from derive.document.example.letters import sample_letter
from derive.document.example.page import Page
from derive.document.phrases import capitalized
from derive.graph.graph import PART, LayerQuantities
from derive.problem.model import Layer
from derive.writing.binding import Binding, binding_of
from derive.writing.layout import layout
from derive.writing.maths import Bracket, Call, Fraction, Name, Node, Number, Row, Sign, Sum, Words
from derive.writing.names import PARTIAL

LETTERS: Mapping[Symbol, Node] = {Z: Name("z"), A: Name("a")}
INDEX = Name("k")
MEAN = Symbol("mean", real=True)


def functions(page: Page) -> list[Block]:
    """The section: each activation once, then the error."""
    blocks: list[Block] = [Heading(1, page.say("functions.heading"))]
    shown: set[object] = set()
    for layer, asked in _active(page).values():
        same = _key(layer, asked)
        if same in shown:
            continue
        if not shown:
            blocks.append(page.paragraph("functions.intro", activation=Name("a"), net=Name("z")))
        if len(_active(page)) > 1 and _several(page):
            blocks.append(_whose(page, same))
        shown.add(same)
        blocks += _joint(page, layer) if layer.activation.joint else _unit(page, layer)
    return [*blocks, *_inner(page, shown), *_error(page)]


def _inner(page: Page, shown: set[object]) -> list[Block]:
    """The functions that kinds of layers have inside, as far as none of the layers has shown them."""
    if page.graph.problem.chain:
        return []
    used = [name for asked in page.graph.problem.layers for name in LAYERS[asked.kind].inner]
    blocks: list[Block] = []
    for name in dict.fromkeys(used):
        if (name, None, ()) not in shown:
            told = page.phrases.plain(f"activation.{name}")
            blocks.append(page.paragraph("functions.inner", activation=told))
            inside = page.graph.layers[0]._replace(activation=ACTIVATIONS[name], constants={})
            blocks += _unit(page, inside)
    return blocks


def _key(layer: LayerQuantities, asked: Layer) -> tuple[object, ...]:
    """What makes two layers' activations the same."""
    return asked.activation.name, asked.activation.formula, tuple(layer.constants.values())


def _active(page: Page) -> dict[int, tuple[LayerQuantities, Layer]]:
    """The layers that have an activation, by their numbers."""
    pairs = zip(page.graph.layers, page.graph.problem.layers, strict=True)
    every = dict(enumerate(pairs, start=1))
    if page.graph.problem.chain:
        return every
    return {n: pair for n, pair in every.items() if LAYERS[pair[1].kind].activation is not None}


def _keys(page: Page) -> dict[int, tuple[object, ...]]:
    return {number: _key(*pair) for number, pair in _active(page).items()}


def layers_alike(page: Page) -> list[list[int]]:
    """The numbers of layers that have the same activation, kind by kind."""
    keys = _keys(page)
    kinds = dict.fromkeys(keys.values())
    return [[n for n, key in keys.items() if key == kind] for kind in kinds]


def _several(page: Page) -> bool:
    return len(set(_keys(page).values())) > 1


def _whose(page: Page, key: tuple[object, ...]) -> Block:
    """Which layers use an activation."""
    numbers = [n for n, other in _keys(page).items() if other == key]
    words = capitalized(page.phrases.joined([page.layer_name(n) for n in numbers]))
    which = "uses" if len(numbers) == 1 else "use"
    name = activation_name(page, numbers[0])
    return page.paragraph(f"functions.{which}", layers=words, activation=name)


def activation_name(page: Page, number: int) -> str:
    """What a layer's activation is called in a sentence; a user's own has the name they gave it."""
    choice = page.graph.problem.layers[number - 1].activation
    return choice.name if choice.formula else page.phrases.plain(f"activation.{choice.name}")


def _unit(page: Page, layer: LayerQuantities) -> list[Block]:
    """One function of one net input, its derivative, and the steps that lead to it."""
    entry, constants = layer.activation, layer.constants
    name = Name(entry.letter)
    formula = entry.formula(Z, **constants)
    proof = entry.proof(Z, A, **constants)
    if not proof:
        proof = (entry.slope or (lambda z, a, **_: derivative(formula, Z)))(Z, A, **constants),  # fmt: skip
    shown = entry.definition(Z) if entry.definition else formula
    lines = _chain(page, Row((Name("a"), Sign("="), Call(name, (LETTERS[Z],)))), (shown,), LETTERS)
    lines += _chain(page, Call(Name(entry.letter, sup=Sign("′")), (LETTERS[Z],)), proof, LETTERS)
    page.rules[f"local.out.{entry.name}.all"] = page.last
    blocks: list[Block] = [Display(tuple(lines))]
    if entry.slope is None:
        blocks.append(page.paragraph("functions.user"))
    elif entry.name == "identity":
        blocks.append(page.paragraph("functions.identity"))
    elif proof[-1].free_symbols == {A}:
        slope = layout(proof[-1], LETTERS.__getitem__, page.scribe.style)
        blocks.append(page.paragraph("functions.reuse_sigmoid", a=LETTERS[A], slope=slope))
    return blocks


def _joint(page: Page, layer: LayerQuantities) -> list[Block]:
    """A function of all net inputs of a layer, with the two kinds of entries of its Jacobian."""
    i, j = Name("i"), Name("j")
    letters: dict[Symbol, Node] = {
        Z: Name("z", i), ZS: Name("z", j), A: Name("a", i), AS: Name("a", j), TOTAL: Name("S"),
    }  # fmt: skip
    total = Row(
        (Sum(INDEX), layout(exp(ZS), {ZS: Name("z", INDEX)}.__getitem__, page.scribe.style))
    )
    formula = layer.activation.formula(Z, TOTAL)
    lines = page.broken(
        letters[A],
        [Row((Sign("="), layout(formula, letters.__getitem__, page.scribe.style))),
         Row((Words(page.phrases.plain("page.with")), letters[TOTAL], Sign("="), total))],
    )  # fmt: skip
    own, others = joint_proof()
    rows = _chain(page, _partial(letters[A], letters[Z]), own, letters)
    rows += _chain(page, _partial(letters[A], letters[ZS]), others, letters, Row((j, Sign("≠"), i)))
    return [Display(tuple(lines)), page.paragraph("functions.softmax"), Display(tuple(rows))]


def _partial(above: Node, below: Node) -> Node:
    return Fraction(Row((PARTIAL, above)), Row((PARTIAL, below)))


def _chain(
    page: Page,
    left: Node,
    expressions: Sequence[Expr],
    letters: Mapping[Symbol, Node],
    when: Node | None = None,
) -> list[Line]:
    """left = expression = expression …, one below the other where they do not fit side by side."""
    style = page.style
    pieces: list[Node] = []
    for expression in expressions:
        piece = Row((Sign("="), layout(expression, letters.__getitem__, style)))
        if not pieces or piece != pieces[-1]:
            pieces.append(piece)
    if when is not None:
        pieces[-1] = Row((pieces[-1], Sign("  "), Bracket(when)))
    return page.broken(left, pieces)


# --- the error -----------------------------------------------------------------------------------


def _generic(page: Page) -> dict[Symbol, Node]:
    indexed = page.scribe.notation.indexed
    kinds = {T: "t", O: "out", PART: "E"}
    return {symbol: indexed(kind, INDEX) for symbol, kind in kinds.items()}


def error_formula(page: Page) -> Node:
    """E = Σ_k ½ (t_k − out_k)², of a sample s where there are several."""
    graph = page.graph
    error = page.scribe.notation.error(sample_letter(page) if page.several else None)
    formula = graph.loss.term(T, O, **graph.loss_constants)
    if formula.has(Piecewise):  # too tall for a line of text: (3) has it
        formula = PART
    term = layout(formula, _generic(page).__getitem__, page.scribe.style)
    sign: tuple[Node, ...] = ()
    if isinstance(term, Row) and term.items[0] == Sign("-"):
        sign, term = (Sign("-"),), Row(term.items[1:])
    count = graph.targets.size
    share: tuple[Node, ...] = ()
    if graph.loss.mean and count > 1:
        share = (Fraction(Number("1"), Number(str(count))),)
    if not sign and binding_of(term) == Binding.SUM:
        term = Bracket(term)
    return Row((error, Sign("="), *sign, *share, Sum(INDEX), term))


def _error(page: Page) -> list[Block]:
    """The error of one output, and its derivative by that output."""
    graph, letters = page.graph, _generic(page)
    constants = graph.loss_constants
    term = graph.loss.term(T, O, **constants)
    proof = graph.loss.proof(T, O, **constants)
    if not proof:
        slope = graph.loss.slope(T, O, **constants) if graph.loss.slope else derivative(term, O)
        proof = (slope,)
    part = letters[PART]
    lines = _chain(page, part, (term,), letters)
    lines += _chain(page, _partial(part, letters[O]), proof, letters)
    blocks: list[Block] = [
        page.paragraph("functions.loss", output=letters[O], target=letters[T]),
        Display(tuple(lines)),
    ]
    if graph.loss.mean and graph.targets.size > 1:
        whole = times(Rational(1, graph.targets.size), MEAN)
        slope = layout(whole, {MEAN: _partial(part, letters[O])}.__getitem__, page.scribe.style)
        blocks.append(page.paragraph("functions.loss_mean", output=letters[O]))
        blocks.append(page.display(_partial(page.scribe.notation.error(), letters[O]), slope))
    page.rules["gradient.dE/dout"] = page.last
    return blocks
