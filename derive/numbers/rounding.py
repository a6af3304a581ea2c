"""How a number is printed: with the digits that were typed, or rounded to those asked for.

>>> Figures(Digits("significant", 6)).rounded(0.75136507)
Printed(text='0.751365', power=None)
>>> Figures(Digits("decimals", 4)).rounded(-0.00004)
Printed(text='0.0000', power=None)
>>> Figures(Digits("significant", 3)).rounded(1.5e-19)
Printed(text='1.50', power=-19)
>>> Figures(Digits("decimals", 2), "half-even").rounded(0.125).text
'0.12'
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from derive.problem.model import Digits

SMALLEST = -5  # the first digit's power of ten from which a number is written with a power
ROUNDINGS = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN}


class Printed(NamedTuple):
    """A number as it is printed; with `power` it is times ten to that power."""

    text: str
    power: int | None = None


@dataclass(frozen=True)
class Figures:
    """A number's appearance under one choice of digits.

    Halves are rounded away from zero ("half-up") or to the even digit ("half-even").
    """

    digits: Digits
    rounding: str = "half-up"

    def rounded(self, value: float | Decimal) -> Printed:
        """The value with the digits asked for, trailing zeros kept."""
        shown = self.decimal(value if isinstance(value, Decimal) else Decimal(repr(float(value))))
        if self.digits.kind == "decimals":
            return _plain(shown)
        return self._sized(shown) if shown else Printed("0")

    def decimal(self, exact: Decimal) -> Decimal:
        """The value rounded to the digits asked for, with as many trailing zeros as that needs."""
        wide = Context(prec=700, rounding=ROUNDINGS[self.rounding])
        if self.digits.kind == "decimals":
            return exact.quantize(Decimal(1).scaleb(-self.digits.count), context=wide)
        if not exact:
            return Decimal(0)
        shown = Context(prec=self.digits.count, rounding=ROUNDINGS[self.rounding]).plus(exact)
        last = Decimal(1).scaleb(shown.adjusted() - self.digits.count + 1)
        return shown.quantize(last, context=wide)

    def exactly(self, value: Fraction) -> Printed | None:
        """The value in full, or None where the digits asked for do not hold it."""
        text = _terminating(value)
        if text is None:
            return None
        if self.digits.kind == "decimals":
            fits = -_exponent(text) <= self.digits.count
        else:
            fits = len(text.as_tuple().digits) <= self.digits.count
        return self._sized(text) if fits else None

    def of(self, value: Fraction) -> tuple[Printed, bool]:
        """The value in full, or rounded; and whether it is in full."""
        in_full = self.exactly(value)
        return in_full or self.rounded(decimal_of(value)), in_full is not None

    def _sized(self, value: Decimal) -> Printed:
        first = value.adjusted()
        if value and (first < SMALLEST or first > max(self.digits.count, 6) + 2):
            digits = value.scaleb(-first)
            return Printed(_sign(f"{digits:f}"), first)
        return _plain(value)


def decimal_of(value: Fraction) -> Decimal:
    """A fraction as a decimal that rounds like it: exact, or cut off where no digit more decides."""
    context = Context(prec=200, rounding=ROUND_DOWN)
    cut = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    if Fraction(cut) != value:  # a little more, so that what seems a half is more than one
        cut = context.add(cut, Decimal(1 if value > 0 else -1).scaleb(cut.adjusted() - 199))
    return cut


def typed(text: str) -> Printed:
    """A number as somebody typed it; "1e-3" becomes 1 × 10⁻³.

    >>> typed("0.20"), typed("1e-3")
    (Printed(text='0.20', power=None), Printed(text='1', power=-3))
    """
    mantissa, _, power = text.lower().replace("_", "").lstrip("+").partition("e")
    return Printed(mantissa, int(power) if power else None)


def _terminating(value: Fraction) -> Decimal | None:
    """The fraction as a decimal without trailing zeros, or None where it goes on for ever."""
    denominator = value.denominator
    twos = (denominator & -denominator).bit_length() - 1
    fives, rest = 0, denominator >> twos
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1 or max(twos, fives) > 40 or abs(value.numerator).bit_length() > 200:
        return None
    places = max(twos, fives)
    whole = value.numerator * 10**places // denominator
    number = Decimal(whole).scaleb(-places, context=Context(prec=80))
    return Decimal(0) if not number else _trimmed(number)


def _trimmed(number: Decimal) -> Decimal:
    wide = Context(prec=80)
    normal = number.normalize(wide)
    return normal.quantize(Decimal(1), context=wide) if _exponent(normal) > 0 else normal


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _plain(value: Decimal) -> Printed:
    return Printed(_sign(f"{value:f}"))


def _sign(text: str) -> str:
    """No minus before what has been rounded to zero."""
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text
