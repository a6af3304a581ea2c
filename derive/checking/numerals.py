"""What somebody wrote as an answer: a number with its digits, or arithmetic with numbers.

>>> read("0.0820").half, read("1,5").middle
(Fraction(1, 20000), Fraction(3, 2))
>>> round(read("-(0.01-0.7514)*0.1868").high, 6)
0.139474
>>> read("zero point one").reason
"at character 1: there is no 'zero' here"
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import count
from typing import NamedTuple

from derive.algebra import formula
from derive.algebra.formula_tree import SEVERAL
from derive.errors import ProblemError

LONGEST = 200  # characters of an answer
MOST_POWER = 300  # of ten
LARGEST = 1e300
_NUMBER = re.compile(
    r"([-+]?)([0-9]{0,40})(?:[.,]([0-9]{0,40}))?(?:(?:[eE]|[*·×]?10\^)\(?([-+]?[0-9]{1,4})\)?)?"
)
_DOUBTFUL = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")
_DECIMAL = re.compile(r"[0-9]*\.([0-9]+)")
_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
_GROUPS = re.compile(  # 12 345 or 0.296 144
    r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])"
    r"|(?<=[0-9][.,])[0-9]{3}(?: [0-9]{3})*(?: [0-9]{1,3})?(?![0-9])"
)
_APART = re.compile(r"[0-9]\s+[0-9]")
_SEVERAL = re.compile(rf"\b(?:{'|'.join(SEVERAL)})\b")
_BLANK = re.compile(r"[\s_.…?—–-]*")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SIGNS = str.maketrans({
    "−": "-", "–": "-", "×": "*", "·": "*", "∙": "*", "⋅": "*", "÷": "/",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ",
})  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number that was given: its value, and half a unit of its last digit (0 where it is exact).

    `digits` counts the significant ones, `decimals` those behind the point. `low` and `high` hold
    everything that the digits can stand for; `value` and `margin` are `middle` and `half` as doubles.
    """

    middle: Fraction
    half: Fraction
    digits: int
    decimals: int

    @cached_property
    def value(self) -> float:
        return float(self.middle)

    @cached_property
    def margin(self) -> float:
        return float(self.half)

    def negated(self) -> Number:
        """The same with the other sign."""
        return replace(self, middle=-self.middle)

    @property
    def low(self) -> float:
        return float(self.middle - self.half)

    @property
    def high(self) -> float:
        return float(self.middle + self.half)


class Unreadable(NamedTuple):
    """Something that is no number, and why; or nothing at all."""

    reason: str
    is_blank: bool = False


@lru_cache(maxsize=10_000)  # in a class the same answers come again and again
def read(text: str) -> Number | Unreadable:
    """An answer's text as a number; arithmetic is calculated, and never executed."""
    if len(text) > LONGEST:
        return Unreadable(f"{len(text):,} characters, at most {LONGEST}")
    text = _with_powers(text.translate(_SIGNS)).strip().lstrip("=≈~ ")
    if _BLANK.fullmatch(text):
        return Unreadable("", is_blank=True)
    text = _GROUPS.sub(lambda found: found[0].replace(" ", ""), text)
    if _APART.search(text):
        return Unreadable("one number or two? leave the space out, or put a sign in its place")
    plain = text.replace(" ", "").removesuffix("…").removesuffix("...")
    if _DOUBTFUL.fullmatch(plain):
        return Unreadable(
            f"'{plain}': a decimal comma or thousands? write {plain.replace(',', '.')}"
        )
    match = _NUMBER.fullmatch(plain)
    if match and (match[2] or match[3]):
        return _number(*match.groups())
    return _arithmetic(text)


def _with_powers(text: str) -> str:
    """10⁻³ as 10^-3."""
    return re.sub("10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)", lambda found: "10^" + found[1].translate(_RAISED), text)


def _number(sign: str, whole: str, part: str | None, power: str | None) -> Number | Unreadable:
    exponent = int(power or 0)
    digits = (whole or "") + (part or "")
    if abs(exponent) > MOST_POWER - len(digits):
        return Unreadable("the power of ten is beyond what can be calculated")
    decimals = len(part or "") - exponent
    value = Fraction(int(digits or 0)) * Fraction(10) ** -decimals
    half = Fraction(10) ** -decimals / 2
    significant = len(digits.lstrip("0"))
    return Number(-value if sign == "-" else value, half, significant, decimals)


def _arithmetic(text: str) -> Number | Unreadable:
    """The value of arithmetic; its numbers may have been rounded, each by half a unit of its last digit."""
    if "." not in text and (not _SEVERAL.search(text) or re.search(";|, ", text)):
        text = _COMMA.sub(".", text)  # of max(0, 0,5) too, but not of max(0,5)
    text = text.replace(";", ",")
    try:
        tree = formula.parse(text, ())
        value = _calculated(tree)
        moved = [_calculated(tree, position) for position in range(len(_DECIMAL.findall(text)))]
    except ProblemError as error:
        mistake = error.mistakes[0]
        return Unreadable(f"{mistake.place}: {mistake.fact}" if mistake.place else mistake.fact)
    except (OverflowError, ZeroDivisionError, ValueError):
        return Unreadable("this has no value")
    half = sum(abs(other - value) for other in moved)
    if not (abs(value) < LARGEST and half < LARGEST):
        return Unreadable("this has no value")
    decimals = min((len(digits) for digits in _DECIMAL.findall(text)), default=0)
    return Number(Fraction(value), Fraction(half), 15, decimals)


def _calculated(tree: formula.Formula, moved: int = -1) -> float:
    """The value, with the decimal number at one position moved by half a unit of its last digit."""
    seen = count()

    def number(text: str) -> float:
        behind = text.partition(".")[2]
        here = behind and next(seen) == moved
        return float(text) + (0.5 * 10.0 ** -len(behind) if here else 0.0)

    value = formula.fold(tree, {}, {**formula.FLOATS, "number": number})
    if isinstance(value, complex):
        raise ValueError
    return float(value)
