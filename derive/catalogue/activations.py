"""Activation functions: add one by adding an entry to `ACTIVATIONS`.

>>> from sympy import Symbol
>>> ACTIVATIONS["tanh"].slope(Symbol("z"), Symbol("a"))
1 - a**2
"""

from __future__ import annotations

import numpy as np
from sympy import Eq, Expr, Max, Piecewise, Pow, Rational, S, erf, exp, log, pi, sqrt, tanh

from derive.algebra.ordered import minus, negative, over, plus, scaled, squared, times
from derive.catalogue.entries import Activation, Array, Parameter
from derive.catalogue.special import complex_erf
from derive.registry import Registry

HALF = Rational(1, 2)


def _falling(z: Expr) -> Expr:
    """e^(−z)."""
    return exp(-z)


def _logistic(z: Expr) -> Expr:
    return over(1, plus(1, _falling(z)))


# --- symbolic forms that need more than a line ---------------------------------------------------


def _sigmoid_proof(z: Expr, a: Expr) -> tuple[Expr, ...]:
    below = plus(1, _falling(z))
    return (
        over(_falling(z), squared(below)),
        times(over(1, below), over(_falling(z), below)),
        times(over(1, below), minus(1, over(1, below))),
        times(a, minus(1, a)),
    )


def _tanh_proof(z: Expr, a: Expr) -> tuple[Expr, ...]:
    difference, total = minus(exp(z), _falling(z)), plus(exp(z), _falling(z))
    return (
        over(minus(squared(total), squared(difference)), squared(total)),
        minus(1, squared(over(difference, total))),
        minus(1, squared(a)),
    )


def _relu_slope(z: Expr, a: Expr, at_zero: Expr) -> Expr:
    if str(at_zero) == "0":
        return Piecewise((S.One, z > 0), (S.Zero, True))
    return Piecewise((S.One, z > 0), (at_zero, Eq(z, 0)), (S.Zero, True))


def _elu(z: Expr, alpha: Expr) -> Expr:
    return Piecewise((z, z > 0), (scaled(alpha, minus(exp(z), 1)), True))


def _softplus_proof(z: Expr, a: Expr) -> tuple[Expr, ...]:
    return over(exp(z), plus(1, exp(z))), _logistic(z)


def _silu_proof(z: Expr, a: Expr) -> tuple[Expr, ...]:
    below = plus(1, _falling(z))
    return (
        plus(over(1, below), over(times(z, _falling(z)), squared(below))),
        plus(over(1, below), times(over(z, below), minus(1, over(1, below)))),
        plus(a, over(minus(1, a), below)),
    )


def _gauss(z: Expr) -> Expr:
    """Φ(z), the standard normal distribution."""
    return times(HALF, plus(1, erf(over(z, sqrt(2)))))


def _gelu_slope(z: Expr, a: Expr) -> Expr:
    density = over(exp(negative(over(z**2, 2))), Pow(times(2, pi), HALF, evaluate=False))
    return plus(_gauss(z), times(z, density))


# --- numeric half --------------------------------------------------------------------------------


def _decay(z: Array) -> Array:
    """e^(−|z|), which cannot overflow."""
    return np.exp(np.where(np.real(z) < 0, z, -z))


def _sigmoid_value(z: Array) -> Array:
    if z.dtype.kind != "c":
        return 1 / (1 + np.exp(-z))  # where the power overflows, 1/∞ is right
    e = _decay(z)
    return np.where(np.real(z) < 0, e, 1) / (1 + e)


def _sigmoid_derivative(z: Array) -> Array:
    half = np.cosh(z / 2)  # e^(−z)/(1+e^(−z))² = 1/(2 cosh(z/2))², in which nothing cancels
    return 0.25 / (half * half)


def _tanh_value(z: Array) -> Array:
    less = np.expm1(np.where(np.real(z) < 0, 2 * z, -2 * z))  # e^(−2|z|) − 1, also near 0
    return np.where(np.real(z) < 0, less, -less) / (less + 2)


def _relu_value(z: Array, at_zero: float) -> Array:
    return np.where(np.real(z) > 0, z, np.where(np.real(z) == 0, at_zero * z, 0 * z))


def _relu_derivative(z: Array, at_zero: float) -> Array:
    return np.heaviside(np.real(z), at_zero)


def _leaky_value(z: Array, slope: float) -> Array:
    return z * _leaky_derivative(z, slope)


def _leaky_derivative(z: Array, slope: float) -> Array:
    return np.where(np.real(z) > 0, 1.0, slope)


