"""Well-mixed words for many sheets at once; each depends on its own sheet and candidate alone.

The mixing function is that of `derive.problem.draw`. Here it is applied to the seed and the
place, then to the number of the sheet, then to that of the candidate, then to the position.

>>> both, one = words(7, "inputs", [1, 2], [0, 5], 3), words(7, "inputs", [2], [5], 3)
>>> (both[1] == one[0]).all(), len(set(both.ravel().tolist()))
(np.True_, 6)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from derive.problem.draw import GOLDEN, Words, mixed, start


def words(
    seed: int, place: str, numbers: Sequence[int] | NDArray[np.int64],
    attempts: Sequence[int] | NDArray[np.int64], count: int,
) -> Words:  # fmt: skip
    """`count` words for each pair of a sheet and one of its candidates; shape (pairs, count)."""
    sheets = np.asarray(numbers, dtype=np.int64).astype(np.uint64)
    tries = np.asarray(attempts, dtype=np.int64).astype(np.uint64)
    streams = mixed(mixed(start(seed, place) + GOLDEN * sheets) + GOLDEN * tries)
    return mixed(streams[:, None] + GOLDEN * np.arange(1, count + 1, dtype=np.uint64))


def digests(rows: NDArray[np.float64]) -> Words:
    """One word for each row of numbers: rows that are alike have the same.

    >>> one, other, again = digests(np.array([[0.5, 1], [1, 0.5], [0.5, 1]]))
    >>> one == again, one == other
    (np.True_, np.False_)
    """
    found = np.zeros(len(rows), dtype=np.uint64)
    for column in np.ascontiguousarray(rows.T).view(np.uint64):
        found = mixed((found ^ column) + GOLDEN)
    return found
