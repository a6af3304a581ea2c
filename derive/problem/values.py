"""Reading values that have a shape of their own: titles, names, biases, digits.

Each function takes what a file or a command line holds and gives what the model holds, or raises
`Wrong`.

>>> digits("4d"), digits({"significant": 9})
(Digits(kind='decimals', count=4), Digits(kind='significant', count=9))
>>> bias(False).form
'none'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from derive.errors import Mistake
from derive.problem import known
from derive.problem.model import Bias, Digits, Given, Numbers
from derive.problem.numerals import decimal, number, single, vector
from derive.problem.wrong import Wrong, plain, shown, wrong
from derive.registry import nearest

INPUT_AXES = 3
LONGEST_TITLE = 200
MOST_DIGITS_SHOWN = 15


def one_of(what: str, value: object) -> str:
    """One of a few known names."""
    names = known.names(what)
    if not isinstance(value, str):
        wrong(f"{shown(value)} is not the name of a {what}", "known: " + ", ".join(names))
    if value not in names:
        wrong(f"there is no {what} {shown(value)}", nearest(plain(value), list(names)))
    return value


def whole(value: object, least: int, most: int) -> int:
    """A whole number within limits."""
    if type(value) is not int:
        wrong(f"{shown(value)} is not a whole number", f"a whole number from {least} to {most:,}")
    if not least <= value <= most:
        size = "small" if value < least else "large"
        wrong(f"{shown(value)} is too {size}", f"a whole number from {least} to {most:,}")
    return value


def shape(value: object, most: int) -> int | tuple[int, ...]:
    """How many inputs there are, or how they are arranged: [height, width].

    >>> shape(2, 9), shape([2], 9), shape([6, 6], 9)
    (2, 2, (6, 6))
    """
    if not isinstance(value, list):
        return whole(value, 1, most)
    if not 1 <= len(value) <= INPUT_AXES:
        wrong(f"a list of {len(value)}", "one to three lengths, such as [6, 6]")
    lengths = tuple(whole(length, 1, most) for length in value)
    return lengths if len(lengths) > 1 else lengths[0]


def positive(value: object) -> Given:
    """A number above 0."""
    given = number(decimal(value) if isinstance(value, str) else value)
    if given.value <= 0:
        wrong(f"{shown(given)} is not above 0", "write a positive number, such as 0.5")
    return given


def share(value: object) -> Given:
    """A part of the whole: a number above 0 and below 1."""
    given = positive(value)
    if given.value >= 1:
        wrong(f"{shown(given)} is not below 1", "write a number between 0 and 1, such as 0.5")
    return given


def samples_per_update(value: object) -> int | None:
    """A whole number, or None for "all"."""
    if value == "all":
        return None
    if type(value) is not int or value < 1:
        wrong(f"{shown(value)} is no number of samples", 'write "all", or a whole number such as 1')
    return value


def frozen(value: object) -> frozenset[str]:
    """The parts of a layer that are not updated."""
    if not isinstance(value, list):
        wrong(f"{shown(value)} is not a list", 'write frozen = ["bias"]')
    mistakes: list[Mistake] = []
    for index, item in enumerate(value, 1):
        try:
            one_of("part of a layer", item)
        except Wrong as error:
            mistakes += error.at(f"[{index}]")
    if mistakes:
        raise Wrong(mistakes)
    return frozenset(value)


def title(value: object) -> str:
    """One line of text for the head of the page."""
    if not isinstance(value, str):
        wrong(f"{shown(value)} is not text", "write it in quotes")
    text = value.strip()
    if len(text) > LONGEST_TITLE:
        wrong(f"a title of {len(text):,} characters", f"at most {LONGEST_TITLE}")
    for position, character in enumerate(text, 1):
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            fact = f"character {position} is the control character U+{ord(character):04X}"
            wrong(fact, "write the title as one line of plain text")
    return text


def bias(value: object) -> Bias:
    """A number (shared), a list (one each), false (none), a threshold table, or a form's name.

    Only the name of a form leaves the numbers open; they are drawn later.
    """
    match value:
        case False:
            return Bias("none")
        case True:
            wrong("true does not say which numbers", "leave bias out to have them drawn")
        case str():
            return Bias(one_of("form of bias", value))
        case list():
            return _numbered("each", value, "")
        case Mapping():
            return _threshold(value)
    try:
        return Bias("shared", single(number(value)))
    except Wrong as error:
        if isinstance(value, (int, float, Given)):
            raise
        remedy = "a number, a list of numbers, false, or { threshold = [0.8, -0.1] }"
        raise Wrong([error.mistakes[0]._replace(remedy=remedy)]) from None


def _threshold(value: Mapping[str, Any]) -> Bias:
    for key in value:
        if key != "threshold":
            wrong("unknown key", nearest(plain(str(key)), ["threshold"]), plain(str(key)))
    if "threshold" not in value:
        wrong("an empty table", "write { threshold = [0.8, -0.1] }")
    return _numbered("threshold", value["threshold"], "threshold")


def _numbered(form: str, value: object, place: str) -> Bias:
    try:
        return Bias(form, vector(value))
    except Wrong as error:
        usable = Bias(form, error.usable) if isinstance(error.usable, Numbers) else None
        raise Wrong(error.at(place), usable) from None


def digits(value: object) -> Digits:
    """{ significant = 6 } or { decimals = 4 }; on a command line "6" or "6s", and "4d"."""
    if isinstance(value, Digits):
        value = {value.kind: value.count}
    remedy = "write { significant = 6 } or { decimals = 4 }"
    if isinstance(value, str):
        found = re.fullmatch(r"([0-9]{1,3})([sd]?)", value.strip())
        if found is None:
            wrong(f"{shown(value)} is no number of digits", "6 or 6s: significant; 4d: decimals")
        value = {"decimals" if found[2] == "d" else "significant": int(found[1])}
    if type(value) is int:
        value = {"significant": value}
    if not isinstance(value, Mapping):
        wrong(f"{shown(value)} is no number of digits", remedy)
    for key in value:
        if key not in ("significant", "decimals"):
            near = nearest(plain(str(key)), ["significant", "decimals"])
            wrong("unknown key", near, plain(str(key)))
    if len(value) != 1:
        wrong("both kinds of digits" if value else "an empty table", remedy)
    ((kind, count),) = value.items()
    if type(count) is not int or not 1 <= count <= MOST_DIGITS_SHOWN:
        fact = f"{shown(count)} does not fit"
        wrong(fact, f"a whole number from 1 to {MOST_DIGITS_SHOWN}", kind)
    return Digits(kind, count)
