"""PyTorch's layers whose windows slide over an array: convolutions and pools."""

from __future__ import annotations

from typing import Any

from derive.problem.pytorch.entry import At, Table, put
from derive.problem.wrong import wrong


def _along(value: Any, axes: int) -> list[int]:
    """A number for each axis, from one for all of them or one for each."""
    return [*value] if isinstance(value, tuple | list) else [value] * axes


def _window(module: Any, axes: int, **usual: int) -> None:
    """Refuse windows with holes, or with an edge of another kind."""
    for name, number in usual.items():
        if _along(getattr(module, name, number), axes) != [number] * axes:
            wrong(f"{name} = {getattr(module, name)!r} is not known", f"{name} = {number} is")
    for name in ("ceil_mode", "return_indices", "divisor_override"):
        if getattr(module, name, None):
            wrong(f"{name} is not known", f"make it without {name}")


def convolution(axes: int, module: Any, at: At) -> list[Table]:
    """Filters over one axis or two; entries that are left over after the last window are left out."""
    _window(module, axes, dilation=1)
    if getattr(module, "groups", 1) != 1:
        wrong("filters that take only a group of the channels", "make it with groups=1")
    if isinstance(module.padding, str) or getattr(module, "padding_mode", "zeros") != "zeros":
        wrong("a padding that is no number of zeros", "write padding=1, and leave padding_mode out")
    table: Table = {"kind": f"conv{axes}d", "activation": "identity", "crop": True}
    for name in ("stride", "padding"):
        each = _along(getattr(module, name), axes)
        table[name] = each[0] if axes == 1 else each
    put(table, "weights", module.weight)
    put(table, "bias", module.bias)
    return [table]


def pool(kind: str, axes: int, module: Any, at: At) -> list[Table]:
    """The largest, or the mean, of windows that do not reach beyond the edge."""
    _window(module, axes, padding=0, dilation=1)
    size = _along(module.kernel_size, axes)
    stride = size if module.stride is None else _along(module.stride, axes)
    return [{"kind": kind, "size": size, "stride": stride, "crop": True}]
