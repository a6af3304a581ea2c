"""PyTorch's own layers with gates agree, forwards and in every gradient; skipped where it is missing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.example import Example

torch = pytest.importorskip("torch")

SHAPES = 100
Tensors = dict[str, Any]


def asked(dice: Random, kind: str, **options: Any) -> Example:
    """A layer alone, of some small shape, with all biases or none."""
    layer = {"kind": kind, "units": dice.randint(1, 4), "returns": dice.choice(["all", "last"])}
    layer |= options if dice.random() < 0.75 else {**options, "bias": False}
    inputs = [dice.randint(1, 6), dice.randint(1, 4)]
    return derive.work(
        derive.read({"inputs": inputs, "layers": [layer], "seed": dice.randrange(10**6)})
    )


def gradients(example: Example) -> dict[str, np.ndarray]:
    """By array what the symbolic equations give."""
    derivation = example.worked.derivation
    (layer,) = derivation.graph.layers
    return {
        name: example.worked.values[derivation.gradient[ids]]
        for name, ids in layer.parameters.items()
    }


def gap(example: Example, outputs: Callable[[Tensors, Any], Any]) -> float:
    """How far PyTorch's gradients are from these, relative to the largest of their array."""
    problem = example.problem
    tensors = {
        name: torch.tensor(numbers.values, dtype=torch.float64, requires_grad=True)
        for name, numbers in problem.layers[0].numbers.items()
    }
    x, t = (
        torch.tensor(numbers.values, dtype=torch.float64)
        for numbers in (problem.samples[0].inputs, problem.samples[0].targets)
    )
    every = outputs(tensors, x)
    error = ((t - (every if t.ndim == 2 else every[-1])) ** 2).sum() / 2
    error.backward()
    worst = abs(error.item() - example.worked.error) / error.item()
    for name, ours in gradients(example).items():
        grad = tensors[name].grad
        theirs = np.zeros(ours.shape) if grad is None else grad.numpy()
        size = np.abs(theirs).max() or 1.0
        worst = max(worst, np.abs(ours - theirs).max() / size)
    return float(worst)


def by_module(module: type, order: str, tensors: Tensors, x: Any) -> Any:
    """PyTorch's layer with these arrays, stacked in its order of the gates."""
    units, features = tensors[f"weights_{order[0]}"].shape
    zeros = torch.zeros(units, dtype=torch.float64)

    def stacked(part: str, letters: str = order) -> Any:
        return torch.cat([tensors.get(f"{part}_{letter}", zeros) for letter in letters])

    arrays = {
        "weight_ih_l0": stacked("weights"),
        "weight_hh_l0": stacked("recurrent"),
        "bias_ih_l0": stacked("bias"),
        "bias_hh_l0": stacked("bias", "--h" if order == "rzn" else "----"),  # the second biases
    }
    layer = module(features, units, dtype=torch.float64)
    outputs, _ = torch.func.functional_call(layer, arrays, (x,))
    return outputs


def reset_before(tensors: Tensors, x: Any) -> Any:
    """The form of the paper, which PyTorch does not offer, in its tensors."""

    def net(letter: str, now: Any, before: Any) -> Any:
        total = tensors[f"weights_{letter}"] @ now + tensors[f"recurrent_{letter}"] @ before
        return total + tensors.get(f"bias_{letter}", 0.0)

    h = torch.zeros(len(tensors["weights_z"]), dtype=torch.float64)
    outputs = []
    for now in x:
        z, r = torch.sigmoid(net("z", now, h)), torch.sigmoid(net("r", now, h))
        h = (1 - z) * torch.tanh(net("n", now, r * h)) + z * h
        outputs.append(h)
    return torch.stack(outputs)


@pytest.mark.parametrize(
    ("kind", "options", "outputs"),
    [
        ("lstm", {}, lambda tensors, x: by_module(torch.nn.LSTM, "ifgo", tensors, x)),
        ("gru", {"reset": "after"}, lambda tensors, x: by_module(torch.nn.GRU, "rzn", tensors, x)),
        ("gru", {"reset": "before"}, reset_before),
    ],
    ids=["lstm", "gru-after", "gru-before"],
)
def test_gradients_are_those_of_torch(
    kind: str, options: dict[str, str], outputs: Callable[[Tensors, Any], Any]
) -> None:
    gaps = [gap(asked(Random(seed), kind, **options), outputs) for seed in range(SHAPES)]

    print(f"{kind}: largest relative gap {max(gaps):.1e}")
    assert max(gaps) <= 1e-9
