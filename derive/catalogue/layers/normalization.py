"""What layer and batch normalization share: numbers become as many deviations from their mean.

Of n numbers x₁ … x_n that are normalized together,

    μ = Σ x_i / n,   d_i = x_i − μ,   var = Σ d_i² / n,   σ = √(var + ε),   x̂_i = d_i / σ,

and, for each feature, out_i = γ · x̂_i + β with a gain γ and a shift β, either of which may be left out.
On the way back three paths lead to every x_i: through its own x̂_i and through var, which meet in d_i, and
through μ, where what comes back to all d arrives with a minus. The numeric half has them in one:
∂E/∂x = (g − mean(g) − x̂ · mean(g · x̂)) / σ with g = ∂E/∂x̂.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sympy import Expr, Integer, Rational, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import (
    Constant,
    SumOverAll,
    minus,
    negative,
    over,
    plus,
    power,
    squared,
    times,
)
from derive.algebra.rule import TOTAL, A, Rule, X, slot
from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Formulas,
    Gradients,
    Options,
    Plan,
    Shape,
    Wiring,
    one,
    spread,
    summed,
)
from derive.catalogue.layers.residue import without_residue

MU, D, VAR, SIGMA, GAIN, SHIFT = map(slot, ("mu", "d", "var", "sigma", "gain", "shift"))
KINDS = {"gain": "gamma", "shift": "beta"}
LETTERS = {"xhat": "x\u0302"}
USUAL = "1e-5"  # ε


def epsilon(options: Options) -> str:
    """ε, with the digits that were typed."""
    given = options.get("epsilon")
    return USUAL if given is None else str(given.text)


def formulas(_: Options, unit: str = "", group: str = "") -> Formulas:
    """The layer for a reader: of number i, with what else stands below its letter and its group's."""

    def of(letter: str, below: str) -> Symbol:
        return Symbol(f"{letter}_{below}" if below else letter)

    mu, var, sigma = (of(letter, group) for letter in ("mu", "var", "sigma"))
    gain, shift = (of(letter, group or "i") for letter in KINDS.values())
    x, d, normal = (of(letter, f"i{unit}") for letter in ("x", "d", "xhat"))
    i, n = Symbol("i"), Symbol("n")
    return (
        (str(mu), over(SumOverAll(x, i), n)),
        (str(d), minus(x, mu)),
        (str(var), over(SumOverAll(squared(d), i), n)),
        (str(sigma), power(plus(var, Symbol("epsilon")), Rational(1, 2))),
        (str(normal), over(d, sigma)),
        (f"out_i{unit}", plus(times(gain, normal), shift)),
    )


def planned(asked: Asked, shape: Shape, features: Shape) -> Plan:
    """Outputs in the shape of what comes in; a gain and a shift for each feature that are wanted."""
    return Plan(shape, {name: features for name in KINDS if name not in asked.without})


# --- symbolic half -------------------------------------------------------------------------------


def connect(ledger: Ledger, wiring: Wiring, axis: int) -> Connected:
    """The statistics along one axis, then every number normalized, then scaled and shifted."""
    number, x = wiring.number, one(wiring.sources)
    arrays = {
        name: ledger.add(KINDS[name], number, shape) for name, shape in wiring.plan.trained.items()
    }
    groups = tuple(np.delete(x.shape, axis).tolist())
    mu, var, sigma = (ledger.add(kind, number, groups) for kind in ("mu", "var", "sigma"))
    d = ledger.add("d", number, x.shape)
    outputs = ledger.add("xhat" if arrays else "out", number, x.shape)
    families = [
        _mean(_rows(x, axis), mu.ravel()),
        Family(DEVIATION, d.ravel(), {X: x.ravel(), MU: _along(mu, axis, x.shape)}),
        *_spread_of(_rows(d, axis), var.ravel(), sigma.ravel(), epsilon(wiring.options)),
        _normalized(d, _along(sigma, axis, x.shape), outputs.ravel()),
    ]
    if arrays:
        normal, outputs = outputs, ledger.add("out", number, x.shape)
        families.append(_scaled(normal, arrays, outputs))
    return Connected(tuple(families), outputs, arrays)


DEVIATION = Rule("normalize.deviation", minus(X, MU))


def _rows(ids: Ids, axis: int) -> Ids:
    """What is normalized together, row by row: shape (groups, n)."""
    return np.moveaxis(ids, axis, -1).reshape(-1, ids.shape[axis])


