"""What the sections of a page about any topology ask of its layers: names, letters, quantities, arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from sympy import Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.catalogue.layers import LAYERS
from derive.document.blocks import Block, Display, Heading, Line, Text
from derive.document.example.page import Page
from derive.document.example.pieces import spoken
from derive.document.phrases import capitalized
from derive.writing.general import General
from derive.writing.layout import layout
from derive.writing.maths import Grid, Node, Row, Sign, Words
from derive.writing.patterns import Pattern
from derive.writing.width import LINE, width

MOST_ROWS, MOST_COLUMNS = 24, 8  # of an array that are all printed
GAP = 2.0  # em between two of them
ENDS = 3  # of a longer one, the first so many rows or columns, and the last one


def notation(page: Page) -> General:
    """The page's notation, which names quantities by their numbers."""
    found = page.scribe.notation
    assert isinstance(found, General)
    return found


def kind_name(page: Page, number: int) -> str:
    """What the kind of a layer is called: "recurrent"."""
    return page.phrases.plain(f"kinds.{page.graph.problem.layers[number - 1].kind}")


def layer_heading(page: Page, number: int) -> Block:
    """The heading of what is told of one layer."""
    return Heading(2, (Text(capitalized(page.layer_name(number))),))


def shape_of(page: Page, number: int) -> tuple[int, ...]:
    """The shape of what a layer gives; of the inputs, layer 0."""
    problem = page.graph.problem
    if number == 0:
        return problem.shape or (problem.inputs,)
    layer = problem.layers[number - 1]
    return layer.shape or (layer.units,)


def sources_of(page: Page, number: int) -> tuple[int, ...]:
    """The layers that a layer takes; 0 are the inputs."""
    return page.graph.problem.layers[number - 1].sources or (number - 1,)


def mine(page: Page, ids: Ids) -> Ids:
    """Quantities of the one sample that was derived as those of the sample that the page looks at."""
    return page.worked.derivation.lift.of(ids, (page.sample or 1) - 1)


def of_layer(page: Page, families: tuple[Family, ...], number: int) -> Iterator[Family]:
    """The families that make quantities of a layer."""
    place = page.worked.derivation.one.ledger.place
    for family in families:
        if place(int(family.targets[0])).layer == number:
            yield family


def formulas(page: Page, number: int) -> list[Block]:
    """A layer in a line or two of letters, as its kind gives them."""
    layer = page.graph.problem.layers[number - 1]
    rows: list[Line] = []
    for left, right in LAYERS[layer.kind].formulas(layer.options):
        pieces = [Row((Sign("="), layout(right, lambda s: symbol(page, s), page.style)))]
        rows += page.broken(symbol(page, Symbol(left)), pieces)
    return [Display(tuple(rows))] if rows else []


def symbol(page: Page, letter: Symbol) -> Node:
    """A letter of such a formula: the notation's for a kind of quantities, with what stands around it."""
    name = Pattern.read(str(letter)).node({})
    return replace(name, base=notation(page).letter(name.base))


# --- arrays of numbers -----------------------------------------------------------------------------


def arrays(page: Page, every: Iterable[Ids]) -> Display:
    """The values of blocks of quantities as matrices with their names, as many in a row as there is room
    for: W = […]. Of more than two axes, one for each index before them."""
    rows: list[list[Node]] = [[]]
    room = LINE
    for ids in every:
        flat = ids if ids.ndim > 1 else ids.reshape(1, -1)
        for index in np.ndindex(*flat.shape[:-2]):
            piece = Row((_name(page, ids, index), Sign("="), _grid(page, flat[index])))
            if rows[-1] and width(piece) + GAP > room:
                rows.append([])
                room = LINE
            room -= width(piece) + GAP
            rows[-1] += [Sign("  "), piece] if rows[-1] else [piece]
    lines = [Line((Row(()), Row(tuple(row))), spoken=spoken(Row(()), row)) for row in rows if row]
    return Display(tuple(lines))


def _name(page: Page, ids: Ids, index: tuple[int, ...]) -> Node:
    """The name of an array: the letter of its quantities, large for a matrix, and the indices it has."""
    place = page.worked.derivation.ledger.place(int(ids.flat[0]))
    return notation(page).array(place, tuple(n + 1 for n in index), ids.ndim > 1)


def _grid(page: Page, ids: Ids) -> Grid:
    rows = _some(ids.shape[0], MOST_ROWS)
    columns = _some(ids.shape[1], MOST_COLUMNS)

    def entry(row: int | None, column: int | None) -> Node:
        if row is None or column is None:
            return Sign("…")
        quantity = int(ids[row, column])
        return page.scribe.number(quantity) if page.is_known(quantity) else Words("–")

    return Grid(tuple(tuple(entry(r, c) for c in columns) for r in rows))


def _some(count: int, most: int) -> list[int | None]:
    """All positions, or the first few, a gap, and the last."""
    return [*range(count)] if count <= most else [*range(ENDS), None, count - 1]
