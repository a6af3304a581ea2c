"""Whether drawn sheets are worth doing, checked without the program's derivation or its checks.

Backpropagation in plain NumPy, and in fractions, from the numbers that a sheet gives to the digits
that it prints.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from derive.algebra.places import Place
from derive.derivation.derivation import Derivation, derive
from derive.exercises.draw import Drawer, Drawn
from derive.exercises.recipe import Recipe
from derive.exercises.recipe_problem import problem_for
from derive.graph.graph import build
from derive.problem.model import Problem

Arrays = dict[str, Any]


def prepared(source: Any, used: Recipe, **options: Any) -> tuple[Problem, Derivation]:
    problem = problem_for(source, used, **options)
    return problem, derive(build(problem))


def drawer(source: Any, used: Recipe, seed: int = 1, **options: Any) -> Drawer:
    problem, derivation = prepared(source, used, **options)
    return Drawer(problem, derivation, used, seed)


SLOPES = {
    "sigmoid": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a * a,
    "relu": lambda z, a: (z > 0) * 1.0,
    "identity": lambda z, a: np.ones_like(z),
}
FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "identity": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}


def array(derivation: Derivation, drawn: Drawn, kind: str, layer: int | None, *shape: int) -> Any:
    """The numbers of one kind in one layer, by their keys; shape (sheets, …)."""
    at = [
        derivation.ledger.find(Place(kind, layer, tuple(i + 1 for i in index)))
        for index in np.ndindex(*shape)
    ]
    return drawn.values[:, at].reshape(-1, *shape)


def worked(problem: Problem, derivation: Derivation, drawn: Drawn) -> list[Arrays]:
    """Backpropagation for all sheets: layer by layer net, out, slope, delta, gradients, new weights."""
    rate = problem.learning_rate.value
    outputs = array(derivation, drawn, "out", 0, problem.inputs)
    targets = array(derivation, drawn, "t", None, problem.units[-1])
    found: list[Arrays] = []
    for number, layer in enumerate(problem.layers, 1):
        w = array(derivation, drawn, "w", number, *layer.weights.shape)
        b = array(derivation, drawn, "b", number, layer.units)
        net = (w * outputs[:, None, :]).sum(axis=2) + b
        out = FUNCTIONS[layer.activation.name](net)
        found.append({"x": outputs, "w": w, "b": b, "net": net, "out": out})
        outputs = out
    upstream = outputs - targets
    for layer, made in zip(reversed(problem.layers), reversed(found), strict=True):
        if layer.activation.name == "softmax":  # with cross-entropy, δ = p − t
            made["slope"], made["delta"] = made["out"] * (1 - made["out"]), upstream
        else:
            made["slope"] = SLOPES[layer.activation.name](made["net"], made["out"])
            made["delta"] = upstream * made["slope"]
        made["dw"] = made["delta"][:, :, None] * made["x"][:, None, :]
        made["w_new"] = made["w"] - rate * made["dw"]
        made["b_new"] = made["b"] - rate * made["delta"]
        upstream = (made["delta"][:, :, None] * made["w"]).sum(axis=1)
    return found


def printed(value: float, problem: Problem) -> str:
    kind, count = problem.show.digits
    return f"{value:.{count}f}" if kind == "decimals" else f"{value:.{count - 1}e}"


def assert_worth_doing(
    problem: Problem, derivation: Derivation, drawn: Drawn, used: Recipe
) -> None:
    for number, made in enumerate(worked(problem, derivation, drawn), 1):
        keys = {"net": "net", "out": "out", "delta": "delta", "b_new": "b_new"}
        for kind, name in keys.items():
            shown = array(derivation, drawn, kind, number, made["net"].shape[1])
            np.testing.assert_allclose(made[name], shown, rtol=1e-9, atol=1e-12)
        shown = array(derivation, drawn, "dE/dw", number, *made["w"].shape[1:])
        np.testing.assert_allclose(made["dw"], shown, rtol=1e-9, atol=1e-12)

        for name in ("net", "out", "delta", "dw", "w_new", "b_new"):
            sizes = np.abs(made[name])
            assert sizes.max() <= used.largest.value, name
            assert sizes.min() >= used.smallest.value * (1 - 1e-9), name
            assert sizes.min() >= 1e-5, "a power of ten would be printed"
            assert all(float(printed(v, problem)) for v in made[name].ravel()[:2000]), name
        assert np.abs(made["slope"]).min() > 0.04
        if problem.layers[number - 1].activation.name == "relu":
            assert np.abs(made["net"]).min() >= used.margin.value
        for old, new in (("w", "w_new"), ("b", "b_new")):
            pairs = zip(made[old].ravel(), made[new].ravel(), strict=True)
            assert all(printed(a, problem) != printed(b, problem) for a, b in pairs)
        for name, numbers in (("w", used.weights), ("b", used.biases)):
            assert_short(made[name], numbers.decimals)
    assert_short(array(derivation, drawn, "out", 0, problem.inputs), used.inputs.decimals)


def assert_short(numbers: Any, decimals: int) -> None:
    """So many decimals, and never 0."""
    assert all(float(f"{value:.{decimals}f}") == value != 0 for value in numbers.ravel())


# --- every value in full --------------------------------------------------------------------------


def fractions(values: Any) -> list[Fraction]:
    return [Fraction(f"{value:.10f}") for value in np.ravel(values)]


def fits(value: Fraction, digits: int) -> bool:
    """Whether so many significant digits hold the value."""
    for places in range(40):
        whole = value * 10**places
        if whole.denominator == 1:
            return len(str(abs(whole.numerator)).rstrip("0")) <= digits
    return False


def exactly(problem: Problem, derivation: Derivation, values: Any) -> list[Fraction]:
    """Every value of one sheet of a ReLU-identity network with half the squared error, in fractions."""
    find = derivation.ledger.find

    def get(kind: str, layer: int | None, *index: int) -> Fraction:
        return Fraction(f"{values[find(Place(kind, layer, index))]:.6f}")

    rate, every = Fraction(problem.learning_rate.text), []
    x = [get("out", 0, i + 1) for i in range(problem.inputs)]
    t = [get("t", None, i + 1) for i in range(problem.units[-1])]
    layers = []
    for number, layer in enumerate(problem.layers, 1):
        rows = range(layer.units)
        w = [[get("w", number, j + 1, i + 1) for i in range(len(x))] for j in rows]
        b = [get("b", number, j + 1) for j in rows]
        net = [sum((a * c for a, c in zip(w[j], x, strict=True)), b[j]) for j in rows]
        out = [max(z, Fraction(0)) if layer.activation.name == "relu" else z for z in net]
        layers.append((w, b, x, net, layer.activation.name))
        every += net
        x = out
    up = [o - target for o, target in zip(x, t, strict=True)]
    every += [u * u / 2 for u in up] + [sum((u * u / 2 for u in up), Fraction(0))]
    for w, b, before, net, name in reversed(layers):
        delta = [u * (name != "relu" or z > 0) for u, z in zip(up, net, strict=True)]
        every += delta
        for j, d in enumerate(delta):
            every += [d * a for a in before]
            every += [c - rate * d * a for c, a in zip(w[j], before, strict=True)] + [
                b[j] - rate * d
            ]
        up = [
            sum((delta[j] * w[j][i] for j in range(len(delta))), Fraction(0))
            for i in range(len(before))
        ]
        every += up if w is not layers[0][0] else []
    return every
