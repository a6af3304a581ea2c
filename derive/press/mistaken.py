"""The end of sheets with a mistake in each: the questions, and on keys the answers, for all at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from derive.document.blocks import Tasks, Text
from derive.document.sheet.mistake import Answers
from derive.exercises.digits import Rows
from derive.exercises.mistake_bends import Bend
from derive.exercises.mistake_columns import BentColumns
from derive.press.form import Strings, joined, spread
from derive.render.tasks import Layout
from derive.render.walk import Walk
from derive.writing.maths import Number
from derive.writing.scribe import Scribe

Piece = Callable[..., list[Strings]]  # see `Press.piece`
WIDEST = Number("-0.0000000000")  # about as wide as a value is on any sheet
ASKED, AGAIN, FOLLOWS, LAST = range(4)


class Mistaken:
    """Sets what follows the lines; `mark` is a text that occurs on no sheet."""

    def __init__(self, walk: Walk, piece: Piece, mark: str) -> None:
        self._walk, self._piece, self._mark = walk, piece, mark
        self._tables: dict[int, tuple[Tasks, Layout]] = {}

    def texts(self, number: int, part: Answers, columns: BentColumns) -> Rows:
        """What stands at the end of each sheet; `number` is that of the part."""
        found = [self._asked(number, part, columns)]
        if self._walk.reveal:
            found += [self._again(number, part, columns), self._after(number, part, columns)]
        return joined(found, len(columns))

    def _asked(self, number: int, part: Answers, columns: BentColumns) -> Rows:
        """The questions."""
        found = []
        for n, rows in columns.rows.items():
            bend = columns.planted.bends[n]

            def render(scribe: Scribe, bend: Bend = bend) -> str:
                return self._walk.blocks(part.asked(scribe, bend))

            key = number, ASKED, n
            strings = self._piece(key, render, columns.right, bend.quantity, rows)
            found.append((rows, joined(strings, rows.size)))
        return spread(len(columns), found)

    def _again(self, number: int, part: Answers, columns: BentColumns) -> Rows:
        """The line as it should be."""
        found = []
        for n, rows in columns.rows.items():
            quantity = columns.planted.bends[n].quantity
            if quantity not in self._tables:
                block = part.again(columns.right.scribe, quantity)
                wide = tuple(replace(task, value=WIDEST) for task in block.tasks)
                self._tables[quantity] = block, self._walk.arranged(replace(block, tasks=wide))

            def render(scribe: Scribe, quantity: int = quantity) -> str:
                block, table = self._tables[quantity]
                (task,) = part.again(scribe, quantity).tasks
                rows = self._walk.rows(block, table, [self._walk.row(table, task)])
                return self._walk.blocks([part.lead()]) + rows

            key = number, AGAIN, quantity
            strings = self._piece(key, render, columns.right, quantity, rows)
            found.append((rows, joined(strings, rows.size)))
        return spread(len(columns), found)

    def _after(self, number: int, part: Answers, columns: BentColumns) -> Rows:
        """What the lines come to that follow, one after the other."""
        sheets: dict[tuple[int, bool], list[int]] = defaultdict(list)
        for n, rows in columns.rows.items():
            follows = columns.planted.bends[n].follows
            for quantity in follows:
                sheets[quantity, quantity == follows[-1]] += rows.tolist()
        told: list[list[bytes]] = [[] for _ in range(len(columns))]
        families = columns.scribe.worked.derivation.families
        order = {q: n for n, q in enumerate(np.concatenate([f.targets for f in families]).tolist())}
        for quantity, is_last in sorted(sheets, key=lambda key: order[key[0]]):

            def render(scribe: Scribe, quantity: int = quantity, is_last: bool = is_last) -> str:
                return self._walk.inlines(part.follows(scribe, quantity, is_last))

            rows = np.array(sheets[quantity, is_last])
            key = number, LAST if is_last else FOLLOWS, quantity
            texts = joined(self._piece(key, render, columns.right, quantity, rows), rows.size)
            for row, text in zip(rows.tolist(), texts.tolist(), strict=True):
                told[row].append(text)
        mark = (Text(self._mark),)
        about = self._walk.blocks([part.after(mark)]).split(self._walk.inlines(mark))
        before, after = (text.encode() for text in about)
        return np.array([before + b"".join(texts) + after if texts else b"" for texts in told])
