"""Sheets in one format, thousands of them: each piece is set once and filled in for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sympy import Piecewise

from derive.algebra.fold import FLOATS, fold
from derive.document.blocks import Block, Document, PageBreak
from derive.document.sheet.compose import Fixed, Heads, Lines, SheetPage
from derive.document.sheet.mistake import Answers
from derive.exercises.certificate import Separation
from derive.exercises.columns import Columns
from derive.exercises.digits import Rows, plain, rows_of
from derive.exercises.mistake_columns import BentColumns
from derive.press.certified import Certificates
from derive.press.form import (
    Form,
    Render,
    Strings,
    Which,
    form_as_it_is,
    form_of,
    joined,
    kinds,
    spread,
    together,
)
from derive.press.mistaken import Mistaken
from derive.press.pattern import Pattern, Tokens
from derive.render import formats
from derive.render.tasks import Layout
from derive.render.walk import Walk

if TYPE_CHECKING:
    from derive.render.pdf import Typesetter

MOST_FORMS = 50_000  # that are kept


class Press:
    """Sets the sheets of one problem in one format: the keys with `reveal`, else the sheets.

    Pieces of a page that look the same but for their numbers are set once; their forms are kept from one
    lot of sheets to the next. `ending` is a form that stands at the end of each sheet.
    """

    def __init__(
        self, page: SheetPage, format: str, reveal: bool, name: str = "sheets",
        templates: Path | None = None, ending: Callable[[Tokens], Form] | None = None,
    ) -> None:  # fmt: skip
        self.page, self.format, self.reveal = page, formats(templates)[format], reveal
        self.walk = Walk(self.format, name, templates, reveal, contents=False)
        self._parts = list(page.parts())
        self._tokens = Tokens(page.literals(), page.slots)
        self._forms: dict[tuple[int, ...], Form | None] = {}  # by part, line and look
        # the quantities in pieces without a form for all signs
        self._involved: dict[tuple[int, ...], list[int]] = {}
        self._tables: dict[int, Layout] = {}
        self._frames: dict[int, tuple[str, str]] = {}  # what stands around the lines of a part
        self._mistaken = Mistaken(self.walk, self.piece, self._tokens.of(0))
        self._certificates = Certificates(self.walk, page, self._tokens)
        self._ending = None if ending is None else ending(self._tokens)
        self._plain: list[str] | None = None  # the head of a sheet without a name, about its number

    def bodies(
        self, columns: Columns, heads: Sequence[Heads], certified: Sequence[Separation] = ()
    ) -> list[str]:
        """The text of each sheet, without the frame of a page; of keys with what is `certified`."""
        return plain(joined(self._strings(columns, heads, certified), len(columns)))

    def together(
        self, columns: Columns, heads: Sequence[Heads], certified: Sequence[Separation], first: bool
    ) -> Iterator[bytes]:
        """Sheets one after the other, each on a new page; `first` says that none stands before them."""
        between = self.walk.blocks([PageBreak()]).encode()
        strings = self._strings(columns, heads, certified)
        for text in together([between, *strings], len(columns)):
            yield text.removeprefix(between) if first else text
            first = False

    def _strings(
        self, columns: Columns, heads: Sequence[Heads], certified: Sequence[Separation]
    ) -> Iterator[Strings]:
        """What stands side by side on each sheet."""
        yield rows_of([self._head(head) for head in heads])
        for number, part in enumerate(self._parts):
            if isinstance(part, Fixed):
                yield from self._fixed(number, part, columns)
            elif isinstance(part, Answers):
                assert isinstance(columns, BentColumns)
                yield self._mistaken.texts(number, part, columns)
            else:
                yield from self._lines(number, part, columns)
        if certified:
            yield self._certificates.texts(certified)
        if self._ending is not None:
            yield from self._ending.filled(columns)

    def whole(self, body: str) -> str:
        """The source of a file with one sheet, or with many."""
        page = self.page
        title = page.title_of(self.reveal)
        return self.walk.framed(Document(title, (), (), page.language, page.frame), body)

    def file(self, body: str) -> bytes:
        """The file itself."""
        source = self.whole(body)
        return self._typesetter.set(source) if self.format.engine else source.encode()

    def close(self) -> None:
        """Let go of what sets PDFs, if anything does."""
        if "_typesetter" in vars(self):
            self._typesetter.close()
            del self._typesetter

    @cached_property
    def _typesetter(self) -> Typesetter:
        from derive.render.pdf import Typesetter

        return Typesetter()

    def _head(self, head: Heads) -> str:
        if head.name:  # a name can hold anything, and is set as it is
            return self._sealed(self.page.head(head))
        if self._plain is None:
            number = self._tokens.of(0)
            self._plain = self._sealed(self.page.head(Heads(number))).split(number)
        return head.number.join(self._plain)

    # --- pieces -------------------------------------------------------------------------------

    def _sealed(self, blocks: Iterable[Block]) -> str:
        return self.walk.sealed(self.walk.blocks(blocks))

    def _fixed(self, number: int, part: Fixed, columns: Columns) -> list[Strings]:
        """Blocks that look the same on every sheet."""
        return self.piece((number,), lambda scribe: self._sealed(part.make(scribe)), columns)

    def _lines(self, number: int, part: Lines, columns: Columns) -> Iterator[Strings]:
        """Lines one below the other, and what stands around them."""
        if number not in self._tables:
            block = part.block(columns.scribe)
            self._tables[number] = self.walk.arranged(block)
            mark = self._tokens.of(0)
            before, after = self.walk.rows(block, self._tables[number], [mark]).split(mark)
            self._frames[number] = before, after
        (before, after), table = self._frames[number], self._tables[number]
        yield before.encode()
        for quantity in part.lines:

            def render(scribe: Pattern, quantity: int = quantity) -> str:
                return self.walk.sealed(self.walk.row(table, part.make(scribe, quantity)))

            yield from self._line((number, quantity), render, columns, quantity)
        yield after.encode()

    def _line(
        self, key: tuple[int, ...], render: Render, columns: Columns, quantity: int
    ) -> list[Strings]:  # fmt: skip
        """One line on all sheets, on some of them bent."""
        if not isinstance(columns, BentColumns) or not columns.bent(quantity):
            return self.piece(key, render, columns, quantity)
        bent = columns.bent(quantity)
        others = np.setdiff1d(np.arange(len(columns)), np.concatenate(list(bent.values())))
        strings = self.piece(key, render, columns, quantity, others)
        found = [(others, joined(strings, others.size))]
        for n, rows in bent.items():
            written = columns.as_written(n)
            strings = self.piece((*key, -1 - n), render, written, quantity, rows)
            found.append((rows, joined(strings, rows.size)))
        return [spread(len(columns), found)]

    def piece(
        self, key: tuple[int, ...], render: Render, columns: Columns, quantity: int | None = None,
        rows: Which | None = None,
    ) -> list[Strings]:  # fmt: skip
        """One piece on all sheets or some: those on which it looks alike are filled in together."""
        chosen = np.arange(len(columns)) if rows is None else rows
        if quantity is None or not chosen.size:
            return self._alike(key, render, columns, chosen) if chosen.size else []
        looks = look(columns, quantity)[chosen]
        if (looks == looks[0]).all():
            return self._alike((*key, *looks[0].tolist()), render, columns, chosen)
        found = []
        for kind, places in kinds(looks):
            strings = self._alike((*key, *kind), render, columns, chosen[places])
            found.append((places, joined(strings, places.size)))
        return [spread(chosen.size, found)]

    def _alike(
        self, key: tuple[int, ...], render: Render, columns: Columns, sheets: Which
    ) -> list[Strings]:
        """A piece on sheets that differ in digits and signs alone."""
        if key not in self._forms:
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[key] = form_of(render, columns, int(sheets[0]), self._tokens)
        form = self._forms[key]
        if form is not None:
            every = sheets.size == len(columns)
            return list(form.filled(columns, None if every else sheets))
        return [self._signed(key, render, columns, sheets)]

    def _signed(
        self, key: tuple[int, ...], render: Render, columns: Columns, sheets: Which
    ) -> Rows:  # fmt: skip
        """A piece whose look depends on all of its signs, on sheets that differ in digits and signs."""
        own = self._involved.get(key)
        if own is None:
            slots = form_as_it_is(render, columns, int(sheets[0]), self._tokens).slots
            own = self._involved[key] = sorted(set(slots))
        signs = np.stack([columns[q].negative[sheets] for q in own], axis=1)
        found = []
        for kind, places in kinds(signs):
            name, alike = (*key, *kind), sheets[places]
            if name not in self._forms:
                self._forms[name] = form_as_it_is(render, columns, int(alike[0]), self._tokens)
            form = self._forms[name]
            assert form is not None
            found.append((places, joined(form.filled(columns, alike), places.size)))
        return spread(sheets.size, found)


def look(columns: Columns, quantity: int) -> NDArray[np.int64]:
    """What a line's look depends on but for signs, shape (sheets, …).

    Whether its value is shown in full, which of its cases holds, and the powers of ten in it.
    """
    family, member = columns.scribe.worked.derivation.made(quantity)
    found = [columns[quantity].exact.astype(np.int64)]
    held = family.member(member)
    for cases in sorted(family.rule.formula.atoms(Piecewise), key=str):
        branch = np.zeros(len(columns), dtype=np.int64)
        for n, (_, condition) in reversed(list(enumerate(cases.args))):
            holds = fold(condition, lambda slot: columns.values[:, held[slot]], FLOATS)
            branch = np.where(holds, n, branch)
        found.append(branch)
    for needed in (quantity, *family.needs(member)):
        powers = columns[needed].powers
        if powers:
            found.append(np.array([0 if power is None else power for power in powers]))
    return np.stack(found, axis=1)
