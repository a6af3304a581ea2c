"""The rules' form and truth: paths and deltas are one thing, counted by closed formulas."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from math import prod
from operator import mul
from typing import Any

import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.derivation.derivation import Derivation
from derive.derivation.derivation import derive as derivation
from derive.derivation.direct import LARGEST, direct, predicted_size
from derive.derivation.paths import count, equal_forms, paths
from derive.example import Example
from derive.graph.graph import build
from derive.numbers.precise import evaluated
from derive.problem.reading import load, read
from tests import networks, oracle
from tests.networks import ACTIVATIONS


def quantity(example: Example, key: str) -> int:
    return example.worked.derivation.ledger.find(Place.read(key))


def rules(made: Derivation) -> dict[str, str]:
    """Each rule's code with its formula and the terms that it sums, as they read."""
    return {
        family.rule.code: " + ".join(
            map(str, [*family.rule.sums.values()] or [family.rule.formula])
        )
        for family in made.families
    }


# --- form ----------------------------------------------------------------------------------------


def test_the_rules_of_the_classic_network():
    example = derive.work("2-2-2")

    assert {
        "net.each": "w*x",
        "out.sigmoid": "1/(1 + exp(-z))",
        "loss.half_squared_error": "(-o + t)**2/2",
        "loss.sum": "part",
        "local.net.each.all": "x",
        "local.out.sigmoid.all": "a*(1 - a)",
        "gradient.dE/dout": "local*up",
        "gradient.delta": "local*up",
        "gradient.dE/dw": "local*up",
        "gradient.dE/db": "up",
        "update.gradient_descent.new": "-gradient*rate + w",
    } == rules(example.worked.derivation)


def test_what_a_gradient_needs():
    """∂E/∂w5 = δ_o1 · out_h1, and a hidden ∂E/∂out sums over the units that it leads to."""
    steps = {step["key"]: step["needs"] for step in derive.work("2-2-2").data()["steps"]}

    assert ["delta[2,1]", "out[1,1]"] == steps["dE/dw[2,1,1]"]
    assert ["dE/dout[2,1]", "dout/dnet[2,1]"] == steps["delta[2,1]"]
    assert {"delta[2,1]", "delta[2,2]", "w[2,1,1]", "w[2,2,1]"} == set(steps["dE/dout[1,1]"])
    assert ["delta[1,1]", "out[0,2]"] == steps["dE/dw[1,1,2]"]
    assert ["delta[1,2]"] == steps["dE/db[1,2]"]
    assert {"w[1,1,1]", "rate", "dE/dw[1,1,1]"} == set(steps["w_new[1,1,1]"])


@pytest.mark.parametrize("seed", range(12))
def test_each_step_uses_only_what_stands_before_it(seed: int):
    last = ACTIVATIONS[seed % len(ACTIVATIONS)]
    data = networks.drawn(seed, last, "squared_error", deepest=4, widest=3)
    example = derive.work(read(data))
    given = {str(example.worked.derivation.ledger.place(int(q)))
             for ids, _ in example.worked.derivation.graph.given for q in ids.ravel()}  # fmt: skip

    known = set(given)
    for step in example.data()["steps"]:
        assert set(step["needs"]) <= known, step["key"]
        known.add(step["key"])


# --- the two ways of writing a gradient ----------------------------------------------------------


@pytest.mark.parametrize("seed", range(24))
def test_the_sum_over_paths_is_the_delta_form(seed: int):
    last = ACTIVATIONS[seed % len(ACTIVATIONS)]
    data = networks.drawn(seed, last, "squared_error", deepest=4, widest=3)
    example = derive.work(read(data))
    made, values = example.worked.derivation, example.worked.values

    for parameter in made.wanted.tolist():
        gradient = int(made.gradient[parameter])
        terms = [s * reduce(mul, (values[q] for q in path)) for s, path in paths(made, gradient)]

        assert equal_forms(made, gradient)
        assert sum(terms) == pytest.approx(values[gradient], rel=1e-12, abs=1e-15)


