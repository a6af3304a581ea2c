"""Attention against explicit loops, and how its lines read."""

from __future__ import annotations

import cmath
import math
from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.example import Example
from derive.writing.printers import plain
from derive.writing.scribe import joined

H = 1e-30
SHARES = [[1, 0], [0, 1]]


def work(inputs: Any, layer: dict[str, Any], **more: Any) -> Example:
    layers = [{"kind": "attention", **layer}]
    return derive.work(derive.read({"inputs": inputs, "layers": layers, **more}))


def line(example: Example, key: str) -> str:
    quantity = example.worked.derivation.ledger.find(Place.read(key))
    return plain(joined(example.scribe.line(quantity)))


# --- explicit loops ------------------------------------------------------------------------------


def error(example: Example, numbers: dict[str, list[Any]]) -> complex:
    """½ Σ (t − out)², one number after the other."""
    options, sample = example.problem.layers[0].options, example.problem.samples[0]
    x, targets = sample.inputs.values.tolist(), sample.targets.values.tolist()
    heads = options.get("heads", 1)

    def projected(part: str, row: list[Any]) -> list[Any]:
        found = []
        for j, weights in enumerate(numbers[f"weights_{part}"]):
            total = sum(w * a for w, a in zip(weights, row, strict=True))
            found.append(total + numbers.get(f"bias_{part}", [0] * (j + 1))[j])
        return found

    q, k, v = ([projected(part, row) for row in x] for part in "qkv")
    size, units = len(q[0]) // heads, len(v[0])
    total = 0j
    for t in range(len(x)):
        seen = range(t + 1) if options.get("causal") else range(len(x))
        context = []
        for j in range(units):
            head = j * heads // units
            mine = range(head * size, head * size + size)
            scores = [sum(q[t][d] * k[r][d] for d in mine) / math.sqrt(size) for r in seen]
            powers = [cmath.exp(s) for s in scores]
            context.append(
                sum(p * v[r][j] for p, r in zip(powers, seen, strict=True)) / sum(powers)
            )
        out = projected("o", context) if "weights_o" in numbers else context
        total += sum((a - b) ** 2 for a, b in zip(targets[t], out, strict=True)) / 2
    return total


@pytest.mark.parametrize("seed", range(20))
def test_error_and_gradients_are_those_of_explicit_loops(seed: int) -> None:
    dice = Random(seed)
    heads = dice.randint(1, 3)
    layer = {"heads": heads, "units": heads * dice.randint(1, 2), "causal": dice.random() < 0.5,
             "bias": dice.random() < 0.5, "size": dice.randint(1, 3)}  # fmt: skip
    example = work([dice.randint(2, 4), dice.randint(1, 3)], layer, seed=seed)
    numbers = {n: a.values.tolist() for n, a in example.problem.layers[0].numbers.items()}
    derivation, values = example.worked.derivation, example.worked.values

    assert np.isclose(example.worked.error, error(example, numbers).real, rtol=1e-12)
    for name, ids in derivation.graph.layers[0].parameters.items():
        for index, quantity in np.ndenumerate(ids):
            place: Any = numbers[name] if ids.ndim == 1 else numbers[name][index[0]]
            place[index[-1]] += 1j * H
            slope = error(example, numbers).imag / H
            place[index[-1]] = place[index[-1]].real
            assert np.isclose(values[derivation.gradient[quantity]], slope, rtol=1e-9, atol=1e-15)


def test_a_bias_of_all_keys_changes_nothing() -> None:
    """It adds the same to all scores of a token, and softmax knows differences only."""
    example = work([3, 2], {"bias": True, "heads": 2})

    assert [0.0, 0.0] == [example[f"dE/db_k[1,{j}]"] for j in (1, 2)]


# --- by hand, and on paper -----------------------------------------------------------------------


def by_hand(**layer: Any) -> Example:
    """Two tokens that are their own queries, keys and values."""
    arrays = {f"weights_{part}": SHARES for part in "qkv"}
    samples = [{"inputs": [[1, 0], [0, 1]], "targets": [[1, 0], [0, 1]]}]
    return work([2, 2], {**arrays, **layer}, samples=samples)


