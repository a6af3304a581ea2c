"""Activations and losses as the code of NumPy functions: the value, and the slope as it is taught.

>>> from derive.problem.model import Choice
>>> sigmoid = activation_code(Choice("sigmoid"))
>>> sigmoid.value, sigmoid.slope
('1 / (1 + np.exp(-z))', 'a * (1 - a)')
>>> loss_code(Choice("mean_squared_error"), outputs=3).slope
'-2 * (t - o) / 3'
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr, Integer

from derive.algebra.ordered import Constant, Largest, Magnitude, Signum, Smallest, over
from derive.algebra.rule import AS, TOTAL, ZS, A, O, Rule, T, Z
from derive.catalogue.layers.dense import joint_rule, unit_rule
from derive.graph.graph import choose_activation, choose_loss
from derive.problem.model import Choice
from derive.writing.code import code

_KINKED = (Magnitude, Signum, Largest, Smallest)


class ActivationCode(NamedTuple):
    """In z, a layer's net inputs, and a, its outputs.

    A joint activation has no `slope` but what stands at equal indices of a matrix (`own`) and at all
    `others`, in a_i and a_j; its value uses `total`, the sum of `term`.
    """

    value: str
    slope: str = ""
    term: str = ""
    own: str = ""
    others: str = ""
    joint: bool = False
    kinked: bool = False


class LossCode(NamedTuple):
    """In t and o: the error of each output, and its derivative, a mean's share included."""

    term: str
    slope: str
    mean: bool
    kinked: bool


def activation_code(choice: Choice) -> ActivationCode:
    """An activation of the catalogue, or a formula of the user's own."""
    entry, constants = choose_activation(choice)
    if entry.joint:
        return _joint(joint_rule(entry))
    rule = unit_rule(entry, constants)
    kinked = bool(entry.kinks) or rule.formula.has(*_KINKED)
    value, slope = (_elementwise(part, "z") for part in (rule.formula, _slope(rule, Z)))
    return ActivationCode(value, slope, kinked=kinked)


def _joint(rule: Rule) -> ActivationCode:
    own, others = rule.special
    names = {Z: "z", ZS: "z", A: "a_i", AS: "a_j", TOTAL: "total"}
    parts = (rule.formula, rule.sums[TOTAL], own.taught, others.taught)
    value, term, same, other = (code(part, names.__getitem__) for part in parts)
    return ActivationCode(value, term=term, own=same, others=other, joint=True)


def loss_code(choice: Choice, outputs: int) -> LossCode:
    """A loss of the catalogue, or a formula of the user's own, for so many outputs."""
    entry, constants = choose_loss(choice)
    taught = {} if entry.slope is None else {O: entry.slope(T, O, **constants)}
    rule = Rule("loss", entry.term(T, O, **constants), taught=taught)
    slope, mean = _slope(rule, O), entry.mean and outputs > 1
    shared = code(over(slope, Integer(outputs))) if mean else _elementwise(slope, "o")
    kinked = entry.kinked or rule.formula.has(*_KINKED)
    return LossCode(_elementwise(rule.formula, "o"), shared, mean, kinked)


def _slope(rule: Rule, slot: Expr) -> Expr:
    return next(partial.taught for partial in rule.partials() if partial.slot == slot)


def _elementwise(expression: Expr, argument: str) -> str:
    """Code that gives an array of the argument's shape, also where the expression is constant."""
    written = code(expression)
    if any(not isinstance(symbol, Constant) for symbol in expression.free_symbols):
        return written
    plain = {"0": "np.zeros_like({})", "1": "np.ones_like({})"}
    return plain.get(written, f"np.full_like({{}}, {written})").format(argument)
