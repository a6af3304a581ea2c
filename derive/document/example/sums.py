"""The sum over all paths from a weight to the error: in names, in numbers, and counted."""

from __future__ import annotations

from functools import reduce
from operator import mul

from derive.derivation.paths import Path, paths, steps
from derive.document.blocks import Beside, Block, Display, Figure, Inlines, Line, Paragraph
from derive.document.example.page import Page, number_word
from derive.document.example.pieces import label_of, product, spaced, spoken
from derive.writing.binding import signed
from derive.writing.maths import Brace, Marked, Node, Number, Row, Sign, Words
from derive.writing.width import LINE, split, width

WRITTEN = {"brief": 2, "standard": 6, "full": 12}  # paths that are written out
IN_NUMBERS = 4  # paths that are written out in numbers too
PROVED = 200  # paths whose sum is multiplied out and compared with the delta form


class PathSum:
    """The paths of one weight on one page."""

    def __init__(self, page: Page, layer: int, weight: int) -> None:
        self.page, self.layer, self.weight = page, layer, weight
        self.gradient = page.gradient(weight)
        self.unit = page.worked.derivation.ledger.place(weight).index[0]
        self.found = self._ways(WRITTEN[page.detail])

    def _ways(self, most: int) -> list[tuple[int, Path]] | None:
        """All paths, or None where there are more than `most`."""
        found = []
        for path in paths(self.page.worked.derivation, self.gradient):
            found.append(path)
            if len(found) > most:
                return None
        return found

    @property
    def is_provable(self) -> bool:
        """Whether there are several paths, and not too many to be multiplied out."""
        found = self._ways(PROVED)
        return found is not None and len(found) > 1

    @property
    def title(self) -> Inlines:
        name = self.page.name(self.weight)
        if self.found is None or len(self.found) == 1:
            return self.page.say("backward.weight", weight=name)
        count = number_word(self.page, len(self.found))
        return self.page.say("backward.weight_paths", weight=name, count=count)

    @property
    def _is_last(self) -> bool:
        return self.layer == len(self.page.graph.layers)

    # --- the sum, and what to do instead ------------------------------------------------------

    def opening(self, figure: Figure) -> list[Block]:
        """What the chain rule says, beside the figure; the sum in names; what follows from it."""
        told = self._told()
        blocks: list[Block] = [Beside((told,), figure)]
        if self.found is not None:
            blocks.append(self._in_names(self.found))
        if not self._is_last:
            one = self.found is not None and len(self.found) == 1
            blocks.append(self.page.paragraph(f"backward.known{'_one' if one else ''}"))
        return blocks

    def _told(self) -> Paragraph:
        page, name = self.page, self.page.name(self.weight)
        if self.found is None:
            ways, factors = map(spaced, self._size())
            return page.paragraph("backward.sum_many", weight=name, count=ways, factors=factors)
        if len(self.found) == 1:
            return page.paragraph("backward.sum_one", weight=name)
        key = "backward.sum_joint" if self._is_last else "backward.sum"
        unit, count = page.unit(self.layer, self.unit), number_word(page, len(self.found))
        return page.paragraph(key, weight=name, unit=unit, count=count)

    def _in_names(self, found: list[tuple[int, Path]]) -> Display:
        page = self.page
        left, sign = page.name(self.gradient), page.scribe.style.product
        room = LINE - width(left)
        terms: list[Node] = []
        for _, path in found:
            factors = product([page.name(q) for q in path], sign)
            braced = Brace(factors, self._through(path))
            terms.append(braced if len(found) > 1 and width(braced) < room - 1 else factors)
        return self._display(left, _stacked(terms, [s for s, _ in found], room))

    def in_numbers(self) -> list[Block]:
        """The same sum with its numbers, to be compared with the gradient by deltas."""
        if self.found is None or not 1 < len(self.found) <= IN_NUMBERS:
            return []
        page, scribe = self.page, self.page.scribe
        left = page.name(self.gradient)
        room = LINE - width(left)
        numbers = [product([scribe.number(q) for q in path], "×") for _, path in self.found]
        rows = _stacked(numbers, [sign for sign, _ in self.found], room)
        shares = tuple(self._share(sign, path) for sign, path in self.found)
        if page.worked.carried is None:
            relation, total = scribe.line(self.gradient).relation, scribe.number(self.gradient)
        else:  # from the numbers as printed, and so a little beside the gradient by deltas
            relation, total = page.summed(shares)
        ending = Row((relation, Marked(total, "value")))
        rows += split(Row((Sign("≈"), signed(shares), ending)), room)
        key = f"backward.sum_numbers{page.rounded}"
        if page.worked.carried is not None and total == scribe.number(self.gradient):
            key = "backward.sum_numbers"
        return [page.paragraph(key), self._display(left, rows)]

    def _share(self, sign: int, path: Path) -> Number:
        """One path's product."""
        page, carried = self.page, self.page.worked.carried
        if carried is None:
            return page.value(sign * reduce(mul, (float(page.worked.values[q]) for q in path)))
        product = sign * reduce(mul, (carried.fraction(q) for q in path))
        return Number(*page.scribe.figures.of(product)[0])

    def _display(self, left: Node, rows: list[Node]) -> Display:
        page = self.page
        lines = [Line((left if i == 0 else Row(()), row)) for i, row in enumerate(rows)]
        number = page.number()
        first = Line(lines[0].cells, number if len(lines) == 1 else None, spoken(left, rows))
        return Display((first, *lines[1:-1], *(Line(x.cells, number) for x in lines[1:][-1:])))

    # --- names of paths, and their number -----------------------------------------------------

    def _through(self, path: Path) -> Node:
        """The units that a path passes after the weight's own: o₁, or h2.1 → o₁."""
        page, notation = self.page, self.page.scribe.notation
        places = [page.worked.derivation.ledger.place(q) for q in path]
        labels: list[Node] = []
        for place in reversed(places):  # a path is told from the error back to the weight
            if place.layer is None or place.layer < self.layer:
                continue
            if place.kind == "w" and place.layer > self.layer:
                labels.append(notation.label(place.layer, place.index[0]))
            elif place.kind == "dout/dnet" and len(place.index) == 2:
                labels.append(page.name(page.find("out", place.layer, place.index[0])))
        items: list[Node] = []
        for label in labels:
            items += [Sign("→"), label] if items else [label]
        return label_of(page.say("backward.through", unit=Row(tuple(items))))

    def _size(self) -> tuple[float, float]:
        """How many paths there are, and how many factors they have together."""
        known: dict[int, tuple[float, float]] = {}

        def size(quantity: int) -> tuple[float, float]:
            if quantity not in known:
                contributions = steps(self.page.worked.derivation, quantity)
                inner = [(size(s.upstream), s.local is not None) for s in contributions]
                ways = sum(n for (n, _), _ in inner)
                factors = sum(f + n * local for (n, f), local in inner)
                known[quantity] = (ways, factors) if inner else (1.0, 1.0)
            return known[quantity]

        return size(self.gradient)


def _stacked(terms: list[Node], signs: list[int], room: float) -> list[Node]:
    """= term + term …, as many on each line as fit."""
    rows: list[list[Node]] = [[]]
    for i, (term, sign) in enumerate(zip(terms, signs, strict=True)):
        mark: list[Node] = [Sign("+") if sign > 0 else Sign("-")]
        if i == 0:
            mark = [Sign("=")] if sign > 0 else [Sign("="), Sign("-")]
        for part in split(Row((*mark, term)), room):
            if rows[-1] and sum(map(width, rows[-1])) + width(part) > room:
                rows.append([Words("")])  # so that a sign is set as between two terms
            rows[-1].append(part)
    return [Row(tuple(row)) for row in rows]
