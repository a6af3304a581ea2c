"""Windows that slide over an array, the way convolutions and pools use it.

A window moves over the last axis of an array, or over the last two. A length is treated as the width of
an array of height 1, so that there is one way of counting: height before width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.ledger import Ids
from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import Misfit, Options, Shape

Pair = tuple[int, int]  # for height and width
ONES, NOTHING = (1, 1), (0, 0)
NAMES = {1: ("length",), 2: ("height", "width")}  # of the axes


class Windows(NamedTuple):
    """All positions of a window of a `size` over an array.

    `axes` is 1 over a length and 2 over height and width; `given` is how large the array is there. The
    first window begins `padding` entries before the first entry, the last one ends at most so many after
    the last; each begins `stride` entries after the one before.

    >>> Windows(2, given=(5, 3), size=(3, 2), stride=(2, 1), padding=(1, 0)).positions
    (3, 2)
    """

    axes: int
    given: Pair
    size: Pair
    stride: Pair = ONES
    padding: Pair = NOTHING

    @classmethod
    def over(cls, shape: Shape, size: Shape, stride: Any = 1, padding: Any = 0) -> Windows:
        """Windows of a size, with one number for each of the last axes of an array of this shape."""
        axes = len(size)
        given = shape[-axes:]
        return cls(axes, _pair(axes, given, 1), _pair(axes, size, 1),
                   _pair(axes, stride, 1), _pair(axes, padding, 0))  # fmt: skip

    @property
    def positions(self) -> Pair:
        """How many there are one below the other, and side by side."""
        high, wide = ((given + 2 * padding - size) // stride + 1
                      for given, size, stride, padding in self._by_axis())  # fmt: skip
        return high, wide

    @property
    def shape(self) -> Shape:
        """The same without the height of a length."""
        return self.positions[-self.axes :]

    def _by_axis(self) -> zip[tuple[int, int, int, int]]:
        return zip(self.given, self.size, self.stride, self.padding, strict=True)

    def fitting(self, key: str, crop: bool) -> Windows:
        """These windows, or `Misfit` where they do not fit; `key` gave their size.

        With `crop`, entries that are left over at the end stand under no window.
        """
        every = list(self._by_axis())[-self.axes :]
        for name, numbers in zip(NAMES[self.axes], every, strict=True):
            _fit(key, name, *numbers, crop)
        return self

    # --- for symbolic halves: which entry stands where ------------------------------------------

    def entries(self) -> tuple[Ids, NDArray[np.bool_]]:
        """For each position the entries below its window, row by row, and which of them exist.

        Shapes are (positions, size), with an array's entries counted from 0; in the padding there is none.
        """
        starts = (
            np.arange(count)[:, None] * stride + np.arange(size) - padding
            for count, size, stride, padding in zip(
                self.positions, self.size, self.stride, self.padding, strict=True
            )
        )
        rows, columns = starts
        (high, wide), (n, m) = self.given, rows.shape
        there = ((rows >= 0) & (rows < high))[:, None, :, None]
        there = there & ((columns >= 0) & (columns < wide))[None, :, None, :]
        entries = rows[:, None, :, None] * wide + columns[None, :, None, :]
        shape = n * len(columns), m * columns.shape[1]
        return entries.reshape(shape), there.reshape(shape)

    # --- for numeric halves: all windows at once ------------------------------------------------

    def spread_out(self, x: Array) -> list[Array]:
        """For each entry of a window, row by row, what lies below it in all positions.

        Of x of shape (…, height, width) they have the shape (…, positions).
        """
        around = [(0, 0)] * (x.ndim - 2) + [(padding, padding) for padding in self.padding]
        padded = np.pad(x, around) if any(self.padding) else x
        found = [padded[(..., *part)] for part in self._parts()]
        return [part.reshape(*x.shape[:-2], -1) for part in found]

    def gathered(self, parts: Sequence[Array]) -> Array:
        """The inverse, where what lies below several windows is added up."""
        around = [
            given + 2 * padding for given, padding in zip(self.given, self.padding, strict=True)
        ]
        lead = parts[0].shape[:-1]
        found = np.zeros((*lead, *around), dtype=parts[0].dtype)
        for where, part in zip(self._parts(), parts, strict=True):
            found[(..., *where)] += part.reshape(*lead, *self.positions)
        (high, wide), (above, left) = self.given, self.padding
        return found[..., above : above + high, left : left + wide]

    def _parts(self) -> list[tuple[slice, slice]]:
        """For each entry of a window, where all windows have it in the padded array."""
        (down, across), (high, wide) = self.stride, self.positions
        return [
            (
                slice(i, i + (high - 1) * down + 1, down),
                slice(j, j + (wide - 1) * across + 1, across),
            )
            for i in range(self.size[0])
            for j in range(self.size[1])
        ]


def along(axes: int, value: Any) -> tuple[int, ...]:
    """A number for each axis, from one for all of them or one for each."""
    return (value,) * axes if isinstance(value, int) else tuple(value)


def _pair(axes: int, value: Any, alone: int) -> Pair:
    """The same, where the height of a length is `alone`."""
    each = along(axes, value)
    return (alone, each[0]) if axes == 1 else (each[0], each[1])


def _fit(key: str, name: str, given: int, size: int, stride: int, padding: int, crop: bool) -> None:
    """Raise `Misfit` unless windows of a size fit along one axis."""
    noun = "window" if key == "size" else key
    there = f"a {name} of {given}" + (f" with a padding of {padding}" if padding else "")
    room = given + 2 * padding
    if size > room:
        raise Misfit(key, f"a {noun} of {size} does not fit into {there}", f"at most {room}")
    rest = (room - size) % stride
    if rest and not crop:
        fact = f"a {noun} of {size} in steps of {stride} leaves {rest} over of {there}"
        steps = [step for step in range(1, room - size + 1) if (room - size) % step == 0]
        near = [max((s for s in steps if s < stride), default=0), *(s for s in steps if s > stride)]
        choice = " or ".join(str(step) for step in near[:2] if step)
        raise Misfit("stride", fact, f"a stride of {choice} fits; crop = true leaves the rest out")


# --- what a problem says -------------------------------------------------------------------------


def pool(shape: Shape, options: Options) -> Windows:
    """The windows of a pool over an array of this shape, or `Misfit`.

    A number is for each of the last two axes, or for the only one there is; of an array of two axes
    nobody knows whether they are height and width, so there a list says it: `[2, 2]`, or `[2]` for the
    last axis alone. The stride is the size unless it is said.

    >>> pool((3, 4, 6), {"size": 2}).shape, pool((3, 6), {"size": (2,), "stride": 1}).shape
    ((2, 3), (5,))
    """
    size = options.get("size")
    if size is None:
        raise Misfit("size", "nothing says how large the windows are", "write size = [2, 2]")
    if isinstance(size, int):
        if len(shape) == 2:
            fact = "an array of two axes may be height × width, or channels × length"
            raise Misfit(
                "size", fact, f"size = [{size}, {size}] is for both, [{size}] for the last"
            )
        size = (size,) * min(len(shape), 2)
    if len(size) > len(shape):
        raise Misfit("size", "2 numbers, but there is a length alone", f"write size = {size[0]}")
    stride = options.get("stride", size)
    if not isinstance(stride, int) and len(stride) != len(size):
        fact = f"{len(stride)} numbers, but windows move along {len(size)}"
        raise Misfit("stride", fact, "one for each number in size")
    return Windows.over(shape, size, stride).fitting("size", bool(options.get("crop")))
