"""Networks of PyTorch's own, taken over and compared with its automatic differentiation.

Skipped where PyTorch is not installed; a layer whose kind is not there is skipped by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.catalogue.layers import LAYERS
from derive.comparison import Gap, gap
from derive.problem.model import Problem
from derive.problem.reading import read

torch = pytest.importorskip("torch")
nn = torch.nn
CLOSE = 1e-9
NETWORKS = 40

Arrays = dict[str, Any]
GATED = {"weights": "weight_ih", "recurrent": "weight_hh", "bias": "bias_ih"}


def run(modules: list[Any], x: Any) -> Any:
    """A module after the other; of those that go through time the outputs, without the last state."""
    for module in modules:
        x = module(x)
        x = x[0] if isinstance(x, tuple) else x
    return x


# --- torch's gradients by the names that arrays have here ------------------------------------------


def weights_and_bias(module: Any, weights: str = "weights", bias: str = "bias") -> Iterator[Arrays]:
    parameters = {weights: module.weight, bias: getattr(module, "bias", None)}
    found = {name: p.grad for name, p in parameters.items() if p is not None}
    if found:
        yield found


def elman(module: Any) -> Iterator[Arrays]:
    for n in range(module.num_layers):
        found = {
            "weights": getattr(module, f"weight_ih_l{n}").grad,
            "recurrent": getattr(module, f"weight_hh_l{n}").grad,
        }
        if module.bias:
            first, second = (getattr(module, f"bias_{part}_l{n}").grad for part in ("ih", "hh"))
            assert torch.allclose(first, second)  # each part of a sum has that of the whole
            found["bias"] = first
        yield found


def gated(module: Any, letters: str, alone: str) -> Iterator[Arrays]:
    for n in range(module.num_layers):
        found: Arrays = {}
        for part, name in GATED.items():
            if part == "bias" and not module.bias:
                continue
            every = getattr(module, f"{name}_l{n}").grad.chunk(len(letters))
            found |= {f"{part}_{letter}": g for letter, g in zip(letters, every, strict=True)}
        if alone and module.bias:
            found["bias_h"] = getattr(module, f"bias_hh_l{n}").grad.chunk(3)[2]
        yield found


def gradients(modules: list[Any]) -> Iterator[Arrays]:
    """For each layer that has arrays."""
    for module in modules:
        match type(module).__name__:
            case "LayerNorm" | "BatchNorm1d":
                yield from weights_and_bias(module, "gain", "shift")
            case "RNN":
                yield from elman(module)
            case "LSTM":
                yield from gated(module, "ifgo", "")
            case "GRU":
                yield from gated(module, "rzn", "h")
            case _ if hasattr(module, "weight"):
                yield from weights_and_bias(module)


def judged(problem: Problem, modules: list[Any]) -> Gap:
    """The largest gap between the page's gradients and torch's."""
    worked = derive.work(problem).worked
    derivation, found = worked.derivation, Gap()
    layers = [layer for layer in derivation.graph.layers if layer.parameters]
    for layer, theirs in zip(layers, gradients(modules), strict=True):
        assert set(theirs) == set(layer.parameters)
        for part, ids in layer.parameters.items():
            ours = derivation.gradient[ids]
            noise = worked.uncertainty[ours]
            found = found.joined(gap(worked.values[ours], theirs[part].numpy(), noise))
    return found


def compared(modules: list[Any], x: Any, mean: bool = True) -> Gap:
    """Torch's half squared error of random targets, the mean of the samples, and ours."""
    modules = [module.double() for module in modules]
    out = run(modules, x)
    t = torch.rand_like(out.detach())
    error = 0.5 * ((t - out) ** 2).sum() / (len(x) if mean else 1)
    error.backward()
    problem = derive.from_torch(nn.Sequential(*modules), x, t)
    assert float(error.detach()) == pytest.approx(derive.work(problem).error, rel=CLOSE)
    text = derive.write_problem(problem)
    assert derive.write_problem(read(text)) == text
    return judged(problem, modules)


# --- networks ------------------------------------------------------------------------------------

ACTIVATIONS: list[Callable[[], Any]] = [
    nn.Tanh, nn.Sigmoid, nn.ReLU, lambda: nn.LeakyReLU(0.03), lambda: nn.ELU(0.7), nn.Softplus,
    nn.SiLU, nn.GELU, lambda: nn.Softmax(dim=1), nn.Identity, lambda: nn.Dropout(0.4).eval(),
]  # fmt: skip


def test_dense_networks():
    for seed in range(NETWORKS):
        dice = Random(seed)
        torch.manual_seed(seed)
        sizes = [dice.randint(1, 4) for _ in range(dice.randint(2, 4))]
        modules: list[Any] = []
        for before, units in pairwise(sizes):
            modules.append(nn.Linear(before, max(units, 2), bias=dice.random() < 0.8))
            modules += [dice.choice(ACTIVATIONS)() for _ in range(dice.randint(0, 2))]
            modules.append(nn.Linear(max(units, 2), units))
        x = torch.rand(dice.randint(1, 3), sizes[0], dtype=torch.float64)

        assert compared(modules, x).relative <= CLOSE, seed


