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


def recurrent(dice: Random) -> Data:
    """Elman's layer, one or two of them, with all outputs or the last."""
    inputs = [dice.randint(1, 4), dice.randint(1, 3)]

    def layer(returns: str) -> Data:
        bias = {} if dice.random() < 0.7 else {"bias": False}
        return {"kind": "recurrent", **dense(dice), "returns": returns, **bias}

    first = [layer("all")] if dice.random() < 0.4 else []
    return network(dice, inputs, *first, layer(dice.choice(["all", "last"])), dense(dice))


# --- windows over arrays -------------------------------------------------------------------------


def _window(dice: Random, room: int, most: int = 3) -> tuple[int, int]:
    """A size that fits, and steps that leave nothing over."""
    size = dice.randint(1, min(most, room))
    fitting = [step for step in range(1, 4) if (room - size) % step == 0]
    return size, dice.choice(fitting)


def _convolution(dice: Random, given: list[int], **more: Any) -> tuple[Data, list[int]]:
    """A layer of filters over these lengths, and the lengths that it gives."""
    padding = [dice.choice([0, 0, 1]) for _ in given]
    windows = [
        _window(dice, length + 2 * around) for length, around in zip(given, padding, strict=True)
    ]
    padding = [min(around, size - 1) for around, (size, _) in zip(padding, windows, strict=True)]
    kernel, stride = [size for size, _ in windows], [step for _, step in windows]
    found = [
        (length + 2 * around - size) // step + 1
        for length, around, size, step in zip(given, padding, kernel, stride, strict=True)
    ]
    said = {"kernel": kernel, "stride": stride, "padding": padding}
    if len(given) == 1:
        said = {key: each[0] for key, each in said.items()}
    layer = {
        "kind": f"conv{len(given)}d", "filters": dice.randint(1, 2), **said, "crop": True,
        "flip": dice.random() < 0.4, "activation": dice.choice([*SMOOTH, "relu"]), **more,
    }  # fmt: skip
    if dice.random() < 0.3:
        layer["bias"] = False
    return layer, found


def _pooling(dice: Random, given: list[int], kind: str) -> tuple[Data, list[int]]:
    windows = [_window(dice, length) for length in given]
    size, stride = [size for size, _ in windows], [step for _, step in windows]
    found = [(length - n) // step + 1 for length, n, step in zip(given, size, stride, strict=True)]
    return {"kind": kind, "size": size, "stride": stride}, found


def _behind(dice: Random) -> list[Data]:
    """What may follow windows: nothing, or one list and a dense layer."""
    return dice.choice([[], [{"kind": "flatten"}], [{"kind": "flatten"}, dense(dice)]])


def _channels(dice: Random) -> list[int]:
    return dice.choice([[], [1], [2], [3]])


def convolution(axes: int) -> Callable[[Random], Data]:
    """One or two convolutions, with pooling between them now and then."""

    def made(dice: Random) -> Data:
        given = [dice.randint(2, 6 - axes) for _ in range(axes)]
        inputs = [*_channels(dice), *given]
        first, given = _convolution(dice, given)
        layers = [first]
        if dice.random() < 0.3:
            pool, given = _pooling(dice, given, dice.choice(["max_pool", "mean_pool"]))
            layers.append(pool)
        if dice.random() < 0.4:
            second, given = _convolution(dice, given)
            layers.append(second)
        return network(dice, inputs, *layers, *_behind(dice))

    return made


def pooling(kind: str) -> Callable[[Random], Data]:
    """A pool behind a convolution over one axis or two, or before a dense layer."""

    def made(dice: Random) -> Data:
        given = [dice.randint(2, 5) for _ in range(dice.randint(1, 2))]
        pool: Data
        if dice.random() < 0.3:
            pool, _ = _pooling(dice, given, kind)
            return network(dice, [*_channels(dice), *given], pool, {"kind": "flatten"}, dense(dice))
        inputs = [*_channels(dice), *given]
        first, given = _convolution(dice, given)
        pool, _ = _pooling(dice, given, kind)
        if dice.random() < 0.3:
            pool = {"kind": kind, "size": [1] * len(given), "stride": 2, "crop": True}
        return network(dice, inputs, first, pool, *_behind(dice))

    return made


def flattened(dice: Random) -> Data:
    """An array as a list, before or behind a layer."""
    inputs = [dice.randint(1, 3) for _ in range(dice.randint(1, 3))]
    flat: Data = {"kind": "flatten"}
    return network(
        dice, inputs, *([dense(dice), flat] if dice.random() < 0.5 else [flat]), dense(dice)
    )


RANDOM: dict[str, Callable[[Random], Data]] = {
    "dense": positions,
    "recurrent": recurrent,
    "conv1d": convolution(1),
    "conv2d": convolution(2),
    "max_pool": pooling("max_pool"),
    "mean_pool": pooling("mean_pool"),
    "flatten": flattened,
}
