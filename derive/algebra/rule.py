"""A rule: one formula for a whole kind of quantity, in slots that each member fills.

All 128 net inputs of a layer share one rule, `Σ w·x + b`; the calculus is done on the rule, once.
A rule may sum over a series of any length; the sum stands in the formula as a total, and `sums`
says which expression it adds up.

>>> net = Rule("net", TOTAL + B, {TOTAL: times(W, X)})
>>> [(partial.slot, partial.found) for partial in net.partials()]
[(b, 1), (w, x), (x, w)]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from sympy import Expr, Symbol, diff

from derive.algebra.ordered import Constant, times


def slot(name: str) -> Symbol:
    """A place in a rule's formula that each member fills with one of its quantities."""
    return Symbol(name, real=True)


W, X, B = slot("w"), slot("x"), slot("b")  # a weight, what it multiplies, a bias
Z, A = slot("z"), slot("a")  # a net input; the activation, which is the rule's own target
ZS, AS = slot("z_s"), slot("a_s")  # the net inputs and activations of all units (softmax)
T, O = slot("t"), slot("o")
UP, LOCAL = slot("up"), slot("local")  # what came back so far, and the local derivative
RATE, GRADIENT = slot("rate"), slot("gradient")
TOTAL = slot("total")


@dataclass(frozen=True)
class Partial:
    """The derivative of a rule by one of its slots.

    `found` is what SymPy found. `taught` is the same thing as textbooks write it, which may use the
    rule's own value (a(1−a) instead of e^(−z)/(1+e^(−z))²). `kind` names the quantities that hold
    it ("dout/dnet"), or is None where it is too plain to be given a name (w, x, 1).
    `members` says for which entries of a series it holds: "all", or, for joint activations, those
    where the entry is the unit's "own" or one of the "others".
    """

    slot: Symbol
    found: Expr
    taught: Expr
    kind: str | None = None
    members: str = "all"


@dataclass(frozen=True)
class Rule:
    """A formula in slots; see the module's docstring.

    `code` is stable and names the rule in JSON and in marks. `taught` gives local derivatives in
    their textbook form, `names` the kind of quantity that holds a local derivative. `special`
    replaces all that where one derivative does not serve a whole series. Where the rule is `spelled`,
    a local derivative that has a name is written by it, however plain it is. Where it is `relative`, as
    softmax is, one number may be subtracted from Z and all ZS without a change. What is `positive` is
    never taken for the 0 that rounding hides, however uncertain it is.
    """

    code: str
    formula: Expr
    sums: Mapping[Symbol, Expr] = field(default_factory=dict)
    taught: Mapping[Symbol, Expr] = field(default_factory=dict)
    names: Mapping[Symbol, str] = field(default_factory=dict)
    special: tuple[Partial, ...] = ()
    spelled: bool = False
    relative: bool = False
    positive: bool = False

    @property
    def is_copy(self) -> bool:
        """Whether the formula only repeats another quantity."""
        return bool(self.formula.is_Symbol and self._is_slot(self.formula) and not self.sums)

    def slots(self) -> set[Symbol]:
        """Every slot that a member must fill."""
        inside = (expression.free_symbols for expression in (self.formula, *self.sums.values()))
        return {symbol for symbol in set().union(*inside) if self._is_slot(symbol)}

    def _is_slot(self, symbol: Symbol) -> bool:
        return symbol not in self.sums and not isinstance(symbol, Constant)

    def partials(self) -> tuple[Partial, ...]:
        """The local derivatives, by every slot, found by SymPy."""
        if self.special:
            return self.special
        return tuple(self._partial(slot, found) for slot, found in self._found())

    def _found(self) -> Iterable[tuple[Symbol, Expr]]:
        for symbol in sorted(filter(self._is_slot, self.formula.free_symbols), key=str):
            yield symbol, derivative(self.formula, symbol)
        for total, term in self.sums.items():
            outer = derivative(self.formula, total)
            for symbol in sorted(filter(self._is_slot, term.free_symbols), key=str):
                inner = derivative(term, symbol)
                yield symbol, inner if outer == 1 else times(outer, inner)

    def _partial(self, symbol: Symbol, found: Expr) -> Partial:
        return Partial(symbol, found, self.taught.get(symbol, found), self.names.get(symbol))


@cache
def derivative(expression: Expr, symbol: Symbol) -> Expr:
    """SymPy's derivative of an expression by a symbol, which it may put into its own order."""
    return diff(_evaluated(expression), symbol)


def _evaluated(expression: Expr) -> Expr:
    """The expression with its sums and products merged: SymPy's rule for powers relies on that."""
    return expression.func(*map(_evaluated, expression.args)) if expression.args else expression
