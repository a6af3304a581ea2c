"""Every matrix with its numbers: forwards, backwards, and the update."""

from __future__ import annotations

import numpy as np
from sympy import Symbol

from derive.algebra.ledger import Ids
from derive.algebra.places import UNLAYERED, Place
from derive.algebra.rule import GRADIENT, RATE, W
from derive.catalogue.optimizers import NEW, Line
from derive.document.blocks import Block
from derive.document.example.matrix_form import Form
from derive.errors import Disagreement
from derive.problem.optimizing import optimizer_of
from derive.writing.layout import layout
from derive.writing.maths import Bracket, Call, Name, Node, Row, Sign


def forward(form: Form) -> list[Block]:
    """W, net = W x + b, out = f(net), layer by layer."""
    page, blocks = form.page, list[Block]()
    for number, layer in enumerate(form.layers, 1):
        weights, x = form.name("w", number), form.name("out", number - 1)
        letters, numbers = form.grid(layer.weights, show=page.name), form.grid(layer.weights)
        activated = Call(Name(layer.activation.letter), (form.name("net", number),))
        bias, each = _bias(form, number)
        symbols = Row((*form.product(weights, x).items, *bias))
        worked = Row((*form.product(numbers, form.grid(form.out(number - 1))).items, *each))
        blocks += [
            page.display(weights, letters, numbers),
            form.line(form.name("net", number), symbols, worked, result=form.net(number)),
            form.line(form.name("out", number), activated, result=form.out(number)),
        ]
        hold(form, number)
    return blocks


def _bias(form: Form, layer: int) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """+ b in letters and in numbers; nothing where there is none."""
    ids = form.bias(layer)
    if ids is None:
        return (), ()
    asked = form.page.graph.problem.layers[layer - 1]
    sign = Sign("-" if asked.bias.form == "threshold" else "+")
    return (sign, form.name("b", layer)), (sign, form.grid(ids))


def backward(form: Form) -> list[Block]:
    """δ and ∂E/∂W, from the last layer to the first."""
    blocks: list[Block] = []
    if form.several and any(layer.activation.joint for layer in form.layers):
        blocks.append(form.page.paragraph("matrix.joint_samples"))
    for layer in range(len(form.layers), 0, -1):
        blocks += [_delta(form, layer), _gradient(form, layer)]
    return blocks


def _delta(form: Form, layer: int) -> Block:
    name, result = form.name("delta", layer), form.delta(layer)
    activation = form.layers[layer - 1].activation
    symbols, numbers = _returned(form, layer)
    if activation.joint:
        return _joint(form, layer, symbols, numbers)
    slope = Call(Name(activation.letter, sup=Sign("′")), (form.name("net", layer),))
    slopes = form.grid(form.slopes(layer))
    pieces = [
        Row((first, Sign("⊙"), second)) for first, second in ((symbols, slope), (numbers, slopes))
    ]
    return form.line(name, *pieces, result=result)


def _returned(form: Form, layer: int) -> tuple[Node, Node]:
    """What comes back to a layer's outputs, with the sign of its delta: in letters and in numbers."""
    if layer == len(form.layers):
        error = form.signed(form.name("dE/dout", layer))
        return error, form.signed(form.grid(form.error(layer)))
    weights = form.transposed(form.name("w", layer + 1))
    turned = form.grid(form.layers[layer].weights, turned=True)
    symbols = Bracket(form.product(weights, form.name("delta", layer + 1)))
    return symbols, Bracket(form.product(turned, form.grid(form.delta(layer + 1))))


def _joint(form: Form, layer: int, symbols: Node, numbers: Node) -> Block:
    """Softmax: the Jacobian matrix takes the place of the slopes; each sample has one of its own."""
    name, result = form.name("delta", layer), form.delta(layer)
    if form.several:
        return form.line(name, result=result)
    form.page.at(1)
    units = range(1, form.layers[layer - 1].net.size + 1)
    entries = [[form.page.find("dout/dnet", layer, k, j) for j in units] for k in units]
    form.page.at(None)
    turned = form.transposed(form.jacobian(layer))
    jacobian = form.grid(np.array(entries), turned=True)
    pieces = (_after_sign(form, turned, symbols), _after_sign(form, jacobian, numbers))
    return form.line(name, *pieces, result=result)


def _after_sign(form: Form, matrix: Node, vector: Node) -> Node:
    """matrix · vector, where a minus of the vector stands before both."""
    if isinstance(vector, Row) and vector.items[0] == Sign("-"):
        return Row((Sign("-"), *form.product(matrix, Row(vector.items[1:])).items))
    return form.product(matrix, vector)


def _gradient(form: Form, layer: int) -> Block:
    delta, x = form.name("delta", layer), form.transposed(form.name("out", layer - 1))
    numbers = form.product(
        form.grid(form.delta(layer)), form.grid(form.out(layer - 1), turned=True)
    )
    return form.line(
        form.name("dE/dw", layer), form.mean(form.signed(form.product(delta, x))),
        form.mean(form.signed(numbers)), result=form.page.gradients[form.layers[layer - 1].weights],
    )  # fmt: skip


# --- the update ----------------------------------------------------------------------------------


def update(form: Form) -> list[Block]:
    """The optimizer's lines for each weight matrix that is not frozen."""
    problem, new = form.page.graph.problem, form.page.worked.derivation.new
    optimizer = optimizer_of(problem, "weights")
    blocks: list[Block] = []
    if len(optimizer.lines) > 1 and new:
        blocks.append(form.page.paragraph("matrix.elementwise"))
    for number, layer in enumerate(form.layers, 1):
        if int(layer.weights.flat[0]) in new:
            blocks += [_line(form, line, number) for line in optimizer.lines]
    return blocks


def _line(form: Form, line: Line, layer: int) -> Block:
    kind = "w_new" if line.kind == NEW else line.kind
    ledger, page = form.page.worked.derivation.ledger, form.page

    def leaf(symbol: Symbol) -> Node:
        name = str(symbol)
        if symbol == RATE or name in UNLAYERED:
            return page.name(page.worked.derivation.ledger.find(Place(name)))
        return form.name({str(W): "w", str(GRADIENT): "dE/dw"}.get(name, name), layer)

    places = [[ledger.place(q) for q in row] for row in form.layers[layer - 1].weights.tolist()]
    ids: Ids = np.array([[ledger.find(Place(kind, layer, p.index)) for p in row] for row in places])
    symbols = layout(line.formula, leaf, page.scribe.style)
    return form.line(form.name(kind, layer), symbols, result=ids)


# --- proof by numbers ----------------------------------------------------------------------------


def hold(form: Form, layer: int) -> None:
    """The products of the matrices are the numbers of the scalar lines; Disagreement where not."""
    page, asked = form.page, form.page.graph.problem
    values, sign = page.worked.truth.values, page.scribe.notation.sign
    weights, delta = form.layers[layer - 1].weights, values[form.delta(layer)]
    share = 1 / len(form.graphs) if asked.reduction == "mean" else 1.0
    x = values[form.out(layer - 1)]
    pairs = [(share * delta, x.T, values[page.gradients[weights]])]
    if layer > 1:
        pairs.append((values[weights].T, delta, values[form.error(layer - 1)]))
    for first, second, lines in pairs:
        size = np.abs(first) @ np.abs(second)
        if not (np.abs(sign * first @ second - lines) <= 1e-9 * size).all():
            raise Disagreement(f"layer {layer}: the matrix form does not give the scalar lines")