def test_a_sum_with_a_wrong_sign_is_not_the_delta_form(monkeypatch: pytest.MonkeyPatch):
    made = derive.work("2-3-2").worked.derivation
    gradient = int(made.gradient[made.wanted[0]])
    (sign, first), *rest = paths(made, gradient)
    wrong = [(-sign, first), *rest]
    monkeypatch.setattr("derive.derivation.paths.paths", lambda *_: wrong)

    assert not equal_forms(made, gradient)


@pytest.mark.parametrize("units", [(2, 2, 2), (3, 2), (1, 1, 1, 1), (2, 3, 4, 2), (5, 4, 3, 2, 2)])
def test_a_weight_has_a_path_through_every_unit_after_it(units: tuple[int, ...]):
    made = derivation(build(load("-".join(map(str, units)))))

    for layer in range(1, len(units)):
        weight = made.ledger.find(Place("w", layer, (1, 1)))
        found = list(paths(made, int(made.gradient[weight])))

        assert prod(units[layer + 1 :]) == len(found)
        assert {3 + 2 * (len(units) - 1 - layer)} == {len(path) for _, path in found}


# --- counts --------------------------------------------------------------------------------------


def closed_factors(units: list[int]) -> int:
    """Over all weights: paths times factors of a path, 3 in the last layer, 2 more a layer up."""
    depth = len(units) - 1
    return sum(
        units[layer] * units[layer - 1] * prod(units[layer + 1 :]) * (3 + 2 * (depth - layer))
        for layer in range(1, depth + 1)
    )


def closed_products(units: list[int]) -> int:
    """With deltas: one product per output, per weight, and per weight on the way back."""
    weights = [m * n for m, n in pairwise(units)]
    return units[-1] + sum(weights) + sum(weights[1:])


@pytest.mark.parametrize(
    ("units", "factors", "products"),
    [
        ([2, 2, 2], 52, 14),
        ([5, 5, 5, 5, 5], 33_200, 180),
        ([10] * 8, 1_641_975_300, 1_310),
        ([3, 4, 2], None, None),
        ([1, 1], None, None),
        ([4, 3, 2, 5, 1], None, None),
    ],
)
def test_counts_of_factors_and_products(units: list[int], factors: Any, products: Any):
    counts = count(derivation(build(load("-".join(map(str, units))))))

    assert closed_factors(units) == counts.factors
    assert closed_products(units) == counts.products
    assert factors in (None, counts.factors)
    assert products in (None, counts.products)


@pytest.mark.parametrize("units", ["2-2-2", "3-2-2", "2-3-2-2"])
def test_counted_by_hand(units: str):
    """The count agrees with the paths when all of them are written out."""
    made = derivation(build(load(units)))
    weights = [q for q in made.wanted.tolist() if made.ledger.block(q).kind == "w"]
    every = [path for w in weights for _, path in paths(made, int(made.gradient[w]))]

    counts = count(made)

    assert len(every) == counts.paths
    assert sum(map(len, every)) == counts.factors


# --- biases --------------------------------------------------------------------------------------


def with_bias(form: Any, hidden: Any) -> Example:
    return derive.work(read({
        "loss": "squared_error",
        "layers": [
            {"units": 3, "weights": [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], "bias": hidden},
            {"units": 2, "weights": [[0.7, -0.8, 0.9], [0.2, 0.3, 0.4]], "bias": form},
        ],
        "samples": [{"inputs": [0.5, -0.25], "targets": [1, 0]}],
    }))  # fmt: skip


def deltas(example: Example, layer: int, units: int) -> list[float]:
    return [example[f"delta[{layer},{j}]"] for j in range(1, units + 1)]


def test_a_shared_bias_has_the_sum_of_the_deltas():
    example = with_bias(0.35, 0.6)

    assert sum(deltas(example, 1, 3)) == pytest.approx(example["dE/db[1]"], rel=1e-15)
    assert sum(deltas(example, 2, 2)) == pytest.approx(example["dE/db[2]"], rel=1e-15)


def test_a_bias_of_a_unit_has_its_delta():
    example = with_bias([0.1, 0.2], [0.3, 0.4, 0.5])

    assert deltas(example, 1, 3) == [example[f"dE/db[1,{j}]"] for j in (1, 2, 3)]
    assert deltas(example, 2, 2) == [example[f"dE/db[2,{j}]"] for j in (1, 2)]


