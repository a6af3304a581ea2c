"""What keys say of their certificates: set once for each closest pair, and filled in with counts."""

from __future__ import annotations

from collections.abc import Sequence

from derive.document.sheet.compose import SheetPage
from derive.exercises.certificate import Separation
from derive.exercises.digits import Rows, rows_of
from derive.press.pattern import Tokens
from derive.render.walk import Walk

COUNTS = 3  # separated pairs, pairs, and the least gap


class Certificates:
    """Sets them for the keys of one press."""

    def __init__(self, walk: Walk, page: SheetPage, tokens: Tokens) -> None:
        self._walk, self._page, self._tokens = walk, page, tokens
        self._known: dict[tuple[object, ...], tuple[list[str], list[int]]] = {}

    def texts(self, found: Sequence[Separation]) -> Rows:
        """The text for each sheet."""
        return rows_of([self._text(separation) for separation in found])

    def _text(self, found: Separation) -> str:
        key = found.closest, found.alike
        if key not in self._known:
            separated, pairs, least = map(self._tokens.of, range(COUNTS))
            blocks = self._page.certified(found, (separated, pairs, least))
            self._known[key] = self._tokens.split(self._walk.sealed(self._walk.blocks(blocks)))
        texts, slots = self._known[key]
        least = f"{found.least:.0f}" if found.least >= 10 else f"{found.least:.1f}"
        told = str(found.separated), str(found.pairs), least
        filled = [*(told[slot] for slot in slots), ""]
        return "".join(part for pair in zip(texts, filled, strict=True) for part in pair)
