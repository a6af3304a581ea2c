"""The factors of one layer's gradients: which quantities they are, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.ledger import Ids
from derive.document.example.page import Page
from derive.graph.graph import LayerQuantities
from derive.writing.maths import Fraction, Node, Row
from derive.writing.names import PARTIAL


@dataclass(frozen=True)
class Factors:
    """One layer, counting from 1, as the backward pass sees it; units count from 1 too."""

    page: Page
    number: int

    @property
    def layer(self) -> LayerQuantities:
        return self.page.graph.layers[self.number - 1]

    @property
    def is_last(self) -> bool:
        return self.number == len(self.page.graph.layers)

    @property
    def is_joint(self) -> bool:
        """Whether an output depends on the other units' net inputs too."""
        return self.layer.activation.joint

    # --- what is worked out -----------------------------------------------------------------------

    @property
    def weights(self) -> list[int]:
        """The weights whose gradients are worked out."""
        return self._with_gradient(self.layer.weights)

    @property
    def biases(self) -> list[int]:
        return [] if self.layer.bias is None else self._with_gradient(self.layer.bias)

    @property
    def units(self) -> list[int]:
        """The units whose deltas are worked out."""
        start = int(self.layer.net[0])
        return [net - start + 1 for net in self._with_gradient(self.layer.net)]

    def _with_gradient(self, ids: Ids) -> list[int]:
        every = ids.ravel()
        found: list[int] = every[self.page.gradients[every] >= 0].tolist()
        return found

    # --- quantities -------------------------------------------------------------------------------

    def net(self, unit: int) -> int:
        return int(self.layer.net[unit - 1])

    def out(self, unit: int) -> int:
        return int(self.layer.outputs[unit - 1])

    def delta(self, unit: int) -> int:
        return self.page.gradient(self.net(unit))

    def unit(self, weight: int) -> int:
        """The unit that a weight leads to."""
        return self.page.worked.derivation.ledger.place(weight).index[0]

    def local(self, weight: int) -> int:
        """∂net/∂w, the last factor of a weight's gradient."""
        index = self.page.worked.derivation.ledger.place(weight).index
        return self.page.find("dnet/dw", self.number, *index)

    def upstream(self, unit: int) -> list[int]:
        """What a unit's delta is made from."""
        page = self.page
        if self.is_joint:
            outs = [page.gradient(q) for q in self.layer.outputs.tolist()]
            slopes = [page.find("dout/dnet", self.number, k + 1, unit) for k in range(len(outs))]
            return [*outs, *slopes]
        return [page.gradient(self.out(unit)), self._slope(unit)]

    def _slope(self, unit: int) -> int:
        return self.page.find("dout/dnet", self.number, unit)

    # --- names ------------------------------------------------------------------------------------

    def of_weight(self, weight: int) -> list[Node]:
        """The names of the factors of a weight's gradient."""
        return [*self._of_unit(self.unit(weight)), self.page.name(self.local(weight))]

    def of_bias(self, bias: int, unit: int) -> list[Node]:
        return [*self._of_unit(unit), self.bias_slope(bias, unit)]

    def _of_unit(self, unit: int) -> list[Node]:
        """∂E/∂out · ∂out/∂net; or ∂E/∂net, where an output depends on other net inputs too."""
        name = self.page.name
        if self.is_joint:
            error = Row((PARTIAL, name(self.page.graph.error)))
            return [Fraction(error, Row((PARTIAL, name(self.net(unit)))))]
        return [name(self.page.gradient(self.out(unit))), name(self._slope(unit))]

    def bias_slope(self, bias: int, unit: int) -> Node:
        """∂net/∂b, which is 1, or −1 for a threshold."""
        name = self.page.name
        return Fraction(Row((PARTIAL, name(self.net(unit)))), Row((PARTIAL, name(bias))))
