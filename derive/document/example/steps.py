"""The updates after the first: a table of the error and the parameters, and a drawing of the error."""

from __future__ import annotations

import numpy as np

from derive.document.blocks import Block, Heading, Inlines, Maths, Table, Text
from derive.document.example.check import bound
from derive.document.example.page import Page
from derive.document.example.pieces import spaced
from derive.document.example.plot import plot
from derive.history import History, Row
from derive.problem import schedule
from derive.writing.maths import Marked, Node, Number
from derive.writing.width import LINE

COLUMNS = 8  # parameters that have a column each, at most
DIGIT, GAP = 0.5, 2.2  # em: about what a digit takes, and what stands between two columns


def steps(page: Page) -> list[Block]:
    """The whole section; nothing where there is one update."""
    history = page.history
    if history is None:
        return []
    page.at(None)
    blocks: list[Block] = [Heading(1, page.say("steps.heading")), _intro(page, history)]
    if page.worked.carried is not None:
        key = "steps.carried" if history.is_carried else "steps.not_carried"
        blocks.append(page.paragraph(key))
    blocks.append(_table(page, history))
    if len(history.curve) > 2:
        blocks.append(plot(page, history.curve))
    return [*blocks, *_ending(page, history)]


def _intro(page: Page, history: History) -> Block:
    if history.made == 1:
        return page.paragraph("steps.intro_one")
    updates, each = spaced(history.made), schedule.per_epoch(page.graph.problem)
    if each == 1:
        return page.paragraph("steps.intro", updates=updates)
    return page.paragraph("steps.intro_batches", updates=updates, each=spaced(each))


def _table(page: Page, history: History) -> Table:
    parameters = page.graph.parameters.tolist()
    room = LINE / (DIGIT * (page.scribe.figures.digits.count + 3) + GAP)
    most = max(1, min(COLUMNS, int(room) - 2))
    shown = [n for n, q in enumerate(parameters) if _is_shown(page, q)][:most]
    error = page.scribe.notation.error()
    head: list[Inlines] = [page.say("steps.updates"), (Maths(error),)]
    head += [(Maths(page.name(parameters[n])),) for n in shown]
    if len(shown) < len(parameters):
        head.append((Text("…"),))
    rows = []
    for row in history.rows:
        cells: list[Inlines] = [(Text(spaced(row.made)),), (Maths(_error(page, row)),)]
        cells += [(Maths(_parameter(page, row, n, parameters[n])),) for n in shown]
        if len(shown) < len(parameters):
            cells.append(())
        rows.append(tuple(cells))
    return Table("r" * len(head), tuple(head), tuple(rows))


def _is_shown(page: Page, parameter: int) -> bool:
    """Parameters that never move have no column."""
    return parameter in page.worked.derivation.new


def _error(page: Page, row: Row) -> Node:
    whole = page.batch == len(page.graph.problem.samples)  # then the first error has a line
    first = row.made == 0 and whole
    return Marked(page.scribe.number(page.error) if first else _number(page, row.error), "value")


def _parameter(page: Page, row: Row, position: int, quantity: int) -> Node:
    if row.made == 0:
        return page.scribe.number(quantity)
    if row.made == 1:
        return page.scribe.number(page.worked.derivation.new[quantity])
    return _number(page, float(row.parameters[position]))


def _number(page: Page, value: float) -> Node:
    return page.value(value) if np.isfinite(value) else Number("—")


def _ending(page: Page, history: History) -> list[Block]:
    """Why the run ended, what it came to, and that it was checked."""
    blocks: list[Block] = []
    run, limit = history.run, page.graph.problem.stop_below
    count = spaced(history.made)
    if run.diverged:
        blocks.append(page.paragraph("steps.diverged", updates=count))
    elif run.stopped and limit is not None:
        blocks.append(page.paragraph("steps.stopped", updates=count, bound=Number(limit.text)))
    elif limit is not None:
        blocks.append(page.paragraph("steps.not_stopped", bound=Number(limit.text)))
    gap = bound(history.gap.relative, 1.0)
    if history.is_carried:
        blocks.append(page.paragraph("steps.checked_printed", gap=gap))
    elif history.checked == history.made:
        blocks.append(page.paragraph("steps.checked_all", gap=gap))
    else:
        blocks.append(page.paragraph("steps.checked", count=spaced(history.checked), gap=gap))
    return blocks
