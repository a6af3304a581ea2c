"""The drawing of the error against the updates: how training goes, at a glance.

The error has a logarithmic scale where it spans more than a factor of `WIDE`. Points that are no
numbers, as after a run that diverged, are left out; extremes are kept however many points there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.example.pieces import spaced
from derive.document.scene import Disc, Label, Scene, Shape, Stroke
from derive.writing.maths import Node, Number, Power, Words
from derive.writing.printers import plain
from derive.writing.width import width

WIDTH, HEIGHT = 110.0, 62.0  # millimetres
LEFT, RIGHT, TOP, BOTTOM = 17.0, 7.0, 7.0, 11.5  # what is kept free about the curve
MOST_POINTS = 200
WIDE = 50
TICKS = 5  # about as many on each axis
SIZE = 7.0  # points
LEAST = 1e-9  # of its size, that an error must change by: ticks have no more digits
POINT = 0.3528  # millimetres
NOTABLE = 1.02  # a value in between is told where it is beyond both ends by this factor

Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """A range of numbers with the ticks that stand on it; `powers` where it is logarithmic."""

    low: float
    high: float
    ticks: tuple[float, ...]
    powers: bool = False

    def part(self, value: float) -> float:
        """Where a number stands, from 0 at the low end to 1."""
        if self.powers:
            low, high = math.log10(self.low), math.log10(self.high)
            return (math.log10(value) - low) / (high - low)
        # numbers near the largest double cannot be subtracted, so each is divided first
        scale = max(abs(self.low), abs(self.high))
        return (value / scale - self.low / scale) / (self.high / scale - self.low / scale)


def plot(page: Page, errors: Sequence[Point], unit: str = "updates") -> Figure:
    """The errors (after so many updates, or "epochs": the error) as a figure of a page."""
    points = thinned([point for point in errors if all(map(math.isfinite, point))])
    across = linear([x for x, _ in points] or [0.0], whole=True)
    up = upright([y for _, y in points])
    name = page.scribe.notation.error()
    shapes = [*_grid(across, up), *_curve(points, across, up), *_names(page, name, unit)]
    key = "plot.logarithmic" if up.powers else "plot.linear"
    caption = page.say(key, error=name, unit=page.phrases.plain(f"plot.{unit}"))
    return Figure(Scene(WIDTH, HEIGHT, tuple(shapes)), _alt(page, points, unit), caption)


# --- ticks ---------------------------------------------------------------------------------------


def linear(values: Sequence[float], whole: bool = False) -> Axis:
    """An axis for these values with ticks at round distances, 1, 2 or 5 times a power of ten.

    >>> linear([0, 10_000]).ticks
    (0.0, 2000.0, 4000.0, 6000.0, 8000.0, 10000.0)
    >>> linear([0.298, 0.291]).ticks
    (0.29, 0.292, 0.294, 0.296, 0.298)
    >>> linear([3, 3], whole=True).ticks
    (3.0, 4.0)
    """
    low, high = min(values), max(values)
    if high - low <= LEAST * max(abs(low), abs(high)):
        low, high = (low, low + 1) if whole else _around(low)
    step = round_step(high / TICKS - low / TICKS)
    step = max(step, 1.0) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    first, last = _within(first, step), _within(last, step)
    ticks = tuple(float(f"{n * step:.12g}") for n in range(first, last + 1))
    return Axis(min(ticks[0], low), max(ticks[-1], high), ticks)


def _around(value: float) -> Point:
    """Something to see for a curve that stays where it is."""
    margin = abs(value) / 10 or 1.0
    return value - margin, value + margin


def round_step(least: float) -> float:
    """The first of 1, 2, 5, 10, … times a power of ten that is at least this."""
    power = math.floor(math.log10(max(least, 1e-300)))
    unit = float(f"1e{power}")
    return next(factor * unit for factor in (1, 2, 5, 10) if factor * unit >= least * (1 - 1e-9))


def _within(count: int, step: float) -> int:
    """One less where that many steps would be more than a double can hold."""
    return count if math.isfinite(count * step) else count - (1 if count > 0 else -1)


def upright(values: Sequence[float]) -> Axis:
    """The axis of the errors: logarithmic where they span orders of magnitude, else from 0 if near.

    >>> upright([0.3, 0.00004]).ticks
    (1e-05, 0.0001, 0.001, 0.01, 0.1, 1.0)
    >>> upright([0.3, 0.1]).ticks
    (0.0, 0.1, 0.2, 0.3)
    """
    if not values:
        return linear([0.0, 1.0])
    low, high = min(values), max(values)
    if low > 0 and high / WIDE > low:
        return logarithmic(low, high)
    return linear([0.0, *values] if 0 < low < high / 2 else values)


def logarithmic(low: float, high: float) -> Axis:
    """Powers of ten, every one, every second, every fifth …, from below the lowest to above the highest."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    every = max(1, round(round_step((last - first) / (TICKS + 1))))
    first, last = first // every * every, -(-last // every) * every
    powers = [n for n in range(first, last + 1, every) if -323 < n < 309]
    ends = min(low, float(f"1e{powers[0]}")), max(high, float(f"1e{powers[-1]}"))
    return Axis(*ends, tuple(float(f"1e{n}") for n in powers), powers=True)


