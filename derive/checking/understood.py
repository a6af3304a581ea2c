"""Which answers can be judged, and what is said of the others: who means what, and how often.

>>> import derive
>>> from derive.checking.unrolled import Unrolled
>>> example = derive.work("2-2-2")
>>> unrolled = Unrolled(example.worked.derivation)
>>> lookup = Lookup(unrolled, example.notation)
>>> answers = [Answer("net_h1", text, f"line {n}") for n, text in enumerate(["0.5", "0.6"], 1)]
>>> judged, others = understood(answers, lookup, unrolled)
>>> [answer.text for answer in judged], others[0].why, others[0].reason
(['0.5'], 'twice', '0.5 at line 1')
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.checking.answers import Answer
from derive.checking.names import Lookup
from derive.checking.numerals import Number, Unreadable, read
from derive.checking.report import Finding
from derive.checking.unrolled import Unrolled

MOST_UNKNOWN = 50


def understood(
    answers: Iterable[Answer], lookup: Lookup, unrolled: Unrolled
) -> tuple[list[Answer], list[Finding]]:
    """The answers to be judged, one for each line, and findings about the others.

    A given number that is repeated as it is says nothing, and is left out; so does a name that is none
    and has no value.
    """
    judged: dict[int | str, Answer] = {}
    others: list[Finding] = []
    unknown = 0
    for answer in answers:
        quantity, value = lookup.find(answer.name), read(answer.text)
        if quantity is None:
            if not (isinstance(value, Unreadable) and value.is_blank):
                unknown += 1
                if (
                    unknown <= MOST_UNKNOWN
                ):  # for each of these the name that was meant is looked for
                    judged.setdefault(answer.name, answer)
                else:
                    others.append(_unusable(answer, None, answer.name, "unknown", ""))
            continue
        key = key_of(unrolled, quantity)
        if unrolled.given(unrolled.update(quantity))[quantity]:
            given = float(unrolled.truth[quantity])
            if not _repeats(value, given):
                others.append(_unusable(answer, None, key, "given_number", f"{given:.12g}"))
        elif quantity not in judged:
            judged[quantity] = answer
        elif not (isinstance(value, Unreadable) and value.is_blank):
            first = read(judged[quantity].text)
            if isinstance(first, Unreadable):
                if not first.is_blank:
                    others.append(_unusable(judged[quantity], None, key, "no_number", first.reason))
                judged[quantity] = answer
            elif answer.text.strip() != judged[quantity].text.strip():
                reason = f"{judged[quantity].text.strip()[:40]} at {judged[quantity].place}"
                others.append(_unusable(answer, None, key, "twice", reason))
    return list(judged.values()), others


def key_of(unrolled: Unrolled, quantity: int) -> str:
    """A quantity's key; what belongs to the first update needs no mark."""
    place = unrolled.place(quantity)
    return str(place._replace(update=None) if place.update == 1 else place)


def _unusable(answer: Answer, quantity: int | None, key: str, why: str, reason: str) -> Finding:
    return Finding(answer, key, quantity, "unreadable", why=why, reason=reason)


def _repeats(value: Number | Unreadable, given: float) -> bool:
    if isinstance(value, Unreadable):
        return value.is_blank
    return value.low - 1e-12 <= given <= value.high + 1e-12
