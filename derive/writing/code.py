"""A formula in slots → NumPy code, as somebody would type it.

Arrays may stand for any of the slots. Numbers keep the digits they were typed with, and brackets
stand only where they are needed. Nothing but formulas, names of slots and digits becomes code.

>>> from sympy import Symbol, exp
>>> from derive.algebra.ordered import Constant, minus, over, plus, squared, times
>>> z, t, o = Symbol("z"), Symbol("t"), Symbol("o")
>>> print(code(over(1, plus(1, exp(-z)))))
1 / (1 + np.exp(-z))
>>> print(code(times(Constant("0.50"), squared(minus(t, o)))))
0.50 * (t - o) ** 2
>>> print(code(z + t, {z: 'p["W1"]', t: "-0.1"}.__getitem__))
-0.1 + p["W1"]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce

import sympy
from sympy import Basic, Expr, Symbol

from derive.algebra.family import Family
from derive.algebra.fold import Arithmetic, fold
from derive.algebra.ordered import Largest, Magnitude, Signum, Smallest
from derive.writing.binding import Binding
from derive.writing.literals import LONGEST, literal, shortened

ERF = "erf"  # the one function that NumPy lacks; `ERF_SOURCE` defines it
ERF_SOURCE = "erf = np.vectorize(math.erf, otypes=[float])  # NumPy has no erf of its own"

_NAME = re.compile(r"""[A-Za-z_]\w*(?:\[(?:"\w+"|\w+)\])?""", re.ASCII)


@dataclass(frozen=True)
class _Piece:
    """Code with what is known of it.

    `rest` is what follows the minus that the piece begins with, `under` what it is 1 over. Names
    and numbers are `simple`: ** stands close to them. A whole number may be an `integer`, which
    counts exactly and, in powers and products, further than arrays can.
    """

    text: str
    binding: Binding = Binding.ATOM
    rest: _Piece | None = None
    under: _Piece | None = None
    simple: bool = False
    integer: bool = False

    def held(self, least: Binding) -> str:
        """The text, in brackets where something around it would tear it apart."""
        return self.text if self.binding >= least else f"({self.text})"

    def as_float(self) -> _Piece:
        """The same number as a float."""
        if not self.integer:
            return self
        rest = None if self.rest is None else self.rest.as_float()
        return replace(self, text=f"{self.text}.0", rest=rest, integer=False)


def code(expression: Expr, leaf: Callable[[Symbol], str] = str) -> str:
    """The expression as code; `leaf` gives what stands for each symbol: a name, or a number."""
    return fold(expression, lambda symbol: _leaf(leaf(symbol)), CODE).text


def member_code(family: Family, member: int, name: Callable[[int], str]) -> str:
    """One member's formula as code, its sums written out; `name` gives what stands for a quantity."""
    return family.value(member, lambda quantity: _leaf(name(quantity)), CODE).text


def _leaf(text: str) -> _Piece:
    if _NAME.fullmatch(text):
        return _Piece(text, simple=text.isidentifier())
    return _number(text)


# --- numbers -------------------------------------------------------------------------------------


def _number(text: str) -> _Piece:
    """A typed decimal, or a fraction that SymPy wrote."""
    over, _, under = text.partition("/")
    if under:
        return _fraction(Fraction(int(over), int(under)))
    digits = literal(text)
    whole = digits.lstrip("-").isdigit()
    if whole and len(digits) > LONGEST:
        digits, whole = shortened(Fraction(text)), False
    return _signed(digits, whole)


def _fraction(value: Fraction) -> _Piece:
    """A fraction as a short decimal, or as one number over another."""
    decimal = Decimal(repr(float(value))) if abs(value) < 10**LONGEST else None
    if decimal is not None and Fraction(decimal) == value and "e" not in repr(float(value)):
        return _signed(repr(float(value)), False)
    parts = (value.numerator, value.denominator)
    above, below = (_number(str(abs(part))) for part in parts)
    piece = _Piece(f"{above.text} / {below.text}", Binding.PRODUCT)
    return _negative(piece) if value < 0 else piece


def _signed(digits: str, integer: bool) -> _Piece:
    number = _Piece(digits.lstrip("-"), simple=True, integer=integer)
    return replace(_negative(number), integer=integer) if digits.startswith("-") else number


# --- sums and products ---------------------------------------------------------------------------


def _negative(piece: _Piece) -> _Piece:
    return _Piece(f"-{_shielded(piece).held(Binding.PRODUCT)}", Binding.SUM, rest=piece)


def _shielded(piece: _Piece) -> _Piece:
    """A power in brackets: −x² is easily read as (−x)²."""
    return _Piece(f"({piece.text})") if piece.binding == Binding.POWER else piece


def _sum(*terms: _Piece) -> _Piece:
    text = terms[0].text
    for term in terms[1:]:
        minus = term.rest is not None
        sign, shown = ("-", term.rest) if term.rest is not None else ("+", term)
        text += f" {sign} {shown.held(Binding.PRODUCT if minus else Binding.SUM)}"
    return _Piece(text, Binding.SUM)


