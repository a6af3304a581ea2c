"""The rows of a table of many updates: what a row holds, and which rows there are."""

from __future__ import annotations

from dataclasses import dataclass

from derive.catalogue.entries import Array

ALL_ROWS = 12  # that are all shown; of more, the first and 10, 20, 50, 100, …
FIRST_ROWS = 6


@dataclass(frozen=True, eq=False)
class Row:
    """After `made` updates: the error of all samples, and the parameters in the graph's order."""

    made: int
    error: float
    parameters: Array


def selected(made: int) -> list[int]:
    """Which rows the table has: all of a few, of many the first, then 10, 20, 50, 100 …, the last.

    >>> selected(3), selected(300)
    ([0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 300])
    """
    if made < ALL_ROWS:
        return list(range(made + 1))
    steps = [m * 10**e for e in range(1, 8) for m in (1, 2, 5)]
    return [*range(FIRST_ROWS), *(step for step in steps if step < made), made]
