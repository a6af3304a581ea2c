"""What each token attends to: the attention weights as a matrix for each head."""

from __future__ import annotations

from derive.algebra.places import Place
from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.general.figures.pieces import box, cells, room
from derive.document.general.layers import kind_name, shape_of, sources_of
from derive.document.scene import Label, Scene, Shape
from derive.writing.maths import Node, Number, Words

MOST_TOKENS, MOST_HEADS = 6, 3
SIZE, DOWN, LEFT, TOP = 6.5, 6.0, 9.0, 11.0


def attended(page: Page, number: int) -> Figure | None:
    """A row for each token that asks, a column for each that is asked; the largest weight in colour."""
    tokens = shape_of(page, sources_of(page, number)[0])[0]
    heads = int(page.graph.problem.layers[number - 1].options.get("heads", 1))
    if tokens > MOST_TOKENS:
        return None
    tables = [
        _table(page, number, head, heads, tokens) for head in range(1, min(heads, MOST_HEADS) + 1)
    ]
    across = room([node for table in tables for row in table for node in row], SIZE)
    shapes: list[Shape] = []
    for n, table in enumerate(tables):
        x = LEFT + n * (tokens * across + LEFT + 4)
        if heads > 1:
            words = Words(page.phrases.plain("general.head", number=n + 1))
            shapes.append(Label(x + tokens * across / 2, 2.5, words, 7.5))
        for t in range(tokens):
            shapes.append(Label(x + (t + 0.5) * across, TOP - 3, Number(str(t + 1)), SIZE, "faint"))
            shapes.append(Label(x - 3, TOP + (t + 0.5) * DOWN, Number(str(t + 1)), SIZE, "faint"))
        shapes += cells(x, TOP, table, SIZE, across, DOWN)
        for t, row in enumerate(table):
            best = max(range(tokens), key=lambda s: _size(row[s]))
            shapes.append(box(x + best * across, TOP + t * DOWN, across, DOWN, "hot"))
    width = LEFT + len(tables) * (tokens * across + LEFT + 4) - LEFT
    scene = Scene(width, TOP + tokens * DOWN + 2, tuple(shapes))
    alt = page.phrases.plain("general.attended_alt", kind=kind_name(page, number), tokens=tokens)
    return Figure(scene, alt, page.say("general.attended"))


def _table(page: Page, number: int, head: int, heads: int, tokens: int) -> list[list[Node]]:
    """The weights of one head; where a token must not look, nothing."""

    def entry(t: int, s: int) -> Node:
        index = (t, s) if heads == 1 else (head, t, s)
        try:
            quantity = page.worked.derivation.ledger.find(
                Place("alpha", number, index, page.sample)
            )
            return page.scribe.number(quantity) if page.is_known(quantity) else Words("–")
        except (KeyError, ValueError):
            return Words("–")

    return [[entry(t, s) for s in range(1, tokens + 1)] for t in range(1, tokens + 1)]


def _size(node: Node) -> float:
    return float(node.text) * 10.0 ** (node.power or 0) if isinstance(node, Number) else -1.0
