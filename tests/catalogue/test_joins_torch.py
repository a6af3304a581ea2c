"""PyTorch as an outside judge of the layers that look up, drop, add and arrange, in any topology.

The network is written anew with torch's own functions, and its automatic differentiation must find the
gradients that the page shows. Skipped where torch is not installed.
"""

from __future__ import annotations

from functools import reduce
from random import Random
from typing import Any

import pytest

import derive
from derive.comparison import Gap, gap
from derive.example import Example
from derive.problem.model import Layer
from tests.topologies import RANDOM

torch = pytest.importorskip("torch")
SHAPES = 100
CLOSE = 1e-9
F = torch.nn.functional

ACTIVATIONS = {
    "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": F.softplus, "silu": F.silu,
    "gelu": F.gelu, "identity": lambda z: z, "elu": F.elu, "softmax": lambda z: F.softmax(z, -1),
}  # fmt: skip


def dense(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    return ACTIVATIONS[layer.activation.name](F.linear(x, p["weights"], p.get("bias")))


def recurrent(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    steps: list[Any] = []
    for row in x:
        before = F.linear(steps[-1], p["recurrent"]) if steps else 0
        net = F.linear(row, p["weights"], p.get("bias")) + before
        steps.append(ACTIVATIONS[layer.activation.name](net))
    return steps[-1] if len(layer.shape) == 1 else torch.stack(steps)


def embedding(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    return F.embedding(x.round().long() - 1, p["weights"])


def dropout(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    """With the mask in place of torch's own."""
    return x * p["mask"] / (1 - layer.options["rate"].value)


def residual(layer: Layer, p: dict[str, Any], *sources: Any) -> Any:
    return ACTIVATIONS[layer.activation.name](reduce(torch.add, sources))


def concat(layer: Layer, p: dict[str, Any], *sources: Any) -> Any:
    return torch.cat(sources, dim=layer.options.get("axis", 0) - 1)


def slices(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    axis = layer.options.get("axis", 1) - 1
    first, last = layer.options.get("first", 1), layer.options.get("last", x.shape[axis])
    return x.narrow(axis, first - 1, last - first + 1)


def flatten(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    return x.flatten()


def activation(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    return ACTIVATIONS[layer.activation.name](x)


KINDS = {
    "dense": dense, "recurrent": recurrent, "embedding": embedding, "dropout": dropout,
    "residual": residual, "concat": concat, "slice": slices,
    "flatten": flatten, "activation": activation,
}  # fmt: skip


def gradients(example: Example) -> list[dict[str, Any]]:
    """Torch's, for each layer by the names of its arrays."""
    problem = example.problem
    arrays: list[dict[str, Any]] = []
    sample = problem.samples[0]
    outputs = [torch.tensor(sample.inputs.values)]
    for number, layer in enumerate(problem.layers):
        values = {part: torch.tensor(array.values) for part, array in layer.numbers.items()}
        arrays.append({part: t.requires_grad_(part != "mask") for part, t in values.items()})
        taken = [outputs[n] for n in layer.sources or (number,)]
        outputs.append(KINDS[layer.kind](layer, arrays[-1], *taken))
    error = 0.5 * ((torch.tensor(sample.targets.values) - outputs[-1]) ** 2).sum()
    error.backward()
    assert float(error.detach()) == pytest.approx(example.error, rel=CLOSE)
    return [
        {part: torch.zeros_like(t) if t.grad is None else t.grad for part, t in layer.items()}
        for layer in arrays
    ]


def judged(example: Example) -> Gap:
    """The largest gap between the page's gradients and torch's."""
    worked, found = example.worked, Gap()
    derivation = worked.derivation
    for layer, theirs in zip(derivation.graph.layers, gradients(example), strict=True):
        for part, ids in layer.parameters.items():
            ours = derivation.gradient[ids]
            noise = worked.uncertainty[ours]
            found = found.joined(gap(worked.values[ours], theirs[part].numpy(), noise))
    return found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_torch_finds_the_same_gradients(kind: str):
    for seed in range(1000, 1000 + SHAPES):
        example = derive.work(derive.read(RANDOM[kind](Random(seed))))

        assert judged(example).relative <= CLOSE, seed


def test_torch_drops_as_we_do():
    """Torch's own dropout, whose mask is read off what it gives."""
    torch.manual_seed(3)
    x = torch.rand(50, dtype=torch.float64) + 0.5
    given = torch.nn.Dropout(0.3)(x)
    mask = (given != 0).double()
    layers = [
        {"kind": "dropout", "rate": 0.3, "mask": [int(m) for m in mask.tolist()]},
        {"units": 1, "activation": "identity"},
    ]
    sample = {"inputs": x.tolist(), "targets": [0]}

    example = derive.work(derive.read({"layers": layers, "samples": [sample]}))

    ours = [example[f"out[1,{n}]"] for n in range(1, 51)]
    assert ours == pytest.approx(given.tolist(), rel=1e-15)
