"""A recipe that cannot be satisfied is refused: which condition fails, how often, what to change."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from derive.errors import ProblemError
from derive.exercises.draw import Drawer
from derive.exercises.recipe_reading import read, recipe
from derive.problem import syntax
from tests.exercises.sheet_check import drawer, prepared

IMPOSSIBLE = {
    "closed": ("weights = { low = -2, high = -1 }\nbiases = { low = -1, high = -0.1 }",
        {"activation": "relu"}, "hidden unit 1 was never open, its slope being 0 elsewhere"),
    "saturated": ("weights = { low = 30, high = 50 }", {},
        "hidden unit 1 was never on the steep part of its curve, with a slope of 0.05 at least"),
    "largest": ("largest = 0.3", {}, "as small as 0.3"),
    "smallest": ("smallest = 0.6", {}, "as large as 0.6"),
    "visible": ("visible = 900000", {}, "was never moved by 900000 of its last digit"),
    "decimals": ("digits = { decimals = 2 }\nsmallest = 0\nvisible = 0", {"optimizer": "adam"},
        "printed as more than 0"),
    "targets": ("targets = { low = 3, high = 5 }", {},
        "no target from 3 to 5 lies between 0 and 1, what sigmoid gives"),
    "kink": ("margin = 100", {"activation": "leaky_relu"}, "never 100 or more away from"),
    "exact": ("exact = true", {}, "layers[1].activation: sigmoid has values that no number of digits"),
    "exact optimizer": ("exact = true", {"activation": "relu", "optimizer": "adam"},
        "optimizer: adam has values that no number of digits holds"),
    "digits": ("exact = true\ndigits = { significant = 1 }\nvisible = 0", {"activation": "identity"},
        "held in full by the digits shown"),
}  # fmt: skip


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_an_impossible_recipe_is_refused_with_the_reason(what: str):
    text, options, reason = IMPOSSIBLE[what]
    used = read(syntax.data(text), "mine")
    problem, derivation = prepared("2-2-2", used, **options)

    start = time.perf_counter()
    with pytest.raises(ProblemError) as caught:
        Drawer(problem, derivation, used, 1).draw(range(1, 10_001))

    assert time.perf_counter() - start < 2
    assert reason in str(caught.value)


def test_a_mean_of_three_is_never_exact():
    used = recipe("integers")
    data = {"inputs": 1, "layers": [{"units": 1}], "samples": [{}, {}, {}]}

    with pytest.raises(ProblemError, match="a mean over 3 samples has values"):
        drawer(data, used)


def test_a_certificate_that_accepts_nothing_is_a_reason_too():
    used = recipe("calculator")
    problem, derivation = prepared("2-2-2", used)
    strict = Drawer(problem, derivation, used, 1, lambda values: np.zeros(len(values), dtype=bool))

    with pytest.raises(ProblemError, match="every known mistake can be told from every other"):
        strict.draw([1])


def test_what_is_accepted_decides_which_candidate_is_taken():
    used = recipe("calculator")
    problem, derivation = prepared("2-2-2", used)

    def low(values: Any) -> Any:
        assert values.ndim == 2 and values.flags.c_contiguous
        return values[:, derivation.error] < 0.05

    free = Drawer(problem, derivation, used, 1).draw(range(1, 101))
    chosen = Drawer(problem, derivation, used, 1, low).draw(range(1, 101))

    assert (chosen.values[:, derivation.error] < 0.05).all()
    assert (chosen.attempts >= free.attempts).all()
    same = free.values[:, derivation.error] < 0.05
    assert (chosen.attempts == free.attempts)[same].all()
