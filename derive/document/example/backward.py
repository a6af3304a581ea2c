"""The backward pass, layer by layer: factors by name, sums over paths, and the deltas that save them."""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.ledger import Ids
from derive.derivation.paths import count, equal_forms
from derive.document.blocks import Beside, Block, Box, Display, Figure, Heading, Line, Paragraph
from derive.document.example.figure import network
from derive.document.example.page import LINES, UNITS, Page, number_word
from derive.document.example.pieces import label_of, product, some, spaced
from derive.document.example.shortcuts import jacobian, shortcut
from derive.document.example.sums import PathSum
from derive.document.phrases import capitalized
from derive.errors import Disagreement
from derive.graph.graph import LayerQuantities
from derive.writing.maths import Brace, Fraction, Node, Number, Row, Sign, Words
from derive.writing.names import PARTIAL
from derive.writing.scribe import slashed

FEATURED = {"brief": 0, "standard": 1, "full": 6}  # weights of a layer with a figure of their own
MOST_CHOSEN = 8  # of the weights asked for, those with a figure of their own


def backward(page: Page) -> list[Block]:
    """One section a layer, from the last to the first that is asked for."""
    blocks: list[Block] = []
    for number in range(len(page.graph.layers), 0, -1):
        layer = _Layer(page, number)
        if layer.is_needed:
            told = page.say("backward.heading", layer=page.layer_name(number))
            blocks.append(page.heading(told))
            if layer.is_last and page.sample in (None, 1):
                blocks += _intro(page)
            blocks += layer.blocks()
    if page.chosen is None and page.sample in (None, 1):
        blocks.append(_saving(page))
    return blocks


def _intro(page: Page) -> list[Block]:
    """What a gradient is, and where it is looked for."""
    if page.detail == "brief":
        return []
    gradients = page.gradients[page.wanted]
    return [page.paragraph("backward.intro", gradient=page.scribe.slashed(int(gradients[0])))]


def _saving(page: Page) -> Block:
    """How many factors the paths have, and how many the deltas leave."""
    counts = count(page.worked.derivation)
    weights = sum(layer.weights.size for layer in page.graph.layers)
    if counts.paths == weights:
        return Box("remark", (page.paragraph("backward.count_same"),))
    told = page.paragraph(
        "backward.count", weights=spaced(weights), factors=spaced(counts.factors),
        paths=spaced(counts.paths), reused=spaced(counts.reused),
    )  # fmt: skip
    return Box("remark", (told,))


