"""Optimizers: every update is that of a plain loop written from the papers."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import Disagreement
from tests import networks, oracle, recompute
from tests.networks import Data
from tests.pages import read
from tests.test_batches import close, flat

WAYS = list(product(networks.OPTIMIZERS, [False, True], ["all", 2, 1]))


def problem(optimizer: str, decays: bool, size: Any, seed: int) -> Data:
    """Three samples for a network with something frozen now and then."""
    rng = random.Random(f"{optimizer} {decays} {size} {seed}")
    data = networks.drawn(
        rng.randrange(10_000), rng.choice(["sigmoid", "softmax", "tanh"]), "squared_error",
        deepest=3, widest=3,
    )  # fmt: skip
    for layer in data["layers"]:  # a shared bias under softmax has no gradient but rounding
        layer["bias"] = networks.numbers(rng, len(layer["weights"]))
    given = networks.optimizer(rng, optimizer) | {"name": optimizer}
    given.pop("weight_decay", None)
    data["optimizer"] = given | ({"weight_decay": 0.05} if decays else {})
    return networks.several(data, seed, 3) | {"batch_size": size, "epochs": rng.choice([1, 2, 3])}


@pytest.mark.parametrize(("optimizer", "decays", "size"), WAYS)
def test_every_update_is_the_plain_loop_s(optimizer: str, decays: bool, size: Any):
    for seed in range(2):
        data = problem(optimizer, decays, size, seed)
        expected = oracle.train(data)

        example = derive.work(derive.read(data))

        updates = example.data()["updates"]
        assert len(expected) == len(updates)
        for (error, slopes, arrays), update in zip(expected, updates, strict=True):
            close(error, update["loss"], 100 * abs(error))
            close(flat(slopes), flat(update["gradients"]), 1e3 * np.abs(flat(slopes)).max())
            np.testing.assert_allclose(flat(update["updated"]), flat(arrays), rtol=1e-8, atol=1e-9)
        whole = oracle.batch_error(data, expected[-1][2], range(3))
        assert float(whole) == pytest.approx(example.final_error, rel=1e-8)
        assert example.agreement.agree
        if example.history is not None:
            assert example.history.gap.relative < 1e-9


@pytest.mark.parametrize("optimizer", networks.OPTIMIZERS)
@pytest.mark.parametrize("part", ["weights", "bias"])
def test_what_is_frozen_stays(part: str, optimizer: str):
    data = networks.network(5, [2, 2, 2], ["tanh", "sigmoid"], "squared_error")
    data["layers"][0] |= {"frozen": [part], "bias": [0.1, 0.2]}
    data |= {"optimizer": {"name": optimizer, "weight_decay": 0.1}, "epochs": 3}

    updates = derive.work(derive.read(data)).data()["updates"]

    for update in updates:
        assert data["layers"][0][part] == update["updated"][0][part]
    other = {"weights": "bias", "bias": "weights"}[part]
    assert data["layers"][0][other] != updates[-1]["updated"][0][other]


def test_biases_and_thresholds_do_not_decay():
    layer = {"weights": [[0.5]], "activation": "identity"}
    samples = [{"inputs": [0], "targets": [0.25]}]  # so that weights have no gradient of their own
    for bias in ([0.25], 0.25, {"threshold": [-0.25]}):
        data = {
            "loss": "squared_error", "learning_rate": 0.5, "layers": [layer | {"bias": bias}],
            "samples": samples, "optimizer": {"name": "gradient_descent", "weight_decay": 0.1},
        }  # fmt: skip
        (update,) = derive.work(derive.read(data)).data()["updates"]

        assert [[0.475]] == update["updated"][0]["weights"]  # 0.5 − 0.5 · 0.1 · 0.5
        assert 0.25 == abs(float(np.ravel(update["updated"][0]["bias"])[0]))


# --- by hand -------------------------------------------------------------------------------------

ONE = """
    loss = "half_squared_error"
    learning_rate = 0.1
    [[layers]]
    weights = [[0.5]]
    bias = false
    activation = "identity"
    [[samples]]
    inputs = [2]
    targets = [3]
    [show]
    digits = { decimals = 4 }
    detail = "full"
    carry = "printed"
