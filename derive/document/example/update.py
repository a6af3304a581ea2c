"""The update: every new parameter, line by line as the optimizer says, and the error after the step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from sympy import Symbol

from derive.algebra.family import Family
from derive.algebra.places import Place, kept_for
from derive.algebra.rule import LOCAL, UP
from derive.document.blocks import Block, Heading, Inlines, Maths, Table
from derive.document.example.conventions import digits
from derive.document.example.page import ROWS, Page
from derive.document.example.pieces import negated, some, spaced
from derive.problem.optimizing import optimizer_of
from derive.writing.maths import Marked, Node, Row, Sign

MOST_COLUMNS = 2  # of what an optimizer calculates between the gradient and the new value


def update(page: Page) -> list[Block]:
    """The whole section."""
    page.at(None)
    blocks: list[Block] = [Heading(1, page.say("update.heading"))]
    new = page.worked.derivation.new
    moved = list(new)
    if not moved:
        key = "nothing" if page.graph.updated.size == 0 else "unchosen"
        return [*blocks, page.paragraph(f"update.{key}")]
    blocks.append(page.paragraph(_rule(page), new=page.name(new[moved[0]])))
    if page.graph.problem.optimizer.name != "gradient_descent":
        blocks.append(page.paragraph("update.start"))
    shown = moved if page.detail == "full" and len(moved) <= ROWS["brief"] else moved[:1]
    if page.detail != "brief":
        blocks.append(page.lines(q for parameter in shown for q in _lines(page, parameter)))
    if len(moved) > len(shown) or page.detail == "brief":
        rows = some(moved, ROWS[page.detail])
        blocks.append(_table(page, rows))
        if len(rows) < len(moved):
            blocks.append(page.paragraph("update.others", count=spaced(len(moved) - len(rows))))
    return [*blocks, *_vanished(page, moved), _after(page)]


def _rule(page: Page) -> str:
    """The sentence that says what moves."""
    if page.graph.updated.size < page.graph.parameters.size:
        return "update.rule_frozen"
    biases = any(layer.bias is not None for layer in page.graph.layers)
    return "update.rule" if biases else "update.rule_weights"


def _vanished(page: Page, moved: Sequence[int]) -> list[Block]:
    """What to say where the square that the step is divided by has no digit that is shown."""
    kinds = [kind for kind in _kinds(page, moved[0]) if kind.startswith("square")]
    for kind in kinds[-1:]:
        squares = [_beside(page, kind, parameter) for parameter in moved]
        truth = page.worked.truth.values[squares]
        shown = [float(page.scribe.number(square).text) for square in squares]
        if any(a != 0 and b == 0 for a, b in zip(truth, shown, strict=True)):
            name = page.scribe.notation.bare(kind)
            told = page.paragraph(
                f"update.vanished{page.rounded}", square=name, digits=digits(page)
            )
            return [told]
    return []


def _kinds(page: Page, parameter: int) -> list[str]:
    """What the optimizer calculates for a parameter before its new value, by kind."""
    optimizer = optimizer_of(page.graph.problem, page.graph.part(parameter))
    return [line.kind for line in optimizer.lines[:-1]]


def _lines(page: Page, parameter: int) -> list[int]:
    """The quantities that lead to a parameter's new value, which comes last."""
    found = [_beside(page, kind, parameter) for kind in _kinds(page, parameter)]
    return [*found, page.worked.derivation.new[parameter]]


def _beside(page: Page, kind: str, parameter: int) -> int:
    """The quantity of a kind that belongs to a parameter."""
    ledger = page.worked.derivation.ledger
    place = ledger.place(parameter)
    return ledger.find(Place(kept_for(kind, place.kind), place.layer, place.index))


# --- the table -----------------------------------------------------------------------------------


def _table(page: Page, moved: Sequence[int]) -> Table:
    """Old and new values, and between them what the page's optimizer and conventions ask for."""
    columns = _columns(page, moved)
    head = [page.say("update.parameter"), page.say("update.old"), *columns, page.say("update.new")]
    rows = []
    for parameter in moved:
        new = page.worked.derivation.new[parameter]
        nodes: list[Node | None] = [page.name(parameter), page.scribe.number(parameter)]
        nodes += [pick(parameter) for pick in columns.values()]
        nodes.append(Marked(page.scribe.number(new), "value"))
        rows.append(tuple((Maths(node),) if node is not None else () for node in nodes))
    return Table("l" + "r" * (len(head) - 1), tuple(head), tuple(rows))


Column = Callable[[int], Node | None]


def _columns(page: Page, moved: Sequence[int]) -> dict[Inlines, Column]:
    """The heads of the columns between old and new, and what stands in them for a parameter."""
    scribe, gradient = page.scribe, page.say("update.gradient")
    if all(UP in _maker(page, parameter)[0].arguments for parameter in moved):
        return {
            (Maths(scribe.notation.bare("delta")),): lambda q: _argument(page, q, UP),
            page.say("update.input"): lambda q: _argument(page, q, LOCAL),
        }
    columns: dict[Inlines, Column] = {gradient: lambda q: scribe.number(page.gradient(q))}
    kinds = max((_kinds(page, parameter) for parameter in moved), key=len)  # a weight's, with decay
    for kind in kinds[-MOST_COLUMNS:]:
        columns[(Maths(scribe.notation.bare(kind)),)] = partial(_of_kind, page, kind)
    if not kinds and page.worked.carried is None:
        rate = float(page.worked.values[page.graph.rate])
        step = Maths(Row((Sign("-"), page.name(page.graph.rate), Sign("·"))))
        columns[(step, *page.say("update.times_gradient"))] = lambda q: page.value(
            -rate * float(page.worked.values[page.gradient(q)])
        )
    return columns


def _maker(page: Page, parameter: int) -> tuple[Family, int]:
    """The family that makes a parameter's new value, and which of its members it is."""
    return page.worked.derivation.made(page.worked.derivation.new[parameter])


def _argument(page: Page, parameter: int, slot: Symbol) -> Node | None:
    """What stands in a slot of the new value's formula; nothing where the formula has no such slot."""
    family, member = _maker(page, parameter)
    ids = family.arguments.get(slot)
    return None if ids is None else page.scribe.number(int(ids[member]))


def _of_kind(page: Page, kind: str, parameter: int) -> Node | None:
    own = kind in _kinds(page, parameter)
    return page.scribe.number(_beside(page, kind, parameter)) if own else None


# --- afterwards ----------------------------------------------------------------------------------


def _after(page: Page) -> Block:
    """What the step did to the error."""
    if page.chosen is not None:
        return page.paragraph("update.partly")
    worked = page.worked
    before, after = worked.error, worked.error_after
    if not np.isfinite(after):
        return page.paragraph("update.undefined")
    key = "same" if before == after else "falls" if after < before else "rises"
    first, last = page.scribe.number(page.error), page.value(after)
    fields: dict[str, Node] = {"after": last}
    if key != "same":
        change = page.value(abs(after - before))
        if worked.carried is not None:
            high, low = (first, last) if key == "falls" else (last, first)
            change = page.summed([high, negated(low)])[1]
        fields |= {"before": first, "change": change}
    batch = "_batch" if page.batch < len(page.graph.problem.samples) else ""
    return page.paragraph(f"update.{key}{batch}", **fields)
