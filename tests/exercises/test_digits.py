"""Digits of many numbers at once are those that Python writes for each."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from derive.exercises.digits import placed, plain, rounded, rows_of

SIZES = st.integers(0, 10**12).flatmap(
    lambda whole: st.integers(0, 14).map(lambda places: whole / 10**places)
)


@given(st.lists(st.tuples(SIZES, st.integers(0, 12)), min_size=1, max_size=40))
def test_rounded_numbers_are_those_of_python(numbers: list[tuple[float, int]]):
    """But for halves of the last digit, on which `Columns` decides elsewhere."""
    known = [(s, d) for s, d in numbers if abs(s * 10**d % 1 - 0.5) > 1e-6] or [(0.0, 0)]
    sizes, decimals = (np.array(part) for part in zip(*known, strict=True))

    rows = rounded(sizes, decimals)

    assert [f"{size:.{count}f}" for size, count in known] == plain(rows)


def test_numbers_that_are_none_stand_as_python_writes_them():
    sizes = np.array([np.nan, 1.5, np.inf, 1e300])

    assert ["nan", "1.50", "inf", f"{1e300:.0f}"] == plain(rounded(sizes, np.array([0, 2, 0, 0])))


def test_a_text_that_is_longer_has_room_and_leaves_the_others_alone():
    rows = rounded(np.array([3.25, 12.5, 0.125]), np.array([2, 1, 3]))

    assert ["3.25", "δ", "0.125"] == plain(placed(rows, [1], ["δ"]))
    assert ["3.25", "12.5", "far longer"] == plain(placed(rows, [2], rows_of(["far longer"])))
