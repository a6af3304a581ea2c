"""A piece of a page as a form: its text, with gaps for numbers, filled in for many sheets at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby, pairwise
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.exercises.columns import Columns
from derive.press.pattern import Pattern, Tokens

Render = Callable[[Pattern], str]
TRIES = 200  # renderings in which the signs of any two neighbours are met in every combination
Strings = str | list[str]  # what stands at one place: on every sheet the same, or on each its own


class Form(NamedTuple):
    """`between[n]` is what stands before number n (and after the last), by the signs on both sides.

    The sign of what is left counts twice, that of what is right once: 0 to 3.
    """

    slots: tuple[int, ...]
    between: tuple[tuple[str, str, str, str], ...]

    def filled(self, columns: Columns, sheets: list[int] | None = None) -> list[Strings]:
        """What stands side by side on each sheet: strings for all of these sheets, in order."""
        count = len(columns) if sheets is None else len(sheets)
        nothing = np.zeros(count, dtype=np.int64)
        picked = slice(None) if sheets is None else np.array(sheets, dtype=int)
        signs = [columns[slot].negative[picked].astype(np.int64) for slot in self.slots]
        found: list[Strings] = []
        for n, (left, right) in enumerate(pairwise([nothing, *signs, nothing])):
            texts = self.between[n]
            if len(set(texts)) == 1:
                found.append(texts[0])
            else:
                found.append([texts[code] for code in (2 * left + right).tolist()])
            if n < len(self.slots):
                found.append(_digits(columns, self.slots[n], sheets))
        return found


def joined(strings: Iterable[Strings], count: int) -> list[str]:
    """What stands side by side on each of so many sheets, put together.

    >>> joined(["a", ["1", "2"], "b", "c"], 2)
    ['a1bc', 'a2bc']
    """
    return list(map("".join, _rows(strings, count)))


def put(found: list[str], rows: NDArray[np.int64], strings: Iterable[Strings]) -> None:
    """What stands side by side on some of the sheets, in its places among all."""
    for row, text in zip(rows.tolist(), joined(strings, rows.size), strict=True):
        found[row] = text


def side_by_side(strings: Iterable[Strings], count: int) -> Iterator[str]:
    """The same in one long row, sheet after sheet."""
    return chain.from_iterable(_rows(strings, count))


def _rows(strings: Iterable[Strings], count: int) -> Iterator[tuple[str, ...]]:
    columns = []
    for same, group in groupby(strings, key=lambda entry: isinstance(entry, str)):
        if same:
            columns.append(["".join(group)] * count)  # type: ignore[arg-type]
        else:
            columns += group  # type: ignore[arg-type]
    return zip(*columns, strict=True)


def _digits(columns: Columns, slot: int, sheets: list[int] | None) -> list[str]:
    texts = columns[slot].texts
    return texts if sheets is None else [texts[sheet] for sheet in sheets]


def form_of(render: Render, columns: Columns, sheet: int, tokens: Tokens) -> Form | None:
    """The form of a piece that looks like that of this sheet but for the signs of its numbers.

    None where a sign changes more than what stands beside its number: where it makes a formula so wide
    that it is broken elsewhere, for instance.
    """
    draw = Random(0)
    slots: list[int] = []
    seen: list[dict[int, str]] = []
    for attempt in range(TRIES):
        chance = (0.0, 1.0)[attempt] if attempt < 2 else 0.5
        signs: dict[int, bool] = {}

        def is_negative(
            quantity: int, signs: dict[int, bool] = signs, chance: float = chance
        ) -> bool:
            return signs.setdefault(quantity, draw.random() < chance)

        texts, here = tokens.split(render(Pattern(columns, sheet, tokens, is_negative)))
        if not attempt:
            slots, seen = here, [{} for _ in texts]
        if slots != here:
            return None
        flags = [0, *(int(signs[slot]) for slot in slots), 0]
        for n, text in enumerate(texts):
            if seen[n].setdefault(2 * flags[n] + flags[n + 1], text) != text:
                return None
        if all(len(codes) == _combinations(slots, n) for n, codes in enumerate(seen)):
            break
    return Form(tuple(slots), tuple(_complete(codes) for codes in seen))


def form_as_it_is(render: Render, columns: Columns, sheet: int, tokens: Tokens) -> Form:
    """The form of a piece whose numbers have the signs that they have on this sheet."""

    def is_negative(quantity: int) -> bool:
        return bool(columns[quantity].negative[sheet])

    texts, slots = tokens.split(render(Pattern(columns, sheet, tokens, is_negative)))
    return Form(tuple(slots), tuple((text,) * 4 for text in texts))


def _combinations(slots: list[int], n: int) -> int:
    """How many combinations of signs the neighbours of a text can have."""
    left = slots[n - 1] if n else None
    right = slots[n] if n < len(slots) else None
    return 2 ** len({left, right} - {None})


def _complete(codes: dict[int, str]) -> tuple[str, str, str, str]:
    """A text for every combination, also for those that cannot be."""
    other = next(iter(codes.values()))
    return tuple(codes.get(code, other) for code in range(4))  # type: ignore[return-value]
