"""Sheets of every kind of layer and of expression graphs: drawn, proved, and back again."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import ProblemError
from derive.problem.reading import read
from derive.sheets.front import sheet
from derive.sheets.order import Order
from derive.sheets.workshop import Workshop
from tests.graphs import graph
from tests.topologies import RANDOM


def drawn(dice: Random) -> dict[str, Any]:
    """An expression graph whose values are all open."""
    data = graph(dice)
    return {**data, "values": dict.fromkeys(data["values"], "draw"), "seed": 1}


SOURCES = {**RANDOM, "expression graph": drawn}
TRIED = 6  # networks of a kind, until one has numbers that are worth doing


def made(source: str, out: Path) -> None:
    """Two sheets of the first random network of a kind for which there are any."""
    for seed in range(TRIED):
        try:
            sheet(
                SOURCES[source](Random(seed)), out, variants=2, seed=seed, formats=["md"],
                singly=True, certified=False,
            )  # fmt: skip
        except ProblemError as error:
            assert "worth doing" in str(error), (seed, error)
        else:
            return
    pytest.fail(f"none of {TRIED} can be drawn")


@pytest.mark.parametrize("source", SOURCES)
def test_the_key_marks_itself_full(source: str, tmp_path: Path) -> None:
    made(source, tmp_path)
    keys = sorted(tmp_path.glob("*-key.md"))
    assert len(keys) == 2
    for key in keys:
        problem = read(key)
        assert problem is not None
        report = derive.check(problem, key).report
        assert report.findings
        assert report.is_right, [
            f for f in report.findings if f.verdict not in ("right", "rounded")
        ]
        assert report.score["points"] == report.score["of"]
        total = re.search(r"(\d+) points", key.read_text("utf-8"))
        assert total is not None
        assert report.score["of"] == int(total[1])


def values(data: dict[str, Any], **order: Any) -> tuple[Workshop, np.ndarray[Any, Any]]:
    workshop = Workshop(Order.of(data, variants=5, seed=3, certified=False, **order))
    return workshop, workshop.lot(range(1, 6)).drawn.values


def test_what_a_table_is_looked_up_by_is_the_same_on_every_sheet() -> None:
    data = {
        "inputs": [3],
        "layers": [{"kind": "embedding", "vocabulary": 4, "units": 2}, {"units": 1}],
    }
    workshop, found = values(data)
    graph = workshop.example.worked.derivation.graph
    assert (found[:, graph.inputs] == found[:1, graph.inputs]).all()
    table = graph.layers[0].parameters["weights"].ravel()
    assert (found[1:, table] != found[:1, table]).any(axis=1).all()


def test_a_mask_is_part_of_the_problem() -> None:
    data = {"inputs": 3, "layers": [{"kind": "dropout", "rate": 0.3}, {"units": 2}]}
    workshop, found = values(data)
    mask = workshop.example.worked.derivation.graph.layers[0].fixed["mask"].ravel()
    assert (found[:, mask] == found[:1, mask]).all()
    assert [opening.place for opening in workshop._openings] == [
        "layers[2].weights", "layers[2].bias", "samples[1].inputs", "samples[1].targets",
    ]  # fmt: skip


def test_values_that_are_typed_stay() -> None:
    data = {"equations": {"f": "x*y"}, "values": {"x": "draw", "y": 0.125}}
    _, found = values(data)
    assert len(set(found[:, 0])) > 1
    assert set(found[:, 1]) == {0.125}


def test_where_nothing_is_open_every_sheet_is_the_same() -> None:
    _, found = values({"equations": {"f": "x*y"}, "values": {"x": 2, "y": 3}})
    assert (found == found[0]).all()


def test_one_hot_targets_at_every_position() -> None:
    data = {
        "inputs": [3, 2], "layers": [{"units": 3, "activation": "softmax"}], "loss": "cross_entropy",
    }  # fmt: skip
    workshop, found = values(data)
    targets = found[:, workshop.example.worked.derivation.graph.targets]
    assert targets.shape == (5, 3, 3)
    assert (targets.sum(axis=2) == 1).all()


def test_whole_numbers_through_time() -> None:
    data = {"inputs": [2, 1], "layers": [{"kind": "recurrent", "units": 1, "returns": "last"}]}
    workshop, found = values(data, recipe="integers")
    assert workshop.order.problem.layers[0].activation.name == "relu"
    parameters = workshop.example.worked.derivation.graph.parameters
    assert (found[:, parameters] % 1 == 0).all()


REFUSED = {
    "layers[1]: lstm has values that no number of digits holds (choose another recipe": {
        "inputs": [2, 1], "layers": [{"kind": "lstm", "units": 1}],
    },
    "layers[1]: attention has values that no number of digits": {
        "inputs": [2, 2], "layers": [{"kind": "attention", "units": 2}],
    },
    "layers[1].activation: tanh has values that no number of digits holds (use relu": {
        "inputs": [2, 1], "layers": [{"kind": "recurrent", "units": 1, "activation": "tanh"}],
    },
    "equations.q: exp(x) has values that no number of digits holds (use sums": {
        "equations": {"f": "q*x", "q": "exp(x)"}, "values": {"x": "draw"},
    },
}  # fmt: skip


@pytest.mark.parametrize("told", REFUSED)
def test_what_has_no_exact_values_is_refused_with_its_place(told: str) -> None:
    with pytest.raises(ProblemError) as caught:
        values(REFUSED[told], recipe="integers")
    assert str(caught.value).startswith(told)


def test_what_is_written_on_a_sheet(tmp_path: Path) -> None:
    data = {"inputs": [2, 2], "layers": [{"kind": "recurrent", "units": 1}], "samples": [{}, {}]}
    sheet(data, tmp_path, seed=2, formats=["md"], certified=False)
    text = (tmp_path / "sheets.md").read_text("utf-8")
    for words in (
        "layer 1 (recurrent)",
        "Sample 1:",
        "Sample 2:",
        "At each time step",
        "W = ",
        "U = ",
    ):
        assert words.casefold() in text.casefold(), words
    assert "\\tag" not in text
