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


RANDOM: dict[str, Callable[[Random], Data]] = {
    "dense": positions,
    "recurrent": recurrent,
    "lstm": lstm,
    "gru": gru,
}
