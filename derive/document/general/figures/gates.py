"""The cells of gated layers: what flows along, and which gates it passes."""

from __future__ import annotations

from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.general.figures.pieces import arrow, box
from derive.document.general.layers import notation
from derive.document.scene import Disc, Label, Scene, Shape, Stroke
from derive.writing.maths import Call, Name, Node, Row, Sign, Words

RADIUS, ACROSS, DOWN = 3.0, 9.0, 6.5


def lstm_cell(page: Page, number: int) -> Figure:
    """c along the top: forgets, then takes in; h below it: tanh(c), let out."""
    line, gates = 12.0, 28.0
    shapes: list[Shape] = [*arrow((2, line), (104, line)), Label(3, line - 4, _at("c", -1), 8)]
    shapes.append(Label(102, line - 4, _at("c"), 8))
    for x, letter in ((20.0, "f"), (38.0, "i"), (54.0, "g"), (76.0, "o")):
        shapes += [
            box(x - ACROSS / 2, gates, ACROSS, DOWN),
            Label(x, gates + DOWN / 2, Name(letter), 8.5),
        ]
        shapes += arrow((x, 44), (x, gates + DOWN))
    shapes += [*arrow((20, gates), (20, line + RADIUS)), *_disc(20, line, "⊙")]
    shapes += [*arrow((38, gates), (38, 21 + RADIUS)), *_disc(38, 21, "⊙")]
    shapes += arrow((54, gates), (54, 21), (38 + RADIUS, 21))
    shapes += [*arrow((38, 21 - RADIUS), (38, line + RADIUS)), *_disc(38, line, "+")]
    shapes += [*arrow((76, gates), (76, 21 + RADIUS)), *_disc(76, 21, "⊙")]
    shapes += [Stroke(((76, line), (76, 21 - RADIUS))), *arrow((76 + RADIUS, 21), (104, 21))]
    shapes.append(Label(83, 16.5, Call(Name("tanh"), (_at("c"),)), 7.5))
    shapes.append(Label(102, 25, _out(page), 8))
    shapes += _feeds(page, 20, 76)
    return _figure(page, 108, shapes, "lstm")


def gru_cell(page: Page, number: int) -> Figure:
    """h along the top: a part is kept, a part is replaced by the new proposal."""
    line, gates = 12.0, 28.0
    shapes: list[Shape] = [*arrow((2, line), (98, line)), Label(5, line - 4, _out(page, -1), 8)]
    shapes.append(Label(95, line - 4, _out(page), 8))
    for x, letter in ((22.0, "r"), (44.0, "z"), (68.0, "n")):
        shapes += [
            box(x - ACROSS / 2, gates, ACROSS, DOWN),
            Label(x, gates + DOWN / 2, Name(letter), 8.5),
        ]
        shapes += arrow((x, 44), (x, gates + DOWN))
    left = 68 - ACROSS / 2
    way = (
        (22 + ACROSS / 2, gates + 2),
        (30, gates + 2),
        (30, 38),
        (left - 6, 38),
        (left - 6, gates + 4),
    )
    shapes += arrow(*way, (left, gates + 4), role="faint")
    shapes += [*arrow((44, gates), (44, line + RADIUS)), *_disc(44, line, "⊙")]
    shapes += [*arrow((44, 22), (68 - RADIUS, 22)), *_disc(68, 22, "⊙")]
    shapes.append(Label(56, 19.5, Row((Words("1"), Sign("-"), Name("z"))), 7))
    shapes += [
        *arrow((68, gates), (68, 22 + RADIUS)),
        *arrow((68, 22 - RADIUS), (68, line + RADIUS)),
    ]
    shapes += _disc(68, line, "+")
    shapes += _feeds(page, 22, 68)
    return _figure(page, 102, shapes, "gru")


def _feeds(page: Page, first: float, last: float) -> list[Shape]:
    """What every gate takes: the input of this time and what was given one step earlier."""
    told = Row((Name(notation(page).letter("out", 0), Name("t")), Sign(","), _out(page, -1)))
    return [
        Stroke(((first, 44), (last, 44))),
        Stroke(((first - 8, 44), (first, 44))),
        Label(first - 9, 47.5, told, 8),
    ]


def _disc(x: float, y: float, sign: str) -> list[Shape]:
    return [Disc(x, y, RADIUS), Label(x, y, Sign(sign), 8)]


def _at(letter: str, shift: int = 0) -> Node:
    """c_t, c_{t−1}."""
    return Name(letter, Row((Name("t"), Words("−1"))) if shift else Name("t"))


def _out(page: Page, shift: int = 0) -> Node:
    return _at(notation(page).letter("out"), shift)


def _figure(page: Page, width: float, shapes: list[Shape], kind: str) -> Figure:
    scene = Scene(width, 50, tuple(shapes))
    return Figure(scene, page.phrases.plain(f"general.{kind}_alt"), page.say(f"general.{kind}"))
