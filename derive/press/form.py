"""A piece of a page as a form: its text, with gaps for numbers, filled in for many sheets at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice, pairwise, takewhile
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.exercises.columns import Columns
from derive.exercises.digits import NOTHING, Rows, rows_of
from derive.press.pattern import Pattern, Tokens
from derive.press.signs import FEW, trials

Render = Callable[[Pattern], str]
TRIES = 200  # renderings in which the signs of any two neighbours are met in every combination
AT_ONCE = 1 << 20  # bytes of sheets that are put together: what a processor keeps at hand
Which = NDArray[np.int64]
Strings = bytes | Rows  # what stands at one place: on every sheet the same, or on each its own


class Between(NamedTuple):
    """What stands between two numbers: `by_signs`, where they decide, and what is the same about it.

    The sign of what is left counts twice, that of what is right once: 0 to 3.
    """

    before: bytes
    by_signs: Rows | None
    after: bytes

    @classmethod
    def of(cls, texts: Sequence[str]) -> Between:
        """The text for each combination of signs, parted.

        >>> Between.of([" + ", " - ", ") + ", ") - "])
        Between(before=b'', by_signs=array([b' +', b' -', b') +', b') -'], dtype='|S3'), after=b' ')
        """
        before = _beginning(texts)
        rests = [text.removeprefix(before) for text in texts]
        after = _beginning([rest[::-1] for rest in rests])[::-1]
        own = rows_of([rest.removesuffix(after) for rest in rests]) if any(rests) else None
        return cls(before.encode(), own, after.encode())


class Form(NamedTuple):
    """`between[n]` is what stands before number n, and after the last."""

    slots: tuple[int, ...]
    between: tuple[Between, ...]

    @classmethod
    def of(cls, slots: Sequence[int], between: Iterable[Sequence[str]]) -> Form:
        """The form with these texts, each by the signs on both sides of it."""
        return cls(tuple(slots), tuple(map(Between.of, between)))

    def filled(self, columns: Columns, sheets: Which | None = None) -> Iterator[Strings]:
        """What stands side by side on each sheet: strings for all of these sheets, in order."""
        picked = slice(None) if sheets is None else sheets
        nothing = np.zeros(len(columns), dtype=np.int64)[picked]
        signs = [columns[slot].negative[picked].astype(np.int64) for slot in self.slots]
        numbers: list[Strings] = [columns[slot].digits[picked] for slot in self.slots]
        neighbours = pairwise([nothing, *signs, nothing])
        for text, (left, right), number in zip(
            self.between, neighbours, [*numbers, b""], strict=True
        ):
            yield text.before
            if text.by_signs is not None:
                yield text.by_signs[2 * left + right]
            yield text.after
            yield number


def together(strings: Iterable[Strings], count: int) -> Iterator[bytes]:
    """What stands side by side on each of so many sheets, sheet after sheet; in lots of them.

    >>> list(together([b"a", np.array([b"1", b"23"]), b"b", b"c"], 2))
    [b'a1bca23bc']
    """
    beside = _merged(strings)
    step = max(1, min(count, AT_ONCE // sum(column.itemsize for column in beside)))
    rows = _rows(beside, step)
    for start in range(0, count, step):
        here = rows[: count - start]
        _fill(here, [column[start : start + step] if column.ndim else column for column in beside])
        yield here.tobytes().replace(NOTHING, b"")


def joined(strings: Iterable[Strings], count: int) -> Rows:
    """What stands side by side on each of so many sheets, put together."""
    beside = _merged(strings)
    rows = _rows(beside, count)
    _fill(rows, beside)
    found: Rows = rows.view(f"S{rows.itemsize}")
    return found


def spread(count: int, found: Iterable[tuple[Which, Rows]]) -> Rows:
    """What stands on some of so many sheets and on some others, in its places among all."""
    parts = list(found)
    every = np.zeros(count, dtype=f"S{max((texts.itemsize for _, texts in parts), default=1)}")
    for places, texts in parts:
        every[places] = texts
    return every


def kinds(rows: NDArray[Any]) -> Iterator[tuple[list[int], Which]]:
    """Each kind of row, and where it is found: `spread` puts together what is made of each."""
    order = np.lexsort(rows.T)
    ordered = rows[order]
    changes = (ordered[1:] != ordered[:-1]).any(axis=1)
    for found in np.split(order, np.flatnonzero(changes) + 1):
        yield rows[found[0]].tolist(), found


def _rows(columns: list[Rows], count: int) -> NDArray[np.void]:
    """A row for each of so many sheets, with what is the same on all of them in its place."""
    rows = np.empty(count, dtype=[("", column.dtype) for column in columns])
    for name, column in zip(rows.dtype.names or (), columns, strict=True):
        if not column.ndim:
            rows[name] = column
    return rows


def _fill(rows: NDArray[np.void], columns: list[Rows]) -> None:
    """Put in what differs."""
    for name, column in zip(rows.dtype.names or (), columns, strict=True):
        if column.ndim:
            rows[name] = column


def _merged(strings: Iterable[Strings]) -> list[Rows]:
    """As arrays, what is the same on every sheet in one piece and without a dimension."""
    found: list[Rows] = []
    for same, group in groupby(strings, key=lambda entry: isinstance(entry, bytes)):
        if not same:
            found += group  # type: ignore[arg-type]
        elif text := b"".join(group):  # type: ignore[arg-type]
            found.append(np.array(text))
    return found or [np.array(b"")]


def _beginning(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in same)


def form_of(render: Render, columns: Columns, sheet: int, tokens: Tokens) -> Form | None:
    """The form of a piece that looks like that of this sheet but for the signs of its numbers.

    None where a sign changes more than what stands beside its number: where it makes a formula so wide
    that it is broken elsewhere, for instance.
    """
    slots: list[int] = []
    seen: list[dict[int, str]] = []
    for attempt, signs in enumerate(islice(trials(), TRIES)):
        texts, here = tokens.split(render(Pattern(columns, sheet, tokens, signs.__getitem__)))
        if not attempt:
            slots, seen = here, [{} for _ in texts]
        if slots != here:
            return None
        flags = [0, *(int(signs[slot]) for slot in slots), 0]
        for n, text in enumerate(texts):
            if seen[n].setdefault(2 * flags[n] + flags[n + 1], text) != text:
                return None
        met = all(len(codes) == _combinations(slots, n) for n, codes in enumerate(seen))
        if met and (not slots or len(signs) > FEW):
            break
    return Form.of(slots, map(_complete, seen))


def form_as_it_is(render: Render, columns: Columns, sheet: int, tokens: Tokens) -> Form:
    """The form of a piece whose numbers have the signs that they have on this sheet."""

    def is_negative(quantity: int) -> bool:
        return bool(columns[quantity].negative[sheet])

    texts, slots = tokens.split(render(Pattern(columns, sheet, tokens, is_negative)))
    return Form.of(slots, [(text,) * 4 for text in texts])


def _combinations(slots: list[int], n: int) -> int:
    """How many combinations of signs the neighbours of a text can have."""
    left = slots[n - 1] if n else None
    right = slots[n] if n < len(slots) else None
    return 2 ** len({left, right} - {None})


def _complete(codes: dict[int, str]) -> list[str]:
    """A text for every combination, also for those that cannot be."""
    other = next(iter(codes.values()))
    return [codes.get(code, other) for code in range(4)]
