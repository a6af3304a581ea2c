"""Symbolic gradients, NumPy's, the measured ones and autograd's are the same numbers.

Several hundred random networks: every activation before every loss, one to five layers of one to
six units, all forms of bias, frozen parts, parameters of functions, formulas of the user's own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count, islice, product
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.errors import ProblemError
from derive.example import Example
from tests import networks, oracle
from tests.networks import ACTIVATIONS, BIASES, DOMAINS, LOSSES, Data

TOLERANCE = 1e-9
CANCELLED = 1e-5  # of the largest slope in the network: a sum that comes to less has lost digits
EACH = 4  # networks for each pair of a last activation and a loss


def name(choice: Any) -> str:
    return choice if isinstance(choice, str) else choice["name"]


def takes(data: Data) -> bool:
    """Whether the loss can take what the network puts out."""
    low, high = DOMAINS.get(name(data["loss"]), (-np.inf, np.inf))
    out = oracle.outputs(data, oracle.parameters(data))
    return bool(np.all((out > low) & (out < high)))


def usable(last: str, loss: str) -> Iterator[Data]:
    """Random networks that end so, and whose outputs the loss can take."""
    start = 1000 * ACTIVATIONS.index(last) + 100_000 * LOSSES.index(loss)
    for seed in count(start):
        data = networks.drawn(seed, last, loss, deepest=5, widest=6)
        if takes(data):
            yield data


def largest_gap(example: Example, data: Data) -> float:
    """The largest relative distance of any of the three from autograd's gradients."""
    error, expected = oracle.gradients(data)
    graph, worked = example.worked.derivation.graph, example.worked
    ours = worked.values[worked.derivation.gradient[: graph.ledger.size]]
    slopes = worked.values[worked.derivation.gradient[graph.layers[-1].outputs]]
    largest = max(np.abs(array).max() for layer in expected for array in layer.values())
    least = CANCELLED * max(largest, np.nan_to_num(np.abs(slopes)).max())
    gaps = [abs(example.error - error) / abs(error) if error else abs(example.error)]
    for layer, right in zip(graph.layers, expected, strict=True):
        for ids, part in ((layer.weights, "weights"), (layer.bias, "bias")):
            if ids is not None:
                for found in (ours, example.agreement.numpy, example.agreement.differences):
                    distance = np.abs(found[ids] - right[part])
                    size = np.maximum(np.maximum(np.abs(right[part]), np.abs(found[ids])), least)
                    gaps.append(float(np.max(distance / np.where(size > 0, size, 1))))
    return max(gaps)


@pytest.mark.parametrize(("last", "loss"), list(product(ACTIVATIONS, LOSSES)))
def test_all_four_agree(last: str, loss: str):
    for data in islice(usable(last, loss), EACH):
        example = derive.work(derive.read(data))

        assert largest_gap(example, data) <= TOLERANCE, data
        assert example.agreement.measured == example.agreement.parameters


def test_the_networks_above_are_as_varied_as_promised():
    drawn = [
        data
        for last, loss in product(ACTIVATIONS, LOSSES)
        for data in islice(usable(last, loss), EACH)
    ]
    layers = [layer for data in drawn for layer in data["layers"]]

    assert 300 <= len(drawn)
    assert {1, 2, 3, 4, 5} == {len(data["layers"]) for data in drawn}
    assert {1, 2, 3, 4, 5, 6} == {len(layer["weights"]) for layer in layers}
    assert set(ACTIVATIONS) == {name(data["layers"][0]["activation"]) for data in drawn}
    assert {"bool", "list", "float", "dict"} == {type(layer["bias"]).__name__ for layer in layers}
    assert {(), ("bias",), ("weights",)} == {tuple(layer["frozen"]) for layer in layers}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_frozen_stays_and_everything_else_moves_at_once(seed: int):
    rng = random.Random(seed)
    data = networks.drawn(seed, rng.choice(ACTIVATIONS[:-1]), "huber", deepest=4, widest=4)
    _, slopes = oracle.gradients(data)

    example = derive.work(derive.read(data))

    arrays = oracle.parameters(data)
    for layer, array, slope in zip(data["layers"], arrays, slopes, strict=True):
        for part in array:
            if part not in layer["frozen"]:
                array[part] = array[part] - data["learning_rate"] * slope[part]
    updated = example.data()["updates"][0]["updated"]
    for array, found in zip(arrays, updated, strict=True):
        np.testing.assert_allclose(found["weights"], array["weights"], rtol=1e-12)
        np.testing.assert_allclose(found["bias"] or [], array.get("bias", []), rtol=1e-12)
    assert oracle.error(data, arrays) == pytest.approx(example.error_after, rel=1e-12)


