"""Well-mixed words for many sheets at once; each depends on its own sheet and candidate alone.

The mixing function is splitmix64, as in `derive.problem.draw`. Here it is applied to the seed and
the place, then to the number of the sheet, then to that of the candidate, then to the position.

>>> both, one = words(7, "inputs", [1, 2], [0, 5], 3), words(7, "inputs", [2], [5], 3)
>>> (both[1] == one[0]).all(), len(set(both.ravel().tolist()))
(np.True_, 6)
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mixed(z: Words) -> Words:
    """Every bit of the result depends on every bit of the word (Steele, Lea, Flood 2014)."""
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def words(
    seed: int, place: str, numbers: Sequence[int] | NDArray[np.int64],
    attempts: Sequence[int] | NDArray[np.int64], count: int,
) -> Words:  # fmt: skip
    """`count` words for each pair of a sheet and one of its candidates; shape (pairs, count)."""
    start = np.uint64((seed * 0x2545F4914F6CDD1D + zlib.crc32(place.encode())) % 2**64)
    with np.errstate(over="ignore"):
        sheets = mixed(start + _GOLDEN * np.asarray(numbers, dtype=np.int64).astype(np.uint64))
        tries = mixed(sheets + _GOLDEN * np.asarray(attempts, dtype=np.int64).astype(np.uint64))
        return mixed(tries[:, None] + _GOLDEN * np.arange(1, count + 1, dtype=np.uint64))


def digests(rows: NDArray[np.float64]) -> Words:
    """One word for each row of numbers: rows that are alike have the same.

    >>> one, other, again = digests(np.array([[0.5, 1], [1, 0.5], [0.5, 1]]))
    >>> one == again, one == other
    (np.True_, np.False_)
    """
    found = np.zeros(len(rows), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in np.ascontiguousarray(rows.T).view(np.uint64):
            found = mixed((found ^ column) + _GOLDEN)
    return found
