"""The drawing of the error: round ticks, every extreme, sensible figures for senseless runs."""

from __future__ import annotations

import itertools
import math
import random
import xml.etree.ElementTree as ET

import pytest

import derive
from derive.document.blocks import Document, Figure
from derive.document.example.page import Page
from derive.document.example.plot import (
    MOST_POINTS,
    WIDTH,
    linear,
    logarithmic,
    plot,
    shown,
    thinned,
    upright,
)
from derive.document.phrases import Phrases
from derive.document.scene import Disc, Label, Stroke
from derive.render import formats, render
from derive.writing.maths import Number
from derive.writing.printers import plain
from derive.writing.width import width

Points = list[tuple[float, float]]

CURVES: dict[str, Points] = {
    "falls far": [(n, 0.3 * math.exp(-n / 900) + 3e-5) for n in range(10_001)],
    "straight": [(n, 0.3 - 0.01 * n) for n in range(11)],
    "flat": [(n, 0.25) for n in range(11)],
    "always zero": [(n, 0.0) for n in range(5)],
    "ends at zero": [(0, 1.0), (1, 0.01), (2, 0.0)],
    "one point": [(0, 0.3)],
    "no point": [],
    "no number": [(0, math.nan), (1, math.inf)],
    "diverges": [(0, 1.0), (1, 100.0), (2, 1e40), (3, 1e300), (4, math.inf), (5, math.nan)],
    "below zero": [(n, 5 - 1.7 * n) for n in range(9)],
    "as wide as doubles": [(0, -1.7e308), (1, 1.7e308)],
    "as large as doubles": [(0, 1.7e308), (1, 1.6e308)],
    "next to nothing": [(0, 1e-300), (1, 2e-300), (2, 5e-324)],
    "hardly moves": [(n, 0.29836 + 1e-9 * n) for n in range(9)],
    "neighbours": [(0, 0.3), (1, math.nextafter(0.3, 1))],
    "up and down": [(n, 0.5 + 0.4 * math.sin(n)) for n in range(3_000)],
    "far along": [(1e6, 0.3), (1e6 + 1, 0.2)],
    "large": [(0, 123_456.0), (1, 98_765.0), (2, 4_321.0)],
}


@pytest.fixture(scope="module")
def page() -> Page:
    example = derive.work("2-2-2", seed=1)
    return Page(example.worked, example.agreement, example.scribe, Phrases("en"), "standard", None,
                None, None)  # fmt: skip


def strokes(figure: Figure, role: str) -> list[Stroke]:
    return [s for s in figure.scene.shapes if isinstance(s, Stroke) and s.role == role]


def places(figure: Figure) -> list[tuple[float, float]]:
    """Where the curve goes: its points, or the one mark."""
    found = [point for stroke in strokes(figure, "curve") for point in stroke.points]
    marks = [(s.x, s.y) for s in figure.scene.shapes if isinstance(s, Disc)]
    return found or marks


# --- any curve -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CURVES)
def test_everything_stays_on_the_drawing(name: str, page: Page):
    figure = plot(page, CURVES[name])

    (axis, *_) = strokes(figure, "axis")
    (left, top), (_, floor), (right, _) = axis.points
    for x, y in places(figure):
        assert left - 0.001 <= x <= right + 0.001
        assert top - 0.001 <= y <= floor + 0.001
    for shape in figure.scene.shapes:
        if isinstance(shape, Label):
            half = width(shape.content) * shape.size * 0.3528 / 2
            assert 0 <= shape.x - half
            assert shape.x + half <= figure.scene.width
            assert 0 < shape.y < figure.scene.height
    assert WIDTH == figure.scene.width


@pytest.mark.parametrize("name", CURVES)
def test_labels_do_not_touch(name: str, page: Page):
    labels = [s for s in plot(page, CURVES[name]).scene.shapes if isinstance(s, Label)]

    for one, other in itertools.combinations(labels, 2):
        wide = sum(width(s.content) * s.size * 0.3528 / 2 for s in (one, other))
        high = (one.size + other.size) * 0.3528 / 2
        assert abs(one.x - other.x) >= wide or abs(one.y - other.y) >= high * 0.9


@pytest.mark.parametrize("name", CURVES)
def test_the_curve_goes_up_where_the_error_does(name: str, page: Page):
    known = [point for point in CURVES[name] if all(map(math.isfinite, point))]

    drawn = places(plot(page, CURVES[name]))

    kept = thinned(known)
    assert len(kept) == len(drawn)
    assert len(drawn) <= MOST_POINTS
    assert sorted(drawn) == drawn
    for (_, before), (_, after), one, other in zip(kept, kept[1:], drawn, drawn[1:], strict=False):
        assert (after >= before) == (other[1] <= one[1]) or abs(other[1] - one[1]) < 1e-3


