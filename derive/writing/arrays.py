"""Given numbers as NumPy code: with the digits they were typed or drawn with, in rows that fit a page.

>>> print(assigned("W1", Numbers.typed([["0.15", "0.20"], ["1", "-3e-2"]])))
W1 = np.array([[0.15, 0.20], [1, -3e-2]])
>>> print(assigned("b1", Numbers.typed("2")))
b1 = np.array(2.0)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from derive.problem.model import Given, Numbers
from derive.writing.literals import digits

LINE = 88  # characters
READER = "numbers"  # a script's own function, which makes an array from a text and a shape


def stacked(parts: Sequence[Numbers]) -> Numbers:
    """Several arrays of one shape as the rows of one."""
    values = np.stack([part.values for part in parts])
    decimals = {part.decimals for part in parts if part.texts is None}
    if len(decimals) == 1 and all(part.texts is None for part in parts):
        return Numbers(values, decimals=decimals.pop())
    texts = [[part.text(*index) for index in np.ndindex(part.shape)] for part in parts]
    return Numbers(values, np.array(texts, dtype=object).reshape(values.shape))


def assigned(name: str, numbers: Numbers) -> str:
    """`name = …`, on one line, in rows, or as a text where the rows would be too long."""
    texts = _texts(numbers)
    whole = all(text.lstrip("-").isdigit() for text in texts)
    if not numbers.shape:
        return f"{name} = np.array({texts[0]}{'.0' if whole else ''})"
    last = "dtype=float" if whole else ""
    rows = _rows(texts, numbers.shape)
    inside = f"[{', '.join(rows)}]" if len(numbers.shape) > 1 else rows[0]
    line = f"{name} = np.array({', '.join(filter(None, (inside, last)))})"
    if len(line) <= LINE:
        return line
    if len(numbers.shape) > 1 and max(map(len, rows)) <= LINE - 9:
        lines = [f"{name} = np.array(", "    [", *(f"        {row}," for row in rows), "    ],"]
        return "\n".join([*lines, *([f"    {last},"] if last else []), ")"])
    return _compact(name, texts, numbers.shape)


def listed(opening: str, items: Sequence[str], closing: str) -> str:
    """A list on one line, or with a line for each item."""
    line = f"{opening}{', '.join(items)}{closing}"
    return (
        line if len(line) <= LINE else "\n".join([opening, *(f"    {i}," for i in items), closing])
    )


def is_compact(assignment: str) -> bool:
    """Whether an assignment needs the script's function that reads numbers."""
    return f" = {READER}(" in assignment


def _texts(numbers: Numbers) -> list[str]:
    if numbers.texts is None:
        return [f"{value:.{int(numbers.decimals)}f}" for value in numbers.values.ravel().tolist()]
    pairs = zip(numbers.values.ravel().tolist(), numbers.texts.ravel().tolist(), strict=True)
    return [digits(Given(value, str(text))) for value, text in pairs]


def _rows(texts: list[str], shape: tuple[int, ...]) -> list[str]:
    length = shape[-1]
    starts = range(0, len(texts), length)
    return [f"[{', '.join(texts[start : start + length])}]" for start in starts]


def _compact(name: str, texts: list[str], shape: tuple[int, ...]) -> str:
    """Many numbers as a text, in columns."""
    column = max(map(len, texts))
    count = max(1, (LINE + 1) // (column + 1))
    lines = [
        " ".join(text.rjust(column) for text in texts[start : start + count])
        for start in range(0, math.prod(shape), count)
    ]
    sides = [f"    {side}," for side in shape]
    return "\n".join([f"{name} = {READER}(", '    """', *lines, '""",', *sides, ")"])
