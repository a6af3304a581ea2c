"""Layers with gates: what can be said of them, and what is refused, with the message that is read."""

from __future__ import annotations

from typing import Any

import pytest

from derive.errors import ProblemError
from derive.problem.model import Problem
from derive.problem.reading import read


def asked(kind: str = "lstm", inputs: Any = (3, 2), **layer: Any) -> Problem:
    """A layer of two units, unless the keys say otherwise."""
    shape = inputs if isinstance(inputs, int) else list(inputs)
    return read({"inputs": shape, "layers": [{"kind": kind, "units": 2, **layer}]})


def shapes(problem: Problem) -> dict[str, tuple[int, ...]]:
    return {name: numbers.shape for name, numbers in problem.layers[0].arrays.items()}


def test_each_gate_has_arrays_of_its_own() -> None:
    found = shapes(asked("lstm"))

    assert [f"{part}_{k}" for k in "ifgo" for part in ("weights", "recurrent", "bias")] == [*found]
    assert {(2, 2), (2,)} == set(found.values())


@pytest.mark.parametrize(("reset", "biases"), [("before", "zrn"), ("after", "zrnh")])
def test_a_reset_after_the_recurrent_weights_has_biases_more(reset: str, biases: str) -> None:
    found = shapes(asked("gru", reset=reset))

    assert [f"bias_{k}" for k in biases] == [name for name in found if name.startswith("bias")]


def test_biases_can_be_left_out_for_one_gate_or_for_all() -> None:
    assert "bias_f" not in shapes(asked(bias_f=False))
    assert "bias_o" in shapes(asked(bias_f=False))
    for kind, options in (("lstm", {}), ("gru", {}), ("gru", {"reset": "after"})):
        found = shapes(asked(kind, bias=False, **options))
        assert not [name for name in found if name.startswith("bias")]


def test_units_are_counted_where_nothing_says_how_many() -> None:
    problem = read({
        "inputs": [3, 2], "layers": [{"kind": "gru", "recurrent_z": [[0.1, 0.2], [0.3, 0.4]]}],
    })  # fmt: skip

    assert problem.layers[0].shape == (3, 2)
    assert shapes(problem)["weights_n"] == (2, 2)


KNOWN = "known: before, after"
REFUSED = [
    ({"kind": "gru", "units": None},
     "layers[1].units: nothing says how many units the layer has (write units = 2)"),
    ({"inputs": 4},
     "layers[1]: it takes a list of time steps, not a single row of numbers "
     "(inputs = [4, 2] are four time steps of two numbers)"),
    ({"inputs": (2, 3, 2)},
     "layers[1]: it takes a list of time steps, not an array of 3 axes "
     "(inputs = [4, 2] are four time steps of two numbers)"),
    ({"weights_f": [[0.1, 0.2]]},
     "layers[1].weights_f: 1 × 2 numbers, but there is room for 2 × 2 numbers "
     "(write a list of 2 lists of 2 numbers)"),
    ({"recurrent_o": [[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]},
     "layers[1].recurrent_o: 2 × 3 numbers, but there is room for 2 × 2 numbers "
     "(write a list of 2 lists of 2 numbers)"),
    ({"weights_i": False},
     "layers[1].weights_i: the layer cannot do without it "
     "(leave the key out, and the numbers are drawn)"),
    ({"bias": 0.5},
     "layers[1].bias: 0.5 is not false "
     "(write false for none at all; numbers are given gate by gate)"),
    ({"bias": False, "bias_i": [0.1, 0.2]},
     "layers[1].bias_i: the layer has no such array here (leave it out)"),
    ({"weights": [[0.1, 0.2]]},
     "layers[1].weights: unknown key (did you mean 'weights_o'?)"),
    ({"frozen": ["bias_z"]},
     "layers[1].frozen[1]: 'bias_z' is no array of such a layer (did you mean 'bias_o'?)"),
    ({"returns": "first"},
     "layers[1].returns: there is no choice of outputs 'first' (known: all, last)"),
    ({"kind": "gru", "reset": "midway"},
     f"layers[1].reset: there is no place of the reset 'midway' ({KNOWN})"),
    ({"kind": "gru", "bias_h": [0.1, 0.2]},
     "layers[1].bias_h: a reset before the recurrent weights has no such biases "
     '(write reset = "after", or leave it out)'),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "message"), REFUSED)
def test_what_cannot_be_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        asked(**keys)

    assert [message] == [str(mistake) for mistake in caught.value.mistakes]
