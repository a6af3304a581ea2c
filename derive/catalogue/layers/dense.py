"""The dense layer: every unit takes every output of the layer before.

Symbolic half: net_j = Σᵢ w_ji · out_i + b_j and out_j = f(net_j), or, for a joint activation such
as softmax, out_j = f_j(net_1, …, net_n). Numeric half: the same with matrices.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Expr, exp

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import minus, negative, over, plus, squared, times
from derive.algebra.rule import AS, TOTAL, ZS, A, B, Partial, Rule, W, X, Z
from derive.catalogue.entries import Activation, Array
from derive.catalogue.layers.kind import Arrays, Connected, Gradients, LayerKind, Wiring

# --- symbolic half -------------------------------------------------------------------------------

_NET: dict[str, Expr] = {
    "none": TOTAL,
    "each": plus(TOTAL, B),
    "shared": plus(TOTAL, B),
    "threshold": minus(TOTAL, B),  # a weight on a constant input of −1
}


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Register the layer's quantities and write down its equations."""
    number, units, sources = wiring.number, wiring.units, wiring.sources
    weights = ledger.add("w", number, (units, sources.size))
    bias = _bias(ledger, wiring)
    net = ledger.add("net", number, (units,))
    outputs = ledger.add("out", number, (units,))
    arguments = {W: weights, X: np.broadcast_to(sources, weights.shape)}
    if bias is not None:
        arguments[B] = np.broadcast_to(bias, (units,))
    rule = Rule(f"net.{wiring.bias}", _NET[wiring.bias], {TOTAL: times(W, X)}, names={W: "dnet/dw"})
    forward = Family(rule, net, arguments)
    return Connected((forward, _activate(wiring, net, outputs)), weights, bias, outputs)


def _bias(ledger: Ledger, wiring: Wiring) -> Ids | None:
    if wiring.bias == "none":
        return None
    return ledger.add("b", wiring.number, () if wiring.bias == "shared" else (wiring.units,))


def _activate(wiring: Wiring, net: Ids, outputs: Ids) -> Family:
    activation = wiring.activation
    if activation.joint:
        every = (net.size, net.size)
        arguments = {
            Z: net, ZS: np.broadcast_to(net, every),
            A: outputs, AS: np.broadcast_to(outputs, every),
        }  # fmt: skip
        return Family(joint_rule(activation), outputs, arguments)
    return Family(unit_rule(activation, wiring.constants), outputs, {Z: net, A: outputs})


def unit_rule(activation: Activation, constants: Mapping[str, Expr]) -> Rule:
    """out = f(net), with the derivative as it is taught."""
    formula = activation.formula(Z, **constants)
    taught = {} if activation.slope is None else {Z: activation.slope(Z, A, **constants)}
    return Rule(f"out.{activation.name}", formula, taught=taught, names={Z: "dout/dnet"})


def joint_rule(activation: Activation) -> Rule:
    """Softmax: out_j = e^(net_j) / Σ_k e^(net_k), whose derivatives form a matrix.

    ∂out_j/∂net_j = out_j (1 − out_j), and ∂out_j/∂net_k = −out_j · out_k for another unit k.
    """
    formula = activation.formula(Z, TOTAL)
    total = exp(ZS)
    across = times(formula.diff(TOTAL), total)
    own = Partial(
        ZS, plus(formula.diff(Z), across.subs(ZS, Z)), times(A, minus(1, A)), "dout/dnet", "own"
    )
    others = Partial(ZS, across, negative(times(A, AS)), "dout/dnet", "others")
    return Rule(f"out.{activation.name}", formula, {TOTAL: total}, special=(own, others))


def joint_proof() -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """Softmax's two derivatives by the quotient rule, step by step to their taught forms.

    In the slots: Z and A the unit's own net input and output, ZS and AS another unit's, TOTAL the sum.
    """
    own, other = exp(Z), exp(ZS)
    share = over(own, TOTAL)
    return (
        (
            over(minus(times(own, TOTAL), times(own, own)), squared(TOTAL)),
            times(share, over(minus(TOTAL, own), TOTAL)),
            times(share, minus(1, share)),
            times(A, minus(1, A)),
        ),
        (
            over(minus(times(0, TOTAL), times(own, other)), squared(TOTAL)),
            negative(times(share, over(other, TOTAL))),
            negative(times(A, AS)),
        ),
    )


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, x: Array) -> tuple[Array, Array]:
    """Net inputs and outputs of shape (…, samples, units) for x of shape (…, samples, sources)."""
    net = x @ arrays.weights.swapaxes(-1, -2)
    if arrays.bias is not None:
        net = net - _spread(arrays) if arrays.bias_form == "threshold" else net + _spread(arrays)
    if arrays.activation.kinked:
        net = _without_residue(net, arrays, x)
    return net, arrays.activation.value(net, **arrays.parameters)


def _spread(arrays: Arrays) -> Array:
    """The biases, with axes for the samples, and for the units that share one."""
    assert arrays.bias is not None
    shared = arrays.bias_form == "shared"
    return arrays.bias[..., None, None] if shared else arrays.bias[..., None, :]


def _without_residue(net: Array, arrays: Arrays, x: Array) -> Array:
    """0 where rounding is all that is left of a sum: 0.1 · 3 − 0.3, which a kink would tell from 0."""
    size = np.abs(x) @ np.abs(arrays.weights).swapaxes(-1, -2)
    if arrays.bias is not None:
        size = size + np.abs(_spread(arrays))
    left = np.abs(np.real(net))
    residue = (left < 8 * np.finfo(float).eps * size) & (left > 1e-30 * size)
    return np.where(residue, 1j * np.imag(net) if np.iscomplexobj(net) else 0.0, net)


def backward(arrays: Arrays, x: Array, net: Array, upstream: Array) -> Gradients:
    """Gradients for ∂E/∂outputs = upstream, shape (…, samples, units): summed over the samples."""
    local = arrays.activation.derivative(net, **arrays.parameters)
    if arrays.activation.joint:
        delta = (upstream[..., None, :] @ local)[..., 0, :]
    else:
        delta = upstream * local
    bias: Array | None = None
    if arrays.bias_form == "shared":
        bias = np.add.reduce(delta, axis=(-2, -1))
    elif arrays.bias_form in ("each", "threshold"):
        total = np.add.reduce(delta, axis=-2)
        bias = -total if arrays.bias_form == "threshold" else total
    return Gradients(delta.swapaxes(-1, -2) @ x, bias, delta @ arrays.weights, delta)


DENSE = LayerKind("dense", connect, forward, backward)