def _product(*factors: _Piece) -> _Piece:
    first, *others = factors
    if first.rest is not None and others:  # −1 · x is −x, and −2 · x is −(2 · x)
        kept = others if first.rest.text == "1" else [first.rest, *others]
        shielded = _negative(_product(_shielded(kept[0]), *kept[1:]))
        return replace(shielded, rest=_product(*kept))
    above = [factor for factor in factors if factor.under is None]
    if len(above) > 1 and all(factor.integer for factor in above[:2]):
        above[0] = above[0].as_float()
    below = [factor.under for factor in factors if factor.under is not None]
    if len(above) + len(below) == 1:
        return first
    text = " * ".join(factor.held(Binding.PRODUCT) for factor in above) or "1"
    for factor in below:
        text += f" / {factor.held(Binding.POWER)}"
    return _Piece(text, Binding.PRODUCT)


def _power(base: _Piece, exponent: _Piece) -> _Piece:
    if exponent.rest is not None and exponent.rest.simple:  # a number below 0
        under = _power(base, exponent.rest)
        text = f"1 / {under.held(Binding.POWER)}"
        return _Piece(text, Binding.PRODUCT, under=under)
    if exponent.text == "1":
        return base
    if exponent.text == "0.5":
        return _Piece(f"np.sqrt({base.text})")
    base = base.as_float() if exponent.integer else base
    space = "" if base.simple and exponent.simple else " "
    text = f"{base.held(Binding.ATOM)}{space}**{space}{exponent.held(Binding.POWER)}"
    return _Piece(text, Binding.POWER)


# --- functions and cases -------------------------------------------------------------------------


def _called(name: str) -> Callable[..., _Piece]:
    return lambda part: _Piece(f"{name}({part.as_float().text})")


def _folded(name: str) -> Callable[..., _Piece]:
    """A function of two arguments that is also meant for more: max(a, b, c)."""

    def pair(first: _Piece, second: _Piece) -> _Piece:
        if first.integer and second.integer:
            first, second = first.as_float(), second.as_float()
        return _Piece(f"{name}({first.text}, {second.text})")

    return lambda *parts: reduce(pair, parts)


def _set(name: str) -> Callable[..., _Piece]:
    """As `_folded`, for arguments that SymPy keeps in no order: numbers first."""
    return lambda *parts: _folded(name)(*sorted(parts, key=lambda p: (not p.integer, p.text)))


def _related(sign: str) -> Callable[..., _Piece]:
    def relate(left: _Piece, right: _Piece) -> _Piece:
        sides = left.held(Binding.SUM), right.held(Binding.SUM)
        return _Piece(f" {sign} ".join(sides), Binding.RELATION)

    return relate


def _joined(sign: str) -> Callable[..., _Piece]:
    """Conditions joined, each in brackets: & binds more tightly than >."""

    def join(*parts: _Piece) -> _Piece:
        text = f" {sign} ".join(part.held(Binding.ATOM) for part in parts)
        return _Piece(text, Binding.RELATION)

    return join


def _cases(branches: list[tuple[Callable[[], _Piece], Callable[[], _Piece]]]) -> _Piece:
    *upper, (last, _) = branches
    result = last().as_float()
    for value, condition in reversed(upper):
        parts = (condition().text, value().as_float().text, result.text)
        result = _Piece(f"np.where({', '.join(parts)})")
    return result


_TABLE: Mapping[type[Basic], Callable[..., _Piece]] = {
    sympy.Add: _sum, sympy.Mul: _product, sympy.Pow: _power,
    sympy.exp: _called("np.exp"), sympy.log: _called("np.log"), sympy.tanh: _called("np.tanh"),
    sympy.sinh: _called("np.sinh"), sympy.cosh: _called("np.cosh"), sympy.sin: _called("np.sin"),
    sympy.cos: _called("np.cos"), sympy.erf: _called(ERF),
    sympy.Abs: _called("np.abs"), Magnitude: _called("np.abs"),
    sympy.sign: _called("np.sign"), Signum: _called("np.sign"),
    sympy.Max: _set("np.maximum"), Largest: _folded("np.maximum"),
    sympy.Min: _set("np.minimum"), Smallest: _folded("np.minimum"),
    type(sympy.E): lambda: _Piece("np.e"), type(sympy.pi): lambda: _Piece("np.pi"),
    type(sympy.oo): lambda: _Piece("np.inf"), type(sympy.zoo): lambda: _Piece("np.nan"),
    type(sympy.nan): lambda: _Piece("np.nan"),  # derivatives of what has no value anywhere
    type(sympy.true): lambda: _Piece("True"), type(sympy.false): lambda: _Piece("False"),
    sympy.And: _joined("&"), sympy.Or: _joined("|"),
    sympy.Not: lambda part: _Piece(f"~{part.held(Binding.ATOM)}"),
    sympy.StrictGreaterThan: _related(">"), sympy.GreaterThan: _related(">="),
    sympy.StrictLessThan: _related("<"), sympy.LessThan: _related("<="),
    sympy.Equality: _related("=="), sympy.Unequality: _related("!="),
}  # fmt: skip

CODE = Arithmetic(number=_number, table=_TABLE, choose=_cases)
