"""An outside opinion: the error of a network written anew for `autograd`, which differentiates it.

Nothing here comes from `derive`: the formulas are written down once more, from the data of a
problem file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad
from autograd.extend import defvjp, primitive

Parameters = list[dict[str, Any]]  # per layer "weights" and, where there is one, "bias"


@primitive
def erf(x: Any) -> Any:
    """The error function, of which autograd has none without SciPy."""
    return np.vectorize(math.erf, otypes=[float])(x)


defvjp(erf, lambda answer, x: lambda g: g * 2 / math.sqrt(math.pi) * anp.exp(-x * x))


def sigmoid(z: Any) -> Any:
    return 0.5 * (1 + anp.tanh(0.5 * z))


def softmax(z: Any) -> Any:
    powers = anp.exp(z - anp.max(z))
    return powers / anp.sum(powers)


def elu(z: Any, alpha: float = 1.0) -> Any:
    return anp.where(z > 0, z, alpha * anp.expm1(anp.minimum(z, 0.0)))


ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": anp.tanh,
    "relu": lambda z, at_zero=0.0: anp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z, slope=0.01: anp.where(z > 0, z, slope * z),
    "elu": elu,
    "softplus": lambda z: anp.logaddexp(0.0, z),
    "silu": lambda z: z * sigmoid(z),
    "gelu": lambda z: 0.5 * z * (1 + erf(z / math.sqrt(2))),
    "softmax": softmax,
}


def huber(t: Any, o: Any, delta: float = 1.0) -> Any:
    gap = anp.abs(o - t)
    return anp.where(gap <= delta, 0.5 * gap**2, delta * gap - 0.5 * delta**2)


LOSSES = {
    "half_squared_error": lambda t, o: 0.5 * anp.sum((o - t) ** 2),
    "squared_error": lambda t, o: anp.sum((o - t) ** 2),
    "mean_squared_error": lambda t, o: anp.mean((o - t) ** 2),
    "absolute_error": lambda t, o: anp.sum(anp.abs(o - t)),
    "huber": lambda t, o, delta=1.0: anp.sum(huber(t, o, delta)),
    "hinge": lambda t, o: anp.sum(anp.where(t * o < 1, 1 - t * o, 0.0)),
    "binary_cross_entropy": lambda t, o: -anp.sum(t * anp.log(o) + (1 - t) * anp.log(1 - o)),
    "cross_entropy": lambda t, o: -anp.sum(t * anp.log(o)),
}


def called(choice: str | Mapping[str, Any], table: Mapping[str, Any], *arguments: Any) -> Any:
    """The function that a problem file names, with the parameters that it gives."""
    if isinstance(choice, str):
        return table[choice](*arguments)
    parameters = {key: value for key, value in choice.items() if key != "name"}
    return table[choice["name"]](*arguments, **parameters)


def parameters(data: Mapping[str, Any]) -> Parameters:
    """The weights and biases of a problem as arrays."""
    found = []
    for layer in data["layers"]:
        arrays = {"weights": np.array(layer["weights"], dtype=float)}
        if layer["bias"] is not False:
            threshold = isinstance(layer["bias"], dict)
            numbers = layer["bias"]["threshold"] if threshold else layer["bias"]
            arrays["bias"] = np.array(numbers, dtype=float)
        found.append(arrays)
    return found


def outputs(data: Mapping[str, Any], arrays: Parameters) -> Any:
    """The forward pass of the first sample."""
    x = anp.array(data["samples"][0]["inputs"], dtype=float)
    for layer, own in zip(data["layers"], arrays, strict=True):
        net = anp.dot(own["weights"], x)
        if "bias" in own:
            net = net - own["bias"] if isinstance(layer["bias"], dict) else net + own["bias"]
        x = called(layer["activation"], ACTIVATIONS, net)
    return x


def error(data: Mapping[str, Any], arrays: Parameters) -> Any:
    """The error of the first sample."""
    t = anp.array(data["samples"][0]["targets"], dtype=float)
    return called(data["loss"], LOSSES, t, outputs(data, arrays))


def gradients(data: Mapping[str, Any]) -> tuple[float, Parameters]:
    """The error, and its gradients in the shapes of the parameters."""
    value, found = value_and_grad(lambda arrays: error(data, arrays))(parameters(data))
    return float(value), found
