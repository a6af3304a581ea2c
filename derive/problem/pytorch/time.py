"""PyTorch's layers that go through time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from derive.problem.pytorch.entry import At, Table, put
from derive.problem.wrong import wrong


def through_time(one: Callable[[Any, int], Table], module: Any, at: At) -> list[Table]:
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


def elman(module: Any, number: int) -> Table:
    """Elman's layer; PyTorch's two biases stand in one sum, and here there is one: their sum."""
    weights, memory, *biases = _of_layer(module, number)
    table: Table = {"kind": "recurrent", "activation": module.nonlinearity}
    put(table, "weights", weights)
    put(table, "recurrent", memory)
    put(table, "bias", *biases)
    return table


def gated(kind: str, letters: str, alone: Mapping[str, str], module: Any, number: int) -> Table:
    """The gates' arrays are PyTorch's rows one below the other, in the order of `letters`.

    Each gate has one bias, the sum of PyTorch's two, but those `alone`: there, the one of what is
    remembered has a name of its own.
    """
    weights, memory, above, below = _of_layer(module, number)
    table: Table = {"kind": kind}
    size = module.hidden_size
    for n, letter in enumerate(letters):
        rows = slice(n * size, (n + 1) * size)
        put(table, f"weights_{letter}", weights, rows=rows)
        put(table, f"recurrent_{letter}", memory, rows=rows)
        if above is None:
            table["bias"] = False
        elif letter in alone:
            put(table, f"bias_{letter}", above, rows=rows)
            put(table, alone[letter], below, rows=rows)
        else:
            put(table, f"bias_{letter}", above, below, rows=rows)
    return table


def gru(module: Any, number: int) -> Table:
    """A GRU, whose reset gate comes after the recurrent weights in PyTorch."""
    return {**gated("gru", "rzn", {"n": "bias_h"}, module, number), "reset": "after"}
