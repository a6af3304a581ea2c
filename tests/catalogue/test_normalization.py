"""Layer and batch normalization against the papers' formulas, and where terms cancel."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.example import Example
from derive.writing.printers import plain
from derive.writing.scribe import joined


def work(inputs: Any, *layers: dict[str, Any], **more: Any) -> Example:
    return derive.work(derive.read({"inputs": inputs, "layers": list(layers), **more}))


def line(example: Example, key: str) -> str:
    quantity = example.worked.derivation.ledger.find(Place.read(key))
    return plain(joined(example.scribe.line(quantity)))


def table(example: Example, kind: str, layer: int, rows: int, columns: int) -> Any:
    return np.array([
        [example[f"{kind}[{layer},{i},{j}]"] for j in range(1, columns + 1)]
        for i in range(1, rows + 1)
    ])  # fmt: skip


# --- the papers ----------------------------------------------------------------------------------


def test_the_backward_pass_of_ioffe_and_szegedy() -> None:
    """Their six equations, one number after the other, for a batch of m rows."""
    m, features = 4, 2
    example = work([m, 3], {"units": features, "activation": "tanh"}, {"kind": "batch_norm"})
    x, arriving = table(example, "out", 1, m, features), table(example, "dE/dout", 2, m, features)
    for j in range(features):
        gamma = example[f"gamma[2,{j + 1}]"]
        mu = sum(x[i][j] for i in range(m)) / m
        var = sum((x[i][j] - mu) ** 2 for i in range(m)) / m + 1e-5
        normal = [(x[i][j] - mu) / var**0.5 for i in range(m)]
        of_normal = [arriving[i][j] * gamma for i in range(m)]
        of_var = sum(of_normal[i] * (x[i][j] - mu) * -0.5 * var**-1.5 for i in range(m))
        of_mu = sum(-g / var**0.5 for g in of_normal)
        of_mu += of_var * sum(-2 * (x[i][j] - mu) for i in range(m)) / m
        of_x = [
            of_normal[i] / var**0.5 + of_var * 2 * (x[i][j] - mu) / m + of_mu / m for i in range(m)
        ]
        of_gamma = sum(arriving[i][j] * normal[i] for i in range(m))

        assert np.isclose(of_var, example[f"dE/dvar[2,{j + 1}]"], rtol=1e-11)
        assert np.isclose(of_mu, example[f"dE/dmu[2,{j + 1}]"], rtol=1e-11)
        assert np.allclose(of_x, table(example, "dE/dout", 1, m, features)[:, j], rtol=1e-10)
        assert np.isclose(of_gamma, example[f"dE/dgamma[2,{j + 1}]"], rtol=1e-12)
        assert np.isclose(arriving[:, j].sum(), example[f"dE/dbeta[2,{j + 1}]"], rtol=1e-12)


def test_layer_normalization_by_its_jacobian() -> None:
    """∂x̂_i/∂x_j = (δ_ij − 1/n − x̂_i x̂_j / n) / σ, at each position on its own."""
    positions, n = 2, 3
    example = work([positions, 2], {"units": n, "activation": "tanh"}, {"kind": "layer_norm"})
    x, arriving = table(example, "out", 1, positions, n), table(example, "dE/dout", 2, positions, n)
    gamma = np.array([example[f"gamma[2,{j}]"] for j in range(1, n + 1)])
    for t in range(positions):
        sigma = np.sqrt(np.var(x[t]) + 1e-5)
        normal = (x[t] - np.mean(x[t])) / sigma
        jacobian = (np.eye(n) - 1 / n - np.outer(normal, normal) / n) / sigma
        expected = (arriving[t] * gamma) @ jacobian

        assert np.allclose(expected, table(example, "dE/dout", 1, positions, n)[t], rtol=1e-9)


# --- on paper ------------------------------------------------------------------------------------


def test_the_lines_read_as_in_a_textbook() -> None:
    samples = [{"inputs": [[1, 4], [3, 0]], "targets": [[0, 1], [1, 0]]}]
    dense = {"weights": [[1, 0], [0, 1]], "bias": False, "activation": "identity"}
    norm = {"kind": "batch_norm", "gain": [2, 0.5], "shift": [1, 0], "epsilon": 0.25}
    example = work([2, 2], dense, norm, samples=samples, show={"digits": {"significant": 3}})
    lines = {key: line(example, key).replace("^[2]", "").replace("^[1]", "") for key in (
        "mu[2,2]", "d[2,1,2]", "var[2,2]", "sigma[2,1]", "xhat[2,1,1]", "out[2,1,1]",
        "dE/dsigma[2,1]", "dE/dvar[2,1]", "dE/dd[2,1,1]", "dE/dmu[2,1]", "dE/dout[1,1,1]",
    )}  # fmt: skip

    assert {
        "mu[2,2]": "μ2 = (out_1,2 + out_2,2)/2 = (4 + 0)/2 = 2",
        "d[2,1,2]": "d_1,2 = out_1,2 − μ2 = 4 − 2 = 2",
        "var[2,2]": "var_2 = ((d_1,2)² + (d_2,2)²)/2 = (2² + (−2)²)/2 = 4",
        "sigma[2,1]": "σ1 = √(var_1 + 0.25) = √(1 + 0.25) ≈ 1.12",
        "xhat[2,1,1]": "x̂_1,1 = d_1,1/σ1 = −1/1.12 ≈ −0.894",
        "out[2,1,1]": "out_1,1 = γ1 · x̂_1,1 + β1 = 2 × (−0.894) + 1 ≈ −0.789",
        "dE/dsigma[2,1]": "∂E_total/∂σ1 = −∂E_total/∂x̂_1,1 · x̂_1,1/σ1 − ∂E_total/∂x̂_2,1 · x̂_2,1/σ1",
        "dE/dvar[2,1]": "∂E_total/∂var_1 = ∂E_total/∂σ1 · 1/(2 σ1)",
        "dE/dd[2,1,1]": "∂E_total/∂d_1,1 = ∂E_total/∂x̂_1,1 · 1/σ1 + ∂E_total/∂var_1 · (2 d_1,1)/2",
        "dE/dmu[2,1]": "∂E_total/∂μ1 = −∂E_total/∂d_1,1 − ∂E_total/∂d_2,1",
        "dE/dout[1,1,1]": "∂E_total/∂out_1,1 = ∂E_total/∂d_1,1 + ∂E_total/∂μ1 · 1/2",
    } == {
        key: text if not key.startswith("dE") else " = ".join(text.split(" = ")[:2])
        for key, text in lines.items()
    }


@pytest.mark.parametrize(
    ("typed", "printed"), [("0.010", "0.010"), ("1e-3", "1 × 10⁻³"), (None, "1 × 10⁻⁵")]
)
def test_epsilon_keeps_its_digits(typed: str | None, printed: str) -> None:
    given = "" if typed is None else f"epsilon = {typed}"
    text = f'inputs = 3\n[[layers]]\nkind = "layer_norm"\n{given}\n'
    example = derive.work(derive.read(text))

    assert f"√(var + {printed})" in line(example, "sigma[1]")


def test_without_gain_and_shift_the_outputs_are_what_is_normalized() -> None:
    example = work(3, {"units": 3}, {"kind": "layer_norm", "gain": False, "shift": False})

    assert "out_1^[2] = d1^[2]/σ^[2] = " in line(example, "out[2,1]")


# --- where terms cancel --------------------------------------------------------------------------


@pytest.mark.parametrize("epsilon", ["1e-2", "1e-5", "1e-9", "1e-12", "1e-15"])
def test_two_rows_leave_next_to_nothing(epsilon: str) -> None:
    """Of rows w and 2w, x̂ = ±(w/2)/√(w²/4 + ε): dx̂/dw = ±(ε/2)/(w²/4 + ε)^(3/2), here to fifty digits."""
    dense = {"weights": [[0.3]], "bias": False, "activation": "identity"}
    norm = {"kind": "batch_norm", "gain": False, "shift": False, "epsilon": float(epsilon)}
    samples = [{"inputs": [[1], [2]], "targets": [[0.5], [0.25]]}]
    example = work([2, 1], dense, norm, samples=samples)
    with mpmath.workdps(50):
        w, small = mpmath.mpf("0.3"), mpmath.mpf(epsilon)
        inside = w * w / 4 + small
        normal, slope = w / 2 / mpmath.sqrt(inside), small / 2 / inside**1.5
        expected = float(
            (mpmath.mpf("0.5") + normal) * slope - (mpmath.mpf("0.25") - normal) * slope
        )

    assert example.agreement.agree
    assert np.isclose(expected, example["dE/dw[1,1,1]"], rtol=1e-13)


@pytest.mark.parametrize("norm", ["batch_norm", "layer_norm"])
def test_what_is_added_to_all_is_taken_away_again(norm: str) -> None:
    """A bias before batch normalization has no effect, nor has a shared one before layer normalization."""
    form = "each" if norm == "batch_norm" else "shared"
    example = work([3, 2], {"units": 2, "bias": form, "activation": "identity"}, {"kind": norm})
    bias = example.worked.derivation.graph.layers[0].bias
    assert bias is not None

    assert {0.0} == set(example.worked.values[example.worked.derivation.gradient[bias]].ravel())
    assert example.agreement.agree


@pytest.mark.parametrize("kind", ["layer_norm", "batch_norm"])
def test_equal_numbers_are_at_the_kink_in_all_computations(kind: str) -> None:
    """(0.1 + 0.1 + 0.1)/3 is not 0.1 in doubles, and ReLU would tell what is left from 0."""
    norm = {"kind": kind, "shift": False}
    relu = {"units": 2, "bias": False, "activation": "relu"}
    example = work([3, 3], norm, relu, samples=[{"inputs": [[0.1] * 3] * 3}])

    assert example.agreement.agree
    assert 0.0 == example["xhat[1,1,1]"]


@pytest.mark.parametrize("seed", range(10))
def test_normalized_again_and_again(seed: int) -> None:
    """Equal rows, hardly any ε: the bounds on rounding are larger than σ, and σ is no residue of 0."""
    norms = [{"kind": "batch_norm", "epsilon": 10.0 ** -(11 + seed % 5)} for _ in range(3)]
    example = work([2, 2], *norms, {"units": 1, "bias": False}, seed=seed,
                   samples=[{"inputs": [[0.3, -0.7]] * 2}])  # fmt: skip

    assert example.agreement.agree
