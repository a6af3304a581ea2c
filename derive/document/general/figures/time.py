"""A layer that goes through time, unrolled: one copy for each step, all with the same weights."""

from __future__ import annotations

from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.general.figures.pieces import arrow, box
from derive.document.general.layers import kind_name, notation, shape_of, sources_of
from derive.document.scene import Label, Scene, Shape
from derive.writing.maths import Name, Node, Number, Words

SHOWN = 5  # steps that are all drawn
STEP, ACROSS, DOWN = 27.0, 15.0, 8.0
TOP, BOTTOM = 12.0, 12.0  # for arrows to outputs, and from inputs


def unrolled(page: Page, number: int) -> Figure:
    """x below, the layer in a row of boxes, what it gives above."""
    steps = shape_of(page, sources_of(page, number)[0])[0]
    shown: list[int | None] = [*range(1, steps + 1)] if steps <= SHOWN else [1, 2, 3, None, steps]
    last_only = len(shape_of(page, number)) == 1
    shapes: list[Shape] = []
    for n, t in enumerate(shown):
        x = 1 + n * STEP
        if n:
            shapes += arrow((x - STEP + ACROSS, TOP + DOWN / 2), (x, TOP + DOWN / 2), role="hot")
        if t is None:
            shapes.append(Label(x + ACROSS / 2, TOP + DOWN / 2, Words("…"), 10))
            continue
        shapes += _step(page, number, t, x, t == steps or not last_only)
    scene = Scene(STEP * (len(shown) - 1) + ACROSS + 3, TOP + DOWN + BOTTOM + 4, tuple(shapes))
    alt = page.phrases.plain("general.unrolled_alt", kind=kind_name(page, number), steps=steps)
    return Figure(scene, alt, page.say("general.unrolled"))


def _step(page: Page, number: int, t: int, x: float, gives: bool) -> list[Shape]:
    middle = x + ACROSS / 2
    found: list[Shape] = [box(x, TOP, ACROSS, DOWN)]
    found.append(
        Label(middle, TOP + DOWN / 2, Words(page.phrases.plain("general.step", time=t)), 7)
    )
    found += arrow((middle, TOP + DOWN + BOTTOM - 4), (middle, TOP + DOWN))
    taken = "out" if sources_of(page, number)[0] else "input"
    found.append(Label(middle, TOP + DOWN + BOTTOM - 1, _named(page, taken, t), 8.5))
    if gives:
        found += arrow((middle, TOP), (middle, 5.5))
        found.append(Label(middle, 3, _named(page, "out", t), 8.5))
    return found


def _named(page: Page, kind: str, t: int) -> Node:
    """x₂, out₂: what is there at a time, without its units."""
    return Name(notation(page).letter("out", 0 if kind == "input" else None), Number(str(t)))
