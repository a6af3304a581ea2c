"""An outside opinion: the error of a network written anew for `autograd`, which differentiates it.

Nothing here comes from `derive`: the formulas are written down once more, from the data of a
problem file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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


def outputs(data: Mapping[str, Any], arrays: Parameters, sample: int = 0) -> Any:
    """The forward pass of one sample, the first unless said."""
    x = anp.array(data["samples"][sample]["inputs"], dtype=float)
    for layer, own in zip(data["layers"], arrays, strict=True):
        net = anp.dot(own["weights"], x)
        if "bias" in own:
            net = net - own["bias"] if isinstance(layer["bias"], dict) else net + own["bias"]
        x = called(layer["activation"], ACTIVATIONS, net)
    return x


def error(data: Mapping[str, Any], arrays: Parameters, sample: int = 0) -> Any:
    """The error of one sample, the first unless said."""
    t = anp.array(data["samples"][sample]["targets"], dtype=float)
    return called(data["loss"], LOSSES, t, outputs(data, arrays, sample))


def batch_error(data: Mapping[str, Any], arrays: Parameters, batch: Sequence[int]) -> Any:
    """The error of some samples together."""
    whole = sum(error(data, arrays, sample) for sample in batch)
    return whole / len(batch) if data.get("reduction", "mean") == "mean" else whole


def batches(data: Mapping[str, Any]) -> list[range]:
    """The samples of each update of an epoch."""
    count, size = len(data["samples"]), data.get("batch_size", "all")
    size = count if size == "all" else size
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def gradients(
    data: Mapping[str, Any], batch: Sequence[int] = (0,), arrays: Parameters | None = None
) -> tuple[float, Parameters]:
    """The error of a batch, and its gradients in the shapes of the parameters."""
    arrays = parameters(data) if arrays is None else arrays
    value, found = value_and_grad(lambda own: batch_error(data, own, batch))(arrays)
    return float(value), found


# --- training ------------------------------------------------------------------------------------


class Optimizer:
    """An optimizer for one array, written from the papers, with what it remembers."""

    def __init__(self, data: Mapping[str, Any], decays: bool) -> None:
        given = data.get("optimizer", "gradient_descent")
        given = {"name": given} if isinstance(given, str) else given
        self.kind = given["name"]
        self.rate = data["learning_rate"]
        self.decay = given.get("weight_decay", 0.0) if decays else 0.0
        self.mu, self.rho = given.get("momentum", 0.9), given.get("decay", 0.9)
        self.beta1, self.beta2 = given.get("beta1", 0.9), given.get("beta2", 0.999)
        self.epsilon = given.get("epsilon", 1e-8)
        self.v: Any = 0.0
        self.m: Any = 0.0
        self.s: Any = 0.0
        self.count = 0

    def step(self, w: Any, g: Any) -> Any:
        """The array after one more update."""
        self.count += 1
        g = g + self.decay * w  # L2: the slope of λ/2 · w²
        return w + getattr(self, self.kind)(g)

    def gradient_descent(self, g: Any) -> Any:
        return -self.rate * g

    def momentum(self, g: Any) -> Any:
        """Polyak 1964, as in Sutskever et al. 2013: v⁺ = μv − ηg, and w moves by v⁺."""
        self.v = self.mu * self.v - self.rate * g
        return self.v

    def nesterov(self, g: Any) -> Any:
        """As in Bengio et al. 2013: w moves by μv⁺ − ηg."""
        self.v = self.mu * self.v - self.rate * g
        return self.mu * self.v - self.rate * g

    def rmsprop(self, g: Any) -> Any:
        """Tieleman and Hinton 2012, with ε outside the root."""
        self.s = self.rho * self.s + (1 - self.rho) * g**2
        return -self.rate * g / (np.sqrt(self.s) + self.epsilon)

    def adam(self, g: Any) -> Any:
        """Kingma and Ba 2015, algorithm 1."""
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.s = self.beta2 * self.s + (1 - self.beta2) * g**2
        m, s = self.m / (1 - self.beta1**self.count), self.s / (1 - self.beta2**self.count)
        return -self.rate * m / (np.sqrt(s) + self.epsilon)


def train(data: Mapping[str, Any]) -> list[tuple[float, Parameters, Parameters]]:
    """For each update the error of its samples before it, its gradients, and the new parameters."""
    arrays, found = parameters(data), []
    movers = [
        {part: Optimizer(data, part == "weights") for part in own if part not in layer["frozen"]}
        for layer, own in zip(data["layers"], arrays, strict=True)
    ]
    for _ in range(data.get("epochs", 1)):
        for batch in batches(data):
            value, slopes = gradients(data, batch, arrays)
            arrays = [
                {part: own[part].step(w, slope[part]) if part in own else w
                 for part, w in layer.items()}
                for layer, slope, own in zip(arrays, slopes, movers, strict=True)
            ]  # fmt: skip
            found.append((value, slopes, arrays))
    return found
