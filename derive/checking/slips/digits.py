"""Slips of the pen: signs, decimal points, digits, values from another place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from derive.algebra.places import Place
from derive.checking.line import Fixed, Line
from derive.checking.slips.error import is_error_slope
from derive.checking.slips.slip import MOST_OTHERS, Slip, moved

PLACES = (1, -1, 2, -2, 3, -3)
# Numbers that a value could have been rounded to, each of which has its digits exchanged.
MOST_ROUNDINGS = 12
SAME = 1e-12  # relative; what doubles can add
LARGEST = 1e18  # units of an answer's last digit


def _sign_lost(line: Line) -> Iterator[Line | None]:
    """A minus that is missing."""
    if not is_error_slope(line):
        yield line.times(-1.0).where(line.expected[1] < 0)


def _sign(line: Line) -> Iterator[Line | None]:
    """A minus too many."""
    if not is_error_slope(line):
        yield line.times(-1.0).where(line.expected[0] > 0)


def _decimal_point(line: Line) -> Iterator[Line]:
    for places in PLACES:
        yield line.times(10.0**places)


def _digits_exchanged(line: Line) -> Iterator[Line]:
    """Two neighbouring digits of the answer that should stand there, exchanged."""
    answer = line.answer
    if answer is None or not answer.margin or not all(map(math.isfinite, line.expected)):
        return
    unit = 2 * answer.margin
    if not all(abs(end / unit) < LARGEST for end in line.expected):
        return  # more digits than a number has
    first, last = round(line.expected[0] / unit), round(line.expected[1] / unit)
    if last - first >= MOST_ROUNDINGS:
        middle = (first + last) // 2
        first, last = middle - MOST_ROUNDINGS // 2, middle + MOST_ROUNDINGS // 2
    for number in range(first, last + 1):
        digits = list(str(abs(number)))
        for n, (one, other) in enumerate(pairwise(digits)):
            if one != other:
                text = "".join([*digits[:n], other, one, *digits[n + 2 :]])
                value = math.copysign(int(text) * unit, number)
                yield line.copying(Fixed(value, value))


def _other_unit(line: Line) -> Iterator[Line | None]:
    """The value of the same kind that belongs to another unit, or to the weight with exchanged indices.

    Nobody copies 0 or 1, nor a wrong value that was not there yet; and where both lines should have the
    same value, it does not belong to the other.
    """
    place, known = line.place, line.known
    for other in dict.fromkeys(_others(line, place)):
        quantity = None if other == place else line.beside(other)
        if quantity is None:
            continue
        low, high = known.pair(quantity)
        truth = known.truth(quantity)
        is_number = (low != high) | ((low != 0) & (low != 1))
        earlier = known.unrolled.order(quantity) < known.unrolled.order(line.quantity)
        is_there = earlier | ((low <= truth) & (truth <= high))
        is_other = abs(truth - known.truth(line.quantity)) > SAME * abs(truth)
        yield line.copying(quantity).where(is_number & is_there & is_other)


def _others(line: Line, place: Place) -> Iterator[Place]:
    most = min(max(line.problem.units), MOST_OTHERS)
    for position in range(len(place.index)):
        for number in range(1, most + 1):
            yield moved(place, position, number)
    yield place._replace(index=place.index[::-1])


DIGITS = (
    Slip("sign_lost", _sign_lost, 3, habit=False),
    Slip("sign", _sign, 3, habit=False),
    Slip("decimal_point", _decimal_point, 5, habit=False),
    Slip("digits_exchanged", _digits_exchanged, 5, habit=False, written=True),
    Slip("other_unit", _other_unit, 5, habit=False, harmless=True),
)
