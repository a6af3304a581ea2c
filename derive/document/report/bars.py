"""A drawing of how many people have how many points: a bar for each number, or for each range.

>>> scene, told = bars([(0.0, 1), (2.0, 3)], 2.0, "points", "people")
>>> told
[(0.0, 0.0, 1), (1.0, 1.0, 0), (2.0, 2.0, 3)]
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from derive.document.example.plot import HEIGHT, LEFT, SIZE, WIDTH, linear, round_step
from derive.document.scene import Label, Scene, Shape, Stroke
from derive.writing.maths import Words

RIGHT, TOP, BOTTOM = 5.0, 9.0, 11.5  # what is kept free about the bars, in millimetres
MOST_BARS = 24
GAP = 0.22  # of a bar's room that is left empty

Bar = tuple[float, float, int]  # from so many points, to so many, so many people


def bars(
    counted: Sequence[tuple[float, int]], of: float, axis: str, people: str
) -> tuple[Scene, list[Bar]]:
    """The drawing of points (value, how many) out of `of`, and what its bars say."""
    told = binned(counted, of)
    up = linear([0.0, *(float(count) for _, _, count in told)], whole=True)
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    height = floor - TOP

    def y(count: float) -> float:
        return round(floor - up.part(count) * height, 3)

    shapes: list[Shape] = [Stroke(((LEFT, y(t)), (right, y(t))), "grid") for t in up.ticks]
    shapes += [Label(LEFT - 3.5, y(t), Words(f"{int(t)}"), SIZE, "axis") for t in up.ticks]
    room = (right - LEFT) / len(told)
    every = math.ceil(len(told) / 12)
    for number, (low, high, count) in enumerate(told):
        middle = round(LEFT + (number + 0.5) * room, 3)
        half = round(room * (1 - GAP) / 2, 3)
        if count:
            ends = ((middle - half, floor), (middle - half, y(count)),
                    (middle + half, y(count)), (middle + half, floor))  # fmt: skip
            shapes.append(Stroke(ends, "curve"))
            shapes.append(Label(middle, y(count) - 2.0, Words(str(count)), SIZE, "axis"))
        if number % every == 0:
            label = f"{low:.6g}" if low == high else f"{low:.6g}–{high:.6g}"
            shapes.append(Label(middle, floor + 3.2, Words(label), SIZE, "axis"))
    shapes.append(Stroke(((LEFT, TOP), (LEFT, floor), (right, floor)), "axis"))
    shapes.append(Label(LEFT, TOP - 5.0, Words(people), 8.0, "axis"))
    shapes.append(Label((LEFT + right) / 2, HEIGHT - 2.8, Words(axis), 8.0, "axis"))
    return Scene(WIDTH, HEIGHT, tuple(shapes)), told


def binned(counted: Sequence[tuple[float, int]], of: float) -> list[Bar]:
    """A bar for every whole number of points, or for ranges of them where there are too many."""
    whole = all(value == int(value) for value, _ in counted) and of == int(of)
    if whole and of < MOST_BARS:
        found = dict.fromkeys(range(int(of) + 1), 0)
        for value, count in counted:
            found[int(value)] += count
        return [(float(value), float(value), count) for value, count in found.items()]
    step = round_step(of / (MOST_BARS / 2))
    counts = [0] * (math.floor(of / step) + 1)
    for value, count in counted:
        counts[min(int(value // step), len(counts) - 1)] += count
    last = step - 1 if whole else step
    return [(n * step, min(n * step + last, of), count) for n, count in enumerate(counts)]
