"""A formula in slots → a tree of mathematics, in symbols or with numbers in place of them.

    0.5 * (t - o)**2  with leaves t₁, o₁      ⇒  ½ (t₁ − o₁)²
    the same          with leaves 0.01, −0.3  ⇒  ½ × (0.01 − (−0.3))²

The caller's `leaf` says what stands for each symbol; brackets follow from what it returns, so a
negative number gets them wherever it would be misread without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy
from sympy import Basic, Expr, Symbol
from sympy.core.function import AppliedUndef

from derive.algebra.ordered import (
    Constant,
    Largest,
    Magnitude,
    Signum,
    Smallest,
    SumOverAll,
    SumOverOthers,
)  # fmt: skip
from derive.numbers.rounding import typed
from derive.writing.binding import Binding, binding_of, items_of, signed
from derive.writing.maths import (
    Bracket,
    Call,
    Cases,
    Fraction,
    Name,
    Node,
    Number,
    Power,
    Root,
    Row,
    Sign,
    Sum,
    Words,
)  # fmt: skip

Leaf = Callable[[Symbol], Node]
FUNCTIONS = {
    sympy.log: "ln", sympy.tanh: "tanh", sympy.sinh: "sinh", sympy.cosh: "cosh", sympy.sin: "sin",
    sympy.cos: "cos", sympy.erf: "erf", sympy.sign: "sgn", Signum: "sgn",
    sympy.Max: "max", Largest: "max", sympy.Min: "min", Smallest: "min",
}  # fmt: skip
RELATIONS = {
    sympy.StrictGreaterThan: ">", sympy.GreaterThan: "≥", sympy.StrictLessThan: "<",
    sympy.LessThan: "≤", sympy.Equality: "=", sympy.Unequality: "≠",
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """`product` is the sign between factors ("·", "×" or " "); the others are words of cases.

    `when` stands before a case's condition, `otherwise` in the place of the last one, and `both`
    between two conditions that must hold together.
    """

    product: str = "·"
    otherwise: str = "otherwise"
    both: str = " and "
    when: str = "if "


NUMBERS = Style("×")


@dataclass(frozen=True)
class Piece:
    """A node, and how tightly it binds."""

    node: Node
    binding: Binding


def layout(
    expression: Expr,
    leaf: Leaf,
    style: Style,
    series: Mapping[Symbol, tuple[Node, ...]] | None = None,
) -> Node:
    """The expression as a tree; `series` gives the printed terms of each sum's total."""
    return _Layout(leaf, style, series or {}).piece(expression).node


