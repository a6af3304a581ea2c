"""Values of an expression graph that the seed decides, and problems with other numbers."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

import derive
from derive.errors import ProblemError
from derive.problem.model import Numbers
from derive.problem.numbered import numbers_at, renumbered
from derive.problem.saving import as_data, write_problem
from tests.topologies import RANDOM

OPEN: dict[str, Any] = {
    "equations": {"f": "q*z", "q": "x + y"},
    "values": {"x": "draw", "y": 5, "z": "draw"},
    "seed": 5,
}


def test_the_seed_decides_what_is_drawn() -> None:
    found = [derive.read(OPEN), derive.read(OPEN), derive.read(OPEN, seed=6)]
    values = [problem.equations.values for problem in found if problem.equations is not None]
    assert values[0] == values[1] != values[2]
    assert values[0]["y"] == values[2]["y"]
    assert found[0].drawn == ("values.x", "values.z")
    assert all(0 < abs(values[0][name].value) <= 3 for name in "xz")


def test_one_value_changes_no_other() -> None:
    alone = derive.read({**OPEN, "values": {"x": "draw", "y": 5, "z": 1}})
    both = derive.read(OPEN)
    assert alone.equations is not None and both.equations is not None
    assert alone.equations.values["x"] == both.equations.values["x"]


def test_what_was_drawn_is_left_out_of_data_or_written_out() -> None:
    problem = derive.read(OPEN)
    data = as_data(problem, drawn=False)
    assert data["values"] == {"x": "draw", "y": 5, "z": "draw"}
    assert as_data(derive.read(data)) == as_data(problem)
    assert derive.read(write_problem(problem)).drawn == ()
    assert as_data(derive.read(write_problem(problem))) == as_data(problem)


def test_the_page_says_so() -> None:
    page = derive.work(derive.read(OPEN)).render("md").content.decode()
    assert "drawn with seed 5" in page


@pytest.mark.parametrize("value", ["Draw", "drawn", "?", True, ["draw"]])
def test_anything_else_is_no_number(value: object) -> None:
    with pytest.raises(ProblemError, match=r"values\.x"):
        derive.read({"equations": {"f": "x"}, "values": {"x": value}})


@pytest.mark.parametrize("kind", RANDOM)
def test_a_problem_whose_numbers_are_left_out_is_drawn_again(kind: str) -> None:
    problem = derive.read(RANDOM[kind](Random(3)))
    again = derive.read(as_data(problem, drawn=False))
    assert as_data(again) == as_data(problem)
    assert again.drawn == problem.drawn


@pytest.mark.parametrize("kind", RANDOM)
def test_every_place_can_have_other_numbers(kind: str) -> None:
    problem = derive.read(RANDOM[kind](Random(4)))
    for place in problem.drawn:
        own = numbers_at(problem, place)
        other = Numbers(own.values * 0 + 1, decimals=0)
        changed = renumbered(problem, {place: other})
        assert (numbers_at(changed, place).values == 1).all()
        assert place not in changed.drawn
        rest = [p for p in problem.drawn if p != place]
        assert all(numbers_at(changed, p) is numbers_at(problem, p) for p in rest)


def test_a_value_can_have_another_number() -> None:
    changed = renumbered(derive.read(OPEN), {"values.x": Numbers.typed("0.50")})
    assert changed.equations is not None
    assert changed.equations.values["x"].text == "0.50"
    assert derive.work(changed)["q"] == 5.5
