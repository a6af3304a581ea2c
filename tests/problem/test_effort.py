"""Training that would not fit or not end is refused, with the numbers that say why."""

from __future__ import annotations

import pytest

from derive.errors import ProblemError
from derive.problem.reading import read


def asked(*units: int, samples: int = 1, **keys: object) -> dict[str, object]:
    """A network of these units, inputs first, and so many samples to be drawn."""
    layers = [{"units": count} for count in units[1:]]
    return {"inputs": units[0], "layers": layers, "samples": [{}] * samples, **keys}


def refusal(data: dict[str, object]) -> str:
    with pytest.raises(ProblemError) as caught:
        read(data)
    return str(caught.value)


def test_a_batch_too_large_to_be_held():
    expected = ("batch_size: 50 samples per update, times 101,770 weights and biases "
                "(at most 4,000,000: batch_size = 39)")  # fmt: skip
    network = (784, 128, 10)

    assert expected == refusal(asked(*network, samples=50))
    assert expected == refusal(asked(*network, samples=60, batch_size=50))


def test_the_batch_size_that_is_proposed_is_the_largest():
    data = asked(784, 128, 10, samples=50)

    assert 39 == read({**data, "batch_size": 39}).batch_size
    assert "batch_size" in refusal({**data, "batch_size": 40})


@pytest.mark.parametrize(
    ("bias", "parameters"),
    [(False, 300_000), (0.5, 300_001), ("each", 300_300), ({"threshold": [0.5] * 300}, 300_300)],
)
def test_which_parameters_are_counted(bias: object, parameters: int):
    data = {"inputs": 1000, "layers": [{"units": 300, "bias": bias}], "samples": [{}] * 14}

    assert f"times {parameters:,} weights" in refusal(data)


def test_one_sample_of_the_largest_network_is_allowed():
    assert 2_000_000 == read(asked(200, 10_000)).layers[0].weights.values.size


def test_too_many_updates():
    expected = ("epochs: 100,000 epochs of 11 updates are 1,100,000 updates "
                "(at most 1,000,000: epochs = 90,909)")  # fmt: skip

    assert expected == refusal(asked(1, 1, samples=21, batch_size=2, epochs=100_000))


def test_the_number_of_epochs_that_is_proposed_is_the_largest():
    data = asked(1, 1, samples=21, batch_size=2)

    assert 90_909 == read({**data, "epochs": 90_909}).epochs
    assert "epochs" in refusal({**data, "epochs": 90_910})


def test_too_much_work():
    data = asked(100, 100, 10, samples=100, batch_size=100)

    assert refusal({**data, "epochs": 50_000}) == (
        "epochs: 50,000 epochs of 100 samples, times 11,110 weights and biases, "
        "is too much to work out (at most 20,000,000,000: epochs = 18,001)"
    )
    assert 18_001 == read({**data, "epochs": 18_001}).epochs
    assert "epochs" in refusal({**data, "epochs": 18_002})


def test_one_epoch_that_is_too_much_work():
    data = asked(1000, 1000, samples=30_000, batch_size=1)

    assert refusal(data) == (
        "samples: 1 epoch of 30,000 samples, times 1,001,000 weights and biases, "
        "is too much to work out (at most 20,000,000,000: 19,980 samples)"
    )


def test_nothing_is_said_where_a_size_is_not_known():
    data = {"layers": [{"units": 2}], "samples": [{}] * 9, "epochs": 100_000}

    assert refusal(data) == "inputs: nothing says how many inputs there are (write inputs = 2)"


def test_too_many_samples():
    assert refusal(asked(1, 1, samples=100_001)) == "samples: 100,001 samples (at most 100,000)"


def test_parameters_of_any_topology_are_those_of_its_layers():
    layers = [{"kind": "flatten"}, {"units": 1}]
    data = {"inputs": [28, 28], "layers": layers, "samples": [{}] * 10}

    assert 785 == read(data).layers[1].weights.values.size + 1
    assert "times 785 weights and biases" in refusal({**data, "samples": [{}] * 6000})


def test_too_many_updates_of_any_topology():
    layers = [{"kind": "mean_pool", "size": [2, 2]}, {"kind": "flatten"}, {"units": 1}]
    data = {"inputs": [60, 60], "layers": layers, "samples": [{}] * 1000, "batch_size": 1}

    assert refusal({**data, "epochs": 100_000}) == (
        "epochs: 100,000 epochs of 1,000 updates are 100,000,000 updates "
        "(at most 1,000,000: epochs = 1,000)"
    )
