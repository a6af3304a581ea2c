"""The whole training as pseudo-code, for any number of layers, in the page's notation.

What differs between problems shows: batches and epochs, the forms of biases, what is frozen, the
optimizer's lines, the order of matrix products.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.catalogue.optimizers import STEP
from derive.document.blocks import Algorithm, AlgorithmLine, Inlines, Maths
from derive.document.example.page import Page
from derive.document.example.pieces import listed, spaced
from derive.document.example.pseudocode_terms import LAYER, ONE, Terms, following, signed, turned
from derive.document.phrases import Field
from derive.problem import schedule
from derive.writing.maths import Bracket, Call, Node, Number, Row, Sign, Words
from derive.writing.names import partial
from derive.writing.scribe import slashed

BECOMES = Words(" ← ")
ARROW = Words("←")


def pseudocode(page: Page) -> Algorithm:
    """The algorithm; its caption says what the letters mean."""
    terms = Terms(page)
    return Algorithm(tuple(_Writer(terms).lines()), _caption(terms))


def _caption(terms: Terms) -> Inlines:
    page = terms.page
    layers = Row((terms.last, Sign("="), Number(str(len(page.graph.layers)))))
    told = page.say("pseudocode.caption", layers=layers, becomes=ARROW)
    if len(terms.bias_forms) > 1:
        told = (*told, *page.say("pseudocode.mixed"))
    return told


class _Writer:
    """Writes the lines for one page; each part is told how far it is indented."""

    def __init__(self, terms: Terms) -> None:
        self.terms, self.problem = terms, terms.problem

    # --- the order of things ------------------------------------------------------------------

    def lines(self) -> Iterator[AlgorithmLine]:
        problem, terms, depth = self.problem, self.terms, 0
        yield from self._start()
        if problem.epochs > 1:
            yield self._line(0, "repeat", epochs=spaced(problem.epochs))
            depth += 1
        inner = depth
        if terms.batched and len(schedule.batches(problem)) > 1:
            size = spaced(len(schedule.batches(problem)[0]))
            yield self._line(inner, "batches", batch=terms.batch, size=size)
            inner += 1
        each = inner
        if terms.several:
            where = "samples_of" if inner > depth else "samples"
            yield self._line(inner, where, sample=terms.any_sample, batch=terms.batch)
            each += 1
        yield from self._forward(each)
        yield from self._backward(each)
        yield from self._gradients(each)
        yield from self._update(inner if terms.batched else each)
        if problem.stop_below is not None:
            error = terms.notation.error()
            bound = Row((error, Sign("<"), Number(problem.stop_below.text)))
            yield self._line(depth, "stop_all" if terms.several else "stop", bound=bound)

    def _start(self) -> Iterator[AlgorithmLine]:
        terms = self.terms
        kinds = ("w", terms.bias) if terms.bias_forms else ("w",)
        yield self._line(0, "start", names=listed([Maths(terms.name(kind)) for kind in kinds]))
        state = [
            Maths(terms.kept(kind, of)) for of in terms.moving for kind in terms.optimizer().state
        ]
        if state:
            yield self._line(0, "state", names=listed(state))
        if terms.counts_updates:
            yield self._set(0, terms.number(STEP), Number("0"))

    def _forward(self, depth: int) -> Iterator[AlgorithmLine]:
        terms = self.terms
        first, x = terms.name("out", Number("0")), terms.name("out", 0)
        if first != x:
            yield self._set(depth, first, x)
        yield self._upward(depth)
        yield self._set(depth + 1, terms.name("net"), terms.net())
        activated = Call(terms.function(), (terms.name("net"),))
        yield self._set(depth + 1, terms.name("out"), activated)

    def _backward(self, depth: int) -> Iterator[AlgorithmLine]:
        terms = self.terms
        error = Bracket(slashed(terms.name("dE/dout", terms.last)))
        last = self._through(terms.last, error, terms.is_joint(-1))
        yield self._set(depth, terms.name("delta", terms.last), signed(terms.sign, last))
        if len(self.problem.layers) == 1:
            return
        yield self._line(depth, "layers", layers=_range(following(terms.last, "-"), ONE))
        after = following(LAYER, "+")
        back = terms.times(turned(terms.name("w", after)), terms.name("delta", after))
        inner = self._through(LAYER, Bracket(Row(back)), terms.is_joint(0, -1))
        yield self._set(depth + 1, terms.name("delta"), inner)

    def _through(self, layer: Node, upstream: Node, joint: bool) -> Node:
        """What comes back through the activation: times its slopes, or its Jacobian matrix."""
        terms, net = self.terms, self.terms.name("net", layer)
        if joint:
            jacobian = Bracket(slashed(partial(terms.name("out", layer), net)))
            return Row(terms.times(turned(jacobian), upstream))
        return Row((upstream, Sign("⊙"), Call(terms.function(layer, slope=True), (net,))))

    def _gradients(self, depth: int) -> Iterator[AlgorithmLine]:
        """Those of one sample."""
        terms, sign = self.terms, self.terms.sign
        delta, x = terms.name("delta"), terms.name("out", following(LAYER, "-"))
        outer = Row(terms.times(delta, turned(x)))
        yield self._upward(depth)
        yield self._set(depth + 1, terms.gradient("w"), signed(sign, outer))
        if not terms.bias_forms:
            return
        own, gradient = (
            signed(-sign if terms.subtracted else sign, delta),
            terms.gradient(terms.bias),
        )
        if terms.bias_forms == {"shared"}:
            name = Row((gradient, Words(" "), ARROW))
            yield self._line(depth + 1, "shared", gradient=name, delta=own)
        else:
            yield self._set(depth + 1, gradient, own)

    def _update(self, depth: int) -> Iterator[AlgorithmLine]:
        terms = self.terms
        if not terms.moving:
            return
        if terms.counts_updates:
            step = terms.number(STEP)
            yield self._set(depth, step, following(step, "+"))
        yield self._upward(depth)
        for of in terms.moving:
            if terms.batched:
                yield self._set(depth + 1, terms.gradient(of, batch=True), terms.combined(of))
            partly = terms.is_partly_frozen(of)
            for kind, formula in terms.optimizer(of).lines:
                yield self._set(depth + 1, terms.kept(kind, of), terms.formula(formula, of), partly)

    # --- lines --------------------------------------------------------------------------------

    def _line(self, depth: int, key: str, **fields: Field) -> AlgorithmLine:
        return AlgorithmLine(depth, self.terms.page.say(f"pseudocode.{key}", **fields))

    def _upward(self, depth: int) -> AlgorithmLine:
        """For all layers, from the first to the last."""
        return self._line(depth, "layers", layers=_range(ONE, self.terms.last))

    def _set(self, depth: int, name: Node, value: Node, partly: bool = False) -> AlgorithmLine:
        """name ← value; `partly` where it is left out in some layers."""
        content: Inlines = (Maths(Row((name, BECOMES, value))),)
        if partly:
            content = (*content, *self.terms.page.say("pseudocode.unless_frozen"))
        return AlgorithmLine(depth, content)


def _range(first: Node, last: Node) -> Node:
    """l = first, …, last."""
    return Row((LAYER, Sign("="), first, Sign(","), Sign("…"), Sign(","), last))
