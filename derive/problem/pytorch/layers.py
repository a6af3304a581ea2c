"""What PyTorch's modules are called here: a table with one entry for each of their classes.

An entry asks a module for its attributes, and says which layers stand for it in a problem file. PyTorch
itself is not needed. To add a class, add its entry to `ENTRIES`.

>>> class ELU: alpha = 0.5
>>> ENTRIES["ELU"].tables(ELU(), At(axes=1, lead=1))
[{'kind': 'activation', 'activation': {'name': 'elu', 'alpha': Given(value=0.5, text='0.5')}}]
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from derive.problem.pytorch.entry import At, Entry, Table, put
from derive.problem.pytorch.numbers import nested, texts
from derive.problem.pytorch.time import elman, gated, gru, through_time
from derive.problem.pytorch.windows import convolution, pool
from derive.problem.wrong import wrong

# --- layers --------------------------------------------------------------------------------------


def _linear(module: Any, at: At) -> list[Table]:
    table: Table = {"kind": "dense", "activation": "identity"}
    put(table, "weights", module.weight)
    put(table, "bias", module.bias)
    return [table]


def _embedding(module: Any, at: At) -> list[Table]:
    for name, usual in {"padding_idx": None, "max_norm": None, "scale_grad_by_freq": False}.items():
        if getattr(module, name, usual) != usual:
            wrong(f"an embedding with {name} is not known", f"make it without {name}")
    table: Table = {"kind": "embedding"}
    put(table, "weights", module.weight)
    return [table]


def _dropout(module: Any, at: At) -> list[Table]:
    """Nothing in a module that evaluates; in one that trains, a mask of its own is drawn."""
    if not getattr(module, "training", False) or module.p == 0:
        return []
    return [{"kind": "dropout", "rate": nested(texts(module.p))}]


def _flatten(module: Any, at: At) -> list[Table]:
    axes = at.last + 1
    start, end = (n % axes for n in (module.start_dim, module.end_dim))
    if start == end:
        return []
    if (start, end) != (at.lead, at.last):
        remedy = f"Flatten({at.lead}) makes one list of a sample"
        wrong(f"axes {start} to {end} of {axes} become one", remedy)
    return [{"kind": "flatten"}]


def _layer_norm(module: Any, at: At) -> list[Table]:
    if len(module.normalized_shape) != 1:
        axes = len(module.normalized_shape)
        wrong(f"it normalizes over {axes} axes together", "normalize over the last axis alone")
    return _normalized("layer_norm", module)


def _batch_norm(module: Any, at: At) -> list[Table]:
    if not getattr(module, "training", False):
        fact = "while evaluating it uses the statistics of earlier batches"
        wrong(fact, "module.train() makes it use those of this one")
    if at.axes > 2:
        wrong("it normalizes over samples and positions together", "give it samples of one axis")
    return _normalized("batch_norm", module)


def _normalized(kind: str, module: Any) -> list[Table]:
    table: Table = {"kind": kind, "epsilon": nested(texts(module.eps))}
    put(table, "gain", module.weight)
    put(table, "shift", module.bias)
    return [table]


# --- activations ---------------------------------------------------------------------------------


def _identity(module: Any, at: At) -> list[Table]:
    return []


def _activation(name: str, **parameters: str) -> Entry:
    """An activation; of its parameters, each is named with the attribute that has it."""

    def tables(module: Any, at: At) -> list[Table]:
        given = {key: nested(texts(getattr(module, own))) for key, own in parameters.items()}
        return [{"kind": "activation", "activation": {"name": name, **given} if given else name}]

    return Entry(tables)


def _usual(entry: Entry, **usual: Any) -> Entry:
    """An entry for a class whose attributes must be the usual ones."""

    def tables(module: Any, at: At) -> list[Table]:
        for name, value in usual.items():
            if getattr(module, name, value) != value:
                wrong(f"{name} = {getattr(module, name)!r} is not known", f"{name} = {value!r} is")
        return entry.tables(module, at)

    return entry._replace(tables=tables)


def _softmax(module: Any, at: At) -> list[Table]:
    dim = module.dim
    if dim is None:  # what PyTorch then takes
        dim = 0 if at.last in (0, 2) else 1
    if dim % (at.last + 1) != at.last:
        wrong(f"a softmax along axis {dim}", "write dim=-1: along the last one")
    return [{"kind": "activation", "activation": "softmax"}]


ENTRIES: Mapping[str, Entry] = {
    "Linear": Entry(_linear, 1),
    "Embedding": Entry(_embedding, 1, after=lambda axes: axes + 1, tokens=True),
    "Dropout": Entry(_dropout),
    "Flatten": Entry(_flatten, after=lambda axes: 1),
    "LayerNorm": Entry(_layer_norm, 1),
    "BatchNorm1d": Entry(_batch_norm, 1, together=True),
    "Conv1d": Entry(partial(convolution, 1), 2),
    "Conv2d": Entry(partial(convolution, 2), 3),
    "MaxPool1d": Entry(partial(pool, "max_pool", 1), 2),
    "MaxPool2d": Entry(partial(pool, "max_pool", 2), 3),
    "AvgPool1d": Entry(partial(pool, "mean_pool", 1), 2),
    "AvgPool2d": Entry(partial(pool, "mean_pool", 2), 3),
    "RNN": Entry(partial(through_time, elman), 2),
    "LSTM": Entry(partial(through_time, partial(gated, "lstm", "ifgo", {})), 2),
    "GRU": Entry(partial(through_time, gru), 2),
    "Identity": Entry(_identity),
    "Tanh": _activation("tanh"),
    "Sigmoid": _activation("sigmoid"),
    "ReLU": _activation("relu"),
    "LeakyReLU": _activation("leaky_relu", slope="negative_slope"),
    "ELU": _activation("elu", alpha="alpha"),
    "Softplus": _usual(_activation("softplus"), beta=1),
    "SiLU": _activation("silu"),
    "GELU": _usual(_activation("gelu"), approximate="none"),
    "Softmax": Entry(_softmax),
}
