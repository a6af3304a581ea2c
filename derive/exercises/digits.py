"""Numbers as text, for thousands at once: rows of bytes, all as wide as the widest.

Where a row has nothing it has NULs, at any place; whoever puts rows together takes them out in the end.

>>> rows = decimal(np.array([35, 12345, 7]), np.array([2, 3, 0]))
>>> rows.dtype, plain(rows)
(dtype('S6'), ['0.35', '12.345', '7'])
>>> plain(placed(rows, [1], ["a text of its own"]))
['0.35', 'a text of its own', '7']
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.bytes_]
Wholes = NDArray[np.int64]
NOTHING = b"\0"
GROUP = 4  # digits that are looked up together
LONGEST = 1e9  # a longer number is not told to its last digit by a product of doubles
_TENS = 10 ** np.arange(19, dtype=np.int64)
_DIGITS = np.arange(10**GROUP)[:, None] // _TENS[GROUP - 1 :: -1] % 10 + ord("0")
_GROUPS = _DIGITS.astype(np.uint8).view(np.uint32).ravel()


def plain(rows: Rows) -> list[str]:
    """Each row's text."""
    return [row.replace(NOTHING, b"").decode() for row in rows.tolist()]


def rows_of(texts: Sequence[str]) -> Rows:
    """A row for each text."""
    return np.array([text.encode() for text in texts], dtype=bytes)


def placed(rows: Rows, places: Sequence[int] | Wholes, texts: Sequence[str] | Rows) -> Rows:
    """The rows, with these texts at these places."""
    own = texts if isinstance(texts, np.ndarray) else rows_of(texts)
    found = rows.astype(f"S{max(rows.itemsize, own.itemsize)}")
    found[places] = own
    return found


def rounded(sizes: NDArray[np.float64], decimals: Wholes) -> Rows:
    """Each of these positive numbers with so many decimals, none of them between two by a hair."""
    with np.errstate(all="ignore"):
        scaled = np.rint(sizes * 10.0**decimals)
        known = scaled < LONGEST
    wholes = np.where(known, scaled, 0).astype(np.int64)
    rows = decimal(wholes, np.where(known, decimals, 0))
    if known.all():
        return rows
    others = np.flatnonzero(~known)
    pairs = zip(sizes[others].tolist(), decimals[others].tolist(), strict=True)
    return placed(rows, others, [f"{size:.{count}f}" for size, count in pairs])


def decimal(wholes: Wholes, decimals: Wholes) -> Rows:
    """`wholes` · 10^−decimals, each written with its decimals."""
    most = int(decimals.max(initial=0))
    units, parts = np.divmod(wholes, _TENS[decimals])
    width = len(str(units.max(initial=0)))
    found = np.zeros((wholes.size, width + 1 + most), dtype=np.uint8)
    before, point, after = found[:, :width], found[:, width], found[:, width + 1 :]
    before[:] = _digits(units, width)
    before[:, :-1] *= units[:, None] >= _TENS[width - 1 : 0 : -1]  # no zeros before the first digit
    point[:] = ord(".") * (decimals > 0)
    after[:] = _digits(parts * _TENS[most - decimals], most)
    after *= np.arange(most) < decimals[:, None]
    rows: Rows = found.view(f"S{found.shape[1]}").ravel()
    return rows


def _digits(wholes: Wholes, width: int) -> NDArray[np.uint8]:
    """The last digits of whole numbers, shape (numbers, width)."""
    groups = -(-width // GROUP)
    found = np.empty((wholes.size, groups), dtype=np.uint32)
    for group in range(groups)[::-1]:
        wholes, last = np.divmod(wholes, 10**GROUP)
        found[:, group] = _GROUPS[last]
    return found.view(np.uint8)[:, GROUP * groups - width :]