"""


def lines(optimizer: str) -> dict[str, str]:
    """What the page says of w₁ in the update, by name; δ = 1 − 3 = −2, and ∂E/∂w₁ = −4."""
    example = derive.work(derive.read(f"optimizer = {optimizer}\n{ONE}"))
    assert [] == recompute.recomputed(example, "md").complaints
    steps = example.data()["steps"]
    return {step["name"]: step["printed"] for step in steps if step["section"] == "update"}


def test_adam_s_first_step_by_hand():
    """m = 0.1·(−4), s = 0.001·16; corrected they are −4 and 16, so the step is 0.1·4/√16."""
    assert ["-0.4", "0.016", "-4", "16"] == list(lines('"adam"').values())[:4]
    assert 0.6 == pytest.approx(float(list(lines('"adam"').values())[-1]), abs=1e-4)


def test_the_others_by_hand():
    decayed = '{ name = "momentum", momentum = 0.5, weight_decay = 0.2 }'

    assert ["0.9"] == list(lines('"gradient_descent"').values())
    assert ["0.4", "0.9"] == list(lines('"momentum"').values())
    assert ["0.4", "1.26"] == list(lines('"nesterov"').values())  # 0.5 + 0.9 · 0.4 + 0.4
    assert ["-3.9", "0.39", "0.89"] == list(lines(decayed).values())
    assert ["1.6", "0.8162"] == list(lines('"rmsprop"').values())  # 0.5 + 0.4/√1.6


def test_a_root_that_comes_out_even_is_exact():
    """s = 0.25 · 16 = 4 and √s = 2, so w becomes 0.5 + 0.1 · 4/2.5: nothing is rounded."""
    chosen = '{ name = "rmsprop", decay = 0.75, epsilon = 0.5 }'

    assert ["4", "0.66"] == list(lines(chosen).values())


def test_columns_stand_in_the_order_of_the_calculation():
    """Also where the first parameter that moves is a bias, which does not decay."""
    data = networks.network(5, [2, 2, 2], ["tanh", "sigmoid"], "squared_error")
    data["layers"][0] |= {"frozen": ["weights"], "bias": [0.1, 0.2]}
    data["layers"][1] |= {"frozen": []}
    data["optimizer"] = {"name": "momentum", "weight_decay": 0.1}
    page = read(derive.work(derive.read(data)).render("md").content.decode(), "md")
    heads = {row.head for row in page.rows if row.section == "Update"}

    assert {("parameter", "old", "gradient", "g", "v^{+}", "new")} == heads


def test_momentum_of_nothing_is_gradient_descent():
    data = networks.network(9, [2, 2], ["sigmoid"], "squared_error") | {"epochs": 4}
    plain = derive.work(derive.read(data)).data()["updates"]

    for name in ("momentum", "nesterov"):
        chosen = data | {"optimizer": {"name": name, "momentum": 0}}
        updates = derive.work(derive.read(chosen)).data()["updates"]
        for one, other in zip(plain, updates, strict=True):
            close(flat(one["updated"]), flat(other["updated"]))


# --- the test can fail ---------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", networks.OPTIMIZERS[1:])
def test_a_numeric_half_that_is_wrong_is_found(optimizer: str, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    from derive.catalogue.optimizers import OPTIMIZERS

    entry = OPTIMIZERS[optimizer]

    def wrong(w: Any, g: Any, state: Any, rate: float, number: int, **given: float) -> Any:
        return entry.step(w, g, state, rate * (1 + 1e-7), number, **given)

    table = dict(OPTIMIZERS.items()) | {optimizer: replace(entry, step=wrong)}
    monkeypatch.setattr("derive.witness.training.OPTIMIZERS", table)
    data = networks.network(9, [2, 2], ["sigmoid"], "squared_error")

    with pytest.raises(Disagreement, match="differ by more than rounding"):
        derive.work(derive.read(data | {"optimizer": optimizer, "epochs": 3}))
