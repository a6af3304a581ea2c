"""The dense layer: every unit takes every output of the layer before.

Symbolic half: net_j = Σᵢ w_ji · out_i + b_j and out_j = f(net_j), or, for a joint activation such
as softmax, out_j = f_j(net_1, …, net_n). Numeric half: the same with matrices. Of an array with more
than one axis, the last one holds the sources, and the layer is used at each position of the others.
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
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Gradients,
    LayerKind,
    Misfit,
    Plan,
    Shape,
    Wiring,
    one,
    size,
)
from derive.catalogue.layers.residue import tidied

# --- symbolic half -------------------------------------------------------------------------------

_NET: dict[str, Expr] = {
    "none": TOTAL,
    "each": plus(TOTAL, B),
    "shared": plus(TOTAL, B),
    "threshold": minus(TOTAL, B),  # a weight on a constant input of −1
}


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """One row of weights for each unit, and biases as the problem arranges them."""
    *positions, last = one(sources)
    weights = asked.given.get("weights")
    units = asked.units or (weights[0] if weights else None)
    if units is None:
        raise Misfit("units", "nothing says how many units the layer has", "write units = 2")
    trained: dict[str, Shape] = {"weights": (units, last)}
    if asked.bias != "none":
        trained["bias"] = () if asked.bias == "shared" else (units,)
    return Plan((*positions, units), trained)


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Register the layer's quantities and write down its equations."""
    number, shape, sources = wiring.number, wiring.plan.shape, one(wiring.sources)
    weights = ledger.add("w", number, wiring.plan.trained["weights"])
    bias = _bias(ledger, wiring)
    net = ledger.add("net", number, shape)
    outputs = ledger.add("out", number, shape)
    families = (net_family(f"net.{wiring.bias}", net, weights, sources, bias),
                activate(wiring, net, outputs))  # fmt: skip
    trained = {"weights": weights} if bias is None else {"weights": weights, "bias": bias}
    return Connected(families, outputs, trained, net=net)


def net_family(code: str, net: Ids, weights: Ids, sources: Ids, bias: Ids | None) -> Family:
    """net = Σ w · x + b at every position; `code` ends with the form of the bias.

    Shapes: net (…, units), weights (units, sources), sources (…, sources), bias (units,) or ().
    """
    units, last = weights.shape
    positions = size(net.shape[:-1])
    arguments = {
        W: np.tile(weights, (positions, 1)),
        X: np.repeat(sources.reshape(positions, last), units, axis=0),
    }
    if bias is not None:
        arguments[B] = np.tile(np.broadcast_to(bias, (units,)), positions)
    names = {W: "dnet/dw"} if positions == 1 else {}  # used more than once, it is not one number
    rule = Rule(code, _NET[code.rpartition(".")[2]], {TOTAL: times(W, X)}, names=names)
    return Family(rule, net.ravel(), arguments)


def _bias(ledger: Ledger, wiring: Wiring) -> Ids | None:
    shape = wiring.plan.trained.get("bias")
    return None if shape is None else ledger.add("b", wiring.number, shape)


def activate(wiring: Wiring, net: Ids, outputs: Ids) -> Family:
    """out = f(net), unit by unit, or jointly over the last axis."""
    activation = wiring.activation
    if activation.joint:
        return joint_family(joint_rule(activation), net, outputs)
    rule = unit_rule(activation, wiring.constants)
    return Family(rule, outputs.ravel(), {Z: net.ravel(), A: outputs.ravel()})


def joint_family(rule: Rule, net: Ids, outputs: Ids) -> Family:
    """Outputs that depend on all net inputs of the last axis, by a rule such as softmax's."""
    units = net.shape[-1]
    arguments = {Z: net.ravel(), A: outputs.ravel()}
    for slot, ids in ((ZS, net), (AS, outputs)):
        arguments[slot] = np.repeat(ids.reshape(-1, units), units, axis=0)
    return Family(rule, outputs.ravel(), arguments)


