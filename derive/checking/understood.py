"""Which answers can be judged, and what is said of the others: who means what, and how often.

>>> import derive
>>> from derive.checking.unrolled import Unrolled
>>> example = derive.work("2-2-2")
>>> unrolled = Unrolled(example.worked.derivation)
>>> lookup = Lookup(unrolled, example.notation)
>>> answers = [Answer("net_h1", text, f"line {n}") for n, text in enumerate(["0.5", "0.6"], 1)]
>>> found = understood(answers, lookup, unrolled)
>>> [str(number.middle) for number in found.numbers.values()]
['1/2']
>>> found.others[0].why, found.others[0].reason
('twice', '0.5 at line 1')
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from derive.checking.answers import Answer
from derive.checking.names import Lookup
from derive.checking.numerals import Number, Unreadable, read
from derive.checking.report import Finding
from derive.checking.unrolled import Unrolled

MOST_UNKNOWN = 50  # names for each of which the one that was meant is looked for


class Understood(NamedTuple):
    """The answers to be judged, by quantity: their numbers, and how they were given."""

    numbers: dict[int, Number]
    answers: dict[int, Answer]
    others: list[Finding]  # about every other answer


def understood(answers: Iterable[Answer], lookup: Lookup, unrolled: Unrolled) -> Understood:
    """The answers to be judged, one for each line, and findings about the others.

    A given number that is repeated as it is says nothing, and is left out; so does a name that is none
    and has no value. Of several answers to one line the first that is a number counts.
    """
    sorting = _Sorting(lookup, unrolled)
    for answer in answers:
        sorting.add(answer)
    return sorting.sorted()


def said(answer: Answer, lookup: Lookup) -> tuple[int | None, Number | Unreadable]:
    """The quantity that an answer is about, if any, and what it says of that."""
    value, meant = read(answer.text), lookup.meant(answer.name)
    if meant is None:
        return None, value
    quantity, sign = meant
    return quantity, value if sign > 0 or isinstance(value, Unreadable) else value.negated()


class _Sorting:
    """The answers so far."""

    def __init__(self, lookup: Lookup, unrolled: Unrolled) -> None:
        self._lookup, self._unrolled = lookup, unrolled
        self._first: dict[int, tuple[Answer, Number | Unreadable]] = {}
        self._unknown: dict[str, Finding] = {}
        self._told: list[Finding] = []

    def add(self, answer: Answer) -> None:
        """Take in one more."""
        quantity, value = said(answer, self._lookup)
        if quantity is None:
            if not _is_blank(value):
                self._is_unknown(answer)
        elif self._unrolled.given(self._unrolled.update(quantity))[quantity]:
            given = float(self._unrolled.truth[quantity])
            if not _repeats(value, given):
                self._tell(answer, None, "given_number", f"{given:.12g}")
        elif quantity not in self._first:
            self._first[quantity] = answer, value
        elif not _is_blank(value):
            self._again(quantity, answer, value)

    def sorted(self) -> Understood:
        """Which of them can be judged."""
        numbers, answers = {}, {}
        for quantity, (answer, value) in self._first.items():
            if isinstance(value, Unreadable):
                self._is_no_number(answer, quantity, value)
            else:
                numbers[quantity], answers[quantity] = value, answer
        return Understood(numbers, answers, [*self._unknown.values(), *self._told])

    def _again(self, quantity: int, answer: Answer, value: Number | Unreadable) -> None:
        """A line that has an answer has one more."""
        first, known = self._first[quantity]
        if isinstance(known, Unreadable):
            if not known.is_blank:
                self._is_no_number(first, quantity, known)
            self._first[quantity] = answer, value
        elif answer.text.strip() != first.text.strip():
            self._tell(answer, None, "twice", f"{first.text.strip()[:40]} at {first.place}")

    def _is_unknown(self, answer: Answer) -> None:
        if answer.name in self._unknown:
            return
        near = ""
        if len(self._unknown) < MOST_UNKNOWN:
            near = self._lookup.suggestion(answer.name)
        self._unknown[answer.name] = _unusable(answer, answer.name, None, "unknown", near)

    def _is_no_number(self, answer: Answer, quantity: int, value: Unreadable) -> None:
        if value.is_blank:
            key = self._unrolled.key(quantity)
            self._told.append(Finding(answer, key, quantity, "blank"))
        else:
            self._tell(answer, quantity, "no_number", value.reason)

    def _tell(self, answer: Answer, quantity: int | None, why: str, reason: str) -> None:
        key = self._lookup.key(answer.name)
        self._told.append(_unusable(answer, key, quantity, why, reason))


def _unusable(answer: Answer, key: str, quantity: int | None, why: str, reason: str) -> Finding:
    return Finding(answer, key, quantity, "unreadable", why=why, reason=reason)


def _is_blank(value: Number | Unreadable) -> bool:
    return isinstance(value, Unreadable) and value.is_blank


def _repeats(value: Number | Unreadable, given: float) -> bool:
    if isinstance(value, Unreadable):
        return value.is_blank
    return value.low - 1e-12 <= given <= value.high + 1e-12
