"""The backward pass, layer by layer: factors by name, sums over paths, and the deltas that save them."""

from __future__ import annotations

from collections.abc import Sequence

from derive.derivation.paths import count, equal_forms
from derive.document.blocks import Beside, Block, Box, Display, Figure, Heading, Line, Paragraph
from derive.document.example.factors import Factors
from derive.document.example.figure import network
from derive.document.example.page import LINES, UNITS, Page, number_word
from derive.document.example.pieces import label_of, product, some, spaced
from derive.document.example.shortcuts import jacobian, shortcut
from derive.document.example.sums import PathSum
from derive.document.phrases import capitalized
from derive.errors import Disagreement
from derive.writing.maths import Brace, Node, Number, Row, Sign, Words
from derive.writing.scribe import slashed

FEATURED = {"brief": 0, "standard": 1, "full": 6}  # weights of a layer with a figure of their own
MOST_CHOSEN = 8  # of the weights asked for, those with a figure of their own


def backward(page: Page) -> list[Block]:
    """One section a layer, from the last to the first that is asked for."""
    blocks: list[Block] = []
    for number in range(len(page.graph.layers), 0, -1):
        layer = Factors(page, number)
        if layer.units:
            told = page.say("backward.heading", layer=page.layer_name(number))
            blocks.append(page.heading(told))
            if layer.is_last and page.sample in (None, 1):
                blocks += _intro(page)
            blocks += _Section(layer).blocks()
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


