"""Many updates: rows, endings and data, against loops that know nothing of the program."""

from __future__ import annotations

import json
import math
import random
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import ProblemError
from derive.example import Example
from tests import by_hand, networks, oracle
from tests.networks import Data
from tests.pages import Row, read
from tests.test_batches import close, flat


def worked(data: Any) -> Example:
    return derive.work(derive.read(data))


def table(example: Example) -> list[Row]:
    """The rows of the table of further updates."""
    rows = read(example.render("md").content.decode(), "md").rows
    return [row for row in rows if row.section == "Further updates"]


def amounts(row: Row) -> list[str]:
    return [re.sub(r"\\mathbf\{(.*)\}", r"\1", cell) for cell in row.cells]


CLASSIC: Data = {
    "loss": "half_squared_error",
    "learning_rate": 0.5,
    "layers": [
        {"weights": [[0.15, 0.2], [0.25, 0.3]], "bias": 0.35, "frozen": ["bias"]},
        {"weights": [[0.4, 0.45], [0.5, 0.55]], "bias": 0.6, "frozen": ["bias"]},
    ],
    "samples": [{"inputs": [0.05, 0.1], "targets": [0.01, 0.99]}],
}
for _layer in CLASSIC["layers"]:
    _layer["activation"] = "sigmoid"


# --- ten thousand updates ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long() -> Example:
    return worked(CLASSIC | {"epochs": 10_000})


def plain(epochs: int) -> tuple[list[float], list[float]]:
    """The classic example in a loop of its own: the errors before each update and after the last,
    and the outputs after it."""
    x, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    v, w = (np.array(layer["weights"]) for layer in CLASSIC["layers"])
    errors = []
    for made in range(epochs + 1):
        h = 1 / (1 + np.exp(-(v @ x + 0.35)))
        o = 1 / (1 + np.exp(-(w @ h + 0.6)))
        errors.append(float(0.5 * np.sum((t - o) ** 2)))
        if made < epochs:
            d = (o - t) * o * (1 - o)
            back = (w.T @ d) * h * (1 - h)
            w, v = w - 0.5 * np.outer(d, h), v - 0.5 * np.outer(back, x)
    return errors, o.tolist()


def test_ten_thousand_updates_of_the_classic_example(long: Example):
    errors, _ = plain(10_000)
    history = long.history
    assert history is not None

    assert (10_000, 10_000) == (history.made, history.epochs)
    assert errors[-1] == pytest.approx(long.final_error, rel=1e-10)
    assert errors[:-1] == pytest.approx(history.run.errors, rel=1e-10)
    assert 10_000 == history.checked
    assert history.gap.relative < 1e-9
    assert "3.51019e-05" == f"{long.final_error:.5e}"


def test_the_table_shows_the_first_rows_and_then_fewer_and_fewer(long: Example):
    errors, _ = plain(10_000)
    expected = [0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]
    rows = [amounts(row) for row in table(long)]

    assert expected == [int(row[0].replace("\u202f", "")) for row in rows]
    for made, row in zip(expected, rows, strict=True):
        assert f"{errors[made]:.5e}" == f"{float(row[1].replace(TIMES, 'e').rstrip('}')):.5e}"


TIMES = "\\times 10^{"


def test_the_weights_after_the_last_update(long: Example):
    data = long.data()
    last = data["updates"][-1]
    layers = last["updated"]
    outputs = oracle.outputs(CLASSIC, [{k: np.array(v) for k, v in la.items()} for la in layers])

    assert 10_000 == last["update"]
    assert plain(10_000)[1] == pytest.approx(list(outputs), rel=1e-10)
    assert data["final_loss"] == long.final_error
    assert 10_000 == data["agreement"]["updates"]["made"]


# --- with fractions ------------------------------------------------------------------------------


