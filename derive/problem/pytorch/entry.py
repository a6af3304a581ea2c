"""What an entry for one of PyTorch's classes is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from derive.problem.pytorch.numbers import nested, summed, texts

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


def put(table: Table, name: str, *parameters: Any, rows: slice = slice(None)) -> None:
    """An array of a layer: the sum of some parameters, or some rows of them; none of it is None."""
    if parameters[0] is None:
        table[name] = False
        return
    table[name] = nested(summed(*(texts(parameter)[rows] for parameter in parameters)))
    if not any(getattr(parameter, "requires_grad", True) for parameter in parameters):
        table.setdefault("frozen", []).append(name)
