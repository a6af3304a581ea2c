"""A network trained with pencil and paper: every result rounded, and the next line begun with it.

Written from the formulas of the methods, with fractions; nothing comes from `derive`. The data is that
of a problem file. Of activations and losses there are those with which one calculates by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests import exactly as x
from tests.exactly import Exact, Policy, number

Round = Callable[[Exact], Exact]


def _sigmoid(z: Exact) -> Exact:
    return number(1) / (number(1) + x.exp(-z))


# f(z), and f′ in terms of a = f(z)
ACTIVATIONS: Mapping[str, tuple[Callable[[Exact], Exact], Callable[[Exact], Exact]]] = {
    "identity": (lambda z: z, lambda a: number(1)),
    "sigmoid": (_sigmoid, lambda a: a * (number(1) - a)),
    "tanh": (x.tanh, lambda a: number(1) - a * a),
}
# of one output: its share of the error, and ∂E/∂o, for n outputs
LOSSES: Mapping[str, tuple[Callable[..., Exact], Callable[..., Exact]]] = {
    "half_squared_error": (lambda t, o, n: (t - o) * (t - o) / number(2), lambda t, o, n: o - t),
    "squared_error": (lambda t, o, n: (t - o) * (t - o), lambda t, o, n: number(2) * (o - t)),
    "mean_squared_error": (
        lambda t, o, n: (t - o) * (t - o),
        lambda t, o, n: number(2) * (o - t) / number(n),
    ),
}


class Layer(NamedTuple):
    """A layer's weights and biases as rational numbers; `bias` is None where there is none."""

    weights: list[list[Exact]]
    bias: list[Exact] | None


class Pass(NamedTuple):
    """One sample forwards and backwards."""

    outputs: list[list[Exact]]
    error: Exact
    gradients: list[Layer]


class Update(NamedTuple):
    """One update: its samples, their error together, gradients, and the new parameters."""

    samples: list[Pass]
    error: Exact
    gradients: list[Layer]
    updated: list[Layer]


def policy(show: Mapping[str, Any]) -> Policy:
    """How a problem's [show] asks for numbers to be rounded."""
    ((kind, digits),) = show["digits"].items()
    return Policy(kind, digits, show.get("rounding", "half-up"))


def exact(value: Exact) -> Exact:
    """No rounding at all."""
    return value


def rounding(policy: Policy) -> Round:
    return lambda value: Exact(policy.shown(value))


def layers(data: Mapping[str, Any]) -> list[Layer]:
    return [
        Layer(
            [[number(str(w)) for w in row] for row in layer["weights"]],
            None if layer["bias"] is False else [number(str(b)) for b in layer["bias"]],
        )
        for layer in data["layers"]
    ]


def total(parts: list[Exact]) -> Exact:
    return sum(parts, number(0))


def run(data: Mapping[str, Any], net: list[Layer], sample: Mapping[str, Any], r: Round) -> Pass:
    """One sample forwards and backwards with these parameters."""
    a = [number(str(value)) for value in sample["inputs"]]
    outputs, inputs, slopes = [], [], []
    for layer, asked in zip(net, data["layers"], strict=True):
        f, slope = ACTIVATIONS[asked["activation"]]
        inputs.append(a)
        biases = layer.bias or [number(0)] * len(layer.weights)
        sums = [total([w * i for w, i in zip(row, a, strict=True)]) for row in layer.weights]
        nets = [r(s + b) for s, b in zip(sums, biases, strict=True)]
        a = nets if asked["activation"] == "identity" else [r(f(z)) for z in nets]
        outputs.append(a)
        slopes.append([r(slope(v)) for v in a])
    loss, derivative = LOSSES[data["loss"]]
    pairs = [(number(str(t)), o, len(a)) for t, o in zip(sample["targets"], a, strict=True)]
    share = number(len(a)) if data["loss"] == "mean_squared_error" else number(1)
    error = r(total([r(loss(*pair)) for pair in pairs]) / share)
    up = [r(derivative(*pair)) for pair in pairs]
    gradients: list[Layer] = []
    for layer, before, slope in zip(net[::-1], inputs[::-1], slopes[::-1], strict=True):
        deltas = [r(u * s) for u, s in zip(up, slope, strict=True)]
        weights = [[r(d * i) for i in before] for d in deltas]
        gradients.insert(0, Layer(weights, None if layer.bias is None else deltas))
        up = [
            r(total([d * row[i] for d, row in zip(deltas, layer.weights, strict=True)]))
            for i in range(len(before))
        ]
    return Pass(outputs, error, gradients)


