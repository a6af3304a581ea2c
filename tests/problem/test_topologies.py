"""Networks of any topology: what does not fit together, with the message a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from derive.errors import ProblemError
from derive.problem.reading import read


def messages(inputs: Any, *layers: dict[str, Any], **keys: Any) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        read({"inputs": inputs, "layers": list(layers), **keys})
    return [str(mistake) for mistake in caught.value.mistakes]


# --- names ---------------------------------------------------------------------------------------

NO_NAMES = "only weights of dense layers in a chain have names of their own (leave names out)"


def test_a_list_of_one_length_is_a_list_of_inputs():
    problem = read({"inputs": [2], "layers": [{"units": 2}]})

    assert ("A 2-2 network", 2, ()) == (problem.title, problem.inputs, problem.shape)
    assert ["layers[1].names: 1 list of names, but the layer has 2 units (one list for each unit)",
            "layers[1].names[1]: 1 name for 2 weights (one name for each weight)"] == messages(
                [2], {"units": 2, "names": [["a"]]})  # fmt: skip


@pytest.mark.parametrize(
    ("inputs", "keys"), [([2, 2], {}), (2, {"from": 0})], ids=["positions", "sources"]
)
def test_names_that_no_page_would_show(inputs: Any, keys: dict[str, Any]):
    layer = {"units": 1, "names": [["a", "b"]], **keys}

    assert [f"layers[1].names: {NO_NAMES}"] == messages(inputs, layer)


# --- numbers -------------------------------------------------------------------------------------


def test_weights_of_different_lengths_that_no_units_count():
    ragged = {"weights": [[1, 2], [3]]}
    message = "layers[1].weights: lists of different lengths (one weight for each source)"

    assert [message] == messages([2, 2], ragged)
    assert [message] == messages([2, 2], {**ragged, "units": 2})


def test_the_place_of_a_target():
    sample = {"inputs": [[1, 2], [3, 4]], "targets": [[1, 0], [1, -1]]}
    message = "-1 is no target for cross_entropy (a number that is not negative)"

    assert [f"samples[1].targets[2][2]: {message}"] == messages(
        [2, 2], {"units": 2}, samples=[sample], loss="cross_entropy"
    )


# --- matrices ------------------------------------------------------------------------------------

NO_MATRICES = "only dense layers in a chain are shown with matrices (leave it out)"


def test_matrices_that_no_page_would_show():
    flat = {"kind": "flatten"}
    data = {"inputs": [2, 2], "layers": [flat, {"units": 1}]}

    assert [f"show.matrix: {NO_MATRICES}"] == messages(
        [2, 2], flat, {"units": 1}, show={"matrix": "row"}
    )
    with pytest.raises(ProblemError, match="only dense layers in a chain"):
        read(data, matrix="row")
    assert "none" == read(data, matrix="none").show.matrix


# --- softmax over one unit -----------------------------------------------------------------------

ALWAYS_1 = "softmax over one unit is always 1 (use sigmoid, or give the layer more units)"


@pytest.mark.parametrize("kind", ["dense", "recurrent"])
def test_softmax_over_one_unit_at_several_positions(kind: str):
    layer = {"kind": kind, "units": 1, "activation": "softmax"}

    assert [f"layers[1].activation: {ALWAYS_1}"] == messages([3, 2], layer)


def test_the_usual_activation_of_one_unit_at_several_positions():
    data = {"inputs": [3, 2], "loss": "cross_entropy", "layers": [{"units": 1}]}

    assert "sigmoid" == read(data).layers[0].activation.name
    assert "softmax" == read({**data, "layers": [{"units": 2}]}).layers[0].activation.name


def test_a_softmax_with_too_many_derivatives_is_refused() -> None:
    """Each output by each net input, at every position; before memory ends."""
    for inputs in (15, [15, 2]):
        data = {"inputs": inputs, "layers": [{"units": 2000 if inputs == 15 else 1000,
                                              "activation": "softmax"}]}  # fmt: skip
        with pytest.raises(ProblemError, match="derivatives here, of each output by each net input"):
            read(data)
