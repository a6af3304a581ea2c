"""The keys of a recipe file and who reads each of them.

A reader takes what the file holds, and gives what the recipe holds or raises `Wrong`.

>>> KEYS["depth"]([1, 2]), KEYS["visible"](10)
((1, 2), 10)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from derive.errors import Mistake
from derive.exercises.recipe import End, Range
from derive.problem import draft, fits
from derive.problem.choices import choice
from derive.problem.keys import Reader
from derive.problem.model import Choice, Given
from derive.problem.numerals import number
from derive.problem.values import digits, positive, title, whole
from derive.problem.wrong import Wrong, inside, plain, shown, wrong
from derive.registry import nearest

MOST_DECIMALS = 6
MOST_NUMBERS = 1_000_000  # in one range
MOST_CHOICES = 20
MOST_DEPTH, MOST_WIDTH = 10, 100
LARGEST = 1e6  # of a number that is drawn


def within(key: str, read: Callable[[], Any], mistakes: list[Mistake]) -> Any:
    """What a reader gives; what it finds wrong is noted with the key in front, and gives None."""
    try:
        return read()
    except Wrong as error:
        mistakes += error.at(plain(key))
    return None


def table(
    value: object, readers: Mapping[str, Reader], needed: Collection[str] = ()
) -> dict[str, Any]:
    """The values of a table's keys, each read by its reader."""
    if not isinstance(value, Mapping):
        keys = ", ".join(f"{key} = …" for key in needed)
        wrong(f"{shown(value)} is not a table", f"write {{ {keys} }}")
    mistakes: list[Mistake] = []
    found: dict[str, Any] = {}
    for key, item in value.items():
        if key not in readers:
            remedy = nearest(plain(str(key)), list(readers))
            mistakes.append(Mistake(plain(str(key)), "unknown key", remedy))
        else:
            found[key] = within(key, partial(readers[key], item), mistakes)
    missing = [key for key in needed if key not in value]
    mistakes += [
        Mistake(inside("", key), "this key is missing", f"write {key} = …") for key in missing
    ]
    if mistakes:
        raise Wrong(mistakes)
    return found


def numbers(value: object) -> Range:
    """{ low = -1.5, high = 1.5, decimals = 1 }: what is drawn."""
    found = Range(**table(value, _RANGE, ("low", "high")))
    if found.low.value > found.high.value:
        wrong(f"low = {found.low.text} is above high = {found.high.text}", "exchange them")
    count = (found.high.value - found.low.value) * 10**found.decimals
    if count > MOST_NUMBERS:
        wrong(f"a range of {count:,.0f} numbers", f"at most {MOST_NUMBERS:,}: fewer decimals")
    if not found.wholes().size:
        fact = f"no number with {found.decimals} decimals lies in this range"
        wrong(fact, "more decimals, a wider range, a smaller least, or zero = true")
    return found


def _bounded(value: object) -> Given:
    given = number(value)
    if abs(given.value) > LARGEST:
        wrong(f"{shown(given)} is too large", "at most 1000000 in size")
    return given


def _size(value: object) -> Given:
    given = _bounded(value)
    if given.value < 0:
        wrong(f"{shown(given)} is below 0", "0 or a positive number")
    return given


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        wrong(f"{shown(value)} is neither true nor false", "write true or false, without quotes")
    return value


def _listed(value: object, read: Callable[[object], Any], example: str) -> tuple[Any, ...]:
    """A list of things, at least one."""
    if not isinstance(value, list) or not value:
        fact = "an empty list" if value == [] else f"{shown(value)} is not a list"
        wrong(fact, f"write {example}")
    if len(value) > MOST_CHOICES:
        wrong(f"a list of {len(value):,} choices", f"at most {MOST_CHOICES}")
    mistakes: list[Mistake] = []
    found = [within(f"[{n}]", partial(read, item), mistakes) for n, item in enumerate(value, 1)]
    if mistakes:
        raise Wrong(mistakes)
    return tuple(found)


def _hidden(value: object) -> Choice:
    """An activation of a hidden layer."""
    return choice("activation", value)


def _end(value: object) -> End:
    """An activation of the last layer with its loss."""
    read: Mapping[str, Reader] = {key: partial(choice, key) for key in ("activation", "loss")}
    end = End(**table(value, read, ("activation", "loss")))
    layer = draft.LayerDraft(units=2, activation=end.activation)
    misfits = [*fits.misfits(draft.Draft(layers=[layer], loss=end.loss), [2, 2])]
    if misfits:
        raise Wrong(misfits)
    return end


def _span(value: object, least: int, most: int) -> tuple[int, int]:
    """[least, most]."""
    if not isinstance(value, list) or len(value) != 2:
        wrong(f"{shown(value)} is not a pair", f"write [{least}, {min(most, least + 2)}]")
    low, high = _listed(value, partial(whole, least=least, most=most), "[1, 2]")
    if low > high:
        wrong(f"{low} is above {high}", f"write [{high}, {low}]")
    return low, high


_RANGE: Mapping[str, Reader] = {
    "low": _bounded,
    "high": _bounded,
    "decimals": partial(whole, least=0, most=MOST_DECIMALS),
    "least": _size,
    "zero": _truth,
}
KEYS: Mapping[str, Reader] = {
    "title": title,
    "inputs": numbers,
    "targets": numbers,
    "weights": numbers,
    "biases": numbers,
    "sources": partial(whole, least=1, most=1_000_000),
    "digits": digits,
    "learning_rate": positive,
    "hidden": partial(_listed, read=_hidden, example='["sigmoid"]'),
    "ends": partial(
        _listed, read=_end,
        example='[{ activation = "sigmoid", loss = "half_squared_error" }]',
    ),
    "depth": partial(_span, least=0, most=MOST_DEPTH),
    "width": partial(_span, least=1, most=MOST_WIDTH),
    "largest": positive,
    "smallest": _size,
    "slope": _size,
    "margin": _size,
    "visible": partial(whole, least=0, most=1_000_000),
    "exact": _truth,
}  # fmt: skip
