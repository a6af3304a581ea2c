"""Large net inputs make slopes tiny; that is rounding, not disagreement, and is worked out.

A net input of 20 is nothing unusual where inputs are years or prices.
"""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

import derive
from derive.comparison import compare
from derive.derivation.derivation import derive as derivation
from derive.errors import ProblemError
from derive.graph.graph import build
from derive.numbers.evaluate import evaluate

ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu"]
NETS = [6, 8, 12, 20, 30, 40, 100, 300, 650]


def one_unit(activation: str, net: float, loss: str = "half_squared_error") -> dict[str, Any]:
    return {
        "loss": loss,
        "layers": [{"weights": [[0.5]], "bias": [0], "activation": activation}],
        "samples": [{"inputs": [2 * net], "targets": [1]}],
    }


@pytest.mark.parametrize("net", [sign * net for sign in (1, -1) for net in NETS])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_saturated_unit_is_worked_out(activation: str, net: int):
    example = derive.work(derive.read(one_unit(activation, net)))

    assert example.agreement.agree


@pytest.mark.parametrize("net", [6, 8, 12, 20, 30, 100, 300])
@pytest.mark.parametrize("form", [False, [0.1, 0.2], 0.5])
def test_a_saturated_softmax_is_worked_out(net: int, form: Any):
    """With a bias that the layer shares, whose gradient is 0 in exact arithmetic."""
    example = derive.work(derive.read({
        "loss": "cross_entropy",
        "layers": [{"weights": [[1], [-0.5]], "bias": form, "activation": "softmax"}],
        "samples": [{"inputs": [net], "targets": [1, 0]}],
    }))  # fmt: skip

    assert example.agreement.agree


@pytest.mark.parametrize("net", [705, 745, 1000, 3000, -3000])
def test_softmax_beyond_what_double_precision_can_raise_e_to(net: int):
    """Only differences of net inputs count, which are as small as ever; and where they are not, one is 1."""
    for difference in (0.5, 30, 600):
        example = derive.work(derive.read({
            "layers": [{"weights": [[1], [1]], "bias": [0, difference], "activation": "softmax"}],
            "samples": [{"inputs": [net], "targets": [1, 0]}],
        }))  # fmt: skip
        share = 1 / (1 + np.exp(difference))

        assert example.agreement.agree
        assert np.isclose(share, example["out[1,1]"], rtol=1e-13)


@pytest.mark.parametrize("net", [12, 20, 30])
def test_the_printed_digits_of_a_saturated_unit_are_right(net: int):
    """E = ½ (1 − σ(z))², so ∂E/∂b = −(1 − σ(z)) σ′(z), here found with fifty digits."""
    example = derive.work(derive.read(one_unit("sigmoid", net)))
    with mpmath.workdps(50):
        out = 1 / (1 + mpmath.exp(-net))
        expected = float(-(1 - out) * out * (1 - out))

    assert expected == pytest.approx(example["dE/db1"], rel=0.5e-5, abs=0)


def test_a_witness_without_a_number_is_no_witness():
    """Where NumPy finds nothing (0/0), that is said; it does not count as agreement."""
    problem = derive.read({
        "loss": "binary_cross_entropy",
        "layers": [{"weights": [[1], [-0.5]], "bias": 0.5, "activation": "softmax"}],
        "samples": [{"inputs": [40], "targets": [1, 0]}],
    })  # fmt: skip
    try:
        agreement = compare(evaluate(derivation(build(problem))))
    except ProblemError:
        return  # it was refused before

    assert agreement.agree == bool(np.isfinite(agreement.numpy[build(problem).parameters]).all())


@pytest.mark.parametrize("net", [1e6, 1e9])
def test_what_overflows_is_said_to_be_too_large(net: float):
    with pytest.raises(ProblemError, match="too large to calculate with"):
        derive.work(derive.read({
            "layers": [{"weights": [[1], [-0.5]], "bias": False, "activation": "softmax"}],
            "samples": [{"inputs": [net], "targets": [1, 0]}],
        }))  # fmt: skip


@pytest.mark.parametrize("data", [
    {"inputs": 1, "samples": [{"inputs": [1], "targets": [1]}], "layers": [
        {"activation": {"name": "own", "formula": "ln(exp(z)+exp(-z))"}, "weights": [[800]], "bias": False}
    ]},
    {"equations": {"f": "ln(exp(w*x)+exp(-w*x))"}, "values": {"w": 800, "x": 1}},
])  # fmt: skip
def test_what_numpy_cannot_calculate_is_no_proof(data: dict[str, Any]):
    """Sixty digits can, but then there is only one witness."""
    with pytest.raises(ProblemError, match="overflows in NumPy's doubles"):
        derive.work(derive.read(data))
