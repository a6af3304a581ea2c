"""Numbers of a problem file, kept with the digits they were typed with.

>>> number(typed("0.20"))
Given(value=0.2, text='0.20')
>>> vector([1, typed("-1e-3")]).text(1)
'-1e-3'
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np

from derive.errors import Mistake
from derive.problem.model import Given, Numbers
from derive.problem.wrong import Wrong, shown, wrong

LARGEST, SMALLEST = 1e12, 1e-100
MOST_DIGITS = 40
MOST_AXES = 4
MOST_REPORTED = 5  # mistakes in one array

_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eE][+-]?[0-9]+)?", re.ASCII)


def typed(text: str) -> Given:
    """A decimal number as TOML gives it, without what does not belong to its digits."""
    return Given(float(text), text.replace("_", "").removeprefix("+"))


def decimal(text: str) -> Given | str:
    """The number that a text from the command line stands for, or the text where it is none.

    >>> decimal(" -.50 "), decimal("half")
    (Given(value=-0.5, text='-0.50'), 'half')
    """
    found = _DECIMAL.fullmatch(text.strip())
    if found is None or not (found[2] or found[3]):
        return text
    point = f".{found[3]}" if found[3] else ""
    return typed(f"{found[1]}{found[2].lstrip('0') or '0'}{point}{found[4] or ''}")


def number(value: object) -> Given:
    """One number; what is no number, not finite or absurd is refused."""
    if type(value) is int:
        if abs(value) > LARGEST:
            wrong(f"{shown(value)} is too large", "numbers go up to 1e12")
        return Given(float(value), str(value))
    if type(value) is float:
        value = Given(value, repr(value))
    if type(value) is not Given:
        wrong(f"{shown(value)} is not a number", _remedy(value))
    if not math.isfinite(value.value):
        wrong(f"{shown(value)} is not a finite number", "numbers go up to 1e12")
    if len(value.text) > MOST_DIGITS:
        wrong(f"a number of {len(value.text)} characters", f"at most {MOST_DIGITS}")
    if abs(value.value) > LARGEST:
        wrong(f"{shown(value)} is too large", "numbers go up to 1e12")
    if value.value == 0 and value.text.startswith("-"):
        value = Given(0.0, value.text[1:])  # a minus before nothing says nothing
    if abs(value.value) < SMALLEST and value.text.lower().partition("e")[0].strip("0."):
        wrong(f"{shown(value)} is too small", "write 0, or at least 1e-100")
    return value


def _remedy(value: object) -> str:
    """What to write instead of something that is no number."""
    if not isinstance(value, str):
        return "write one, such as 0.5"
    if decimal(value.strip().replace(",", ".")) != value.strip().replace(",", "."):
        return "write it with a point" if "," in value else "write it without quotes"
    return "write one, such as 0.5"


def vector(value: object) -> Numbers:
    """A list of numbers; those that cannot be used become NaN in what is usable of it."""
    if not isinstance(value, list):
        example = shown(value) if isinstance(value, (int, Given)) else "0.1, 0.2"
        wrong(f"{shown(value)} is not a list of numbers", f"write [{example}]")
    if not value:
        wrong("an empty list", "at least one number belongs here")
    found: list[Given] = []
    mistakes: list[Mistake] = []
    for index, item in enumerate(value, 1):
        try:
            found.append(number(item))
        except Wrong as error:
            found.append(Given(math.nan, "nan"))
            mistakes += error.at(f"[{index}]")
    numbers = Numbers(
        np.array([given.value for given in found]),
        np.array([given.text for given in found], dtype=object),
    )
    if mistakes:
        raise Wrong(mistakes, numbers)
    return numbers


def tensor(value: object, most: int = MOST_AXES, inside: int = 0) -> Numbers:
    """A list of numbers, or of lists of them that have equal lengths, along at most so many axes.

    `inside` is in how many lists the value stands.

    >>> tensor([[[1], [2]], [[3], [4]]]).shape
    (2, 2, 1)
    """
    if not (isinstance(value, list) and any(isinstance(item, list) for item in value)):
        return vector(value)
    if inside + 1 == most:
        wrong("too many brackets inside each other", f"numbers need {most} levels, no more")
    found: list[Numbers] = []
    mistakes: list[Mistake] = []
    for index, item in enumerate(value, 1):
        try:
            found.append(tensor(item, most, inside + 1))
            if found[-1].shape != found[0].shape:
                fact = f"{shape_in_words(found[-1].shape)}, but the first is "
                wrong(fact + shape_in_words(found[0].shape), "lists of equal lengths")
        except Wrong as error:
            mistakes += error.at(f"[{index}]")
    if mistakes:
        raise Wrong(mistakes)
    return stacked(tuple(found))


def shape_in_words(shape: tuple[int, ...]) -> str:
    """2 × 3 numbers; one number.

    >>> shape_in_words((2, 3)), shape_in_words((1, 1)), shape_in_words((4,)), shape_in_words(())
    ('2 × 3 numbers', '1 × 1 numbers', '4 numbers', 'one number')
    """
    return "one number" if shape in ((), (1,)) else f"{' × '.join(map(str, shape))} numbers"


def rows(value: object) -> tuple[Numbers, ...]:
    """A list of lists of numbers, not yet known to have equal lengths."""
    if not isinstance(value, list) or not value:
        wrong(f"{shown(value) if value else 'an empty list'} is not a table of weights",
              "one list of weights for each unit: [[0.1, 0.2], [0.3, 0.4]]")  # fmt: skip
    if not any(isinstance(row, list) for row in value):
        wrong("one list of numbers", "one list of weights for each unit: [[0.1, 0.2], [0.3, 0.4]]")
    found: list[Numbers] = []
    mistakes: list[Mistake] = []
    for index, row in enumerate(value, 1):
        try:
            found.append(vector(row))
        except Wrong as error:
            mistakes += error.at(f"[{index}]")
            if isinstance(error.usable, Numbers):
                found.append(error.usable)
    if mistakes:
        complete = len(found) == len(value)
        raise Wrong(mistakes, tuple(found) if complete else None)
    return tuple(found)


def stacked(parts: tuple[Numbers, ...]) -> Numbers:
    """Rows of equal length as one array."""
    texts = np.stack([part.texts for part in parts if part.texts is not None])
    return Numbers(np.stack([part.values for part in parts]), texts)


def single(given: Given) -> Numbers:
    """One number as an array without dimensions."""
    return Numbers(np.array(given.value), np.array(given.text, dtype=object))


def few(mistakes: Iterable[Mistake], place: str) -> list[Mistake]:
    """The first mistakes of an array, and how many more there are."""
    every = list(mistakes)
    left = len(every) - MOST_REPORTED
    if left <= 1:
        return every
    return [*every[:MOST_REPORTED], Mistake(place, f"{left:,} more mistakes like these")]