def unit_rule(
    activation: Activation, constants: Mapping[str, Expr], named: str = "dout/dnet"
) -> Rule:
    """out = f(net), with the derivative as it is taught; `named` is the kind of what holds it."""
    formula = activation.formula(Z, **constants)
    taught = {} if activation.slope is None else {Z: activation.slope(Z, A, **constants)}
    return Rule(f"out.{activation.name}", formula, taught=taught, names={Z: named})


def joint_rule(activation: Activation, kind: str = "out", local: str = "dout/dnet") -> Rule:
    """Softmax: out_j = e^(net_j) / Σ_k e^(net_k), whose derivatives form a matrix.

    ∂out_j/∂net_j = out_j (1 − out_j), and ∂out_j/∂net_k = −out_j · out_k for another unit k. `kind` is
    that of what the rule makes, and `local` that of the derivatives.
    """
    formula = activation.formula(Z, TOTAL)
    total = exp(ZS)
    across = times(formula.diff(TOTAL), total)
    own = Partial(
        ZS, plus(formula.diff(Z), across.subs(ZS, Z)), times(A, minus(1, A)), local, "own"
    )
    others = Partial(ZS, across, negative(times(A, AS)), local, "others")
    return Rule(
        f"{kind}.{activation.name}", formula, {TOTAL: total}, special=(own, others), relative=True
    )


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


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[Array, Array]:
    """Net inputs and outputs of shape (…, samples, units) for x of shape (…, samples, sources)."""
    x = _rows(arrays, one(sources))
    net = x @ arrays.trained["weights"].swapaxes(-1, -2)
    if "bias" in arrays.trained:
        net = net - _spread(arrays) if arrays.bias_form == "threshold" else net + _spread(arrays)
    net = tidied(arrays, net, lambda: _sizes(arrays, x))
    outputs = arrays.activation.value(net, **arrays.parameters)
    return net, _placed(outputs, arrays.plan.shape[:-1])


def _rows(arrays: Arrays, x: Array) -> Array:
    """The positions of every sample one below the other: shape (…, samples · positions, sources)."""
    positions = len(arrays.plan.shape) - 1
    return x.reshape(*x.shape[: x.ndim - positions - 2], -1, x.shape[-1]) if positions else x


def _placed(rows: Array, positions: Shape) -> Array:
    """The rows of every sample with the positions as axes again."""
    return rows.reshape(*rows.shape[:-2], -1, *positions, rows.shape[-1]) if positions else rows


def _spread(arrays: Arrays) -> Array:
    """The biases, with axes for the samples, and for the units that share one."""
    bias = arrays.trained["bias"]
    return bias[..., None, None] if arrays.bias_form == "shared" else bias[..., None, :]


def _sizes(arrays: Arrays, x: Array) -> Array:
    """Of each sum the sizes of its terms, added up."""
    total = np.abs(x) @ np.abs(arrays.trained["weights"]).swapaxes(-1, -2)
    return total + np.abs(_spread(arrays)) if "bias" in arrays.trained else total


def backward(arrays: Arrays, sources: tuple[Array, ...], net: Array, upstream: Array) -> Gradients:
    """Gradients for ∂E/∂outputs = upstream, shape (…, samples, units): summed over the samples."""
    x, upstream = (_rows(arrays, array) for array in (one(sources), upstream))
    local = arrays.activation.derivative(net, **arrays.parameters)
    if arrays.activation.joint:
        delta = (upstream[..., None, :] @ local)[..., 0, :]
    else:
        delta = upstream * local
    trained = {"weights": delta.swapaxes(-1, -2) @ x}
    if arrays.bias_form == "shared":
        trained["bias"] = np.add.reduce(delta, axis=(-2, -1))
    elif "bias" in arrays.trained:
        total = np.add.reduce(delta, axis=-2)
        trained["bias"] = -total if arrays.bias_form == "threshold" else total
    back = delta @ arrays.trained["weights"]
    return Gradients(trained, (_placed(back, arrays.plan.shape[:-1]),))


DENSE = LayerKind(
    "dense", "every unit takes every output of the layer before",
    connect, forward, backward, plan, {"units": "units"}, ("weights", "bias"), activation="sigmoid",
)  # fmt: skip
