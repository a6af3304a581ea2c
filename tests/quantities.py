"""Every quantity that a network can have, by hand: for tests of what quantities are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from derive.algebra.places import UNLAYERED, Place
from derive.problem.model import Choice, Problem
from derive.problem.reading import load
from derive.writing.maths import Node
from derive.writing.printers import PRINTERS

NETWORKS: dict[str, dict[str, Any]] = {
    "2-2-2": {},
    "2-2-2 shared": {"bias": "shared"},
    "2-3-2 threshold": {"bias": "threshold"},
    "3-2 alone": {},
    "2-2-3-2 deep": {},
    "11-12-11 wide": {},
    "2-11-11-11 deep and wide": {"bias": "shared"},
    "2-3 softmax": {"activation": "softmax", "loss": "cross_entropy"},
    "2-3-3-2 softmax": {"activation": "tanh,softmax,softmax", "loss": "cross_entropy"},
    "1-1-1-1-1-1-1-1-1-1-1-1-1 deepest": {},
    "2-1-1 shared by one": {"bias": "shared"},
    "4-5 ten units fewer one": {},
    "4-6 ten units": {"bias": "shared"},
}
OF_UNITS = {"net", "out", "dE/dout", "delta"}
OF_WEIGHTS = {"dnet/dw", "dE/dw"}
OF_PARAMETERS = {
    "decayed", "velocity", "velocity_new", "moment", "moment_new", "moment_hat",
    "square", "square_new", "square_hat",
}  # fmt: skip
JOINT = {"dout/dnet"}  # of each unit by each, of which a unit by itself is the plain case
KINDS = (
    OF_UNITS
    | JOINT
    | OF_WEIGHTS
    | OF_PARAMETERS
    | UNLAYERED
    | {"w", "b", "dE/db", "w_new", "b_new"}
)
SAMPLED = OF_UNITS | JOINT | OF_WEIGHTS | {"dE/db", "E", "t"}


def problem(units: str, samples: int = 1, optimizer: str = "adam", **show: Any) -> Problem:
    asked = load(units.partition(" ")[0], **NETWORKS.get(units, {}))
    return replace(
        asked, samples=asked.samples * samples, optimizer=Choice(optimizer),
        show=replace(asked.show, **show),
    )  # fmt: skip


def every_place(asked: Problem) -> list[Place]:
    """All quantities that there can be, with all that an optimizer may keep, of two samples or one."""
    samples = (1, 2) if len(asked.samples) > 1 else ()
    return [
        place._replace(sample=sample)
        for place in alone(asked)
        for sample in (None, *(samples if place.kind in SAMPLED else ()))
    ]


def alone(asked: Problem) -> Iterator[Place]:
    yield from (Place(kind) for kind in UNLAYERED - {"t"})
    for unit in range(1, asked.units[-1] + 1):
        yield from (Place("t", None, (unit,)), Place("E", None, (unit,)))
    yield from (Place("out", 0, (unit,)) for unit in range(1, asked.inputs + 1))
    for number, layer in enumerate(asked.layers, start=1):
        units = range(1, layer.units + 1)
        yield from (Place(kind, number, (unit,)) for kind in OF_UNITS for unit in units)
        yield from (Place(kind, number, pair) for kind in JOINT for pair in product(units, units))
        weights = list(product(units, range(1, asked.units[number - 1] + 1)))
        kinds = OF_WEIGHTS | OF_PARAMETERS | {"w", "w_new"}
        yield from (Place(kind, number, index) for kind in kinds for index in weights)
        biases = {"none": [], "shared": [()]}.get(layer.bias.form, [(unit,) for unit in units])
        kinds = OF_PARAMETERS | {"b", "b_new", "dE/db"}
        yield from (Place(kind, number, index) for kind in kinds for index in biases)


def twice(names: list[str]) -> list[str]:
    return [name for name, number in Counter(names).items() if number > 1]


def latex(node: Node) -> str:
    return PRINTERS["latex"]().print(node)