def test_six_epochs_of_a_linear_network_in_fractions():
    """A published example without activations: everything is a fraction."""
    data = {
        "loss": "half_squared_error",
        "learning_rate": "0.05",
        "layers": [
            {"weights": [["0.11", "0.21"], ["0.12", "0.08"]], "bias": False},
            {"weights": [["0.14", "0.15"]], "bias": False},
        ],
        "samples": [{"inputs": [2, 3], "targets": [1]}],
        "epochs": 6,
    }
    for layer in data["layers"]:
        layer["activation"] = "identity"
    updates, errors = by_hand.train(data)
    text = json.loads(json.dumps(data), parse_float=float)
    text["learning_rate"] = 0.05
    for layer in text["layers"]:
        layer["weights"] = [[float(w) for w in row] for row in layer["weights"]]

    example = worked(text)

    assert example.history is not None
    prediction = updates[1].samples[0].outputs[-1][0].value
    assert Fraction("0.2557457808075") == prediction
    found = example.data()["updates"]
    assert float(prediction) == pytest.approx(
        found[1]["samples"][0]["layers"][-1]["out"][0], rel=1e-15
    )
    assert by_hand.floats(errors) == pytest.approx(
        [row.error for row in example.history.rows], rel=1e-13
    )
    for expected, update in zip(updates, found, strict=True):
        close(flat(by_hand.floats(expected.updated)), flat(update["updated"]))
        close(flat(by_hand.floats(expected.gradients)), flat(update["gradients"]))


# --- with printed numbers ------------------------------------------------------------------------


def printed(seed: int) -> Data:
    """A small network, one to three samples, two or three epochs, an optimizer, coarse digits."""
    rng = random.Random(seed)
    samples = rng.randint(1, 3)
    activations = [rng.choice(list(by_hand.ACTIVATIONS)) for _ in range(2)]
    optimizer = networks.optimizer(rng, rng.choice(networks.OPTIMIZERS))
    if optimizer["name"] in ("rmsprop", "adam"):
        optimizer["epsilon"] = 0.01  # a square that is rounded to 0 would send weights far away
    return by_hand.drawn(
        rng, [2, 2, rng.randint(1, 2)], activations, samples=samples, optimizer=optimizer,
        epochs=rng.randint(2, 3), reduction=rng.choice(["mean", "sum"]),
        batch_size=rng.choice(["all", *range(1, samples + 1)]),
        show={
            "carry": "printed", "rounding": rng.choice(["half-up", "half-even"]),
            "digits": rng.choice([{"decimals": rng.randint(3, 6)},
                                  {"significant": rng.randint(3, 6)}]),
        },
    )  # fmt: skip


@pytest.mark.parametrize("start", range(0, 40, 8))
def test_every_update_from_the_printed_numbers_of_the_one_before(start: int):
    for seed in range(start, start + 8):
        data = printed(seed)
        updates, errors = by_hand.train(data, by_hand.rounding(by_hand.policy(data["show"])))

        example = worked(data)

        found = example.data()["updates"]
        assert example.history is not None
        assert len(updates) == len(found)
        for expected, update in zip(updates, found, strict=True):
            assert by_hand.floats(expected.error) == update["loss"], seed
            assert by_hand.floats(expected.gradients) == update["gradients"], seed
            assert by_hand.floats(expected.updated) == update["updated"], seed
            for one, sample in zip(expected.samples, update["samples"], strict=True):
                assert by_hand.floats(one.outputs[-1]) == sample["layers"][-1]["out"], seed
                assert by_hand.floats(one.error) == sample["loss"], seed
        assert by_hand.floats(errors) == [row.error for row in example.history.rows], seed
        assert by_hand.floats(errors[-1]) == example.data()["final_loss"]


def test_the_table_prints_the_rows_of_a_carried_run():
    data = printed(3) | {"epochs": 4}
    _, errors = by_hand.train(data, by_hand.rounding(by_hand.policy(data["show"])))

    rows = [amounts(row) for row in table(worked(data))]

    assert [str(n) for n in range(len(errors))] == [row[0] for row in rows]
    assert by_hand.floats(errors) == [float(row[1]) for row in rows]


def test_a_later_update_that_rounding_leaves_without_a_value_is_refused_with_its_number():
    """The first update takes the output from 0.62 to where two decimals round it to 1.00."""
    data = {
        "loss": "binary_cross_entropy", "learning_rate": 20, "epochs": 3,
        "layers": [{"weights": [[0.5]], "bias": False, "activation": "sigmoid"}],
        "samples": [{"inputs": [1], "targets": [1]}, {"inputs": [1], "targets": [0.9]}],
        "show": {"carry": "printed", "digits": {"decimals": 2}},
    }  # fmt: skip

    with pytest.raises(ProblemError) as raised:
        worked(data).render("md")

    (mistake,) = raised.value.mistakes
    assert "#2" in mistake.place
    assert "as they are printed" in mistake.fact


