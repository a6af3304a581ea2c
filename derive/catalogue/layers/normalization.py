"""What layer and batch normalization share: numbers become as many deviations from their mean.

Of n numbers x₁ … x_n that are normalized together,

    μ = Σ x_i / n,    var = Σ (x_i − μ)² / n,    σ = √(var + ε),    x̂_i = (x_i − μ) / σ,

and, for each feature, out_i = γ · x̂_i + β with a gain γ and a shift β, either of which may be left out.
On the way back every x_i is reached by three paths: through its own x̂_i, through var and through μ.
The numeric half has them in one: ∂E/∂x = (g − mean(g) − x̂ · mean(g · x̂)) / σ with g = ∂E/∂x̂.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sympy import Expr, Integer, Rational

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import Constant, minus, negative, over, plus, power, squared, times
from derive.algebra.rule import TOTAL, A, Rule, X, slot
from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Gradients,
    Options,
    Plan,
    Shape,
    Wiring,
    one,
    spread,
    summed,
)

MU, VAR, SIGMA, GAIN, SHIFT = map(slot, ("mu", "var", "sigma", "gain", "shift"))
KINDS = {"gain": "gamma", "shift": "beta"}
LETTERS = {"xhat": "x\u0302"}
USUAL = "1e-5"  # ε


def epsilon(options: Options) -> str:
    """ε, with the digits that were typed."""
    given = options.get("epsilon")
    return USUAL if given is None else str(given.text)


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
    rows = np.moveaxis(x, axis, -1)
    mu, var, sigma = (ledger.add(kind, number, rows.shape[:-1]) for kind in ("mu", "var", "sigma"))
    outputs = ledger.add("xhat" if arrays else "out", number, x.shape)
    each_mu, each_sigma = (_along(ids, axis, x.shape) for ids in (mu, sigma))
    families = [
        *_statistics(rows.reshape(-1, x.shape[axis]), mu, var, sigma, epsilon(wiring.options)),
        _normalized(x, each_mu, each_sigma, outputs),
    ]
    if arrays:
        normal, outputs = outputs, ledger.add("out", number, x.shape)
        families.append(_scaled(normal, arrays, outputs))
    return Connected(tuple(families), outputs, arrays)


def _along(ids: Ids, axis: int, shape: Shape) -> Ids:
    """A statistic for each of the numbers that it is of."""
    return np.broadcast_to(np.expand_dims(ids, axis), shape).ravel()


def _statistics(rows: Ids, mu: Ids, var: Ids, sigma: Ids, text: str) -> tuple[Family, ...]:
    """Mean, variance and deviation of every row, for rows of shape (groups, n)."""
    n = Integer(rows.shape[1])
    mu, var, sigma = mu.ravel(), var.ravel(), sigma.ravel()
    slope = over(times(2, minus(X, MU)), n)
    mean = Rule("normalize.mean", over(TOTAL, n), {TOTAL: X}, taught={X: Rational(1, n)})
    variance = Rule(
        "normalize.variance", over(TOTAL, n), {TOTAL: squared(minus(X, MU))},
        taught={X: slope, MU: negative(slope)},
    )  # fmt: skip
    deviation = Rule(
        "normalize.deviation", power(plus(VAR, Constant(text)), Rational(1, 2)),
        taught={VAR: over(1, times(2, A))}, positive=True,
    )  # fmt: skip
    each = np.repeat(mu[:, None], rows.shape[1], axis=1)
    return (
        Family(mean, mu, {X: rows}),
        Family(variance, var, {X: rows, MU: each}),
        Family(deviation, sigma, {VAR: var, A: sigma}),
    )


def _normalized(x: Ids, mu: Ids, sigma: Ids, targets: Ids) -> Family:
    """x̂ = (x − μ) / σ, for the mean and the deviation of every number."""
    inverse = over(1, SIGMA)
    rule = Rule(
        "normalize.number", over(minus(X, MU), SIGMA),
        taught={X: inverse, MU: negative(inverse), SIGMA: negative(over(A, SIGMA))},
    )  # fmt: skip
    found = targets.ravel()
    return Family(rule, found, {X: x.ravel(), MU: mu, SIGMA: sigma, A: found})


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
    left = _without_residue(x - x.mean(axis=along, keepdims=True), x)
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


def _without_residue(left: Array, x: Array) -> Array:
    """0 where rounding is all that is left of x − μ, which a kink further on would tell from 0."""
    residue = np.abs(np.real(left)) < 8 * np.finfo(float).eps * np.abs(np.real(x))
    return np.where(residue, 1j * np.imag(left) if np.iscomplexobj(left) else 0.0, left)


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
