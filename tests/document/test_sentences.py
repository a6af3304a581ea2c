"""Sentences that hold for some problems only stand on their pages, and on no others."""

from __future__ import annotations

from typing import Any

import pytest

import derive
from derive.problem.reading import read


def page(**settings: Any) -> str:
    count = settings.pop("samples", 3)
    samples = [{"inputs": [0.1 * n, 0.2], "targets": [0.3]} for n in range(1, count + 1)]
    layers = settings.pop("layers", [{"units": 2}, {"units": 1}])
    options = settings.pop("options", {})
    problem = {"layers": layers, "samples": samples, "seed": 7, **settings}
    return derive.work(read(problem, **options)).render("md").content.decode()


@pytest.mark.parametrize(
    ("expected", "settings"),
    [
        ("Every update uses all samples.", {}),
        ("Every update uses all samples, so an epoch is one update.", {"epochs": 2}),
        ("has 2 updates, and the last of them uses what is left.", {"batch_size": 2}),
        ("one pass over all samples, has 2 updates.", {"batch_size": 2, "samples": 4}),
        ("The other sample of the first batch", {"batch_size": 2}),
        ("The three samples together", {}),
        ("The error as one expression, sample 1", {}),
        ("A number in round brackets, as in $`E_{\\mathrm{total}}^{(1)}`$", {}),
    ],
)
def test_what_is_said_of_samples(expected: str, settings: dict[str, Any]):
    assert expected in page(**settings)


def test_a_delta_belongs_to_the_error_of_its_sample():
    found = page(options={"notation": "bracket"})

    assert "$`\\delta`$, is $`\\partial L^{(s)}\\text{/}\\partial z`$" in found
    assert "The layer stands above: $`z_{1}^{[2]}`$ is the net input of unit 1 of layer 2." in found


@pytest.mark.parametrize(
    ("expected", "bias"),
    [
        (("adds them up, and its bias with them", "its weights and biases.", "| its biases |"), 0),
        (("and adds them up: that is", "The network with its weights.", ""), False),
        (("subtracts its threshold", "its weights and thresholds.", "| its thresholds |"),
         {"threshold": [0, 0]}),
    ],
)  # fmt: skip
def test_what_is_said_of_biases(expected: tuple[str, ...], bias: Any):
    layers = [{"units": 2, "bias": [0, 0] if bias == 0 and bias is not False else bias}]
    samples = [{"inputs": [0.1], "targets": [0.2, 0.3]}]
    found = derive.work(read({"layers": layers, "samples": samples})).render("md").content.decode()

    assert [True] * 3 == [sentence in found for sentence in expected]


@pytest.mark.parametrize(
    ("carry", "digits", "expected"),
    [
        ("full", "4d", "$`\\hat{s}`$ is shown as 0, though it is not 0"),
        ("printed", "4d", "$`\\hat{s}`$ is rounded to 0"),
        ("full", "4", None),
    ],
)
def test_squares_that_vanish_are_told(carry: str, digits: str, expected: str | None):
    found = page(samples=1, options={"optimizer": "adam", "carry": carry, "digits": digits})

    assert ("ignificant digits would" in found) == (expected is not None)
    assert expected is None or expected in found