def needs(*kinds: str) -> pytest.MarkDecorator:
    missing = sorted(set(kinds) - set(LAYERS))
    return pytest.mark.skipif(bool(missing), reason=f"no layer kind {', '.join(missing)}")


def doubles(*shape: int) -> Any:
    return torch.rand(*shape, dtype=torch.float64)


def embedded(dice: Random) -> tuple[list[Any], Any]:
    units, length = dice.randint(1, 3), dice.randint(1, 4)
    ending = [nn.Flatten(), nn.Linear(units * length, 2), nn.Tanh()]
    return [nn.Embedding(5, units), *ending], torch.randint(5, (1, length))


def flat(dice: Random) -> tuple[list[Any], Any]:
    shape = [dice.randint(1, 3) for _ in range(3)]
    first, last = nn.Linear(shape[-1], 2), nn.Linear(2 * shape[0] * shape[1], 2)
    return [first, nn.Flatten(), nn.Tanh(), last], doubles(2, *shape)


def through_time(kind: Any) -> Callable[[Random], tuple[list[Any], Any]]:
    def made(dice: Random) -> tuple[list[Any], Any]:
        features, units, layers = dice.randint(1, 3), dice.randint(1, 3), dice.randint(1, 2)
        bias = dice.random() < 0.8
        layer = kind(features, units, num_layers=layers, bias=bias, batch_first=True)
        return [layer, nn.Linear(units, 2), nn.Sigmoid()], doubles(2, dice.randint(1, 3), features)

    return made


def normal(dice: Random) -> tuple[list[Any], Any]:
    features = dice.randint(3, 4)
    norm = nn.LayerNorm(features, elementwise_affine=dice.random() < 0.7)
    return [nn.Linear(2, features), norm, nn.ReLU(), nn.Linear(features, 1)], doubles(2, 2)


def over_length(dice: Random) -> tuple[list[Any], Any]:
    channels, length = dice.randint(1, 2), dice.randint(5, 7)
    convolution = nn.Conv1d(channels, 2, 2, stride=dice.randint(1, 2), padding=dice.randint(0, 1))
    pool = dice.choice([nn.MaxPool1d(2, stride=1), nn.AvgPool1d(2, stride=1)])
    modules = [convolution, nn.Tanh(), pool, nn.Flatten()]
    x = doubles(2, channels, length)
    units = run([module.double() for module in modules], x).shape[1]
    return [*modules, nn.Linear(units, 2)], x


def over_images(dice: Random) -> tuple[list[Any], Any]:
    channels, high, wide = dice.randint(1, 2), dice.randint(4, 5), dice.randint(4, 5)
    convolution = nn.Conv2d(channels, 2, (2, dice.randint(2, 3)), padding=(0, 1))
    pool = dice.choice([nn.MaxPool2d(2), nn.AvgPool2d((2, 1))])
    modules = [convolution, nn.SiLU(), pool, nn.Flatten()]
    x = doubles(1, channels, high, wide)
    units = run([module.double() for module in modules], x).shape[1]
    return [*modules, nn.Linear(units, 2)], x


MADE: dict[str, Callable[[Random], tuple[list[Any], Any]]] = {
    "embedding": embedded, "flatten": flat, "recurrent": through_time(nn.RNN),
    "lstm": through_time(nn.LSTM), "gru": through_time(nn.GRU), "layer_norm": normal,
    "conv1d": over_length, "conv2d": over_images,
}  # fmt: skip


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=needs(kind)) for kind in MADE])
def test_layers_of_other_kinds(kind: str):
    for seed in range(NETWORKS // 2):
        torch.manual_seed(seed)

        assert compared(*MADE[kind](Random(seed))).relative <= CLOSE, seed


@needs("batch_norm")
def test_a_batch_that_is_normalized_is_one_sample():
    for seed in range(NETWORKS // 2):
        torch.manual_seed(seed)
        modules = [nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 2)]

        found = compared(modules, doubles(4, 2), mean=False)

        assert found.relative <= CLOSE, seed


def test_numbers_of_32_bits_keep_their_few_digits():
    torch.manual_seed(1)
    network = nn.Sequential(nn.Linear(3, 2), nn.Tanh())

    problem = derive.from_torch(network, torch.rand(3), torch.rand(2))

    for index in np.ndindex(2, 3):
        text = problem.layers[0].weights.text(*index)
        assert np.float32(text) == network[0].weight.detach().numpy()[index]
        assert len(text) <= 13


def test_what_torch_does_not_train_is_frozen():
    network = nn.Sequential(nn.Linear(2, 1))
    network[0].weight.requires_grad_(False)

    problem = derive.from_torch(network, torch.rand(2), torch.rand(1))

    assert frozenset(["weights"]) == problem.layers[0].frozen
