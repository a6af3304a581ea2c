"""Random small networks of every kind of layer, as data in a problem file's shape.

Whoever adds a kind adds an entry to `RANDOM`: a network with such a layer in it, small shapes and all of
its options at random. `tests/test_layer_kinds.py` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Data = dict[str, Any]
SMOOTH = ("tanh", "sigmoid", "softplus", "silu", "gelu", "identity", "elu")


def network(dice: Random, inputs: int | list[int], *layers: Data, **more: Any) -> Data:
    """A problem with these layers; everything that is not said is drawn."""
    return {"inputs": inputs, "layers": list(layers), "seed": dice.randrange(10**6), **more}


def dense(dice: Random, most: int = 3) -> Data:
    """A dense layer with some activation."""
    return {"units": dice.randint(1, most), "activation": dice.choice(SMOOTH)}


def positions(dice: Random) -> Data:
    """Dense layers that are used at every position of an array."""
    shape = [dice.randint(1, 3) for _ in range(dice.randint(2, 3))]
    return network(dice, shape, dense(dice), dense(dice))


def through_time(dice: Random, layer: Callable[[str], Data]) -> Data:
    """One or two layers that go through time, with all outputs or the last, and a dense one."""
    inputs = [dice.randint(1, 4), dice.randint(1, 3)]
    first = [layer("all")] if dice.random() < 0.4 else []
    return network(dice, inputs, *first, layer(dice.choice(["all", "last"])), dense(dice))


def recurrent(dice: Random) -> Data:
    """Elman's layer."""

    def layer(returns: str) -> Data:
        bias = {} if dice.random() < 0.7 else {"bias": False}
        return {"kind": "recurrent", **dense(dice), "returns": returns, **bias}

    return through_time(dice, layer)


def gated(dice: Random, kind: str, gates: str, **options: list[str]) -> Data:
    """A layer with gates: all of them with biases, or some, or none."""

    def layer(returns: str) -> Data:
        chosen = {key: dice.choice(values) for key, values in options.items()}
        without = {f"bias_{gate}": False for gate in gates if dice.random() < 0.15}
        if dice.random() < 0.2:
            without = {"bias": False}
        units = dice.randint(1, 3)
        return {"kind": kind, "units": units, "returns": returns, **chosen, **without}

    return through_time(dice, layer)


def lstm(dice: Random) -> Data:
    """Long short-term memory."""
    return gated(dice, "lstm", "ifgo")


def gru(dice: Random) -> Data:
    """Gated recurrent units, of both forms."""
    return gated(dice, "gru", "zrnh", reset=["before", "after"])


def attention(dice: Random) -> Data:
    """Attention over tokens that come as they are or out of a dense layer, with one head or several."""
    heads = dice.randint(1, 3)
    inputs = [dice.randint(2, 4 if heads < 3 else 3), dice.randint(1, 3)]
    layer: Data = {"kind": "attention", "heads": heads, "units": heads * dice.randint(1, 2)}
    if dice.random() < 0.5:
        layer["causal"] = True
    if dice.random() < 0.3:
        layer["size"] = dice.randint(1, 3)
    if dice.random() < 0.4:
        layer |= {"bias": True, **({"bias_k": False} if dice.random() < 0.3 else {})}
    if heads > 1 and dice.random() < 0.3:
        layer["weights_o"] = False
    before = [dense(dice)] if dice.random() < 0.5 else []
    after = [dense(dice)] if dice.random() < 0.5 else []
    return network(dice, inputs, *before, layer, *after)


def normalized(dice: Random, kind: str, inputs: list[int], several: int) -> Data:
    """A normalization between dense layers, the first of which gives `several` features or more."""
    layer: Data = {"kind": kind}
    if dice.random() < 0.5:
        layer["epsilon"] = dice.choice([0.1, 0.001, 1e-8])
    layer |= {part: False for part in ("gain", "shift") if dice.random() < 0.25}
    before = {**dense(dice), "units": dice.randint(several, 4)}
    after = [dense(dice)] if dice.random() < 0.6 else []
    return network(dice, inputs, before, layer, *after)


def layer_norm(dice: Random) -> Data:
    """Positions of several features, of one axis or more."""
    axes = [dice.randint(1, 3) for _ in range(dice.randint(0, 2))]
    return normalized(dice, "layer_norm", [*axes, dice.randint(1, 3)], several=2)


def batch_norm(dice: Random) -> Data:
    """A batch of several rows, of one axis or two."""
    axes = [dice.randint(1, 2) for _ in range(dice.randint(0, 1))]
    return normalized(
        dice, "batch_norm", [dice.randint(2, 4), *axes, dice.randint(1, 3)], several=1
    )


RANDOM: dict[str, Callable[[Random], Data]] = {
    "dense": positions,
    "recurrent": recurrent,
    "attention": attention,
    "layer_norm": layer_norm,
    "batch_norm": batch_norm,
    "lstm": lstm,
    "gru": gru,
}