# --- points --------------------------------------------------------------------------------------


def thinned(points: Sequence[Point]) -> list[Point]:
    """At most `MOST_POINTS`, among them the first, the last, and the extremes of every stretch.

    >>> few = thinned([(n, (n - 500) ** 2) for n in range(10_001)])
    >>> len(few) <= MOST_POINTS, few[0], few[-1], (500, 0) in few
    (True, (0, 250000), (10000, 90250000), True)
    """
    if len(points) <= MOST_POINTS:
        return list(points)
    stretches = MOST_POINTS // 2 - 1
    kept = {0, len(points) - 1}
    for n in range(stretches):
        stretch = range(n * len(points) // stretches, (n + 1) * len(points) // stretches)
        kept |= {min(stretch, key=lambda i: points[i][1]), max(stretch, key=lambda i: points[i][1])}
    return [points[i] for i in sorted(kept)]


# --- shapes --------------------------------------------------------------------------------------


def _x(axis: Axis, value: float) -> float:
    return round(LEFT + axis.part(value) * (WIDTH - LEFT - RIGHT), 3)


def _y(axis: Axis, value: float) -> float:
    return round(HEIGHT - BOTTOM - axis.part(value) * (HEIGHT - TOP - BOTTOM), 3)


def _grid(across: Axis, up: Axis) -> list[Shape]:
    """Grid lines, axes, and the numbers at them."""
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    shapes: list[Shape] = [
        Stroke(((LEFT, _y(up, tick)), (right, _y(up, tick))), "grid") for tick in up.ticks
    ]
    shapes += [Stroke(((LEFT, TOP), (LEFT, floor), (right, floor)), "axis")]
    for tick in across.ticks:
        x = _x(across, tick)
        shapes += [Stroke(((x, floor), (x, floor + 1)), "axis")]
        shapes += [Label(x, floor + 3.2, Words(spaced(tick)), SIZE, "axis")]
    numbers = map(ten_to, up.ticks) if up.powers else shown(up.ticks)
    for tick, number in zip(up.ticks, numbers, strict=True):
        x = LEFT - 1.4 - width(number) * SIZE * POINT / 2
        shapes.append(Label(round(x, 3), _y(up, tick), number, SIZE, "axis"))
    return shapes


def shown(ticks: Sequence[float]) -> list[Number]:
    """The ticks' numbers, all with as many decimals; with a power of ten where they are very large.

    >>> [number.text for number in shown([0.0, 0.25, 0.5])]
    ['0.00', '0.25', '0.50']
    >>> shown([0.0, 2e-7])
    [Number(text='0', power=None), Number(text='2', power=-7)]
    """
    largest = math.floor(math.log10(max(map(abs, ticks)) or 1.0) + 1e-9)
    if not -4 <= largest <= 5:
        return [_powered(tick) for tick in ticks]
    decimals = max(len(f"{tick:.12f}".rstrip("0").partition(".")[2]) for tick in ticks)
    return [Number(f"{tick:.{decimals}f}") for tick in ticks]


def _powered(tick: float) -> Number:
    mantissa, _, exponent = f"{tick:.10e}".partition("e")
    return Number(mantissa.rstrip("0").rstrip("."), int(exponent)) if tick else Number("0")


def ten_to(tick: float) -> Node:
    """A power of ten as such: 10⁻³."""
    return Power(Number("10"), Number(str(round(math.log10(tick)))))


def _curve(points: Sequence[Point], across: Axis, up: Axis) -> list[Shape]:
    """The curve, with a mark where it ends."""
    places = tuple((_x(across, x), _y(up, y)) for x, y in points)
    shapes: list[Shape] = [Stroke(places, "curve")] if len(places) > 1 else []
    return [*shapes, Disc(*places[-1], 0.75, "mark")] if places else shapes


def _names(page: Page, error: Node, unit: str) -> list[Shape]:
    """What the axes stand for: the error above its axis, the updates below theirs."""
    words = Words(page.phrases.plain(f"plot.{unit}"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [
        Label(LEFT, TOP - 3.4, error, 8.0, "axis"),
        Label(middle, HEIGHT - 2.8, words, 8.0, "axis"),
    ]


# --- in words ------------------------------------------------------------------------------------


def _alt(page: Page, points: Sequence[Point], unit: str) -> str:
    """What the curve does, for those who cannot see it."""
    say = page.phrases.plain
    if not points:
        return say("plot.nothing")

    def told(value: float) -> str:
        return plain(page.value(value))

    (start, first), (end, last) = points[0], points[-1]
    fields = {"first": told(first), "last": told(last), "unit": say(f"plot.{unit}"),
              "count": spaced(end - start)}  # fmt: skip
    if len(points) == 1:
        return say("plot.one", **fields | {"count": spaced(end)})
    key = "same" if last == first else "falls" if last < first else "rises"
    sentences = [say(f"plot.{key}", **fields)]
    highest, lowest = (choose(y for _, y in points) for choose in (max, min))
    margin = (NOTABLE - 1) * max(abs(first), abs(last))
    if highest > max(first, last) + margin:
        sentences.append(say("plot.highest", value=told(highest)))
    if lowest < min(first, last) - margin:
        sentences.append(say("plot.lowest", value=told(lowest)))
    return " ".join(sentences)
