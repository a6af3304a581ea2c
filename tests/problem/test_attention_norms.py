"""What cannot be attended to or normalized, with the messages that a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from derive.errors import ProblemError
from derive.problem.reading import read

TOKENS = "(inputs = [3, 2] are three tokens of two numbers)"
BATCH = "inputs = [4, 2] is a batch of four rows of two numbers, and one sample of the problem"
ONES = "leave it out to have it drawn; ones on the diagonal keep tokens as they are"

REFUSED: list[tuple[str, Any, str, str]] = [
    # attention
    ("attention", 3, "", f"layers[1]: attention takes a list of tokens, not one list of numbers {TOKENS}"),
    ("attention", [2, 2, 2], "", "layers[1]: attention takes a list of tokens, not an array of 3 axes "
    + TOKENS),
    ("attention", [1, 2], "", "layers[1]: a single token has only itself to attend to: its weight is "
    f"always 1 (two tokens or more: {TOKENS[1:]}"),
    ("attention", [400, 1], "", "layers[1]: 400 tokens have 64,000,000 derivatives of a weight by a "
     "score (at most 2,000,000: fewer tokens)"),
    ("attention", [3, 2], "heads = 3", "layers[1].heads: 3 heads cannot share 2 units evenly "
    "(for example units = 3)"),
    ("attention", [3, 2], "heads = 0", "layers[1].heads: 0 is too small "
    "(a whole number from 1 to 10,000)"),
    ("attention", [3, 2], "weights_q = false", "layers[1].weights_q: attention cannot do without "
    f"these weights ({ONES})"),
    ("attention", [3, 2], "weights_v = [[1, 2, 3]]", "layers[1].weights_v: 1 × 3 numbers, but there is "
    "room for 1 × 2 numbers (write a list of 1 list of 2 numbers)"),
    ("attention", [3, 2], "bias_o = [0, 0]", "layers[1].bias_o: the layer has no such array here "
    "(leave it out)"),
    ("attention", [3, 2], "causal = 1", "layers[1].causal: 1 is neither true nor false "
    "(write true, or leave it out)"),
    # normalization
    ("layer_norm", [3, 1], "", "layers[1]: a feature that is alone is its own mean: nothing is left of "
    "it (normalize over two features or more: inputs = [3, 2], for example)"),
    ("layer_norm", [3, 2], "epsilon = 0", "layers[1].epsilon: 0 is not above 0 "
    "(write a positive number, such as 0.5)"),
    ("layer_norm", [3, 2], "gain = [1, 1, 1]", "layers[1].gain: 3 numbers, but there is room for "
    "2 numbers (write a list of 2 numbers)"),
    ("batch_norm", 3, "", "layers[1]: it normalizes over a batch, and one list of numbers is none "
    f"({BATCH})"),
    ("batch_norm", [1, 2], "", "layers[1]: in a batch of one row each feature is its own mean: nothing "
    f"is left of it (two rows or more: {BATCH})"),
    ("batch_norm", [3, 2], "shift = [[1, 1]]", "layers[1].shift: 1 × 2 numbers, but there is room for "
    "2 numbers (write a list of 2 numbers)"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "inputs", "keys", "message"), REFUSED)
def test_what_cannot_be_is_refused(kind: str, inputs: Any, keys: str, message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read(f'inputs = {inputs}\n[[layers]]\nkind = "{kind}"\n{keys}\n')

    assert [message] == [str(mistake) for mistake in caught.value.mistakes]


# --- what is settled without being said ----------------------------------------------------------


def shapes(**layer: Any) -> dict[str, tuple[int, ...]]:
    problem = read({"inputs": [3, 4], "layers": [{"kind": "attention", **layer}]})
    return {name: numbers.shape for name, numbers in problem.layers[0].numbers.items()}


@pytest.mark.parametrize(("layer", "expected"), [
    ({}, {"q": (4, 4), "k": (4, 4), "v": (4, 4)}),
    ({"heads": 2}, {"q": (4, 4), "k": (4, 4), "v": (4, 4), "o": (4, 4)}),
    ({"heads": 2, "weights_o": False}, {"q": (4, 4), "k": (4, 4), "v": (4, 4)}),
    ({"units": 6, "heads": 3, "size": 1}, {"q": (3, 4), "k": (3, 4), "v": (6, 4), "o": (6, 6)}),
    ({"weights_o": [[1, 2], [3, 4]]}, {"q": (2, 4), "k": (2, 4), "v": (2, 4), "o": (2, 2)}),
    ({"weights_k": [[1, 2, 3, 4]]}, {"q": (1, 4), "k": (1, 4), "v": (4, 4)}),
    ({"weights_v": [[1, 2, 3, 4]]}, {"q": (1, 4), "k": (1, 4), "v": (1, 4)}),
])  # fmt: skip
def test_the_arrays_of_attention(layer: dict[str, Any], expected: dict[str, Any]) -> None:
    assert {f"weights_{part}": shape for part, shape in expected.items()} == shapes(**layer)


def test_biases_are_there_where_they_are_asked_for() -> None:
    def biases(**layer: Any) -> set[str]:
        return {name for name in shapes(**layer) if name.startswith("bias")}

    assert biases() == set()
    assert biases(bias=True) == {"bias_q", "bias_k", "bias_v"}
    assert biases(bias=True, bias_k=False, heads=2) == {"bias_q", "bias_v", "bias_o"}
    assert biases(bias_q=[1, 2, 3, 4]) == {"bias_q"}
