"""A drawing of what is special about a kind of layer; to add one, add an entry here.

Each is made by a function of the page and the layer's number; a kind without an entry has no drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive.document.blocks import Figure
from derive.document.example.page import Page
from derive.document.general.figures.attention import attended
from derive.document.general.figures.gates import gru_cell, lstm_cell
from derive.document.general.figures.time import unrolled
from derive.document.general.figures.window import window

Drawing = Callable[[Page, int], Figure | None]

DRAWINGS: Mapping[str, tuple[Drawing, ...]] = {
    "recurrent": (unrolled,),
    "lstm": (lstm_cell, unrolled),
    "gru": (gru_cell, unrolled),
    "conv1d": (window,),
    "conv2d": (window,),
    "max_pool": (window,),
    "mean_pool": (window,),
    "attention": (attended,),
}
