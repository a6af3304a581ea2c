"""Several samples: a batch's gradients are the mean, or the sum, of its samples' own."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import ProblemError
from derive.example import Example
from tests import networks, oracle
from tests.networks import Data

WAYS = list(product(networks.LOSSES, ["mean", "sum"]))
SEEDS = 5


def batch(seed: int, loss: str, **settings: Any) -> Data:
    """A network with two to five samples whose outputs any loss can take."""
    rng = random.Random(seed)
    last = rng.choice(["sigmoid", "softmax"])
    data = networks.drawn(seed, last, loss, deepest=3, widest=4)
    return networks.several(data, seed, rng.randint(2, 5)) | settings


def worked(data: Data) -> Example:
    return derive.work(derive.read(data))


def flat(layers: Any) -> np.ndarray:
    """All gradients, or all parameters, in one row."""
    parts = [np.ravel(part) for layer in layers for part in (layer["weights"], layer.get("bias"))
             if part is not None]  # fmt: skip
    return np.concatenate(parts).astype(float)


def close(expected: Any, actual: Any, size: float = 0.0) -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-13 + 1e-12 * size)


@pytest.mark.parametrize(("loss", "reduction"), WAYS)
def test_the_batch_s_gradients_are_autograd_s(loss: str, reduction: str):
    for seed in range(SEEDS):
        data = batch(seed, loss, reduction=reduction)
        error, expected = oracle.gradients(data, oracle.batches(data)[0])

        example = worked(data)

        update = example.data()["updates"][0]
        close(error, update["loss"])
        close(flat(expected), flat(update["gradients"]), np.abs(flat(expected)).max())
        assert example.agreement.agree
        assert example.agreement.measured == example.agreement.parameters


@pytest.mark.parametrize("loss", networks.LOSSES)
def test_each_sample_has_its_own_pass(loss: str):
    data = batch(7, loss, batch_size="all")
    example = worked(data)
    arrays = oracle.parameters(data)
    samples = example.data()["updates"][0]["samples"]

    assert len(data["samples"]) == len(samples)
    for s, sample in enumerate(samples):
        error, slopes = oracle.gradients(data, (s,))
        close(error, sample["loss"])
        close(oracle.outputs(data, arrays, s), sample["layers"][-1]["out"])
        close(error, example[f"E@{s + 1}"])
        last = len(slopes)
        for (j, i), slope in np.ndenumerate(slopes[-1]["weights"]):
            close(slope, example[f"dE/dw[{last},{j + 1},{i + 1}]@{s + 1}"], np.abs(slope))
        for j, delta in enumerate(sample["layers"][-1]["delta"], 1):
            assert delta == example[f"delta[{last},{j}]@{s + 1}"]
            assert sample["layers"][-1]["net"][j - 1] == example[f"net[{last},{j}]@{s + 1}"]


def test_a_mean_is_a_sum_by_the_number_of_samples():
    mean, total = (worked(batch(3, "huber", reduction=way, batch_size="all"))
                   for way in ("mean", "sum"))  # fmt: skip
    count = mean.worked.derivation.samples

    assert 1 < count
    for key, gradient in mean.gradients.items():
        assert gradient == pytest.approx(total.gradients[key] / count, rel=1e-13, abs=1e-17)
    assert mean.error == pytest.approx(total.error / count, rel=1e-14)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("copies", [2, 5])
def test_equal_samples_have_the_gradient_of_one(copies: int, reduction: str):
    one = networks.network(2, [2, 3, 2], ["tanh", "sigmoid"], "squared_error")
    many = one | {"samples": one["samples"] * copies, "reduction": reduction}
    factor = copies if reduction == "sum" else 1

    alone, together = worked(one), worked(many)

    for key, gradient in alone.gradients.items():
        assert factor * gradient == pytest.approx(together.gradients[key], rel=1e-13)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_order_of_the_samples_does_not_matter(reduction: str):
    data = batch(11, "squared_error", reduction=reduction, batch_size="all")
    other = data | {"samples": data["samples"][::-1]}

    first, second = worked(data).gradients, worked(other).gradients

    assert first == pytest.approx(second, rel=1e-12, abs=1e-16)


def test_one_sample_is_a_batch_of_itself():
    data = networks.network(2, [2, 2], ["sigmoid"], "squared_error")

    for way in ("mean", "sum"):
        example = worked(data | {"reduction": way})

        assert (1, False) == (example.worked.derivation.samples, "E@1" in keys(example))
        assert worked(data).gradients == example.gradients


# --- keys ----------------------------------------------------------------------------------------


def keys(example: Example) -> set[str]:
    return {step["key"] for step in example.data()["steps"]}


def test_keys_say_whose_each_quantity_is():
    data = batch(7, "squared_error", batch_size="all", optimizer="momentum")
    data["layers"] = [layer | {"frozen": []} for layer in data["layers"]]
    found = keys(worked(data))
    marked = {key.partition("[")[0] for key in found if "@" in key}
    whole = {key.partition("[")[0] for key in found if "@" not in key}

    assert {"net", "out", "delta", "dE/dout", "dout/dnet", "dnet/dw", "dE/dw"} <= marked
    assert {"E", "dE/dw", "w_new", "velocity_new"} <= whole
    assert not {"net", "out", "delta"} & whole
    assert not {"w_new", "velocity_new"} & marked
    assert not any("#" in key for key in found)


def test_online_updates_are_marked_as_the_first_of_several():
    example = worked(batch(7, "squared_error", batch_size=1))
    found = keys(example)

    assert 1 == example.worked.derivation.samples
    assert all(key.endswith("#1") for key in found)
    assert {"net[1,1]@1#1", "E@1#1"} <= found
    assert not any("@2" in key for key in found)
    assert example["E@1"] == example["E@1#1"] == example.error


def test_a_key_of_a_sample_that_there_is_not():
    example = worked(batch(7, "squared_error", batch_size="all"))

    with pytest.raises(KeyError):
        example["E@9"]
    with pytest.raises(KeyError):
        example["net[1,1]"]


@pytest.mark.parametrize("seed", range(6))
def test_each_step_needs_only_what_stands_before_it(seed: int):
    example = worked(batch(seed, "squared_error", optimizer="adam", epochs=2))
    made = example.worked.derivation
    known = {str(made.ledger.place(int(q))) for ids, _ in made.graph.given for q in ids.ravel()}

    for step in example.data()["steps"]:
        assert set(step["needs"]) <= known, step["key"]
        known.add(step["key"])


def test_only_some_weights_of_a_batch():
    data = batch(7, "squared_error", batch_size="all")
    every = worked(data).gradients

    alone = derive.work(derive.read(data), only=["w1"])

    assert {"w1": every["w1"]} == pytest.approx(dict(alone.gradients), rel=1e-13)
    assert alone.agreement.agree


# --- refusals ------------------------------------------------------------------------------------


def test_an_output_that_the_loss_cannot_take_is_named_with_its_sample():
    data = networks.network(2, [1, 1], ["identity"], "cross_entropy")
    data["layers"][0] |= {"weights": [[1]], "bias": False}
    data["samples"] = [{"inputs": [1], "targets": [1]}, {"inputs": [-1], "targets": [1]}]

    with pytest.raises(ProblemError, match="for sample 2"):
        worked(data)