class Optimizer:
    """An optimizer with what it remembers of one parameter, from the papers' formulas."""

    def __init__(self, data: Mapping[str, Any], r: Round, decays: bool) -> None:
        given = data.get("optimizer", "gradient_descent")
        self.name = given if isinstance(given, str) else given["name"]
        defaults = {"momentum": 0.9, "decay": 0.9, "beta1": 0.9, "beta2": 0.999, "epsilon": "1e-8"}
        texts = defaults | ({} if isinstance(given, str) else dict(given))
        self.given = {k: number(str(v)) for k, v in texts.items() if k != "name"}
        self.decay = self.given.get("weight_decay") if decays else None
        self.rate = number(str(data["learning_rate"]))
        self.r, self.number, self.v, self.m, self.s = r, 0, number(0), number(0), number(0)

    def step(self, w: Exact, g: Exact) -> Exact:
        """The parameter after one more update."""
        self.number += 1
        if self.decay is not None:
            g = self.r(g + self.decay * w)
        return self.r(getattr(self, self.name)(w, g))

    def gradient_descent(self, w: Exact, g: Exact) -> Exact:
        return w - self.rate * g

    def momentum(self, w: Exact, g: Exact) -> Exact:
        self.v = self.r(self.given["momentum"] * self.v - self.rate * g)
        return w + self.v

    def nesterov(self, w: Exact, g: Exact) -> Exact:
        self.v = self.r(self.given["momentum"] * self.v - self.rate * g)
        return w + self.given["momentum"] * self.v - self.rate * g

    def rmsprop(self, w: Exact, g: Exact) -> Exact:
        self.s = self.r(self._mean(self.s, g * g, "decay"))
        return w - self.rate * g / (x.root(self.s) + self.given["epsilon"])

    def adam(self, w: Exact, g: Exact) -> Exact:
        self.m = self.r(self._mean(self.m, g, "beta1"))
        self.s = self.r(self._mean(self.s, g * g, "beta2"))
        first, second = (
            self.r(mean / (number(1) - Exact(self.given[beta].value ** self.number)))
            for mean, beta in ((self.m, "beta1"), (self.s, "beta2"))
        )
        return w - self.rate * first / (x.root(second) + self.given["epsilon"])

    def _mean(self, old: Exact, new: Exact, share: str) -> Exact:
        return self.given[share] * old + (number(1) - self.given[share]) * new


def train(data: Mapping[str, Any], r: Round = exact) -> tuple[list[Update], list[Exact]]:
    """All updates, and the error of all samples before each of them and after the last."""
    net, samples = layers(data), data["samples"]
    size = data.get("batch_size", "all")
    size = len(samples) if size == "all" else size
    batches = [samples[n : n + size] for n in range(0, len(samples), size)]
    movers: dict[tuple[int, str, int], Optimizer] = {}
    updates: list[Update] = []
    errors = [combined(data, [run(data, net, s, r).error for s in samples], r)]

    def moved(place: tuple[int, str, int], w: Exact, g: Exact) -> Exact:
        if place not in movers:
            movers[place] = Optimizer(data, r, decays=place[1] == "weights")
        return movers[place].step(w, g)

    for batch in batches * data.get("epochs", 1):
        passes = [run(data, net, sample, r) for sample in batch]
        error = combined(data, [p.error for p in passes], r)
        gradients, updated = [], []
        for n, layer in enumerate(net):
            own = [p.gradients[n] for p in passes]
            frozen = data["layers"][n].get("frozen", [])
            grid = [
                [combined(data, [g.weights[j][i] for g in own], r) for i in range(len(row))]
                for j, row in enumerate(layer.weights)
            ]
            line = None if layer.bias is None else [
                combined(data, [g.bias[j] for g in own if g.bias is not None], r)
                for j in range(len(layer.bias))
            ]  # fmt: skip
            gradients.append(Layer(grid, line))
            flat = [
                [w if "weights" in frozen else moved((n, "weights", j * len(row) + i), w, g)
                 for i, (w, g) in enumerate(zip(row, grid[j], strict=True))]
                for j, row in enumerate(layer.weights)
            ]  # fmt: skip
            bias = layer.bias
            if layer.bias is not None and line is not None and "bias" not in frozen:
                pairs = enumerate(zip(layer.bias, line, strict=True))
                bias = [moved((n, "bias", j), w, g) for j, (w, g) in pairs]
            updated.append(Layer(flat, bias))
        net = updated
        updates.append(Update(passes, error, gradients, updated))
        errors.append(combined(data, [run(data, net, s, r).error for s in samples], r))
    return updates, errors


def combined(data: Mapping[str, Any], parts: list[Exact], r: Round) -> Exact:
    """The mean of the samples' own, or their sum; of one sample, itself."""
    if len(parts) == 1:
        return parts[0]
    mean = data.get("reduction", "mean") == "mean"
    return r(total(parts) / number(len(parts) if mean else 1))


def floats(thing: Any) -> Any:
    """The nearest doubles, in the same shape."""
    if isinstance(thing, Exact):
        return float(thing.value)
    if isinstance(thing, Layer):
        return {"weights": floats(thing.weights), "bias": floats(thing.bias)}
    return None if thing is None else [floats(part) for part in thing]


def drawn(rng: Any, units: list[int], activations: list[str], **settings: Any) -> dict[str, Any]:
    """A small network for pencil and paper, with numbers of two decimals."""

    def two(count: int) -> list[float]:
        return [round(rng.uniform(-1, 1), 2) or 0.5 for _ in range(count)]

    pairs = zip(units, units[1:], activations, strict=False)
    return {
        "loss": rng.choice(list(LOSSES)),
        "learning_rate": rng.choice([0.05, 0.1, 0.5]),
        "layers": [
            {
                "activation": activation,
                "weights": [two(before) for _ in range(here)],
                "bias": two(here),
                "frozen": rng.choice([[], [], ["bias"], ["weights"]]),
            }
            for before, here, activation in pairs
        ],
        "samples": [
            {"inputs": two(units[0]), "targets": two(units[-1])}
            for _ in range(settings.pop("samples", 1))
        ],
        **settings,
    }
