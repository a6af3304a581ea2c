"""Sums and products that stay as a teacher writes them.

SymPy sorts and merges what it adds; here `t - o` stays `t - o`, and `0.5 * x * 3` stays three
factors. The results are ordinary SymPy expressions: they differentiate, substitute and compare.

>>> from sympy import symbols
>>> o, t = symbols("o t", real=True)
>>> minus(t, o).args, times(2, minus(t, o)).args[0]
((t, -o), 2)
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import (
    Add,
    And,
    Expr,
    Function,
    Ge,
    Gt,
    Le,
    Lt,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    sympify,
)  # fmt: skip


def plus(*terms: Expr | int) -> Expr:
    """The sum of the terms, in this order."""
    return Add(*map(sympify, terms), evaluate=False)


def times(*factors: Expr | int) -> Expr:
    """The product of the factors, in this order."""
    return Mul(*map(sympify, factors), evaluate=False)


def negative(thing: Expr) -> Expr:
    """−thing, without multiplying a sum out."""
    return Mul(S.NegativeOne, thing, evaluate=False)


def opposite(thing: Expr) -> Expr:
    """The thing with a minus in front of it, or without the one that it has."""
    turned = thing.is_Mul and len(thing.args) == 2 and thing.args[0] == -1
    return thing.args[1] if turned else negative(thing)


def minus(first: Expr | int, second: Expr | int) -> Expr:
    """first − second, in this order."""
    return plus(first, negative(sympify(second)))


def over(first: Expr | int, second: Expr | int) -> Expr:
    """first / second, not shortened."""
    return Mul(sympify(first), Pow(sympify(second), -1, evaluate=False), evaluate=False)


def squared(thing: Expr) -> Expr:
    """thing², not multiplied out."""
    return Pow(thing, 2, evaluate=False)


def power(base: Expr | int, exponent: Expr | int) -> Expr:
    """base to the power of exponent, as it stands."""
    return Pow(sympify(base), sympify(exponent), evaluate=False)


def replaced(expression: Expr, names: Mapping[Symbol, Expr]) -> Expr:
    """The expression with symbols replaced, and everything else left in its order."""
    if expression.is_Symbol:
        return names.get(expression, expression)
    if not expression.args:
        return expression
    if isinstance(expression, Piecewise):
        cases = (tuple(replaced(part, names) for part in case.args) for case in expression.args)
        return Piecewise(*cases, evaluate=False)
    return expression.func(*(replaced(part, names) for part in expression.args), evaluate=False)


def scaled(factor: Expr, thing: Expr) -> Expr:
    """factor · thing, or the thing alone where the factor is 1."""
    return thing if str(factor) == "1" else times(factor, thing)


class Constant(Symbol):
    """A number that a person typed ("0.01"): printed with those digits, constant to the calculus."""

    __slots__ = ()

    def __new__(cls, text: str) -> Constant:
        constant: Constant = Symbol.__new__(cls, text, real=True)
        return constant


class Magnitude(Function):
    """|x| of something real. SymPy's Abs asks whether it is, and cannot always tell."""

    is_extended_real = True  # or the derivative of an Abs about it would speak of re and im

    def fdiff(self, argindex: int = 1) -> Expr:
        """d|x|/dx, which is 0 at 0 by convention."""
        return Signum(self.args[0])


class Signum(Function):
    """−1, 0 or 1, with the derivative 0 everywhere, also where it jumps."""

    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> Expr:
        """The slope between the jumps."""
        return S.Zero


class Largest(Function):
    """max(…) of two or more things that can be equal: the derivative then follows the last of them.

    >>> from sympy import symbols
    >>> x, y, z = symbols("x y z", real=True)
    >>> Largest(x, y, z).diff(x), Largest(x, y, z).diff(z)
    (Piecewise((1, x > Largest(y, z)), (0, True)), Piecewise((1, z >= Largest(x, y)), (0, True)))
    """

    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> Expr:
        """1 where this argument is the one that counts, 0 elsewhere."""
        return _counts(self, argindex - 1, Gt, Ge)


class Smallest(Function):
    """min(…), as `Largest`."""

    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> Expr:
        """1 where this argument is the one that counts, 0 elsewhere."""
        return _counts(self, argindex - 1, Lt, Le)


def _counts(extreme: Expr, chosen: int, beyond: type, at_least: type) -> Expr:
    """Whether a part is at least as far as all earlier ones, and beyond all later ones."""
    part = extreme.args[chosen]
    conditions = [
        compare(part, others[0] if len(others) == 1 else extreme.func(*others), evaluate=False)
        for compare, others in (
            (at_least, extreme.args[:chosen]), (beyond, extreme.args[chosen + 1 :]),
        ) if others
    ]  # fmt: skip
    holds = conditions[0] if len(conditions) == 1 else And(*conditions, evaluate=False)
    return Piecewise((S.One, holds), (S.Zero, True), evaluate=False)


class SumOverAll(Function):
    """Σ_k of an expression in k, for printing: SymPy's own Sum would want to evaluate it.

    Another letter than k may follow the expression.
    """


class SumOverOthers(Function):
    """Σ over k ≠ j of an expression in k."""