# --- shapes that shrink --------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn) -> Data:
    """A network of any shape; when a test fails, Hypothesis looks for the smallest that does."""
    seed = draw(st.integers(0, 10_000))
    units = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    activations = [
        draw(st.sampled_from(ACTIVATIONS[:-1] if width == 1 else ACTIVATIONS))
        for width in units[1:]
    ]
    return networks.network(seed, units, activations, draw(st.sampled_from(LOSSES)))


@given(problems())
@settings(max_examples=60, deadline=None)
def test_any_shape_is_worked_out_or_refused_with_a_reason(data: Data):
    try:
        example = derive.work(derive.read(data))
    except ProblemError as error:
        assert not takes(data), str(error)
        assert "takes outputs" in str(error)
    else:
        assert takes(data)
        assert largest_gap(example, data) <= TOLERANCE


# --- where slopes cancel altogether --------------------------------------------------------------


@pytest.mark.parametrize("form", BIASES)
@pytest.mark.parametrize("loss", ["absolute_error", "hinge", {"name": "huber", "delta": 0.25}])
def test_agreement_where_every_gradient_is_rounding_alone(loss: Any, form: str):
    """Softmax outputs add up to 1, so an error with the same slope by each has no slope at all."""
    biases = {
        "none": [False, False], "each": [[0.1, 0.2], [0.3, -0.1, 0.2]], "shared": [0.1, -0.3],
        "threshold": [{"threshold": [0.1, 0.2]}, {"threshold": [0.3, -0.1, 0.2]}],
    }[form]  # fmt: skip
    data = {
        "loss": loss,
        "layers": [
            {"weights": [[0.3, -0.7], [0.6, 0.2]], "bias": biases[0]},
            {"weights": [[0.5, 0.1], [-0.4, 0.8], [0.3, 0.9]], "bias": biases[1],
             "activation": "softmax"},
        ],
        "samples": [{"inputs": [0.4, 0.9], "targets": [1, 1, 1]}],
    }  # fmt: skip

    example = derive.work(derive.read(data))

    assert max(abs(gradient) for gradient in example.gradients.values()) < 1e-15
    assert example.agreement.agree


# --- formulas of the user's own ------------------------------------------------------------------

OWN_ACTIVATIONS = {
    "z/(1+abs(z))": lambda z: z / (1 + anp.abs(z)),
    "max(0, z) + 0.1*min(0, z)": lambda z: anp.where(z > 0, z, 0.1 * z),
    "z*sigmoid(1.702*z)": lambda z: z / (1 + anp.exp(-1.702 * z)),
    "exp(-z^2)": lambda z: anp.exp(-z * z),
    "sin(z)": anp.sin,
    "ln(1 + z^2)/2": lambda z: anp.log(1 + z * z) / 2,
    "sqrt(z^2 + 0.25)": lambda z: anp.sqrt(z * z + 0.25),
    "z*(1 + erf(z/sqrt(2)))/2": lambda z: z * (1 + oracle.erf(z / 2**0.5)) / 2,
    "(exp(z) - exp(-z))/(exp(z) + exp(-z))": anp.tanh,
    "cosh(z)/4 - z": lambda z: anp.cosh(z) / 4 - z,
}
OWN_LOSSES = {
    "(t-o)^4": lambda t, o: anp.sum((t - o) ** 4),
    "ln(cosh(o-t))": lambda t, o: anp.sum(anp.log(anp.cosh(o - t))),
    "abs(t-o)^1.5": lambda t, o: anp.sum(anp.abs(t - o) ** 1.5),
    "max(0, 1 - t*o)^2": lambda t, o: anp.sum(anp.where(t * o < 1, (1 - t * o) ** 2, 0)),
    "exp(o) - t*o": lambda t, o: anp.sum(anp.exp(o) - t * o),
}


@pytest.mark.parametrize("formula", OWN_ACTIVATIONS)
@pytest.mark.parametrize("own_loss", [*OWN_LOSSES])
def test_formulas_of_the_users_own(formula: str, own_loss: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(oracle.ACTIVATIONS, "own", OWN_ACTIVATIONS[formula])
    monkeypatch.setitem(oracle.LOSSES, "own_loss", OWN_LOSSES[own_loss])
    data = networks.network(3, [2, 3, 2], ["own", "own"], "own_loss")
    asked = {
        **data,
        "loss": {"name": "own_loss", "formula": own_loss},
        "layers": [
            {**layer, "activation": {"name": "own", "formula": formula}}
            for layer in data["layers"]
        ],
    }  # fmt: skip

    example = derive.work(derive.read(asked))

    assert largest_gap(example, data) <= TOLERANCE
