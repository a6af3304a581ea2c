"""What the pseudo-code's formulas are made of: names, products in the page's order, what there is.

Layers have a letter l, samples a letter s, or another where that is taken.
"""

from __future__ import annotations

from sympy import Expr, Symbol

from derive.algebra.places import UNLAYERED, Place
from derive.algebra.rule import GRADIENT, RATE, W
from derive.catalogue.optimizers import NEW, STEP, Optimizer
from derive.document.example.letters import BATCH, LAST, letter, sample_letter
from derive.document.example.page import Page
from derive.problem import schedule
from derive.problem.optimizing import optimizer_of
from derive.writing.binding import Binding, binding_of
from derive.writing.layout import layout
from derive.writing.maths import Bracket, Fraction, Name, Node, Number, Power, Row, Sign, Sum, Words
from derive.writing.names import partial
from derive.writing.scribe import slashed

LAYER = Name("l")
ONE = Number("1")


class Terms:
    """The names and formulas of one page's algorithm; `sample` is None where there is one sample."""

    def __init__(self, page: Page) -> None:
        self.page, self.problem = page, page.graph.problem
        self.notation = page.scribe.notation
        self.several = len(self.problem.samples) > 1
        self.batched = len(schedule.batches(self.problem)[0]) > 1
        self.any_sample, self.batch = sample_letter(page), letter(page, BATCH)
        self.last = letter(page, LAST)
        self.sample: Node | None = self.any_sample if self.several else None
        self.sign = self.notation.sign

    # --- what there is ------------------------------------------------------------------------

    @property
    def bias_forms(self) -> set[str]:
        """The forms of the biases that there are."""
        return {layer.bias.form for layer in self.problem.layers} - {"none"}

    @property
    def subtracted(self) -> bool:
        """Whether all biases are thresholds."""
        return self.bias_forms == {"threshold"}

    @property
    def bias(self) -> str:
        """What kind of name the biases have."""
        return "threshold" if self.subtracted else "b"

    @property
    def moving(self) -> list[str]:
        """The kinds of the parameters that are updated in any layer."""
        return [kind for kind in ("w", self.bias) if self._moves(_part(kind))]

    def _moves(self, part: str) -> bool:
        return any(
            part not in layer.frozen and (part == "weights" or layer.bias.form != "none")
            for layer in self.problem.layers
        )

    def is_partly_frozen(self, of: str) -> bool:
        """Whether parameters of this kind stay as they are in some layers."""
        return any(_part(of) in layer.frozen for layer in self.problem.layers)

    def is_joint(self, start: int, stop: int | None = None) -> bool:
        """Whether there is a joint activation among these layers."""
        return any(layer.activation.joint for layer in self.page.graph.layers[start:stop])

    def optimizer(self, of: str = "w") -> Optimizer:
        """How parameters of this kind are updated."""
        return optimizer_of(self.problem, _part(of))

    @property
    def counts_updates(self) -> bool:
        """Whether the optimizer asks for the number of the update."""
        lines = self.optimizer().lines
        return any(STEP in map(str, line.formula.free_symbols) for line in lines)

    # --- names --------------------------------------------------------------------------------

    def name(self, kind: str, layer: int | Node = LAYER) -> Node:
        return self.notation.matrix(kind, layer, self.sample)

    def gradient(self, of: str, batch: bool = False) -> Node:
        """∂E/∂W of a sample, or of the batch."""
        sample = None if batch else self.sample
        return slashed(partial(self.notation.error(sample), self.notation.matrix(of, LAYER)))

    def number(self, kind: str) -> Node:
        """The learning rate, or one of the optimizer's own numbers."""
        return self.notation.node(Place(kind))

    def function(self, layer: Node = LAYER, slope: bool = False) -> Node:
        """f_l; the activation's own letter where all layers have the same one."""
        letters = {quantities.activation.letter for quantities in self.page.graph.layers}
        prime = Sign("′") if slope else None
        return Name(letters.pop(), None, prime) if len(letters) == 1 else Name("f", layer, prime)

    def kept(self, kind: str, of: str) -> Node:
        """A parameter, or what an optimizer keeps of it; new values take the place of old ones."""
        if kind in (str(W), NEW):
            return self.name(of)
        return self.notation.matrix(kind.removesuffix("_new"), LAYER, None, of)

    # --- formulas -----------------------------------------------------------------------------

    def times(self, first: Node, second: Node) -> tuple[Node, ...]:
        """A product of columns, or of rows, which is the other way round."""
        rows = self.problem.show.matrix == "row"
        return (second, Sign(" "), first) if rows else (first, Sign(" "), second)

    def net(self) -> Node:
        """W x + b."""
        product = self.times(self.name("w"), self.name("out", following(LAYER, "-")))
        if not self.bias_forms:
            return Row(product)
        return Row((*product, Sign("-" if self.subtracted else "+"), self.name(self.bias)))

    def combined(self, of: str) -> Node:
        """Σ of the samples' own gradients, divided by their number where a batch's error is the mean."""
        total = Row((Sum(self.any_sample), self.gradient(of)))
        if self.problem.reduction == "sum":
            return total
        whole = Number(str(len(self.problem.samples)))
        share = Bracket(self.batch, "||") if len(schedule.batches(self.problem)) > 1 else whole
        return Row((Fraction(ONE, share), Sign(" "), total))

    def formula(self, formula: Expr, of: str) -> Node:
        """A line of the optimizer for parameters of this kind."""

        def leaf(symbol: Symbol) -> Node:
            name = str(symbol)
            if symbol == RATE or name in UNLAYERED:
                return self.number(name)
            if symbol == GRADIENT:
                return self.gradient(of, batch=self.batched)
            return self.kept(name, of)

        return _on_one_line(layout(formula, leaf, self.page.scribe.style))


def _part(kind: str) -> str:
    """What parameters of a kind are called where a problem speaks of all of them."""
    return "weights" if kind == "w" else "bias"


def following(layer: Node, sign: str) -> Node:
    """l + 1, or l - 1."""
    return Row((layer, Sign(sign), ONE))


def turned(node: Node) -> Node:
    """The transpose."""
    return Power(node, Sign("⊤"))


def signed(sign: int, node: Node) -> Node:
    """With a minus in front where the sign is negative."""
    return node if sign > 0 else Row((Sign("-"), node))


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
