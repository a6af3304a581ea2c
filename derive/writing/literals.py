"""One number as code: with the digits it was typed with, as far as a double can hold them."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction

from derive.problem.model import Given

LONGEST = 17  # digits; a number with more is no better as a double

_DECIMAL = re.compile(r"(-?)0*((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)", re.ASCII)


def literal(text: str) -> str:
    """A decimal number's digits as Python reads them; ValueError where it is no such number.

    >>> literal("-0.50"), literal("1E-3"), literal("007")
    ('-0.50', '1e-3', '7')
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no number")
    number = found[2].lower().replace("e+", "e")
    number = re.sub(r"\.(?=e|$)", ".0", number)  # "5." is a number, too
    return found[1] + (f"0{number}" if number[0] == "." else number)


def digits(given: Given) -> str:
    """One number as it was typed; what is no decimal, and cannot come from a file, by its value."""
    try:
        return literal(given.text)
    except ValueError:
        return repr(float(given.value))


def shortened(value: Fraction) -> str:
    """A long number with the digits that a double can hold; also one that is too large for it."""
    shown = Context(prec=LONGEST).divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{shown:e}".replace("e+", "e")
