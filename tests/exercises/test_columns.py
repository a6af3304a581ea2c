"""The columns of many sheets say of each what the scribe says of one."""

from __future__ import annotations

import numpy as np
import pytest

import derive
from derive.exercises.columns import Columns
from derive.numbers.rounding import Printed

CASES = [
    ("2-2-2", {}), ("2-2-2", {"activation": "relu", "loss": "squared_error"}),
    ("3-2-1", {"activation": "identity", "digits": "3d"}), ("2-3-2", {"activation": "tanh", "digits": "4"}),
    ("2-2-2", {"activation": "leaky_relu", "digits": "9"}), ("2-2-3", {"loss": "mean_squared_error"}),
    ("2-3", {"activation": "softmax", "loss": "cross_entropy", "digits": "5"}),
    ("2-2-1", {"optimizer": "adam", "digits": "2d"}), ("2-2-1", {"optimizer": "momentum"}),
    ("1-1-1", {"activation": "identity", "digits": "2d"}), ("2-2-2", {"bias": "threshold", "delta": "add"}),
    ("3-3-1", {"loss": "huber", "activation": "elu"}), ("2-2", {"loss": "absolute_error", "bias": "shared"}),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "options"), CASES)
@pytest.mark.parametrize("seed", range(4))
def test_columns_are_what_the_scribe_prints(shape: str, options: dict[str, str], seed: int):
    example = derive.work(shape, seed=seed, **options)
    worked = example.worked
    columns = Columns(example.scribe, worked.values[None], worked.uncertainty[None])

    known = np.flatnonzero(np.isfinite(worked.values)).tolist()
    expected = {q: (example.scribe.printed(q), example.scribe.is_exact(q)) for q in known}

    assert expected == {q: (columns[q].printed(0), bool(columns[q].exact[0])) for q in known}


def test_sizes_at_which_the_look_changes():
    example = derive.work("1-1", seed=1, digits="3")
    quantity = example.worked.derivation.error
    sizes = [
        0.0,
        9.994,
        9.996,
        0.9995,
        99.95,
        1234.5,
        123456.0,
        1.5e9,
        1e-5,
        9.99e-6,
        1.234e-7,
        0.125,
    ]
    values = np.tile(example.worked.values, (len(sizes), 1))
    values[:, quantity] = sizes
    column = Columns(example.scribe, values, np.abs(values) * 1e-16)[quantity]

    figures = example.scribe.figures
    expected = [figures.rounded(size) for size in sizes]

    assert [True if p is None else p for p in expected] == [
        column.printed(n) if not column.exact[n] else expected[n] for n in range(len(sizes))
    ]
    assert Printed("9.99", -6) in expected
