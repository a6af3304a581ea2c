"""What PyTorch's modules are called here: a table with one entry for each of their classes.

An entry asks a module for its attributes, and says which layers stand for it in a problem file. PyTorch
itself is not needed. To add a class, add its entry to `ENTRIES`.

>>> class ELU: alpha = 0.5
>>> ENTRIES["ELU"].tables(ELU(), At(axes=1, lead=1))
[{'kind': 'activation', 'activation': {'name': 'elu', 'alpha': Given(value=0.5, text='0.5')}}]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from derive.problem.torch_numbers import nested, summed, texts
from derive.problem.wrong import wrong

Table = dict[str, Any]  # a layer in a problem file's shape


class At(NamedTuple):
    """Where a module stands: how many axes one sample has there, and how many stand before them."""

    axes: int
    lead: int  # 1 where there are several samples

    @property
    def last(self) -> int:
        """The last axis, as PyTorch counts."""
        return self.lead + self.axes - 1


def _unchanged(axes: int) -> int:
    return axes


class Entry(NamedTuple):
    """`tables` gives a module's layers. `axes` is how many one sample has, where the class says that, and
    `after` how many it has afterwards. `tokens` are looked up; `together` tells that while training the
    samples of a batch depend on each other."""

    tables: Callable[[Any, At], list[Table]]
    axes: int | None = None
    after: Callable[[int], int] = _unchanged
    tokens: bool = False
    together: bool = False


def _put(table: Table, name: str, *parameters: Any, rows: slice = slice(None)) -> None:
    """An array of a layer: the sum of some parameters, or some rows of them; none of it is None."""
    if parameters[0] is None:
        table[name] = False
        return
    table[name] = nested(summed(*(texts(parameter)[rows] for parameter in parameters)))
    if not any(getattr(parameter, "requires_grad", True) for parameter in parameters):
        table.setdefault("frozen", []).append(name)


# --- layers --------------------------------------------------------------------------------------


def _linear(module: Any, at: At) -> list[Table]:
    table: Table = {"kind": "dense", "activation": "identity"}
    _put(table, "weights", module.weight)
    _put(table, "bias", module.bias)
    return [table]


def _embedding(module: Any, at: At) -> list[Table]:
    for name, usual in {"padding_idx": None, "max_norm": None, "scale_grad_by_freq": False}.items():
        if getattr(module, name, usual) != usual:
            wrong(f"an embedding with {name} is not known", f"make it without {name}")
    table: Table = {"kind": "embedding"}
    _put(table, "weights", module.weight)
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
    return _normalized("batch_norm", module)


def _normalized(kind: str, module: Any) -> list[Table]:
    table: Table = {"kind": kind, "epsilon": nested(texts(module.eps))}
    _put(table, "gain", module.weight)
    _put(table, "shift", module.bias)
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


# --- layers that go through time -----------------------------------------------------------------


def _through_time(one: Callable[[Any, int], Table], module: Any, at: At) -> list[Table]:
    """As many layers as there are one above the other, each giving the outputs of all time steps."""
    if module.bidirectional or getattr(module, "proj_size", 0):
        wrong("it goes both ways, or projects", "bidirectional = False, proj_size = 0")
    if module.num_layers > 1 and module.dropout and getattr(module, "training", False):
        wrong("dropout between its layers", "dropout = 0, or module.eval()")
    if at.lead and not module.batch_first:
        fact = "its samples are along the second axis"
        wrong(fact, "make it with batch_first=True, or give one sample of two axes")
    return [one(module, number) for number in range(module.num_layers)]


def _of_layer(module: Any, number: int) -> tuple[Any, ...]:
    """Weights of inputs and of memory, and the biases of both; None where there are none."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return tuple(getattr(module, f"{name}_l{number}", None) for name in names)


def _elman(module: Any, number: int) -> Table:
    """PyTorch's two biases stand in one sum: here there is one bias, their sum."""
    weights, memory, *biases = _of_layer(module, number)
    table: Table = {"kind": "recurrent", "activation": module.nonlinearity}
    _put(table, "weights", weights)
    _put(table, "recurrent", memory)
    _put(table, "bias", *biases)
    return table


def _gated(kind: str, letters: str, alone: Mapping[str, str], module: Any, number: int) -> Table:
    """The gates' arrays are PyTorch's rows one below the other, in the order of `letters`.

    Each gate has one bias, the sum of PyTorch's two, but those `alone`: there, the one of what is
    remembered has a name of its own.
    """
    weights, memory, above, below = _of_layer(module, number)
    table: Table = {"kind": kind}
    size = module.hidden_size
    for n, letter in enumerate(letters):
        rows = slice(n * size, (n + 1) * size)
        _put(table, f"weights_{letter}", weights, rows=rows)
        _put(table, f"recurrent_{letter}", memory, rows=rows)
        if above is None:
            table["bias"] = False
        elif letter in alone:
            _put(table, f"bias_{letter}", above, rows=rows)
            _put(table, alone[letter], below, rows=rows)
        else:
            _put(table, f"bias_{letter}", above, below, rows=rows)
    return table


def _gru(module: Any, number: int) -> Table:
    return {**_gated("gru", "rzn", {"n": "bias_h"}, module, number), "reset": "after"}


ENTRIES: Mapping[str, Entry] = {
    "Linear": Entry(_linear, 1),
    "Embedding": Entry(_embedding, 1, after=lambda axes: axes + 1, tokens=True),
    "Dropout": Entry(_dropout),
    "Flatten": Entry(_flatten, after=lambda axes: 1),
    "LayerNorm": Entry(_layer_norm, 1),
    "BatchNorm1d": Entry(_batch_norm, 1, together=True),
    "RNN": Entry(partial(_through_time, _elman), 2),
    "LSTM": Entry(partial(_through_time, partial(_gated, "lstm", "ifgo", {})), 2),
    "GRU": Entry(partial(_through_time, _gru), 2),
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
