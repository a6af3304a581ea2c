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


def embedding(dice: Random) -> Data:
    """Tokens in any arrangement, of which some do not occur; or beside inputs that are no tokens."""
    table = {"kind": "embedding", "vocabulary": dice.randint(1, 5), "units": dice.randint(1, 3)}
    if dice.random() < 0.6:
        shape = [dice.randint(1, 3) for _ in range(dice.randint(1, 2))]
        return network(dice, shape, table, *[dense(dice)] * dice.randint(0, 1))
    count, others = dice.randint(1, 4), dice.randint(1, 2)
    words = {"kind": "slice", "last": count}
    memory = {"kind": "recurrent", **dense(dice), "returns": "last"}
    numbers = {"kind": "slice", "first": count + 1, "from": 0}
    both = {"kind": "concat", "from": [3, 4]}
    return network(dice, count + others, words, table, memory, numbers, both, dense(dice))


def dropout(dice: Random) -> Data:
    """A mask over outputs, or over inputs of any shape."""
    inputs = [dice.randint(1, 3) for _ in range(dice.randint(1, 3))]
    layer: Data = {"kind": "dropout", "rate": dice.choice([0.1, 0.25, 0.5, 0.8])}
    if dice.random() < 0.4:
        return network(dice, inputs, layer, dense(dice))
    return network(dice, inputs, dense(dice), layer, dense(dice))


def residual(dice: Random) -> Data:
    """A skip around two layers, with an activation or without, or a sum of three."""
    inputs = [dice.randint(1, 3) for _ in range(dice.randint(1, 2))]
    units = dice.randint(1, 3)
    ways = [{**dense(dice), "units": units} for _ in range(3)]
    total: Data = {"kind": "residual", "from": dice.choice([1, 2, [1, 3], [3, 2, 1], [1, 1, 2, 3]])}
    if dice.random() < 0.5:
        total["activation"] = dice.choice([*SMOOTH, "softmax"] if units > 1 else SMOOTH)
    if total["from"] == 1 and dice.random() < 0.5:  # around nothing but layer 1
        return network(dice, [2, units], ways[0], {**total, "from": 0}, dense(dice))
    between = {**ways[2], "from": dice.choice([1, 2])} if total["from"] == [1, 1, 2, 3] else ways[2]
    last = [] if dice.random() < 0.3 else [dense(dice)]
    if total["from"] in (1, [1, 3]):
        return network(dice, inputs, *ways, total, *last)
    if total["from"] == 2:
        return network(dice, inputs, *ways, total, {"kind": "residual", "from": 1}, *last)
    return network(dice, inputs, *ways[:2], between, total, *last)


def concat(dice: Random) -> Data:
    """Two branches of different widths, or of different lengths, joined with what they come from."""
    first, second = dense(dice), dense(dice)
    if dice.random() < 0.5:
        inputs = [dice.randint(1, 3) for _ in range(dice.randint(1, 2))]
        joined: Data = {"kind": "concat", "from": dice.choice([[1, 2], [2, 1, 1], [0, 2, 1]])}
        if dice.random() < 0.5:
            joined["axis"] = len(inputs)
        return network(dice, inputs, first, {**second, "from": 0}, joined, dense(dice))
    inputs = [dice.randint(1, 3), dice.randint(1, 3)]
    joined = {"kind": "concat", "from": dice.choice([[1, 2], [2, 1, 2]]), "axis": 1}
    second["units"] = first["units"]
    last = [] if dice.random() < 0.3 else [dense(dice)]
    return network(dice, inputs, first, {**second, "from": dice.choice([0, 1])}, joined, *last)


def slices(dice: Random) -> Data:
    """Two inputs that go their own ways, or parts of which some are used twice and some never."""
    axes = dice.randint(1, 3)
    inputs = [dice.randint(2, 4) for _ in range(axes)]
    axis = dice.randint(1, axes)
    here = {} if axis == 1 and dice.random() < 0.5 else {"axis": axis}
    cut = dice.randint(1, inputs[axis - 1] - 1)
    one: Data = {"kind": "slice", "last": cut, **here}
    other: Data = {"kind": "slice", "first": dice.choice([1, cut + 1]), **here}
    if dice.random() < 0.5:
        second = {**dense(dice), "from": 2}
        joined = {"kind": "concat", "from": [3, 4], "axis": axis}
        units = dice.randint(1, 3)
        ways = [{**dense(dice), "from": 1, "units": units}, {**second, "units": units}]
        return network(dice, inputs, one, {**other, "from": 0}, *ways, joined, dense(dice))
    whole = {**dense(dice), "units": 3}
    part = {"kind": "slice", "first": dice.randint(1, 2), "last": 2, "axis": axes}
    return network(dice, inputs, whole, part, *[dense(dice)] * dice.randint(0, 1))


def flatten(dice: Random) -> Data:
    """An array of any shape, or two ways of it, in one list."""
    inputs = [dice.randint(1, 3) for _ in range(dice.randint(1, 3))]
    if dice.random() < 0.5:
        return network(dice, inputs, dense(dice), {"kind": "flatten"}, dense(dice))
    if len(inputs) > 1:
        return network(dice, inputs, dense(dice), {"kind": "flatten"}, {"kind": "flatten"})
    lists = [{"kind": "flatten", "from": n} for n in (2, 1)]
    joined = {"kind": "concat", "from": [3, 0, 4]}
    ways = [dense(dice), {**dense(dice), "from": 0}]
    return network(dice, inputs, *ways, *lists, joined, dense(dice))


def activation(dice: Random) -> Data:
    """A function by itself: at the beginning, between two layers, or twice at the end."""
    inputs = [dice.randint(1, 3) for _ in range(dice.randint(1, 3))]
    most = {"units": dice.randint(2, 3), "activation": "identity"}
    alone: Data = {"kind": "activation", "activation": dice.choice(SMOOTH)}
    if dice.random() < 0.3:
        return network(dice, inputs, alone, dense(dice))
    if dice.random() < 0.5:
        return network(dice, inputs, most, {**alone, "activation": "softmax"}, dense(dice))
    return network(dice, inputs, most, alone, {**alone, "activation": dice.choice(SMOOTH)})


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


RANDOM: dict[str, Callable[[Random], Data]] = {
    "activation": activation,
    "concat": concat,
    "dense": positions,
    "dropout": dropout,
    "embedding": embedding,
    "flatten": flatten,
    "recurrent": recurrent,
    "conv1d": convolution(1),
    "conv2d": convolution(2),
    "max_pool": pooling("max_pool"),
    "mean_pool": pooling("mean_pool"),
    "attention": attention,
    "layer_norm": layer_norm,
    "batch_norm": batch_norm,
    "lstm": lstm,
    "gru": gru,
    "residual": residual,
    "slice": slices,
}