def _elu_value(z: Array, alpha: float) -> Array:
    return np.where(np.real(z) > 0, z, alpha * (np.exp(np.where(np.real(z) > 0, 0, z)) - 1))


def _elu_derivative(z: Array, alpha: float) -> Array:
    return np.where(np.real(z) > 0, 1.0, alpha * np.exp(np.where(np.real(z) > 0, 0, z)))


def _softplus_value(z: Array) -> Array:
    return np.where(np.real(z) >= 0, z, 0) + np.log(1 + _decay(z))


def _silu_derivative(z: Array) -> Array:
    return _sigmoid_value(z) + z * _sigmoid_derivative(z)


def _gelu_value(z: Array) -> Array:
    return z * (1 + complex_erf(z / np.sqrt(2))) / 2


def _gelu_derivative(z: Array) -> Array:
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return (1 + complex_erf(z / np.sqrt(2))) / 2 + z * density


def _softmax_value(z: Array) -> Array:
    e = np.exp(z - np.max(np.real(z), axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _softmax_derivative(z: Array) -> Array:
    p = _softmax_value(z)
    return p[..., :, None] * (np.eye(p.shape[-1]) - p[..., None, :])


# --- the table -----------------------------------------------------------------------------------

_ENTRIES = (
    Activation(
        "identity", "id",
        formula=lambda z: z,
        slope=lambda z, a: S.One,
        value=lambda z: z,
        derivative=np.ones_like,
    ),
    Activation(
        "sigmoid", "sigma",
        formula=_logistic,
        slope=lambda z, a: times(a, minus(1, a)),
        proof=_sigmoid_proof,
        value=_sigmoid_value,
        derivative=_sigmoid_derivative,
        range=(0, 1),
    ),
    Activation(
        "tanh", "tanh",
        formula=tanh,
        definition=lambda z: over(minus(exp(z), _falling(z)), plus(exp(z), _falling(z))),
        slope=lambda z, a: minus(1, squared(a)),
        proof=_tanh_proof,
        value=_tanh_value,
        derivative=lambda z: 4 * _sigmoid_derivative(2 * z),
        range=(-1, 1),
    ),
    Activation(
        "relu", "ReLU",
        formula=lambda z, at_zero: Max(0, z, evaluate=False),
        slope=_relu_slope,
        value=_relu_value,
        derivative=_relu_derivative,
        parameters={"at_zero": Parameter("0", 0, 1, (0, 1))},
        kinks=(0,),
        range=(0, float("inf")),
    ),
    Activation(
        "leaky_relu", "LReLU",
        formula=lambda z, slope: Piecewise((z, z > 0), (times(slope, z), True)),
        slope=lambda z, a, slope: Piecewise((S.One, z > 0), (slope, True)),
        value=_leaky_value,
        derivative=_leaky_derivative,
        parameters={"slope": Parameter("0.01", 0, 1)},
        kinks=(0,),
    ),
    Activation(
        "elu", "ELU",
        formula=_elu,
        slope=lambda z, a, alpha: Piecewise((S.One, z > 0), (plus(a, alpha), True)),
        value=_elu_value,
        derivative=_elu_derivative,
        parameters={"alpha": Parameter("1", 0, 100)},
        kinks=(0,),
    ),
    Activation(
        "softplus", "softplus",
        formula=lambda z: log(plus(1, exp(z))),
        slope=lambda z, a: _logistic(z),
        proof=_softplus_proof,
        value=_softplus_value,
        derivative=_sigmoid_value,
        range=(0, float("inf")),
    ),
    Activation(
        "silu", "SiLU",
        formula=lambda z: over(z, plus(1, _falling(z))),
        slope=lambda z, a: plus(a, over(minus(1, a), plus(1, _falling(z)))),
        proof=_silu_proof,
        value=lambda z: z * _sigmoid_value(z),
        derivative=_silu_derivative,
    ),
    Activation(
        "gelu", "GELU",
        formula=lambda z: times(z, _gauss(z)),
        slope=_gelu_slope,
        value=_gelu_value,
        derivative=_gelu_derivative,
    ),
    Activation(
        "softmax", "softmax",
        formula=lambda z, total: over(exp(z), total),
        slope=None,  # a matrix: see derive.catalogue.layers.dense
        value=_softmax_value,
        derivative=_softmax_derivative,
        range=(0, 1),
        joint=True,
    ),
)  # fmt: skip

ACTIVATIONS: Registry[Activation] = Registry("activation", {e.name: e for e in _ENTRIES})