class _Section:
    """One layer's part of the backward pass."""

    def __init__(self, layer: Factors) -> None:
        self.page, self.layer = layer.page, layer

    def blocks(self) -> list[Block]:
        """The featured weights, the other units' deltas, the other weights, the biases."""
        weights, blocks = self.layer.weights, list[Block]()
        most = MOST_CHOSEN if self.page.chosen is not None else FEATURED[self.page.detail]
        featured = weights[:most]
        for weight in featured:
            blocks += self._featured(weight, is_first=weight == featured[0])
        blocks += self._deltas(bool(featured))
        if self.layer.is_joint and self.layer.is_last:
            blocks += jacobian(self.page, self.layer.number) + shortcut(self.page)
        elif self.layer.is_last:
            blocks += shortcut(self.page)
        blocks += self._others(weights[len(featured) :])
        return blocks + self._biases()

    def _featured(self, weight: int, is_first: bool) -> list[Block]:
        """One weight in full: its paths in colour, the chain rule by name, and every number."""
        page = self.page
        unit, source = page.worked.derivation.ledger.place(weight).index
        figure = network(page, (self.layer.number, unit, source))
        if self.layer.is_last and not self.layer.is_joint:
            return [*self._direct_chain(weight, figure), *self._numbers(weight)]
        summed = PathSum(page, self.layer.number, weight)
        blocks: list[Block] = [Heading(2, summed.title), *summed.opening(figure)]
        blocks += [*self._numbers(weight), *summed.in_numbers()]
        if summed.is_provable:
            if not equal_forms(page.worked.derivation, summed.gradient):
                name = page.scribe.written(summed.gradient)
                raise Disagreement(f"{name}: the sum over paths is not the delta form")
            if is_first:  # the sentence is the same for the others
                blocks.append(page.paragraph("backward.equal"))
        return blocks

    def _direct_chain(self, weight: int, figure: Figure) -> list[Block]:
        """A weight of the last layer: one path, three factors."""
        page, name, unit = self.page, self.page.name(weight), self.layer.unit(weight)
        told = page.paragraph(
            "backward.chain", weight=name,
            net=page.name(self.layer.net(unit)), out=page.name(self.layer.out(unit)),
        )  # fmt: skip
        title = page.say("backward.weight", weight=name)
        return [Heading(2, title), Beside((told, self._chain(weight)), figure)]

    def _chain(self, weight: int) -> Block:
        """∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w, with what each factor is below it."""
        say = self.page.phrases.plain
        labels: tuple[Node, ...] = (
            Words(say("backward.factor_error")), Words(say("backward.factor_slope")),
            label_of(self.page.say("backward.factor_input", weight=self.page.name(weight))),
        )  # fmt: skip
        braced = [
            Brace(factor, label)
            for factor, label in zip(self.layer.of_weight(weight), labels, strict=True)
        ]
        return self.page.display(self.page.name(self.page.gradient(weight)), self._product(braced))

    def _numbers(self, weight: int) -> list[Block]:
        """The factors' values, the delta, and the gradient; what stands above is not repeated."""
        page, layer, unit = self.page, self.layer, self.layer.unit(weight)
        factors = (*layer.upstream(unit), layer.local(weight))
        first = [q for q in factors if q not in page.equations]
        blocks: list[Block] = [page.lines(first)] if first else []
        if layer.delta(unit) not in page.equations:
            if layer.is_last:
                key = "delta_joint" if layer.is_joint else "delta_first"
                told = page.paragraph(f"backward.{key}", unit=page.unit(layer.number, unit))
                blocks.append(told)
            blocks.append(page.lines([layer.delta(unit)]))
        blocks.append(page.lines([page.gradient(weight)], "hot"))
        return blocks

    def _product(self, factors: Sequence[Node]) -> Node:
        return product(factors, self.page.scribe.style.product)

    # --- what is left ---------------------------------------------------------------------------

    def _deltas(self, some_shown: bool) -> list[Block]:
        """The deltas of the units that no featured weight has brought yet."""
        page, layer = self.page, self.layer
        left = [j for j in layer.units if layer.delta(j) not in page.equations]
        if not left:
            return []
        shown = list(some(left, UNITS[page.detail]))
        if len(shown) < len(left):
            key = "first_delta" if len(shown) == 1 and not some_shown else "some_deltas"
            count, whole = number_word(page, len(shown)), number_word(page, len(layer.units))
            told = Paragraph(page.say(f"backward.{key}", count=capitalized(count), all=whole))
        else:
            key = "other_delta" if some_shown else "layer_delta"
            told = page.paragraph(f"backward.{key}{'s' if len(left) > 1 else ''}")
        left = shown
        quantities = [q for j in left for q in (*layer.upstream(j), layer.delta(j))]
        if page.detail == "brief":
            quantities = [layer.delta(j) for j in left]
        fresh = [q for q in dict.fromkeys(quantities) if q not in page.equations]
        return [told, page.lines(fresh)]

    def _others(self, weights: list[int]) -> list[Block]:
        """A line for each other weight: the factors by name, the delta form, numbers, value."""
        page = self.page
        shown = some(weights, LINES[page.detail])
        blocks: list[Block] = []
        if shown:
            kind = "_joint" if self.layer.is_joint else ""
            blocks.append(page.paragraph(f"backward.other_weights{kind}"))
            rows: list[Line] = []
            for weight in shown:
                line = page.scribe.line(page.gradient(weight))
                rows += page.rows(line, lead=self._product(self.layer.of_weight(weight)))
            blocks.append(Display(tuple(rows)))
        if len(weights) > len(shown) and page.detail != "brief":
            left_out = spaced(len(weights) - len(shown))
            blocks.append(page.paragraph("backward.left_out", count=left_out))
        return blocks

    def _biases(self) -> list[Block]:
        """A line for each bias, with its factors by name too."""
        page, layer, biases = self.page, self.layer, self.layer.biases
        if not biases or (page.detail == "brief" and page.chosen is None):
            return []
        asked = page.graph.problem.layers[layer.number - 1]
        threshold = asked.bias.form == "threshold"
        shared = asked.bias.form == "shared" and len(layer.units) > 1
        key = "thresholds" if threshold else "bias_shared" if shared else "biases"
        slope = slashed(layer.bias_slope(biases[0], layer.units[0]))
        local = Row((slope, Sign("="), Number("-1" if threshold else "1")))
        rows: list[Line] = []
        for unit, bias in zip(layer.units, some(biases, 2 * UNITS[page.detail]), strict=False):
            lead = None if shared else self._product(layer.of_bias(bias, unit))
            rows += page.rows(page.scribe.line(page.gradient(bias)), lead=lead)
        told = page.paragraph(f"backward.{key}", local=local)
        blocks: list[Block] = [told, Display(tuple(rows))]
        if "bias" in asked.frozen:
            key = "unchanged" if len(biases) == 1 else "unchanged_many"
            blocks.append(page.paragraph(f"backward.{key}"))
        return blocks
