"""The sum over all paths from a weight to the error, term by term."""

from __future__ import annotations

from functools import reduce
from operator import mul

from derive.derivation.paths import Path, paths, steps
from derive.document.blocks import Beside, Block, Display, Figure, Inlines, Line
from derive.document.example.page import Page, label_of, product, spaced
from derive.writing.layout import signed
from derive.writing.maths import Brace, Marked, Node, Row, Sign, Words
from derive.writing.width import LINE, split, width

WRITTEN = {"brief": 2, "standard": 6, "full": 12}  # paths that are written out
MOST = 200  # paths whose sum is proved equal to the delta form


def ways(page: Page, gradient: int, most: int) -> list[tuple[int, Path]] | None:
    """All paths, or None where there are more than `most`."""
    found = []
    for path in paths(page.worked.derivation, gradient):
        found.append(path)
        if len(found) > most:
            return None
    return found


def provable(page: Page, gradient: int) -> bool:
    """Whether the sum is short enough to be multiplied out."""
    return ways(page, gradient, MOST) is not None


def sum_over_paths(
    page: Page, layer: int, weight: int, figure: Figure
) -> tuple[Inlines, list[Block]]:
    """The title of a weight's part, and the chain rule as a sum over its paths."""
    gradient, name = page.gradient(weight), page.name(weight)
    found = ways(page, gradient, WRITTEN[page.detail])
    unit = page.worked.derivation.ledger.place(weight).index[0]
    label = page.scribe.notation.label(layer, unit)
    last = layer == len(page.graph.layers)
    if found is None:
        return page.say("backward.weight", weight=name), _too_many(page, gradient, name, figure)
    if len(found) == 1:
        title, told = (
            page.say("backward.weight", weight=name),
            page.paragraph("backward.sum_one", weight=name),
        )
    else:
        title = page.say("backward.weight_paths", weight=name, count=_number(page, len(found)))
        key = "backward.sum_joint" if last else "backward.sum"
        told = page.paragraph(key, weight=name, unit=label, count=_number(page, len(found)))
    after = page.paragraph("backward.delta_joint" if last else "backward.known", unit=label)
    return title, [Beside((told,), figure), _sum(page, layer, gradient, found), after]


def _number(page: Page, count: int) -> str:
    return (
        page.phrases.plain(f"numbers.{count}") if f"numbers.{count}" in page.phrases else str(count)
    )


def _too_many(page: Page, gradient: int, name: Node, figure: Figure) -> list[Block]:
    """How many paths there are, where they are too many to write out."""
    known: dict[int, tuple[float, float]] = {}

    def size(quantity: int) -> tuple[float, float]:
        if quantity not in known:
            contributions = steps(page.worked.derivation, quantity)
            inner = [(size(s.upstream), s.local is not None) for s in contributions]
            known[quantity] = (
                (sum(n for (n, _), _ in inner), sum(f + n * local for (n, f), local in inner))
                if inner else (1.0, 1.0)
            )  # fmt: skip
        return known[quantity]

    count, factors = size(gradient)
    told = page.paragraph(
        "backward.sum_many", weight=name, count=spaced(count), factors=spaced(factors)
    )  # fmt: skip
    return [Beside((told,), figure)]


def _sum(page: Page, layer: int, gradient: int, found: list[tuple[int, Path]]) -> Display:
    """∂E/∂w = path + path …, in names, in numbers, and each path's value."""
    left, scribe = page.name(gradient), page.scribe
    names: list[Node] = [
        Brace(product([scribe.name(q) for q in path], scribe.style.product), _through(page, layer, path))
        if len(found) > 1 else product([scribe.name(q) for q in path], scribe.style.product)
        for _, path in found
    ]  # fmt: skip
    numbers = [product([scribe.number(q) for q in path], "×") for _, path in found]
    signs = [sign for sign, _ in found]
    values = [
        sign * reduce(mul, (float(page.worked.values[q]) for q in path)) for sign, path in found
    ]
    printed: list[Node] = [page.value(value) for value in values]
    room = LINE - width(left)
    rows = _stacked(names, signs, room)
    rows += _stacked(numbers, signs, room)
    if len(found) > 1:
        rows += [
            Row((Sign("=") if i == 0 else Sign("  "), part))
            for i, part in enumerate(split(signed(tuple(printed)), room))
        ]
    total = Row((scribe.line(gradient).relation, Marked(scribe.number(gradient), "value")))
    if width(rows[-1]) + width(total) <= room:
        rows[-1] = Row((rows[-1], total))
    else:
        rows.append(total)
    lines = [Line((left if i == 0 else Row(()), row)) for i, row in enumerate(rows)]
    spoken = page.broken(left, rows)[0].spoken
    return Display(
        (Line(lines[0].cells, None, spoken), *lines[1:-1], Line(lines[-1].cells, page.last))
    )


def _stacked(terms: list[Node], signs: list[int], room: float) -> list[Node]:
    """= term + term …, as many on each line as fit."""
    rows: list[list[Node]] = [[]]
    for i, (term, sign) in enumerate(zip(terms, signs, strict=True)):
        mark: tuple[Node, ...] = (Sign("+"),) if sign > 0 else (Sign("-"),)
        if i == 0:
            mark = (Sign("="),) if sign > 0 else (Sign("="), Sign("-"))
        piece: list[Node] = [*mark, term]
        if i and sum(map(width, rows[-1])) + sum(map(width, piece)) > room:
            piece.insert(0, Words(""))  # so that the sign is set as between two terms
        if rows[-1] and sum(map(width, rows[-1])) + sum(map(width, piece)) > room:
            rows.append([])
        rows[-1] += piece
    return [Row(tuple(row)) for row in rows]


def _through(page: Page, layer: int, path: Path) -> Node:
    """The units that a path passes after the weight's own: o₁, or h2.1 → o₁."""
    places = [page.worked.derivation.ledger.place(q) for q in path]
    units = {
        p.layer: p.index[0]
        for p in places
        if p.kind == "w" and p.layer is not None and p.layer > layer
    }
    if not units:  # a joint activation in the last layer: the path is told by its output
        units = {p.layer: p.index[0] for p in places if p.kind == "dE/dout" and p.layer is not None}
    labels = [page.scribe.notation.label(level, unit) for level, unit in sorted(units.items())]
    items: list[Node] = []
    for label in labels:
        items += [Sign("→"), label] if items else [label]
    return label_of(page.say("backward.through", unit=Row(tuple(items))))
