"""Examples that other people worked by hand come out, to the last digit that they printed.

Each fixture holds the set-up, the figures as they stand in the source, and how a figure relates to
the right value where it is not simply rounded: "truncated" (cut off), "last-digit" (formed from
rounded numbers), or "OFF", a mistake of the source that must not be reproduced.
"""

from __future__ import annotations

import re
import tomllib
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

import derive
from derive.algebra.places import Place
from derive.example import Example

FOLDER = Path(__file__).parent / "fixtures" / "published"
FIXTURES = {
    path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))
}
WORKED: dict[tuple[str, int | None, int], Example] = {}


def worked(name: str, decimals: int | None = None, epochs: int = 1) -> Example:
    """The fixture's example, shown with so many decimals."""
    chosen = name, decimals, epochs
    if chosen not in WORKED:
        shown = None if decimals is None else f"{decimals}d"
        text = f"epochs = {epochs}\n{FIXTURES[name]['problem']}"
        WORKED[chosen] = derive.work(derive.read(text, digits=shown))
    return WORKED[chosen]


def figure_of(name: str, formula: str) -> float:
    """What a fixture's formula comes to; "after 10000 E" is the error after so many updates."""
    if match := re.fullmatch(r"after (\d+) (.*)", formula):
        made = int(match[1])
        history = worked(name, epochs=made + 1).history
        assert history is not None
        ((derivation, values),) = history.replay.values([made + 1])
        return float(values[derivation.ledger.find(Place.read(match[2]))])
    return value(worked(name), formula)


def value(example: Example, formula: str) -> float:
    """A quantity, or a product or quotient of some; "after" means with the updated weights."""
    if formula.startswith("after "):
        place = Place.read(formula.removeprefix("after "))
        return float(example.worked.after[example.worked.derivation.ledger.find(place)])
    first, *rest = re.split(r" ([*/]) ", formula)
    result = factor(example, first)
    for sign, name in zip(rest[::2], rest[1::2], strict=True):
        result = result * factor(example, name) if sign == "*" else result / factor(example, name)
    return result


def factor(example: Example, name: str) -> float:
    return float(name) if re.fullmatch(r"-?\d+", name) else example[name]


def decimals(figure: str) -> int:
    return len(figure.partition(".")[2])


def relation(right: float, figure: str) -> str:
    """How a printed figure relates to the right value."""
    printed, exact = Decimal(figure), Decimal(repr(right))
    unit = Decimal(1).scaleb(-decimals(figure))
    if exact.quantize(unit, ROUND_HALF_UP) == printed:
        return "match"
    if exact.quantize(unit, ROUND_DOWN) == printed:
        return "truncated"
    return "last-digit" if abs(exact - printed) < 2 * unit else "OFF"


FIGURES = [
    pytest.param(name, formula, figure, id=f"{name}: {formula}")
    for name, fixture in FIXTURES.items()
    for formula, figure in fixture["printed"].items()
]
# Figures with a line of their own, with no more decimals than a page can show.
LINES = [f for f in FIGURES if " " not in str(f.values[1]) and decimals(str(f.values[2])) <= 15]


@pytest.mark.parametrize(("name", "formula", "figure"), FIGURES)
def test_every_printed_figure_relates_as_recorded(name: str, formula: str, figure: str):
    expected = FIXTURES[name].get("not-a-match", {}).get(formula, "match")

    actual = relation(figure_of(name, formula), figure)

    assert expected == actual


@pytest.mark.parametrize(("name", "key", "figure"), LINES)
def test_the_page_prints_the_figure_itself(name: str, key: str, figure: str):
    """With as many decimals as the source, the page shows the source's digits where it is right."""
    steps = {step["key"]: step for step in worked(name, max(1, decimals(figure))).data()["steps"]}
    right = FIXTURES[name].get("not-a-match", {}).get(key, "match") == "match"

    printed = Decimal(steps[key]["printed"])

    assert right == (Decimal(figure) == printed)


@pytest.mark.parametrize(
    ("name", "formula"),
    [(name, key) for name, fixture in FIXTURES.items() for key in fixture.get("right", {})],
)
def test_a_mistake_of_the_source_is_put_right(name: str, formula: str):
    figure = FIXTURES[name]["right"][formula]

    actual = relation(figure_of(name, formula), figure)

    assert "match" == actual
    assert "OFF" == relation(figure_of(name, formula), FIXTURES[name]["printed"][formula])


def test_every_figure_that_is_off_has_the_right_one_beside_it():
    for fixture in FIXTURES.values():
        off = {key for key, status in fixture.get("not-a-match", {}).items() if status == "OFF"}

        assert off == set(fixture.get("right", {}))


@pytest.mark.parametrize(
    ("right", "figure", "expected"),
    [
        (0.8464, "0.846", "match"),
        (0.85, "0.850", "match"),
        (-0.0226025405, "-0.022602541", "match"),
        (0.8466, "0.846", "truncated"),
        (0.8474, "0.846", "last-digit"),
        (0.8494, "0.846", "OFF"),
    ],
)
def test_relations(right: float, figure: str, expected: str):
    assert expected == relation(right, figure)
