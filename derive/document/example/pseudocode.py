"""The whole training as pseudo-code, for any number of layers, in the page's notation.

Layers have a letter l, samples a letter s, or another where that is taken. What differs between
problems shows: batches and epochs, the forms of biases, what is frozen, the optimizer's lines, the
order of matrix products.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Symbol

from derive.algebra.places import UNLAYERED, Place
from derive.algebra.rule import GRADIENT, RATE, W
from derive.catalogue.optimizers import DECAY, OPTIMIZERS, Optimizer, with_decay
from derive.document.blocks import Algorithm, AlgorithmLine, Inlines, Maths
from derive.document.example.letters import BATCH, LAST, letter, sample_letter
from derive.document.example.page import Page
from derive.document.example.pieces import listed, spaced
from derive.document.phrases import Field
from derive.problem import schedule
from derive.writing.binding import Binding, binding_of
from derive.writing.layout import layout
from derive.writing.maths import (
    Bracket,
    Call,
    Fraction,
    Name,
    Node,
    Number,
    Power,
    Row,
    Sign,
    Sum,
    Words,
)  # fmt: skip
from derive.writing.names import partial
from derive.writing.scribe import slashed

LAYER = Name("l")
ONE = Number("1")
BECOMES = Words(" ← ")
ARROW = Words("←")


def pseudocode(page: Page) -> Algorithm:
    """The algorithm; its caption says what the letters mean."""
    return Algorithm(tuple(_Writer(page).lines()), _caption(page))


def _caption(page: Page) -> Inlines:
    layers = Row((letter(page, LAST), Sign("="), Number(str(len(page.graph.layers)))))
    told = page.say("pseudocode.caption", layers=layers, becomes=ARROW)
    forms = {layer.bias.form for layer in page.graph.problem.layers} - {"none"}
    if len(forms) > 1:
        told = (*told, *page.say("pseudocode.mixed"))
    return told


class _Writer:
    """Writes the lines for one page; each part is told how far it is indented."""

    def __init__(self, page: Page) -> None:
        self.page, self.problem = page, page.graph.problem
        self.several = len(self.problem.samples) > 1
        self.batched = len(schedule.batches(self.problem)[0]) > 1
        self.any_sample, self.batch = sample_letter(page), letter(page, BATCH)
        self.last = letter(page, LAST)
        self.sample: Node | None = self.any_sample if self.several else None
        self.sign = page.scribe.notation.sign
        self.bias = "threshold" if self._forms() == {"threshold"} else "b"  # what it is called

    # --- the order of things ------------------------------------------------------------------

    def lines(self) -> Iterator[AlgorithmLine]:
        problem, depth = self.problem, 0
        yield from self._start()
        if problem.epochs > 1:
            yield self._line(0, "repeat", epochs=spaced(problem.epochs))
            depth += 1
        inner = depth
        if self.batched and len(schedule.batches(problem)) > 1:
            size = spaced(len(schedule.batches(problem)[0]))
            yield self._line(inner, "batches", batch=self.batch, size=size)
            inner += 1
        each = inner
        if self.several:
            where = "samples_of" if inner > depth else "samples"
            yield self._line(inner, where, sample=self.any_sample, batch=self.batch)
            each += 1
        yield from self._forward(each)
        yield from self._backward(each)
        yield from self._gradients(each)
        yield from self._update(inner if self.batched else each)
        if problem.stop_below is not None:
            bound = Row((self._error(), Sign("<"), Number(problem.stop_below.text)))
            yield self._line(depth, "stop_all" if self.several else "stop", bound=bound)

    def _start(self) -> Iterator[AlgorithmLine]:
        names: list[Node] = [self.name("w", LAYER)]
        names += [self.name(self.bias, LAYER)] if self._has("bias") else []
        yield self._line(0, "start", names=listed([Maths(name) for name in names]))
        state = [
            self._kept(kind, of)
            for of, part in (("w", "weights"), (self.bias, "bias")) if self._moves(part)
            for kind in self._optimizer().state
        ]  # fmt: skip
        if state:
            yield self._line(0, "state", names=listed([Maths(name) for name in state]))
        if any("step" in map(str, line.formula.free_symbols) for line in self._optimizer().lines):
            yield self._set(0, self._number("step"), Number("0"))

    def _forward(self, depth: int) -> Iterator[AlgorithmLine]:
        first, x = self.name("out", Number("0")), self.name("out", 0)
        if first != x:
            yield self._set(depth, first, x)
        yield self._line(depth, "layers", layers=_up_to(self.last))
        before = self.name("out", _next(LAYER, "-"))
        net = [*self._times(self.name("w", LAYER), before), *self._bias()]
        yield self._set(depth + 1, self.name("net", LAYER), Row(tuple(net)))
        activated = Call(self._function(), (self.name("net", LAYER),))
        yield self._set(depth + 1, self.name("out", LAYER), activated)

    def _backward(self, depth: int) -> Iterator[AlgorithmLine]:
        error = Bracket(slashed(self.name("dE/dout", self.last)))
        last = self._through(self.last, error, self._joint(-1))
        yield self._set(
            depth, self.name("delta", self.last), last if self.sign > 0 else _minus(last)
        )
        if len(self.problem.layers) == 1:
            return
        yield self._line(depth, "layers", layers=_down(self.last))
        after = _next(LAYER, "+")
        back = self._times(_turned(self.name("w", after)), self.name("delta", after))
        inner = self._through(LAYER, Bracket(Row(tuple(back))), self._joint(0, -1))
        yield self._set(depth + 1, self.name("delta", LAYER), inner)

    def _through(self, layer: Node, upstream: Node, joint: bool) -> Node:
        """What comes back through the activation: times its slopes, or its Jacobian matrix."""
        net = self.name("net", layer)
        if joint:
            jacobian = Bracket(slashed(partial(self.name("out", layer), net)))
            return Row(tuple(self._times(_turned(jacobian), upstream)))
        return Row((upstream, Sign("⊙"), Call(self._function(layer, slope=True), (net,))))

    def _gradients(self, depth: int) -> Iterator[AlgorithmLine]:
        """Those of one sample."""
        delta = self.name("delta", LAYER)
        x = self.name("out", _next(LAYER, "-"))
        outer = Row(tuple(self._times(delta, _turned(x))))
        yield self._line(depth, "layers", layers=_up_to(self.last))
        yield self._set(depth + 1, self._gradient("w"), outer if self.sign > 0 else _minus(outer))
        if self._has("bias"):
            sign = -self.sign if self._forms() == {"threshold"} else self.sign
            signed = delta if sign > 0 else _minus(delta)
            if self._forms() == {"shared"}:
                name = Row((self._gradient(self.bias), Words(" "), ARROW))
                yield self._line(depth + 1, "shared", gradient=name, delta=signed)
            else:
                yield self._set(depth + 1, self._gradient(self.bias), signed)

    # --- the update ---------------------------------------------------------------------------

    def _update(self, depth: int) -> Iterator[AlgorithmLine]:
        parts = [of for of, part in (("w", "weights"), (self.bias, "bias")) if self._moves(part)]
        if not parts:
            return
        if any("step" in map(str, line.formula.free_symbols) for line in self._optimizer().lines):
            step = self._number("step")
            yield self._set(depth, step, Row((step, Sign("+"), ONE)))
        yield self._line(depth, "layers", layers=_up_to(self.last))
        for of in parts:
            if self.batched:
                yield self._set(depth + 1, self._gradient(of, batch=True), self._combined(of))
            partly = self._frozen("weights" if of == "w" else "bias")
            for kind, formula in self._optimizer(of).lines:
                target = self._kept("w" if kind == "new" else kind, of)
                yield self._set(depth + 1, target, self._formula(formula, of), partly)

    def _combined(self, of: str) -> Node:
        """Σ of the samples' own gradients, divided by their number where a batch's error is the mean."""
        total = Row((Sum(self.any_sample), self._gradient(of)))
        if self.problem.reduction == "sum":
            return total
        whole = Number(str(len(self.problem.samples)))
        share = Bracket(self.batch, "||") if len(schedule.batches(self.problem)) > 1 else whole
        return Row((Fraction(ONE, share), Sign(" "), total))

    def _formula(self, formula: Expr, of: str) -> Node:
        def leaf(symbol: Symbol) -> Node:
            name = str(symbol)
            if symbol == RATE or name in UNLAYERED:
                return self._number(name)
            if symbol == GRADIENT:
                return self._gradient(of, batch=self.batched)
            return self._kept({str(W): "w"}.get(name, name), of)

        return _on_one_line(layout(formula, leaf, self.page.scribe.style))

    def _kept(self, kind: str, of: str) -> Node:
        """A parameter, or what an optimizer keeps of it; new values take the place of old ones."""
        if kind == "w":
            return self.name(of, LAYER)
        return self.page.scribe.notation.matrix(kind.removesuffix("_new"), LAYER, None, of)

    def _optimizer(self, of: str = "w") -> Optimizer:
        entry = OPTIMIZERS[self.problem.optimizer.name]
        return (
            with_decay(entry) if of == "w" and DECAY in self.problem.optimizer.parameters else entry
        )

    # --- names --------------------------------------------------------------------------------

    def name(self, kind: str, layer: int | Node) -> Node:
        return self.page.scribe.notation.matrix(kind, layer, self.sample)

    def _gradient(self, of: str, batch: bool = False) -> Node:
        """∂E/∂W of a sample, or of the batch."""
        sample = None if batch else self.sample
        notation = self.page.scribe.notation
        return slashed(partial(notation.error(sample), notation.matrix(of, LAYER)))

    def _number(self, kind: str) -> Node:
        """The learning rate, or one of the optimizer's own numbers."""
        return self.page.scribe.notation.node(Place(kind))

    def _error(self) -> Node:
        return self.page.scribe.notation.error()

    def _function(self, layer: Node = LAYER, slope: bool = False) -> Node:
        """f_l; the activation's own letter where all layers have the same one."""
        letters = {quantities.activation.letter for quantities in self.page.graph.layers}
        prime = Sign("′") if slope else None
        return Name(letters.pop(), None, prime) if len(letters) == 1 else Name("f", layer, prime)

    def _times(self, first: Node, second: Node) -> list[Node]:
        """A product of columns, or of rows, which is the other way round."""
        rows = self.problem.show.matrix == "row"
        return [second, Sign(" "), first] if rows else [first, Sign(" "), second]

    def _bias(self) -> list[Node]:
        if not self._has("bias"):
            return []
        return [Sign("-" if self._forms() == {"threshold"} else "+"), self.name(self.bias, LAYER)]

    # --- what there is ------------------------------------------------------------------------

    def _forms(self) -> set[str]:
        return {layer.bias.form for layer in self.problem.layers} - {"none"}

    def _has(self, part: str) -> bool:
        return part == "weights" or bool(self._forms())

    def _moves(self, part: str) -> bool:
        """Whether this part is updated in any layer."""
        return any(
            part not in layer.frozen and (part == "weights" or layer.bias.form != "none")
            for layer in self.problem.layers
        )

    def _frozen(self, part: str) -> bool:
        return any(part in layer.frozen for layer in self.problem.layers)

    def _joint(self, start: int, stop: int | None = None) -> bool:
        """Whether there is a joint activation among these layers."""
        layers = self.page.graph.layers
        return any(layer.activation.joint for layer in layers[start:stop])

    # --- lines --------------------------------------------------------------------------------

    def _line(self, depth: int, key: str, **fields: Field) -> AlgorithmLine:
        return AlgorithmLine(depth, self.page.say(f"pseudocode.{key}", **fields))

    def _set(self, depth: int, name: Node, value: Node, partly: bool = False) -> AlgorithmLine:
        """name ← value; `partly` where it is left out in some layers."""
        content: Inlines = (Maths(Row((name, BECOMES, value))),)
        if partly:
            content = (*content, *self.page.say("pseudocode.unless_frozen"))
        return AlgorithmLine(depth, content)


def _next(layer: Node, sign: str) -> Node:
    return Row((layer, Sign(sign), ONE))


def _turned(node: Node) -> Node:
    return Power(node, Sign("⊤"))


def _minus(node: Node) -> Node:
    return Row((Sign("-"), node))


def _on_one_line(node: Node) -> Node:
    """The formula without fractions that make a line of text too high: a / (b + c)."""
    match node:
        case Row(items):
            return Row(tuple(map(_on_one_line, items)))
        case Fraction(above, below):
            first, second = _on_one_line(above), _on_one_line(below)
            first = Bracket(first) if binding_of(first) == Binding.SUM else first
            second = Bracket(second) if binding_of(second) <= Binding.PRODUCT else second
            return Row((first, Words(" / "), second))
    return node


def _up_to(last: Node) -> Node:
    return Row((LAYER, Sign("="), ONE, Sign(","), Sign("…"), Sign(","), last))


def _down(last: Node) -> Node:
    start = _next(last, "-")
    return Row((LAYER, Sign("="), start, Sign(","), Sign("…"), Sign(","), ONE))
