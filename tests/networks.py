"""Random networks for tests, as the data that a problem file holds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

ACTIVATIONS = (
    "identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu",
    "softmax",
)  # fmt: skip
LOSSES = (
    "half_squared_error", "squared_error", "mean_squared_error", "absolute_error", "huber", "hinge",
    "binary_cross_entropy", "cross_entropy",
)  # fmt: skip
OPTIMIZERS = ("gradient_descent", "momentum", "nesterov", "rmsprop", "adam")
PARAMETERS = {
    "momentum": {"momentum": [0.9, 0.5]},
    "nesterov": {"momentum": [0.9, 0.5]},
    "rmsprop": {"decay": [0.9, 0.5], "epsilon": [1e-8, 0.01]},
    "adam": {"beta1": [0.9, 0.5], "beta2": [0.999, 0.75], "epsilon": [1e-8, 0.01]},
}
NOTATIONS = ("net-out", "superscript", "bracket", "minimal", "unit-numbers")
BIASES = ("none", "each", "shared", "threshold")
DOMAINS = {"binary_cross_entropy": (0.0, 1.0), "cross_entropy": (0.0, float("inf"))}

Data = dict[str, Any]


def network(
    seed: int, units: Sequence[int], activations: Sequence[str], loss: str, **settings: Any
) -> Data:
    """A network with these units (inputs first) and activations; the seed draws its numbers."""
    rng = random.Random(seed)
    layers = [
        layer(rng, before, here, activation)
        for (before, here), activation in zip(pairwise(units), activations, strict=True)
    ]
    return {
        "loss": chosen(rng, loss, {"huber": ("delta", [0.25, 1, 1.5])}),
        "learning_rate": rng.choice([0.05, 0.1, 0.5, 1]),
        "layers": layers,
        "samples": [sample(rng, units, loss)],
        **settings,
    }


def sample(rng: random.Random, units: Sequence[int], loss: str) -> Data:
    """Inputs, and targets that the loss can take."""
    return {"inputs": numbers(rng, units[0]), "targets": targets(rng, loss, units[-1])}


def layer(rng: random.Random, before: int, units: int, activation: str) -> Data:
    """One layer; a part of it is frozen now and then."""
    parameters = {
        "relu": ("at_zero", [0, 0.5, 1]),
        "leaky_relu": ("slope", [0.01, 0.2]),
        "elu": ("alpha", [1, 0.5, 1.5]),
    }
    return {
        "activation": chosen(rng, activation, parameters),
        "weights": [numbers(rng, before) for _ in range(units)],
        "bias": bias(rng, units),
        "frozen": rng.choice([[], [], [], ["bias"], ["weights"]]),
    }


def bias(rng: random.Random, units: int) -> Any:
    """One of the forms that biases have."""
    return {
        "none": False,
        "each": numbers(rng, units),
        "shared": numbers(rng, 1)[0],
        "threshold": {"threshold": numbers(rng, units)},
    }[rng.choice(BIASES)]


def chosen(rng: random.Random, name: str, parameters: dict[str, tuple[str, list[float]]]) -> Any:
    """A function's name, or, half of the time, a table with the parameter that it has."""
    if name not in parameters or rng.random() < 0.5:
        return name
    parameter, values = parameters[name]
    return {"name": name, parameter: rng.choice(values)}


def numbers(rng: random.Random, count: int, low: float = -1.0, high: float = 1.0) -> list[float]:
    """Numbers with two decimals; never 0, where a kink might sit."""
    return [round(rng.uniform(low, high), 2) or 0.37 for _ in range(count)]


def targets(rng: random.Random, loss: str, count: int) -> list[float]:
    """Targets that the loss can take."""
    if loss == "hinge":
        return [rng.choice([-1, 1]) for _ in range(count)]
    if loss == "cross_entropy":
        if rng.random() < 0.5:  # one class of several
            one = rng.randrange(count)
            return [int(i == one) for i in range(count)]
        return numbers(rng, count, 0.01, 1)
    return numbers(rng, count, 0.01, 0.99)


def shape(rng: random.Random, deepest: int, widest: int, last: str) -> list[int]:
    """Units from the inputs to the outputs; softmax needs two outputs."""
    units = [rng.randint(1, widest) for _ in range(rng.randint(1, deepest) + 1)]
    return [*units[:-1], max(2, units[-1])] if last == "softmax" else units


def drawn(seed: int, last: str, loss: str, *, deepest: int, widest: int, **settings: Any) -> Data:
    """A network of random shape that ends in this activation and this loss.

    Softmax is drawn for hidden layers, too, where they have the two units that it needs.
    """
    rng = random.Random(seed)
    units = shape(rng, deepest, widest, last)
    hidden = [rng.choice(ACTIVATIONS if width > 1 else ACTIVATIONS[:-1]) for width in units[1:-1]]
    return network(seed, units, [*hidden, last], loss, **settings)


def several(data: Data, seed: int, samples: int) -> Data:
    """The same network with more samples, in batches of some size, combined in one of the two ways."""
    rng = random.Random(seed + 0.5)  # other numbers than the first sample's
    units = [len(data["layers"][0]["weights"][0]), *(len(la["weights"]) for la in data["layers"])]
    loss = data["loss"] if isinstance(data["loss"], str) else data["loss"]["name"]
    more = [sample(rng, units, loss) for _ in range(samples - 1)]
    return data | {
        "samples": [*data["samples"], *more],
        "reduction": rng.choice(["mean", "sum"]),
        "batch_size": rng.choice(["all", "all", *range(1, samples + 1)]),
    }


def optimizer(rng: random.Random, name: str) -> Data:
    """An optimizer with parameters of its own, and with weight decay now and then."""
    given: Data = {"name": name}
    for parameter, values in PARAMETERS.get(name, {}).items():
        if rng.random() < 0.5:
            given[parameter] = rng.choice(values)
    return given | ({"weight_decay": rng.choice([0.01, 0.1])} if rng.random() < 0.5 else {})


def conventions(seed: int, carry: str, **show: Any) -> Data:
    """A small network with choices of every kind: samples, batches, optimizer, digits, notation."""
    rng = random.Random(seed)
    last, loss = rng.choice(ACTIVATIONS), rng.choice(LOSSES)
    chosen = {
        "digits": rng.choice([{"significant": rng.randint(3, 9)}, {"decimals": rng.randint(2, 6)}]),
        "carry": carry,
        "rounding": rng.choice(["half-up", "half-even"]),
        "detail": rng.choice(["standard", "standard", "full", "brief"]),
        "notation": rng.choice(NOTATIONS),
        "delta": rng.choice(["add", "subtract"]),
        "samples": rng.choice(["first", "all"]),
        "matrix": "none",
    }
    data = drawn(seed, last, loss, deepest=3, widest=3, show=chosen | show)
    data["optimizer"] = optimizer(rng, rng.choice(OPTIMIZERS))
    return several(data, seed, rng.randint(1, 4)) | {"epochs": rng.choice([1, 1, 2])}