def test_a_threshold_is_subtracted_and_has_minus_its_delta():
    example = with_bias({"threshold": [0.1, 0.2]}, {"threshold": [0.3, 0.4, 0.5]})

    assert 0.1 * 0.5 + 0.2 * -0.25 - 0.3 == pytest.approx(example["net[1,1]"], rel=1e-15)
    assert deltas(example, 1, 3) == [-example[f"dE/db[1,{j}]"] for j in (1, 2, 3)]
    assert deltas(example, 2, 2) == [-example[f"dE/db[2,{j}]"] for j in (1, 2)]


def test_a_network_without_biases_has_no_gradient_of_one():
    example = with_bias(False, False)

    assert {f"w{n}" for n in range(1, 13)} == set(example.gradients)


# --- the error as one expression -----------------------------------------------------------------

SMALL = [
    ("identity", "half_squared_error"), ("sigmoid", "squared_error"), ("tanh", "huber"),
    ("relu", "absolute_error"), ("leaky_relu", "hinge"), ("elu", "mean_squared_error"),
    ("softplus", "cross_entropy"), ("silu", "squared_error"), ("gelu", "half_squared_error"),
    ("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy"),
]  # fmt: skip


@pytest.mark.parametrize("bias", ["none", "each", "shared", "threshold"])
@pytest.mark.parametrize(("activation", "loss"), SMALL)
def test_the_error_as_one_expression_has_the_same_derivatives(
    activation: str, loss: str, bias: str
):
    units = "2-2" if activation == "softmax" else "2-2-1"
    hidden = {} if activation == "softmax" else {"activation": f"tanh,{activation}"}
    options = {"activation": activation, **hidden, "loss": loss, "bias": bias, "seed": 3}
    example = derive.work(units, **options)
    made, values = example.worked.derivation, example.worked.values

    found = direct(made.graph, made.wanted, values)

    assert found is not None
    results = [evaluated(derivative, found.digits) for derivative in found.derivatives]
    expected = values[made.gradient[made.wanted]]
    np.testing.assert_allclose(results, expected, rtol=1e-12, atol=1e-16)


def test_the_error_as_one_expression_is_not_built_where_it_is_large():
    made = derivation(build(load("5-5-5-5-5")))

    assert LARGEST < predicted_size(made.graph)
    assert direct(made.graph, made.wanted, np.zeros(made.ledger.size)) is None


# --- some weights alone --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "options"),
    [
        ("2-2-2", {}),
        ("3-4-3-2", {"bias": "shared", "activation": "tanh,relu,softmax", "loss": "cross_entropy"}),
        ("2-3-3", {"bias": "threshold", "activation": "gelu,softmax", "loss": "huber"}),
    ],
)
def test_some_weights_have_the_gradients_that_they_have_among_all(units: str, options: Any):
    every = derive.work(units, **options)

    for name, gradient in every.gradients.items():
        alone = derive.work(units, only=[name], **options)

        assert {name: gradient} == pytest.approx(dict(alone.gradients), rel=1e-14)
        assert alone.agreement.agree


def test_only_what_the_weight_needs_is_built():
    alone = derive.work("6-5-4", only=["w30"])  # the last weight of the first layer
    made = alone.worked.derivation
    kinds = {(made.ledger.place(int(q)).kind, made.ledger.place(int(q)).layer)
             for family in made.backward for q in family.targets}  # fmt: skip
    hidden = [family.targets.size for family in made.backward
              if made.ledger.place(int(family.targets[0])) == Place("delta", 1, (5,))]  # fmt: skip

    assert ("dE/dw", 2) not in kinds
    assert ("dE/db", 2) not in kinds
    assert [1] == hidden
    assert ["w30"] == list(alone.gradients)


def test_the_gradients_are_autograds():
    data = networks.network(11, [3, 4, 2], ["tanh", "sigmoid"], "binary_cross_entropy")
    _, expected = oracle.gradients(data)
    found = derive.work(read(data)).data()["updates"][0]["gradients"]

    for layer, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(layer["weights"], right["weights"], rtol=1e-12)
