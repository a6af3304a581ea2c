"""An outside judge for convolutions and pools: PyTorch, where it is installed."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.example import Example
from tests.topologies import RANDOM, Data

torch = pytest.importorskip("torch")

SHAPES = 100
KINDS = ["conv1d", "conv2d", "max_pool", "mean_pool"]


def judged(example: Example) -> tuple[float, list[dict[str, Any]]]:
    """The error and the gradients of a network without recurrences, as PyTorch finds them."""
    problem = example.problem
    x = torch.tensor(problem.samples[0].inputs.values, dtype=torch.float64)
    layers: list[dict[str, Any]] = []
    for layer in problem.layers:
        arrays = {
            name: torch.tensor(numbers.values, dtype=torch.float64, requires_grad=True)
            for name, numbers in layer.numbers.items()
        }
        layers.append(arrays)
        x = _applied(layer.kind, x, arrays, layer.options)
        if arrays:
            x = _ACTIVATIONS[layer.activation.name](x)
    targets = torch.tensor(problem.samples[0].targets.values, dtype=torch.float64)
    error = ((targets - x) ** 2).sum() / 2
    error.backward()
    return float(error.detach()), layers


_ACTIVATIONS = {
    "identity": lambda x: x,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "silu": torch.nn.functional.silu,
    "gelu": torch.nn.functional.gelu,
    "elu": torch.nn.functional.elu,
    "softplus": lambda x: torch.nn.functional.softplus(x, threshold=1e9),
}


def _applied(kind: str, x: Any, arrays: dict[str, Any], options: Data) -> Any:
    functions = torch.nn.functional
    if kind == "flatten":
        return x.flatten()
    if kind == "dense":
        return functions.linear(x, arrays["weights"], arrays.get("bias"))
    if kind.startswith("conv"):
        axes = int(kind[4])
        x = x if x.ndim > axes else x[None]
        weights = arrays["weights"]
        kernels = weights.reshape(-1, len(x), *weights.shape[-axes:])
        if options.get("flip"):
            kernels = kernels.flip(*range(-axes, 0))
        convolve = functions.conv1d if axes == 1 else functions.conv2d
        found = convolve(
            x[None],
            kernels,
            arrays.get("bias"),
            options.get("stride", 1),
            options.get("padding", 0),
        )
        return found[0]
    size = options["size"]
    lead, given = x.shape[: -len(size)], x.shape[-len(size) :]
    name = {"max_pool": "max", "mean_pool": "avg"}[kind]
    pool = getattr(functions, f"{name}_pool{len(size)}d")
    found = pool(x.reshape(1, -1, *given), size, options.get("stride", size))
    return found.reshape(*lead, *found.shape[2:])


def gap(kind: str, seed: int) -> float:
    """How far the error and each gradient are from PyTorch's, to the largest of their array."""
    example = derive.work(derive.read(RANDOM[kind](Random(seed))))
    error, layers = judged(example)
    derivation, values = example.worked.derivation, example.worked.values
    worst = abs(example.error - error) / max(abs(error), 1e-300)
    for quantities, arrays in zip(derivation.graph.layers, layers, strict=True):
        for name, ids in quantities.parameters.items():
            ours, theirs = values[derivation.gradient[ids]], arrays[name].grad.numpy()
            size = max(np.abs(theirs).max(), 1e-12)
            worst = max(worst, float(np.abs(ours - theirs).max() / size))
    return worst


@pytest.mark.parametrize("kind", KINDS)
def test_pytorch_finds_the_same(kind: str) -> None:
    assert max(gap(kind, seed) for seed in range(1000, 1000 + SHAPES)) < 1e-9
