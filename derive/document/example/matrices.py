"""The same once more with matrices: shapes, rules and why they hold, numbers, and the pseudo-code."""

from __future__ import annotations

from derive.derivation.matrices import proved
from derive.document.blocks import Block, Heading, Inlines, Maths, Paragraph, Table, Text
from derive.document.example.letters import sample_letter
from derive.document.example.matrix_form import LARGEST, Form
from derive.document.example.matrix_numbers import backward, forward, update
from derive.document.example.page import Page
from derive.document.example.pieces import listed
from derive.document.example.pseudocode import pseudocode
from derive.errors import Disagreement
from derive.writing.maths import Bracket, Call, Name, Node, Number, Row, Sign, Sum
from derive.writing.names import partial


def matrices(page: Page) -> list[Block]:
    """The whole section; nothing where it was not asked for."""
    if page.graph.problem.show.matrix == "none" or page.detail == "brief":
        return []
    page.at(None)
    form = Form(page)
    key = f"{page.graph.problem.show.matrix}{'_samples' if form.several else ''}"
    blocks: list[Block] = [Heading(1, page.say("matrix.heading")), Paragraph(_told(form, key))]
    rules = "matrix.rules" if len(form.layers) > 1 else "matrix.rules_one"
    told = page.paragraph(rules, function=Name("f"))
    blocks += [_shapes(form), told, *_rules(form), _proof(form)]
    if form.is_printable:
        blocks.append(Heading(2, page.say("matrix.numbers")))
        if page.worked.carried is not None:
            blocks.append(page.paragraph("matrix.rounded"))
        blocks += [*forward(form), *backward(form), *update(form)]
    return [*blocks, Heading(2, page.say("matrix.pseudocode")), pseudocode(page)]


def _told(form: Form, key: str) -> Inlines:
    """How matrices stand, and what their rows and columns belong to."""
    page, notation, layer = form.page, form.page.scribe.notation, Name("l")
    found = page.say(f"matrix.{key}")
    if form.several:
        row, sample = "_row" if form.rows else "", sample_letter(page)
        error = notation.error(sample)
        found += _space(page.say(f"matrix.each_sample{row}", sample=sample, error=error))
        if form.bias_forms:
            found += _space(page.say(f"matrix.each_bias{row}", bias=form.name(_bias(form), layer)))
    return found + _space(page.say("matrix.sizes", layer=layer, size=notation.size(layer)))


def _space(sentence: Inlines) -> Inlines:
    return (Text(" "), *sentence)


# --- shapes --------------------------------------------------------------------------------------


def _shapes(form: Form) -> Table:
    """Each layer's matrices with their shapes, in letters and in numbers."""
    page, units = form.page, form.page.graph.problem.units
    sizes = [(page.scribe.notation.size(layer), count) for layer, count in enumerate(units)]
    each: tuple[Node, int] = (Number(str(page.batch)), page.batch)
    rows = []
    for layer in range(1, len(units)):
        before, here = sizes[layer - 1], sizes[layer]
        rows.append(_shape(form, ["w"], layer, here, before))
        rows.append(_shape(form, ["net", "out", "delta"], layer, here, each))
    head = tuple(page.say(f"matrix.{column}") for column in ("matrix", "shape", "here"))
    return Table("lll", head, tuple(rows))


def _shape(
    form: Form, kinds: list[str], layer: int, rows: tuple[Node, int], columns: tuple[Node, int]
) -> tuple[Inlines, ...]:
    first, second = (columns, rows) if form.rows else (rows, columns)
    names = listed([Maths(form.name(kind, layer)) for kind in kinds])
    letters = Maths(Row((first[0], Sign("×"), second[0])))
    return names, (letters,), (Text(f"{first[1]} × {second[1]}"),)


# --- rules ---------------------------------------------------------------------------------------


def _rules(form: Form) -> list[Block]:
    """net = W x + b and what follows from it, for any layer l and the last one L."""
    layer, last = Name("l"), len(form.layers)
    before, after = (Row((layer, Sign(sign), Number("1"))) for sign in ("-", "+"))
    delta, x, weights = (
        form.name("delta", layer), form.name("out", before), form.name("w", layer),
    )  # fmt: skip
    bias = (form.bias_sign, form.name(_bias(form), layer)) if form.bias_forms else ()
    back = form.product(form.transposed(form.name("w", after)), form.name("delta", after))
    lines: list[tuple[Node, Node]] = [
        (form.name("net", layer), Row((*form.product(weights, x).items, *bias))),
        (form.name("out", layer), Call(Name("f"), (form.name("net", layer),))),
        (form.name("delta", last), _last_delta(form, last)),
        *([(delta, Row((Bracket(back), Sign("⊙"), _slope(form, layer))))] if last > 1 else []),
        (
            form.name("dE/dw", layer),
            form.mean(form.signed(form.product(delta, form.transposed(x)))),
        ),
    ]
    if form.bias_forms in ({"each"}, {"threshold"}):
        page = form.page
        error = page.scribe.notation.error(1 if page.several and not form.several else None)
        left = partial(error, form.name(_bias(form), layer))
        lines.append((left, form.mean(_bias_gradient(form, layer))))
    return [form.page.display(left, right) for left, right in lines] + _hidden_softmax(form)


def _hidden_softmax(form: Form) -> list[Block]:
    """The rule of layers before the last one in which each output depends on every net input."""
    lines: list[Block] = []
    for number, layer in enumerate(form.layers[:-1], 1):
        if layer.activation.joint:
            weights = form.transposed(form.name("w", number + 1))
            back = Bracket(form.product(weights, form.name("delta", number + 1)))
            right = form.product(form.transposed(form.jacobian(number)), back)
            lines.append(form.page.display(form.name("delta", number), right))
    return [form.page.paragraph("matrix.rules_joint"), *lines] if lines else []


def _bias(form: Form) -> str:
    """What biases are called, by kind."""
    return "threshold" if form.bias_forms == {"threshold"} else "b"


def _bias_gradient(form: Form, layer: Node) -> Node:
    """The deltas, summed over the samples; a threshold's has the other sign."""
    notation, sample = form.page.scribe.notation, sample_letter(form.page)
    delta = form.name("delta", layer)
    if form.several:
        delta = Row((Sum(sample), notation.matrix("delta", layer, sample)))
    if form.bias_forms == {"each"}:
        return form.signed(delta)
    return delta if notation.sign < 0 else Row((Sign("-"), delta))


def _slope(form: Form, layer: int | Node) -> Node:
    return Call(Name("f", sup=Sign("′")), (form.name("net", layer),))


def _last_delta(form: Form, last: int) -> Node:
    """∂E/∂out ⊙ f′(net); for softmax the Jacobian matrix takes the place of the slopes."""
    error = form.name("dE/dout", last)
    if form.layers[-1].activation.joint:
        return form.signed(form.product(form.transposed(form.jacobian(last)), error))
    return Row((form.signed(error), Sign("⊙"), _slope(form, last)))


def _proof(form: Form) -> Block:
    """Prove the rules for every shape here, and say so."""
    for layer in form.layers:
        if layer.weights.size <= LARGEST * LARGEST and not proved(*layer.weights.shape):
            raise Disagreement(f"the matrix rules do not hold for the shape {layer.weights.shape}")
    return form.page.paragraph("matrix.proof")
