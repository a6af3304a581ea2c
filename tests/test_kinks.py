"""Where a function has no derivative, the convention is used by every witness, and said aloud."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
from derive.example import Example


def at_zero(activation: Any, loss: Any = "half_squared_error") -> Example:
    """A unit whose net input is exactly 0, before an output unit; both inputs are 0.5."""
    return derive.work(derive.read({
        "loss": loss,
        "layers": [
            {"weights": [[0.3, -0.3]], "bias": False, "activation": activation},
            {"weights": [[2]], "bias": [1], "activation": "identity"},
        ],
        "samples": [{"inputs": [0.5, 0.5], "targets": [0]}],
    }))  # fmt: skip


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("relu", 0.0),
        ({"name": "relu", "at_zero": 0.5}, 0.5),
        ({"name": "relu", "at_zero": 1}, 1.0),
        ("leaky_relu", 0.01),
        ({"name": "leaky_relu", "slope": 0.2}, 0.2),
        ("elu", 1.0),
        ({"name": "elu", "alpha": 0.5}, 0.5),
    ],
)
def test_an_activation_at_its_kink(activation: Any, expected: float):
    example = at_zero(activation)
    page = example.render("md").content.decode()

    assert 0.0 == example["net[1,1]"]
    assert expected == example["dout/dnet[1,1]"]
    assert expected * 2 * 0.5 * example["dE/dout[2,1]"] == pytest.approx(example["dE/dw1"])
    assert example.agreement.agree
    assert "has no derivative at" in page
    assert f"(0) = {expected:g}" in page


@pytest.mark.parametrize(
    ("formula", "expected"), [("abs(z)", 0.0), ("z*sign(z)", 0.0), ("sqrt(z^2 + 1)", 0.0)]
)
def test_a_formula_of_the_users_own_at_its_kink(formula: str, expected: float):
    example = at_zero({"name": "own", "formula": formula})

    assert expected == example["dout/dnet[1,1]"]
    assert example.agreement.agree


@pytest.mark.parametrize(("formula", "either"), [("max(0, z)", (0, 1)), ("min(0, z)", (0, 1)),
                                                 ("max(z, 0.5*z)", (0.5, 1))])  # fmt: skip
def test_a_corner_of_the_users_own_takes_the_slope_of_a_side(formula: str, either: tuple[float]):
    example = at_zero({"name": "own", "formula": formula})

    assert example["dout/dnet[1,1]"] in either
    assert example.agreement.agree


@pytest.mark.parametrize(
    ("loss", "target", "expected"),
    [
        ("absolute_error", 0.25, 0.0),  # t = o
        ("hinge", 1, 0.0),  # t·o = 1, reached by the second set of weights below
        (
            {"name": "huber", "delta": 0.25},
            0.5,
            -0.25,
        ),  # |t − o| = delta: no kink, both sides agree
        ({"name": "huber", "delta": 0.25}, 0.0, 0.25),
    ],
)
def test_a_loss_at_its_kink(loss: Any, target: float, expected: float):
    weight = 2 if loss == "hinge" else 0.5
    example = derive.work(derive.read({
        "loss": loss,
        "layers": [{"weights": [[weight]], "bias": False, "activation": "identity"}],
        "samples": [{"inputs": [0.5], "targets": [target]}],
    }))  # fmt: skip

    assert expected == example["dE/dout[1,1]"]
    assert expected * 0.5 == example["dE/dw1"]
    assert example.agreement.agree


@pytest.mark.parametrize("loss", ["absolute_error", "hinge"])
def test_a_kinked_loss_states_its_convention(loss: str):
    page = derive.work("2-2", loss=loss, activation="tanh").render("md").content.decode()

    assert "Where the error has a kink, its derivative is taken as" in page


def test_a_smooth_network_speaks_of_no_kink():
    page = derive.work("2-2-2").render("md").content.decode()

    assert "kink" not in page
    assert "no derivative" not in page


@pytest.mark.parametrize("distance", ["1e-9", "-1e-9", "1e-12", "-1e-12"])
def test_close_to_a_kink_differences_do_not_step_across_it(distance: str):
    example = derive.work(
        derive.read(f"""
        [[layers]]
        weights = [[1, -1]]
        bias = [{distance}]
        activation = "relu"
        [[layers]]
        weights = [[2]]
        activation = "identity"
        bias = [0.5]
        [[samples]]
        inputs = [0.5, 0.5]
        targets = [0.1]
    """)
    )

    assert float(not distance.startswith("-")) == example["dout/dnet[1,1]"]
    assert example.agreement.agree


# In binary, 0.1 + 0.2 − 0.3 is not 0 but 5.6e-17; what the page prints is the decimal sum.
SUMS = [[0.1, 0.2, -0.3], [-0.3, 0.1, 0.2], [0.3, -0.1, -0.2], [0.7, -0.6, -0.1]]


@pytest.mark.parametrize("weights", SUMS)
@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("relu", 0.0),
        ({"name": "relu", "at_zero": 0.5}, 0.5),
        ("leaky_relu", 0.01),
        ("elu", 1.0),
        ({"name": "own", "formula": "abs(z)"}, 0.0),
    ],
)
def test_a_net_input_that_is_0_in_decimals_only(
    activation: Any, expected: float, weights: list[float]
):
    example = derive.work(derive.read({
        "layers": [
            {"weights": [weights], "bias": False, "activation": activation},
            {"weights": [[2]], "bias": [1], "activation": "identity"},
        ],
        "samples": [{"inputs": [1, 1, 1], "targets": [0]}],
    }))  # fmt: skip

    assert 0.0 == example["net[1,1]"]
    assert expected == example["dout/dnet[1,1]"]
    assert example.agreement.agree


@pytest.mark.parametrize(
    ("loss", "weights", "target"),
    [
        ("absolute_error", [0.1, 0.2], 0.3),
        ("absolute_error", [0.8, -0.1], 0.7),
        ("hinge", [0.7, 0.2, 0.1], 1),
        ("hinge", [-0.7, -0.2, -0.1], -1),
        ({"name": "own", "formula": "abs(t - o)"}, [0.1, 0.2], 0.3),
    ],
)
def test_an_output_that_is_at_the_kink_in_decimals_only(
    loss: Any, weights: list[float], target: float
):
    example = derive.work(derive.read({
        "loss": loss,
        "layers": [{"weights": [weights], "bias": False, "activation": "identity"}],
        "samples": [{"inputs": [1] * len(weights), "targets": [target]}],
    }))  # fmt: skip

    assert 0.0 == example["dE/dout[1,1]"]
    assert example.agreement.agree


IDENTITY = {"activation": "identity", "bias": False}
CANCELS = {"weights": [[0.1, -0.3]], **IDENTITY}  # 0.1 · 3 − 0.3 · 1, which is not 0 in doubles


@pytest.mark.parametrize(
    ("layers", "loss", "inputs"),
    [
        ([CANCELS], "absolute_error", [3, 1]),
        ([CANCELS], {"name": "mine", "formula": "max(o, t)"}, [3, 1]),
        ([CANCELS, {"kind": "activation", "activation": "relu"}], "half_squared_error", [3, 1]),
        ([CANCELS, {"weights": [[1]], "bias": False, "activation": "relu"}], "half_squared_error", [3, 1]),
        ([{"weights": [[0.1, -0.3], [0, 0]], **IDENTITY}, {"kind": "max_pool", "size": [2]}],
         "half_squared_error", [3, 1]),
        ([{"kind": "recurrent", "activation": "relu", "weights": [[0.1, -0.3]], "recurrent": [[0.5]],
           "bias": False}], "half_squared_error", [[3, 1]]),
        ([{"kind": "attention", "units": 1, "weights_q": [[1, 1]], "weights_k": [[1, 1]],
           "weights_v": [[0.1, -0.3]]}, {"kind": "activation", "activation": "relu"}],
         "half_squared_error", [[3, 1], [3, 1]]),
        ([{"kind": "mean_pool", "size": [3]}, {"kind": "activation", "activation": "relu"},
          {"weights": [[1]], "bias": False}], "half_squared_error", [0.1, 0.2, -0.3]),
    ],
)  # fmt: skip
def test_what_rounding_leaves_of_0_meets_no_kink(layers: list[Any], loss: Any, inputs: Any) -> None:
    """Whichever layer adds up, and whichever has the kink."""
    shape = np.shape(inputs)
    example = derive.work(derive.read({
        "inputs": list(shape), "loss": loss, "layers": layers, "samples": [{"inputs": inputs}],
    }))  # fmt: skip
    assert example.agreement.agree
