"""The lines of quantities: what is shown in full, and how the rest is rounded."""

from __future__ import annotations

import pytest

import derive
from derive.writing.maths import Number, Sign


@pytest.mark.parametrize(
    ("decimals", "expected"),
    [(2, (Sign("≈"), Number("0.10"))), (3, (Sign("="), Number("0.095")))],
)
def test_a_difference_of_typed_numbers_is_rounded_from_the_exact_one(
    decimals: int, expected: tuple[Sign, Number]
):
    """0.102 − 0.007 is a half, 0.095; in doubles it would be a little less."""
    layer = {"weights": [[0.102, 0.007]], "bias": False, "activation": "identity"}
    data = {
        "layers": [layer],
        "samples": [{"inputs": [1, 1], "targets": [0]}],
        "show": {"digits": {"decimals": decimals}},
    }
    example = derive.work(derive.read(data))
    first, second = example.worked.derivation.graph.layers[0].weights.ravel().tolist()

    assert expected == example.scribe.difference(first, second)