class _Layout:
    def __init__(self, leaf: Leaf, style: Style, series: Mapping[Symbol, tuple[Node, ...]]) -> None:
        self.leaf, self.style, self.series = leaf, style, series

    def piece(self, e: Basic) -> Piece:
        if isinstance(e, Constant):
            number = Number(*typed(e.name))
            return Piece(number, binding_of(number))
        if e.is_Symbol:
            return self._symbol(e)
        if e.is_Add:
            return Piece(signed(self._terms(e)), Binding.SUM)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e)
        if e.is_Number:
            return self._number(e)
        if isinstance(e, sympy.exp):
            return Piece(Power(Name("e"), self.piece(e.args[0]).node), Binding.POWER)
        if isinstance(e, sympy.Abs | Magnitude):
            return Piece(Bracket(self.piece(e.args[0]).node, "||"), Binding.ATOM)
        if isinstance(e, sympy.Piecewise):
            return Piece(self._cases(e), Binding.ATOM)
        if e.func in RELATIONS:
            left, right = (self.piece(side).node for side in e.args)
            return Piece(Row((left, Sign(RELATIONS[e.func]), right)), Binding.SUM)
        if isinstance(e, sympy.And):
            first, *others = (self.piece(part).node for part in e.args)
            items = [item for node in others for item in (Words(self.style.both), node)]
            return Piece(Row((first, *items)), Binding.SUM)
        if isinstance(e, SumOverAll | SumOverOthers):
            return self._big_sum(e)
        if e.func in FUNCTIONS:
            arguments = tuple(self.piece(argument).node for argument in e.args)
            return Piece(Call(Name(FUNCTIONS[e.func]), arguments), Binding.ATOM)
        if isinstance(e, AppliedUndef):  # a function by its letter alone, in a formula for a reader
            arguments = tuple(self.piece(argument).node for argument in e.args)
            return Piece(Call(Name(e.func.__name__), arguments), Binding.ATOM)
        return Piece(Name({sympy.E: "e", sympy.pi: "pi"}[e]), Binding.ATOM)

    def _symbol(self, symbol: Symbol) -> Piece:
        if symbol in self.series:
            node = signed(self.series[symbol])
            return Piece(node, binding_of(node))
        node = self.leaf(symbol)
        return Piece(node, binding_of(node))

    def _big_sum(self, e: SumOverAll | SumOverOthers) -> Piece:
        index: Node = Name("k") if len(e.args) == 1 else self.piece(e.args[1]).node
        if isinstance(e, SumOverOthers):
            index = Row((index, Sign("≠"), Name("j")))
        inner = self.piece(e.args[0])
        node = Bracket(inner.node) if inner.binding == Binding.SUM else inner.node
        return Piece(Row((Sum(index), node)), Binding.PRODUCT)

    def _number(self, e: Expr) -> Piece:
        if e.is_Integer:
            return Piece(Number(str(e)), Binding.SUM if e < 0 else Binding.ATOM)
        fraction = Fraction(Number(str(abs(e.p))), Number(str(e.q)))
        return (
            Piece(Row((Sign("-"), fraction)), Binding.SUM)
            if e < 0
            else Piece(fraction, Binding.ATOM)
        )

    # --- sums ---------------------------------------------------------------------------------

    def _terms(self, e: Expr) -> tuple[Node, ...]:
        terms: list[Node] = []
        for argument in e.args:
            if argument in self.series:
                terms += self.series[argument]
            elif argument.is_Add:  # a sum in a sum needs no brackets
                terms += self._terms(argument)
            else:
                terms.append(self.piece(argument).node)
        return tuple(terms)

    # --- products -----------------------------------------------------------------------------

    def _product(self, e: Expr) -> Piece:
        minus, above, below = False, [], []
        for argument in e.args:
            factor = argument
            if argument.is_Number and argument < 0:
                minus, factor = not minus, -argument
                if factor == 1:
                    continue
            if factor.is_Pow and factor.args[1].is_Number and factor.args[1] < 0:
                below.append(self._reciprocal(factor))
            else:
                above.append(factor)
        node = self._joined(above) if above else Number("1")
        if below:
            node = Fraction(self._open(above), self._joined(below, alone=True))
        if minus:
            inner = Bracket(node) if binding_of(node) == Binding.SUM else node
            return Piece(Row((Sign("-"), *items_of(inner))), Binding.SUM)
        return Piece(node, Binding.ATOM if below else Binding.PRODUCT)

    @staticmethod
    def _reciprocal(factor: Expr) -> Expr:
        base, exponent = factor.args
        return base if exponent == -1 else sympy.Pow(base, -exponent, evaluate=False)

    def _open(self, factors: list[Expr]) -> Node:
        """What stands above a fraction line: brackets are needed only between several factors."""
        return self._joined(factors, alone=True) if factors else Number("1")

    def _joined(self, factors: list[Expr], alone: bool = False) -> Node:
        if len(factors) == 1 and alone:
            return self.piece(factors[0]).node
        items: list[Node] = []
        for position, factor in enumerate(factors):
            piece = self.piece(factor)
            node = piece.node
            loose = piece.binding == Binding.SUM or (
                isinstance(node, Number) and node.power is not None
            )
            if loose and (len(factors) > 1 or not alone):
                node = Bracket(node)
            if items:
                items.append(self._between(items[-1], node, factors[position - 1]))
            items.append(node)
        return items[0] if len(items) == 1 else Row(tuple(items))

    def _between(self, left: Node, right: Node, factor: Expr) -> Sign:
        """A number in front (½, 2) needs no sign before a letter or a bracket."""
        numeric = isinstance(right, Number) or self.style.product == "×"
        if isinstance(left, Fraction) and isinstance(right, Bracket | Power) and factor.is_Number:
            return Sign(" ")
        plain = factor.is_Number and not numeric
        both_bracketed = isinstance(right, Bracket) and not isinstance(left, Number) and not numeric
        return Sign(" ") if plain or both_bracketed else Sign(self.style.product)

    def _power(self, e: Expr) -> Piece:
        base, exponent = e.args
        if exponent.is_Number and exponent < 0:
            return Piece(Fraction(Number("1"), self.piece(self._reciprocal(e)).node), Binding.ATOM)
        if exponent == sympy.Rational(1, 2):
            return Piece(Root(self.piece(base).node), Binding.ATOM)
        piece = self.piece(base)
        node = (
            piece.node
            if piece.binding == Binding.ATOM and not isinstance(piece.node, Fraction | Call)
            else Bracket(piece.node)
        )
        if isinstance(node, Bracket) and isinstance(node.inside, Bracket):
            node = node.inside
        return Piece(Power(node, self.piece(exponent).node), Binding.POWER)

    def _cases(self, e: Expr) -> Node:
        rows = []
        for value, condition in e.args:
            when: Node = Words(self.style.otherwise)
            if condition != sympy.true:
                when = Row((Words(self.style.when), self.piece(condition).node))
            rows.append((self.piece(value).node, when))
        return Cases(tuple(rows))