# --- data ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_the_data_of_every_update(seed: int):
    rng = random.Random(seed)
    data = networks.network(
        seed, [2, 3, 2], ["tanh", rng.choice(["sigmoid", "softmax"])], "mean_squared_error"
    )
    for layer in data["layers"]:
        layer["bias"] = networks.numbers(rng, len(layer["weights"]))
    data = networks.several(data, seed, 4) | {"epochs": 3}

    found = worked(data).data()["updates"]

    expected = oracle.train(data)
    assert [None, *range(2, len(expected) + 1)] == [update.get("update") for update in found]
    batches = oracle.batches(data) * 3
    for (error, slopes, arrays), update, samples in zip(expected, found, batches, strict=True):
        close(error, update["loss"])
        assert len(samples) == len(update["samples"])
        close(flat(slopes), flat(update["gradients"]), np.abs(flat(slopes)).max())
        close(flat(arrays), flat(update["updated"]), 1.0)


# --- endings -------------------------------------------------------------------------------------


def test_it_stops_at_the_first_end_of_an_epoch_below_the_bound():
    errors, _ = plain(60)
    bound = 0.15
    first = next(made for made, error in enumerate(errors) if error < bound)

    example = worked(CLASSIC | {"epochs": 1000, "stop_below": bound})

    assert example.history is not None
    assert first == example.history.made
    assert errors[first] == pytest.approx(example.final_error, rel=1e-12)
    assert example.final_error < bound <= errors[first - 1]
    page = example.render("md").content.decode()
    assert re.search(rf"{first}\b.* the error is below \$`0\.15`\$", page)


def test_a_bound_is_looked_at_between_epochs_only():
    data = networks.network(1, [2, 2], ["sigmoid"], "squared_error")
    data = networks.several(data, 1, 3) | {"batch_size": 1, "epochs": 50, "learning_rate": 1}
    whole = [float(oracle.batch_error(data, arrays, range(3)))
             for _, _, arrays in oracle.train(data)]  # fmt: skip
    ends = whole[2::3]
    bound = round(ends[9] + (ends[8] - ends[9]) / 2, 6)

    example = worked(data | {"stop_below": bound})

    assert example.history is not None
    expected = next(n for n, error in enumerate(ends, 1) if error < bound)
    assert (3 * expected, expected) == (example.history.made, example.history.epochs)


def test_a_bound_that_is_not_reached_is_told():
    page = worked(CLASSIC | {"epochs": 5, "stop_below": 1e-9}).render("md").content.decode()

    assert "The error has not fallen below" in page


def test_a_bound_that_holds_from_the_start_needs_one_update_at_most():
    example = worked(CLASSIC | {"epochs": 5, "stop_below": 10})

    assert example.history is not None
    assert example.history.made <= 1
    assert "nan" not in example.render("md").content.decode().lower()


@pytest.mark.parametrize("carry", ["full", "printed"])
@pytest.mark.parametrize("format", ["md", "tex", "html"])
def test_a_run_that_diverges_ends_in_words(format: str, carry: str):
    data = {
        "loss": "squared_error", "learning_rate": 1000, "epochs": 200,
        "layers": [{"weights": [[1.5]], "bias": False, "activation": "identity"}],
        "samples": [{"inputs": [3], "targets": [1]}], "show": {"carry": carry},
    }  # fmt: skip

    example = worked(data)

    page = example.render(format).content.decode()
    assert [] == re.findall(r"(?i)\bnan\b|\binf\b|∞|\\infty", page)
    assert "the error has no value any more" in page
    text = example.render("json").content.decode()
    json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    assert example.history is not None
    assert example.history.run.diverged
    assert 10 < example.history.made < 200
    assert math.isfinite(example.history.run.errors[-1])


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam"])
def test_rounding_alone_is_no_gradient_for_an_optimizer_either(optimizer: str):
    """A shared bias below softmax has the gradient 0; divided by its own size it would be ±1."""
    data = networks.network(4, [2, 2], ["softmax"], "squared_error")
    data["layers"][0] |= {"bias": -0.43, "frozen": []}
    data = networks.several(data, 4, 4)
    data |= {"optimizer": optimizer, "epochs": 6, "batch_size": 2, "learning_rate": 1}

    updates = worked(data).data()["updates"]

    assert 12 == len(updates)
    assert {"-0.430000"} == {f"{update['updated'][0]['bias']:.6f}" for update in updates}