@pytest.mark.parametrize("format", formats())
def test_every_format_draws_every_curve(format: str, page: Page):
    if format in ("docx",):
        pytest.importorskip("pypandoc")
    blocks = tuple(plot(page, points) for points in CURVES.values())

    rendered = render(Document("Plots", (), blocks), format)

    assert len(rendered.content) > 1_000
    for name, content in rendered.files.items():
        if name.endswith(".svg"):
            assert "svg" in ET.fromstring(content).tag


# --- ticks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(300))
def test_ticks_are_round_few_and_about_the_values(seed: int):
    rng = random.Random(seed)
    size = 10 ** rng.uniform(-200, 200)
    values = [size * rng.uniform(-1, 1), size * rng.uniform(-1, 1)]

    axis = linear(values)

    steps = {f"{b - a:.3e}" for a, b in itertools.pairwise(axis.ticks)}
    assert 1 == len({f"{(b - a) / (axis.ticks[1] - axis.ticks[0]):.6f}"
                     for a, b in itertools.pairwise(axis.ticks)})  # fmt: skip
    assert {step[0] for step in steps} <= {"1", "2", "5", "9", "4"}  # 9.999e-3 is 1e-2
    assert 3 <= len(axis.ticks) <= 8
    assert axis.low <= min(values) <= max(values) <= axis.high
    assert (0.0, 1.0) == (axis.part(axis.low), axis.part(axis.high))


@pytest.mark.parametrize("seed", range(100))
def test_updates_are_counted_in_whole_numbers(seed: int):
    last = random.Random(seed).randint(1, 10 ** random.Random(seed).randint(1, 6))

    axis = linear([0, last], whole=True)

    assert all(tick == int(tick) for tick in axis.ticks)
    assert 2 <= len(axis.ticks) <= 8


@pytest.mark.parametrize(
    ("expected", "low", "high"),
    [
        ((1e-3, 1e-2, 1e-1, 1), 0.004, 0.3),
        ((1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1), 3e-5, 0.3),
        ((1, 10, 100), 1, 100),
        ((1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1), 1e-9, 0.5),
    ],
)
def test_powers_of_ten(expected: tuple[float, ...], low: float, high: float):
    assert expected == logarithmic(low, high).ticks


def test_the_scale_is_logarithmic_beyond_a_factor_of_fifty():
    assert not upright([0.01, 0.5]).powers
    assert upright([0.0099, 0.5]).powers
    assert not upright([0.0, 0.5]).powers
    assert not upright([-0.1, 100]).powers


def test_a_scale_begins_at_zero_where_that_is_near():
    assert 0 == upright([0.3, 0.1]).low
    assert 0.2 == upright([0.3, 0.2]).low


def test_ticks_have_as_many_decimals():
    assert ["0.20", "0.25", "0.30"] == [n.text for n in shown([0.2, 0.25, 0.3])]
    assert [Number("0"), Number("5", 7), Number("1", 8)] == shown([0.0, 5e7, 1e8])
    assert ["-1", "0", "1"] == [n.text for n in shown([-1.0, 0.0, 1.0])]


def test_all_extremes_are_kept_of_a_long_run():
    rng = random.Random(3)
    points = [(float(n), rng.random()) for n in range(9_999)]
    points[1234], points[8765] = (1234.0, 7.0), (8765.0, -7.0)

    few = thinned(points)

    assert {points[0], points[1234], points[8765], points[-1]} <= set(few)
    assert len(few) <= MOST_POINTS
    assert sorted(few) == few


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("The error falls from 0.300030 to 0.0000344836 in 10\u202f000 updates.", "falls far"),
        ("The error is 0.250000 before and after 10 updates.", "flat"),
        ("After 0 updates the error is 0.300000.", "one point"),
        ("There is no error to draw: it is no number.", "no number"),
        ("The error rises from 1.00000 to 1.00000 × 10³⁰⁰ in 3 updates.", "diverges"),
        ("The error rises from 0.500000 to 0.875775 in 2\u202f999 updates. "
         "In between it rises to 0.899996. In between it falls to 0.100004.", "up and down"),
    ],
)  # fmt: skip
def test_the_figure_is_told_in_words(expected: str, name: str, page: Page):
    assert expected == plot(page, CURVES[name]).alt


def test_the_caption_tells_the_scale(page: Page):
    def told(figure: Figure) -> str:
        return "".join(getattr(i, "text", "") or plain(i.node) for i in figure.caption)

    assert "logarithmic" in told(plot(page, CURVES["falls far"]))
    assert "logarithmic" not in told(plot(page, CURVES["straight"]))
    assert "epochs" in told(plot(page, CURVES["straight"], "epochs"))
