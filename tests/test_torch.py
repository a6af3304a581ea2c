"""PyTorch as an outside judge of attention and of the normalizations; skipped where it is not installed.

The network is written anew with torch's own functions, and its automatic differentiation must find the
gradients that the page shows. Where terms cancel, as normalization makes them, what rounding can explain
is no difference (`derive.comparison.gap`).
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
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
    "gelu": F.gelu, "identity": lambda z: z, "elu": F.elu,
}  # fmt: skip


def epsilon(layer: Layer) -> float:
    given = layer.options.get("epsilon")
    return 1e-5 if given is None else given.value


def dense(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    return ACTIVATIONS[layer.activation.name](F.linear(x, p["weights"], p.get("bias")))


def attention(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    def projected(part: str, source: Any) -> Any:
        return F.linear(source, p[f"weights_{part}"], p.get(f"bias_{part}"))

    heads = layer.options.get("heads", 1)
    q, k, v = (projected(part, x).reshape(len(x), heads, -1).transpose(0, 1) for part in "qkv")
    causal = bool(layer.options.get("causal"))
    found = F.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(0, 1)
    context = found.reshape(len(x), -1)
    return projected("o", context) if "weights_o" in p else context


def layer_norm(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    return F.layer_norm(x, x.shape[-1:], p.get("gain"), p.get("shift"), epsilon(layer))


def batch_norm(layer: Layer, p: dict[str, Any], x: Any) -> Any:
    """With several axes, everything behind the first one is a feature."""
    flat = {name: array.reshape(-1) for name, array in p.items()}
    rows = x.reshape(len(x), -1)
    gain, shift = flat.get("gain"), flat.get("shift")
    found = F.batch_norm(rows, None, None, gain, shift, training=True, eps=epsilon(layer))
    return found.reshape(x.shape)


KINDS = {
    "dense": dense, "attention": attention, "layer_norm": layer_norm, "batch_norm": batch_norm,
}  # fmt: skip


def gradients(example: Example) -> list[dict[str, Any]]:
    """Torch's, for each layer by the names of its arrays."""
    problem = example.problem
    parameters = [
        {
            part: torch.tensor(numbers.values, dtype=torch.float64, requires_grad=True)
            for part, numbers in layer.numbers.items()
        }
        for layer in problem.layers
    ]
    x = torch.tensor(problem.samples[0].inputs.values, dtype=torch.float64)
    for layer, own in zip(problem.layers, parameters, strict=True):
        x = KINDS[layer.kind](layer, own, x)
    error = 0.5 * ((torch.tensor(problem.samples[0].targets.values) - x) ** 2).sum()
    error.backward()
    return [{part: array.grad.numpy() for part, array in own.items()} for own in parameters]


def distance(example: Example, theirs: list[dict[str, Any]]) -> Gap:
    worked = example.worked
    found = Gap()
    for layer, arrays in zip(worked.derivation.graph.layers, theirs, strict=True):
        for part, ids in layer.parameters.items():
            ours = worked.derivation.gradient[ids]
            found = found.joined(gap(worked.values[ours], arrays[part], worked.uncertainty[ours]))
    return found


@pytest.mark.parametrize("kind", ["attention", "layer_norm", "batch_norm"])
def test_the_gradients_are_torch_s(kind: str) -> None:
    for seed in range(SHAPES):
        example = derive.work(derive.read(RANDOM[kind](Random(1000 + seed))))
        assert distance(example, gradients(example)).relative <= CLOSE, seed


@pytest.mark.parametrize("causal", [False, True])
def test_several_heads_are_those_of_multihead_attention(causal: bool) -> None:
    layer = {"kind": "attention", "heads": 2, "causal": causal, "bias": True}
    example = derive.work(derive.read({"inputs": [4, 6], "layers": [layer]}))
    numbers = {n: torch.tensor(a.values) for n, a in example.problem.layers[0].numbers.items()}
    module = torch.nn.MultiheadAttention(6, 2, dtype=torch.float64)
    state = {
        "in_proj_weight": torch.cat([numbers[f"weights_{part}"] for part in "qkv"]),
        "in_proj_bias": torch.cat([numbers[f"bias_{part}"] for part in "qkv"]),
        "out_proj.weight": numbers["weights_o"],
        "out_proj.bias": numbers["bias_o"],
    }
    module.load_state_dict(state)
    sample = example.problem.samples[0]
    x = torch.tensor(sample.inputs.values)
    hidden = torch.triu(torch.ones(4, 4, dtype=torch.bool), diagonal=1) if causal else None

    outputs, _ = module(x, x, x, attn_mask=hidden, need_weights=False)
    (0.5 * ((torch.tensor(sample.targets.values) - outputs) ** 2).sum()).backward()

    weights, biases = module.in_proj_weight.grad, module.in_proj_bias.grad
    theirs = {f"weights_{part}": weights[6 * n : 6 * n + 6] for n, part in enumerate("qkv")}
    theirs |= {f"bias_{part}": biases[6 * n : 6 * n + 6] for n, part in enumerate("qkv")}
    theirs |= {"weights_o": module.out_proj.weight.grad, "bias_o": module.out_proj.bias.grad}
    arrays = {name: np.asarray(array) for name, array in theirs.items()}
    assert distance(example, [arrays]).relative <= CLOSE
