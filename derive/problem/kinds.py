"""What can be said of a layer of each kind: the readers of the keys that the catalogue gives it.

>>> READERS["pair"](3), READERS["pair"]([2, 1]), READERS["layers"](0)
((3, 3), (2, 1), (0,))
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from derive.problem import known
from derive.problem.choices import choice
from derive.problem.draft import MOST_LAYERS, MOST_UNITS
from derive.problem.keys import LAYER, Reader
from derive.problem.model import Numbers
from derive.problem.numerals import tensor
from derive.problem.values import one_of, positive, share, whole
from derive.problem.wrong import counted_from_1, shown, wrong
from derive.registry import nearest


def pair(value: object, least: int = 1) -> tuple[int, int]:
    """A whole number for height and width, or a list of the two."""
    if isinstance(value, list):
        if len(value) != 2:
            wrong(f"a list of {len(value)}", "one whole number, or two: [height, width]")
        return whole(value[0], least, MOST_UNITS), whole(value[1], least, MOST_UNITS)
    number = whole(value, least, MOST_UNITS)
    return number, number


def sizes(value: object) -> int | tuple[int, ...]:
    """A whole number for all axes, or a list with one for each of the last axes, which are one or two.

    >>> sizes(2), sizes([2]), sizes([1, 2])
    (2, (2,), (1, 2))
    """
    if not isinstance(value, list):
        return whole(value, 1, MOST_UNITS)
    if len(value) not in (1, 2):
        wrong(f"a list of {len(value)}", "one whole number, or two: [height, width]")
    return tuple(whole(item, 1, MOST_UNITS) for item in value)


def yes(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        wrong(f"{shown(value)} is neither true nor false", "write true, or leave it out")
    return value


def no(value: object) -> bool:
    """false, where there is something for each gate that a layer can do without altogether."""
    if value is not False:
        remedy = "write false for none at all; numbers are given gate by gate"
        wrong(f"{shown(value)} is not false", remedy)
    return False


def layers(value: object) -> tuple[int, ...]:
    """The number of a layer, 0 for the inputs, or a list of such numbers."""
    every = value if isinstance(value, list) else [value]
    if not every:
        wrong("an empty list", "write from = 1, or from = [1, 2]; 0 are the inputs")
    return tuple(whole(item, 0, MOST_LAYERS) for item in every)


def array(value: object) -> Numbers | None:
    """Numbers in lists of any depth; false where the layer shall have none."""
    return None if value is False else tensor(value)


def mask(value: object) -> Numbers:
    """Numbers in lists of any depth, each 0 or 1."""
    if value is False:
        wrong("false drops nothing", "leave mask out to have it drawn, or leave the layer out")
    numbers = tensor(value)
    for index in np.argwhere((numbers.values != 0) & (numbers.values != 1))[:1].tolist():
        fact = f"{numbers.text(*index)} is neither 0 nor 1"
        wrong(fact, "1 keeps, 0 drops", counted_from_1(index))
    return numbers


READERS: Mapping[str, Reader] = {
    "units": partial(whole, least=1, most=MOST_UNITS),
    "whole": partial(whole, least=1, most=MOST_UNITS),
    "count": partial(whole, least=0, most=MOST_UNITS),
    "pair": pair,
    "padding": partial(pair, least=0),
    "sizes": sizes,
    "yes": yes,
    "no": no,
    "positive": positive,
    "share": share,
    "outputs": partial(one_of, "choice of outputs"),
    "reset": partial(one_of, "place of the reset"),
    "layers": layers,
}


@cache
def keys(kind: str) -> Mapping[str, Reader]:
    """The keys of a layer of this kind, with their readers."""
    if kind == "dense":
        return {**LAYER, "from": layers}
    entry = known.table("layer kind")[kind]
    arrays = (*entry.parameters, *entry.constants)
    found: dict[str, Reader] = {"kind": LAYER["kind"], "from": layers}
    found |= {key: READERS[reader] for key, reader in entry.keys.items()}
    found |= {name: mask if name == "mask" else array for name in arrays}
    if entry.activation is not None:
        found["activation"] = partial(choice, "activation")
    if entry.parameters:
        found["frozen"] = partial(_frozen, entry.parameters)
    return found


def _frozen(parts: tuple[str, ...], value: object) -> frozenset[str]:
    """The names of arrays that are not updated."""
    if not isinstance(value, list):
        wrong(f"{shown(value)} is not a list", f'write frozen = ["{parts[0]}"]')
    for index, item in enumerate(value, 1):
        if item not in parts:
            near = nearest(item, list(parts)) if isinstance(item, str) else ", ".join(parts)
            wrong(f"{shown(item)} is no array of such a layer", near, f"[{index}]")
    return frozenset(value)


def sorted_out(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `LayerDraft` from the keys that were read."""
    given = dict(fields)
    if "from" in given:
        given["sources"] = given.pop("from")
    if kind == "dense":
        return given
    entry = known.table("layer kind")[kind]
    own = {key: given[key] for key in entry.keys if key in given and key != "units"}
    arrays = {key: value for key, value in given.items()
              if key in entry.parameters or key in entry.constants}  # fmt: skip
    rest = {key: value for key, value in given.items() if key not in own and key not in arrays}
    return {**rest, "options": own, "arrays": arrays}