def test_two_tokens_by_hand() -> None:
    """Each scores 1/√2 with itself and 0 with the other: α = e^(1/√2) / (e^(1/√2) + 1)."""
    example = by_hand()
    own = math.exp(math.sqrt(0.5)) / (math.exp(math.sqrt(0.5)) + 1)

    assert np.isclose(own, example["alpha[1,1,1]"], rtol=1e-15)
    assert np.isclose(1 - own, example["out[1,2,1]"], rtol=1e-15)
    assert np.isclose(2 * (1 - own) ** 2, example.worked.error, rtol=1e-14)


def test_the_lines_read_as_in_a_textbook() -> None:
    example = by_hand()

    assert [
        "s_1,2 = (q_1,1 · k_2,1 + q_1,2 · k_2,2)/√(2) = (1 × 0 + 0 × 1)/√(2) = 0",
        "α_1,1 = e^(s_1,1)/(e^(s_1,1) + e^(s_1,2)) = e^(0.707107)/(e^(0.707107) + e⁰) ≈ 0.669762",
        "∂α_1,1/∂s_1,2 = −α_1,1 · α_1,2 = −0.669762 × 0.330238 ≈ −0.221181",
        "∂E_total/∂α_1,1 = ∂E_total/∂out_1,1 · v_1,1 + ∂E_total/∂out_1,2 · v_1,2 "
        "= (−0.330238) × 1 + 0.330238 × 0 ≈ −0.330238",
    ] == [line(example, key) for key in ("s[1,1,2]", "alpha[1,1,1]", "dalpha/ds[1,1,1,2]",
                                         "dE/dalpha[1,1,1]")]  # fmt: skip
    assert "∂E_total/∂q_1,1 = ∂E_total/∂s_1,1 · k_1,1/√(2) + ∂E_total/∂s_1,2 · k_2,1/√(2)" in line(
        example, "dE/dq[1,1,1]"
    )


def test_the_root_of_four_stays_a_root() -> None:
    example = work([2, 4], {})

    assert ")/√(4) = (" in line(example, "s[1,1,1]")


def test_a_key_of_one_number_is_not_divided() -> None:
    assert line(work([2, 1], {}), "s[1,1,2]").startswith("s_1,2 = q_1,1 · k_2,1 = ")


def test_who_sees_nobody_else_asks_nothing() -> None:
    example = by_hand(causal=True)
    made = {step["key"] for step in example.data()["steps"]}

    assert "α_1,1 = 1" == line(example, "alpha[1,1,1]")
    assert "out_1,1 = α_1,1 · v_1,1 = 1 × 1 = 1" == line(example, "out[1,1,1]")
    assert not made & {"q[1,1,1]", "s[1,1,1]", "s[1,1,2]", "alpha[1,1,2]", "dE/dalpha[1,1,1]"}
    assert {"q[1,2,1]", "k[1,1,1]", "s[1,2,1]", "dalpha/ds[1,2,1,2]"} <= made


def test_several_heads_are_numbered_first() -> None:
    example = work([2, 4], {"heads": 2})

    assert "s_2,1,2 = (q_1,3 · k_2,3 + q_1,4 · k_2,4)/√(2)" in line(example, "s[1,2,1,2]")
    assert line(example, "c[1,2,4]").startswith("c_2,4 = α_2,2,1 · v_1,4 + α_2,2,2 · v_2,4")
    assert "out_1,1 = w_1,1^o · c_1,1 + w_1,2^o · c_1,2" in line(example, "out[1,1,1]")


@pytest.mark.parametrize("scale", [10, 1000])
def test_scores_that_double_precision_cannot_raise_e_to(scale: int) -> None:
    """Softmax knows differences only, so that a common part of the scores is taken out of them."""
    tokens = [[scale, 0.9 * scale], [0.99 * scale, scale]]
    example = work([2, 2], {}, samples=[{"inputs": tokens}])

    assert example.agreement.agree