@dataclass
class _Layer:
    """One layer's part of the backward pass."""

    page: Page
    number: int

    @property
    def layer(self) -> LayerQuantities:
        return self.page.graph.layers[self.number - 1]

    @property
    def is_last(self) -> bool:
        return self.number == len(self.page.graph.layers)

    @property
    def weights(self) -> list[int]:
        """The weights whose gradients are worked out."""
        return self._with_gradient(self.layer.weights)

    @property
    def biases(self) -> list[int]:
        return [] if self.layer.bias is None else self._with_gradient(self.layer.bias)

    @property
    def units(self) -> list[int]:
        """The units, from 1, whose deltas are worked out."""
        start = int(self.layer.net[0])
        return [net - start + 1 for net in self._with_gradient(self.layer.net)]

    @property
    def is_needed(self) -> bool:
        return bool(self.units)

    def _with_gradient(self, ids: Ids) -> list[int]:
        every = ids.ravel()
        found: list[int] = every[self.page.gradients[every] >= 0].tolist()
        return found

    # --- the section ----------------------------------------------------------------------------

    def blocks(self) -> list[Block]:
        """The featured weights, the other units' deltas, the other weights, the biases."""
        weights, blocks = self.weights, list[Block]()
        most = MOST_CHOSEN if self.page.chosen is not None else FEATURED[self.page.detail]
        featured = weights[:most]
        for weight in featured:
            blocks += self._featured(weight, is_first=weight == featured[0])
        blocks += self._deltas(bool(featured))
        if self.layer.activation.joint and self.is_last:
            blocks += jacobian(self.page, self.number) + shortcut(self.page)
        elif self.is_last:
            blocks += shortcut(self.page)
        blocks += self._others(weights[len(featured) :])
        return blocks + self._biases()

    def _featured(self, weight: int, is_first: bool) -> list[Block]:
        """One weight in full: its paths in colour, the chain rule by name, and every number."""
        page = self.page
        unit, source = page.worked.derivation.ledger.place(weight).index
        figure = network(page, (self.number, unit, source))
        if self.is_last and not self.layer.activation.joint:
            return [*self._direct_chain(weight, unit, figure), *self._numbers(weight, unit)]
        summed = PathSum(page, self.number, weight)
        blocks: list[Block] = [Heading(2, summed.title), *summed.opening(figure)]
        blocks += [*self._numbers(weight, unit), *summed.in_numbers()]
        if summed.is_provable:
            if not equal_forms(page.worked.derivation, summed.gradient):
                name = page.scribe.written(summed.gradient)
                raise Disagreement(f"{name}: the sum over paths is not the delta form")
            if is_first:  # the sentence is the same for the others
                blocks.append(page.paragraph("backward.equal"))
        return blocks

    def _direct_chain(self, weight: int, unit: int, figure: Figure) -> list[Block]:
        """A weight of the last layer: one path, three factors."""
        page, name = self.page, self.page.name(weight)
        told = page.paragraph(
            "backward.chain", weight=name,
            net=page.name(self._net(unit)), out=page.name(self._out(unit)),
        )  # fmt: skip
        title = page.say("backward.weight", weight=name)
        return [Heading(2, title), Beside((told, self._chain(weight, unit)), figure)]

    def _chain(self, weight: int, unit: int) -> Block:
        """∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w, with what each factor is below it."""
        say = self.page.phrases.plain
        labels: tuple[Node, ...] = (
            Words(say("backward.factor_error")), Words(say("backward.factor_slope")),
            label_of(self.page.say("backward.factor_input", weight=self.page.name(weight))),
        )  # fmt: skip
        braced = [
            Brace(factor, label)
            for factor, label in zip(self._factors(weight, unit), labels, strict=True)
        ]
        return self.page.display(
            self.page.name(self.page.gradient(weight)),
            product(braced, self.page.scribe.style.product),
        )

    def _factors(self, weight: int, unit: int) -> list[Node]:
        """The names of the factors of a weight's gradient."""
        place = self.page.worked.derivation.ledger.place(weight)
        local = self.page.find("dnet/dw", self.number, *place.index)
        return [*self._unit_factors(unit), self.page.name(local)]

    def _unit_factors(self, unit: int) -> list[Node]:
        """∂E/∂out · ∂out/∂net; or ∂E/∂net, where an output depends on other net inputs too."""
        name = self.page.name
        if self.layer.activation.joint:
            error = Row((PARTIAL, name(self.page.graph.error)))
            return [Fraction(error, Row((PARTIAL, name(self._net(unit)))))]
        return [name(self.page.gradient(self._out(unit))), name(self._slope(unit))]

    def _numbers(self, weight: int, unit: int) -> list[Block]:
        """The factors' values, the delta, and the gradient; what stands above is not repeated."""
        page = self.page
        place = page.worked.derivation.ledger.place(weight)
        local = page.find("dnet/dw", self.number, *place.index)
        delta, gradient = page.gradient(self._net(unit)), page.gradient(weight)
        first = [q for q in (*self._upstream(unit), local) if q not in page.equations]
        blocks: list[Block] = [page.lines(first)] if first else []
        if delta not in page.equations:
            if self.is_last:
                key = "delta_joint" if self.layer.activation.joint else "delta_first"
                blocks.append(
                    page.paragraph(f"backward.{key}", unit=self.page.unit(self.number, unit))
                )
            blocks.append(page.lines([delta]))
        blocks.append(page.lines([gradient], "hot"))
        return blocks

    def _upstream(self, unit: int) -> list[int]:
        """What a unit's delta is made from."""
        page = self.page
        if self.layer.activation.joint:
            outs = [page.gradient(q) for q in self.layer.outputs.tolist()]
            slopes = [page.find("dout/dnet", self.number, k + 1, unit) for k in range(len(outs))]
            return [*outs, *slopes]
        return [page.gradient(self._out(unit)), self._slope(unit)]

    # --- what is left ---------------------------------------------------------------------------

    def _deltas(self, some_shown: bool) -> list[Block]:
        """The deltas of the units that no featured weight has brought yet."""
        page = self.page
        left = [j for j in self.units if page.gradient(self._net(j)) not in page.equations]
        if not left:
            return []
        shown = list(some(left, UNITS[page.detail]))
        if len(shown) < len(left):
            key = "first_delta" if len(shown) == 1 and not some_shown else "some_deltas"
            count, whole = number_word(page, len(shown)), number_word(page, len(self.units))
            told = Paragraph(page.say(f"backward.{key}", count=capitalized(count), all=whole))
        else:
            key = "other_delta" if some_shown else "layer_delta"
            told = page.paragraph(f"backward.{key}{'s' if len(left) > 1 else ''}")
        left = shown
        quantities = [q for j in left for q in (*self._upstream(j), page.gradient(self._net(j)))]
        if page.detail == "brief":
            quantities = [page.gradient(self._net(j)) for j in left]
        fresh = [q for q in dict.fromkeys(quantities) if q not in page.equations]
        return [told, page.lines(fresh)]

    def _others(self, weights: list[int]) -> list[Block]:
        """A line for each other weight: the factors by name, the delta form, numbers, value."""
        page = self.page
        shown = some(weights, LINES[page.detail])
        blocks: list[Block] = []
        if shown:
            kind = "_joint" if self.layer.activation.joint else ""
            blocks.append(page.paragraph(f"backward.other_weights{kind}"))
            rows: list[Line] = []
            for weight in shown:
                unit = page.worked.derivation.ledger.place(weight).index[0]
                line = page.scribe.line(page.gradient(weight))
                rows += page.rows(line, lead=self._by_name(self._factors(weight, unit)))
            blocks.append(Display(tuple(rows)))
        if len(weights) > len(shown) and page.detail != "brief":
            left_out = spaced(len(weights) - len(shown))
            blocks.append(page.paragraph("backward.left_out", count=left_out))
        return blocks

    def _by_name(self, factors: list[Node]) -> Node:
        return product(factors, self.page.scribe.style.product)

    def _biases(self) -> list[Block]:
        """A line for each bias, with its factors by name too."""
        page, biases = self.page, self.biases
        if not biases or (page.detail == "brief" and page.chosen is None):
            return []
        asked = page.graph.problem.layers[self.number - 1]
        shared = asked.bias.form == "shared" and len(self.units) > 1
        key = (
            "thresholds"
            if asked.bias.form == "threshold"
            else "bias_shared"
            if shared
            else "biases"
        )
        rows: list[Line] = []
        for unit, bias in zip(self.units, some(biases, 2 * UNITS[page.detail]), strict=False):
            line = page.scribe.line(page.gradient(bias))
            rows += page.rows(
                line, lead=None if shared else self._by_name(self._bias_factors(bias, unit))
            )
        local = self._bias_slope(biases[0], self.units[0])
        value = Number("-1" if asked.bias.form == "threshold" else "1")
        told = page.say(f"backward.{key}", local=Row((slashed(local), Sign("="), value)))
        blocks: list[Block] = [Paragraph(told), Display(tuple(rows))]
        if "bias" in asked.frozen:
            blocks.append(
                page.paragraph(
                    "backward.unchanged" if len(biases) == 1 else "backward.unchanged_many"
                )
            )
        return blocks

    def _bias_factors(self, bias: int, unit: int) -> list[Node]:
        return [*self._unit_factors(unit), self._bias_slope(bias, unit)]

    def _bias_slope(self, bias: int, unit: int) -> Node:
        """∂net/∂b, which is 1, or −1 for a threshold."""
        name = self.page.name
        return Fraction(Row((PARTIAL, name(self._net(unit)))), Row((PARTIAL, name(bias))))

    # --- names ----------------------------------------------------------------------------------

    def _net(self, unit: int) -> int:
        return int(self.layer.net[unit - 1])

    def _out(self, unit: int) -> int:
        return int(self.layer.outputs[unit - 1])

    def _slope(self, unit: int) -> int:
        index = (unit, unit) if self.layer.activation.joint else (unit,)
        return self.page.find("dout/dnet", self.number, *index)
