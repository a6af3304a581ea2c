"""The matrices of one page: what they are called, in which order they are multiplied, what is in them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from derive.algebra.ledger import Ids
from derive.algebra.places import Place
from derive.document.blocks import Display
from derive.document.example.letters import sample_letter
from derive.document.example.page import Page
from derive.writing.maths import (
    Bracket,
    Fraction,
    Grid,
    Marked,
    Node,
    Number,
    Power,
    Row,
    Sign,
)
from derive.writing.names import partial

LARGEST = 6  # units or inputs, beyond which no matrix is printed with its numbers
MOST_SAMPLES = 4  # side by side


class Form:
    """Matrices as columns (net = W x) or as rows (net = x W), of one sample or of a whole batch.

    Ids of matrices are those of columns: (units, samples); only `grid` turns them.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rows = page.graph.problem.show.matrix == "row"
        self.layers = page.graph.layers
        self.several = page.batch > 1
        views = [page.worked.derivation.sample(n) for n in range(min(page.batch, MOST_SAMPLES))]
        self.graphs = [graph for graph, _ in views]
        self._gradients = [gradient for _, gradient in views]

    @property
    def is_printable(self) -> bool:
        """Whether there is room for all matrices with their numbers, and each number is known."""
        page = self.page
        small = max(page.graph.problem.units) <= LARGEST and page.batch <= MOST_SAMPLES
        return small and page.chosen is None

    @property
    def bias_forms(self) -> set[str]:
        """The forms of the biases that there are."""
        return {layer.bias.form for layer in self.page.graph.problem.layers} - {"none"}

    @property
    def bias_sign(self) -> Sign:
        """Biases are added, thresholds subtracted."""
        if "threshold" not in self.bias_forms:
            return Sign("+")
        return Sign("-") if self.bias_forms == {"threshold"} else Sign("±")

    # --- names and products -------------------------------------------------------------------

    def name(self, kind: str, layer: int | Node) -> Node:
        """A matrix of all samples where there are several, otherwise of the one.

        Each column of ∂E/∂out belongs to its own sample's error.
        """
        notation = self.page.scribe.notation
        if self.several and kind == "dE/dout":
            return partial(notation.error(sample_letter(self.page)), self.name("out", layer))
        return notation.matrix(kind, layer, None if self.several or not self.page.several else 1)

    def transposed(self, node: Node) -> Node:
        return Power(node, Sign("⊤"))

    def product(self, first: Node, second: Node) -> Row:
        """The product in the order of columns; of rows, the other way round."""
        left, right = (second, first) if self.rows else (first, second)
        return Row((left, Sign(" "), right))

    def signed(self, node: Node) -> Node:
        """The minus that stands before what uses deltas with the other sign."""
        return node if self.page.scribe.notation.sign > 0 else Row((Sign("-"), node))

    def mean(self, node: Node) -> Node:
        """1/S before what sums over the samples, where a batch's error is their mean."""
        if not self.several or self.page.graph.problem.reduction == "sum":
            return node
        share = Fraction(Number("1"), Number(str(self.page.batch)))
        negative = isinstance(node, Row) and node.items[0] == Sign("-")
        return Row((share, Sign(" "), Bracket(node) if negative else node))

    def jacobian(self, layer: int | Node) -> Node:
        """∂out/∂net of a layer whose outputs depend on all its net inputs."""
        return Bracket(partial(self.name("out", layer), self.name("net", layer)))

    # --- what is in them ----------------------------------------------------------------------

    def out(self, layer: int) -> Ids:
        """The outputs of a layer, or the inputs; shape (units, samples)."""
        if layer == 0:
            return self._columns(lambda n: self.graphs[n].inputs)
        return self._columns(lambda n: self.graphs[n].layers[layer - 1].outputs)

    def net(self, layer: int) -> Ids:
        return self._columns(lambda n: self.graphs[n].layers[layer - 1].net)

    def delta(self, layer: int) -> Ids:
        return self._columns(lambda n: self._gradients[n][self.graphs[n].layers[layer - 1].net])

    def error(self, layer: int) -> Ids:
        """∂E/∂out of a layer."""
        return self._columns(lambda n: self._gradients[n][self.graphs[n].layers[layer - 1].outputs])

    def slopes(self, layer: int) -> Ids:
        """∂out/∂net of a layer whose units stand each for itself."""
        find = self.page.worked.derivation.ledger.find
        units = range(1, self.layers[layer - 1].net.size + 1)

        def of(n: int) -> Ids:
            sample = n + 1 if self.page.several else None
            return np.array([find(Place("dout/dnet", layer, (j,), sample)) for j in units])

        return self._columns(of)

    def bias(self, layer: int) -> Ids | None:
        """The biases of a layer's units, once for each sample."""
        bias, units = self.layers[layer - 1].bias, self.layers[layer - 1].net.size
        return None if bias is None else self._columns(lambda _: np.broadcast_to(bias, (units,)))

    def _columns(self, pick: Callable[[int], Ids]) -> Ids:
        return np.stack([pick(n) for n in range(len(self.graphs))], axis=1)

    # --- on paper -----------------------------------------------------------------------------

    def grid(
        self, ids: Ids, turned: bool = False, show: Callable[[int], Node] | None = None
    ) -> Grid:
        """A matrix of quantities, in rows where rows are asked for; `turned` is its transpose."""
        number = show or self.page.scribe.number
        table = ids.T if self.rows != turned else ids
        return Grid(tuple(tuple(number(q) for q in row) for row in table.tolist()))

    def line(self, left: Node, *pieces: Node, result: Ids) -> Display:
        """left = piece = … = the matrix of these quantities; ≈ where one of them is rounded."""
        exact = all(self.page.scribe.is_exact(q) for q in result.ravel().tolist())
        exact = exact and (self.page.worked.carried is None or not pieces)
        bold = self.grid(result, show=lambda q: Marked(self.page.scribe.number(q), "value"))
        return self.page.display(left, *pieces, bold, exact=exact)