def _along(ids: Ids, axis: int, shape: Shape) -> Ids:
    """A statistic for each of the numbers that it is of."""
    return np.broadcast_to(np.expand_dims(ids, axis), shape).ravel()


def _mean(rows: Ids, mu: Ids) -> Family:
    """μ = Σ x / n."""
    n = Integer(rows.shape[1])
    rule = Rule("normalize.mean", over(TOTAL, n), {TOTAL: X}, taught={X: Rational(1, n)})
    return Family(rule, mu, {X: rows})


def _spread_of(rows: Ids, var: Ids, sigma: Ids, text: str) -> tuple[Family, Family]:
    """var = Σ d² / n and σ = √(var + ε)."""
    n = Integer(rows.shape[1])
    variance = Rule(
        "normalize.variance", over(TOTAL, n), {TOTAL: squared(D)}, taught={D: over(times(2, D), n)}
    )
    root = Rule(
        "normalize.sigma", power(plus(VAR, Constant(text)), Rational(1, 2)),
        taught={VAR: over(1, times(2, A))}, positive=True,
    )  # fmt: skip
    return Family(variance, var, {D: rows}), Family(root, sigma, {VAR: var, A: sigma})


def _normalized(d: Ids, sigma: Ids, targets: Ids) -> Family:
    """x̂ = d / σ, for the deviation σ of every number."""
    taught = {D: over(1, SIGMA), SIGMA: negative(over(A, SIGMA))}
    rule = Rule("normalize.number", over(D, SIGMA), taught=taught)
    return Family(rule, targets, {D: d.ravel(), SIGMA: sigma, A: targets})


def _scaled(normal: Ids, arrays: dict[str, Ids], targets: Ids) -> Family:
    """out = γ · x̂ + β, with those of the last axes."""
    arguments = {X: normal.ravel()}
    formula: Expr = X
    for name, letter in (("gain", GAIN), ("shift", SHIFT)):
        if name in arrays:
            arguments[letter] = np.broadcast_to(arrays[name], normal.shape).ravel()
            formula = times(letter, formula) if name == "gain" else plus(formula, letter)
    return Family(Rule("normalize.out", formula), targets.ravel(), arguments)


# --- numeric half --------------------------------------------------------------------------------


class Kept(NamedTuple):
    """x̂, and σ with an axis of length 1 for the numbers that were normalized together."""

    normal: Array
    sigma: Array


def forward(arrays: Arrays, sources: tuple[Array, ...], axis: int) -> tuple[Kept, Array]:
    """Outputs in the shape of x, (…, samples, *shape)."""
    along = _from_the_end(arrays, axis)
    x = one(sources)
    left = without_residue(x - x.mean(axis=along, keepdims=True), np.abs(x))
    variance = (left * left).mean(axis=along, keepdims=True)
    sigma = np.sqrt(variance + float(epsilon(arrays.options)))
    normal = outputs = left / sigma
    if "gain" in arrays.trained:
        outputs = outputs * _spread(arrays, "gain")
    if "shift" in arrays.trained:
        outputs = outputs + _spread(arrays, "shift")
    return Kept(normal, sigma), outputs


def _from_the_end(arrays: Arrays, axis: int) -> int:
    """The axis of a sample's array, counted from the end of all samples' arrays."""
    return axis if axis < 0 else axis - len(arrays.plan.shape)


def _over(arrays: Arrays, name: str) -> tuple[int, int]:
    """How many axes a parameter has, and over how many it is used."""
    axes = len(arrays.plan.trained[name])
    return axes, 1 + len(arrays.plan.shape) - axes


def _spread(arrays: Arrays, name: str) -> Array:
    return spread(arrays.trained[name], *_over(arrays, name))


def backward(
    arrays: Arrays, sources: tuple[Array, ...], kept: Kept, upstream: Array, axis: int
) -> Gradients:
    """The three paths in one; see the module's docstring."""
    along = _from_the_end(arrays, axis)
    trained = {}
    if "gain" in arrays.trained:
        trained["gain"] = summed(upstream * kept.normal, *_over(arrays, "gain"))
    if "shift" in arrays.trained:
        trained["shift"] = summed(upstream, *_over(arrays, "shift"))
    g = upstream * _spread(arrays, "gain") if "gain" in arrays.trained else upstream
    shared = kept.normal * (g * kept.normal).mean(axis=along, keepdims=True)
    return Gradients(trained, ((g - g.mean(axis=along, keepdims=True) - shared) / kept.sigma,))
