"""The table of slips, and slips one by one where the numbers can be followed."""

from __future__ import annotations

import re

import pytest

import derive
from derive.algebra.places import Place
from derive.checking.line import Fixed, Known, Line
from derive.checking.slips import SLIPS
from derive.checking.unrolled import Unrolled

XOR = """
loss = "half_squared_error"
learning_rate = 0.5
optimizer = "OPTIMIZER"
layers = [
    { weights = [[1, 2], [3, 4]], bias = [0.5, -1], activation = "identity" },
    { weights = [[2, -1], [0.5, 3]], bias = { threshold = [1, 2] }, activation = "sigmoid" },
]
samples = [{ inputs = [1, -1], targets = [0, 1] }]
"""


def line(key: str, optimizer: str = "gradient_descent", text: str = XOR) -> Line:
    """One line of the example, with its right values."""
    worked = derive.work(derive.read(text.replace("OPTIMIZER", optimizer))).worked
    unrolled = Unrolled(worked.derivation, 1, worked.values)
    truth = unrolled.known(1)
    quantity = unrolled.find(Place.read(key))
    return Line.of(Known(unrolled, truth, truth), quantity, (truth[quantity], truth[quantity]))


def bent(slip: str, at: Line) -> list[float]:
    """The values to which a slip leads at a line."""
    pairs = [other.value() for other in SLIPS[slip].bent(at)]
    assert all(low == pytest.approx(high) for low, high in pairs)
    return [round(low, 9) for low, _ in pairs]


# net[1] = (1 − 2 + 0.5, 3 − 4 − 1) = (−0.5, −2); net[2] = (−1 + 2 − 1, −0.25 − 6 − 2) = (0, −8.25)
@pytest.mark.parametrize(
    ("slip", "key", "expected"),
    [
        ("bias_dropped", "net[1,1]", [-1.0]),
        ("bias_dropped", "net[2,1]", [1.0]),
        ("bias_sign", "net[1,1]", [-1.5]),
        ("bias_sign", "net[2,1]", [2.0]),
        ("bias_twice", "net[1,1]", [0.0]),
        ("weight_left_out", "net[1,1]", [0.5]),
        ("transposed", "net[1,1]", [-1.5]),
        ("term_missing", "net[1,1]", [-1.5, 1.5]),
        ("input_for_output", "net[2,1]", [2.0]),
        ("net_for_activation", "net[2,1]", []),  # the same: the activation is the identity
        ("activation_missing", "out[2,1]", [0.0]),
        ("activation_sign", "out[2,2]", [0.99973881]),
        ("error_sign", "dE/dout[2,1]", [-0.5]),
        ("error_sign", "dE/dout[1,1]", []),
        ("factor_two", "dE/dout[2,1]", [1.0, 0.25]),
        ("factor_two", "dE/dout[1,1]", []),
        ("mean_for_sum", "dE/dout[2,1]", [0.25]),
        ("other_target", "E[1]", []),  # 0.5 is as far from 0 as from 1
        ("other_target", "E[2]", [3.4e-08]),
        ("not_squared", "E[1]", [-0.25]),
        ("slope_missing", "delta[2,1]", [0.5]),
        ("slope_missing", "dout/dnet[2,1]", [1.0]),
        ("slope_missing", "dE/dw[2,1,1]", [-0.25]),
        ("slope_at_net", "dout/dnet[2,1]", [0.0]),
        ("activation_for_slope", "dout/dnet[2,1]", [0.5]),
        ("slope_at_error", "dout/dnet[2,1]", [0.109375]),
        ("slope_at_error", "dout/dnet[1,1]", []),
        ("gate", "dout/dnet[1,1]", []),
        ("slope_twice", "delta[2,1]", [0.03125]),
        ("factor_missing", "dE/dw[2,1,1]", [0.125]),
        ("weight_for_output", "dE/dw[2,1,1]", [0.25]),
        ("bias_gradient", "dE/db[2,1]", [0.0]),
        ("rate_missing", "w_new[2,1,1]", [2.0625]),
        ("rate_twice", "w_new[2,1,1]", [2.015625]),
        ("wrong_way", "w_new[2,1,1]", [1.96875]),
        ("not_moved", "w_new[2,1,1]", [2.0]),
        ("step_alone", "w_new[2,1,1]", [0.03125]),
        ("sign_lost", "net[1,1]", [0.5]),
        ("sign", "net[1,1]", []),
        ("sign_lost", "dE/dout[2,2]", []),  # there it is the error's sign
        ("other_unit", "net[1,1]", [-2.0]),
    ],
)
def test_what_a_slip_makes_of_a_line(slip: str, key: str, expected: list[float]):
    at = line(key)
    found = [value for value in bent(slip, at) if value != round(at.value()[0], 9)]

    assert expected == found


def test_already_updated_weights_are_used_on_the_way_back():
    at = line("dE/dout[1,1]")
    pair = at.known.pair
    new = {key: pair(at.known.unrolled.find(Place.read(key)))[0]
           for key in ("delta[2,1]", "delta[2,2]", "w_new[2,1,1]", "w_new[2,2,1]")}  # fmt: skip

    expected = new["delta[2,1]"] * new["w_new[2,1,1]"] + new["delta[2,2]"] * new["w_new[2,2,1]"]
    assert [round(expected, 9)] == bent("updated_weights", at)


def test_frozen_weights_cannot_be_updated_already():
    frozen = XOR.replace('"sigmoid" }', '"sigmoid", frozen = ["weights"] }')

    assert [] == SLIPS["updated_weights"].bent(line("dE/dout[1,1]", text=frozen))


@pytest.mark.parametrize(
    ("slip", "optimizer", "key"),
    [
        ("no_correction", "adam", "w_new[1,1,1]"),
        ("no_correction", "adam", "moment_hat[1,1,1]"),
        ("epsilon_inside", "adam", "w_new[1,1,1]"),
        ("epsilon_inside", "rmsprop", "w_new[1,1,1]"),
        ("root_missing", "rmsprop", "w_new[1,1,1]"),
        ("shares_exchanged", "adam", "square_new[1,1,1]"),
        ("momentum_sign", "nesterov", "w_new[1,1,1]"),
        ("momentum_missing", "momentum", "velocity_new[1,1,1]"),
        ("wrong_way", "momentum", "velocity_new[1,1,1]"),
    ],
)
def test_slips_of_optimizers_apply_to_their_lines(slip: str, optimizer: str, key: str):
    assert SLIPS[slip].bent(line(key, optimizer))


def test_two_digits_exchanged_need_an_answer():
    assert [] == SLIPS["digits_exchanged"].bent(line("out[2,2]"))


def test_codes_are_plain_words_and_ranks_small_numbers():
    for code, slip in SLIPS.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
        assert code == slip.code
        assert 1 <= slip.rank <= 5


def test_a_line_can_be_bent_twice_and_calculates_long_sums_like_short_ones():
    at = line("net[1,1]")
    long = Unrolled(derive.work("20-2", seed=1).worked.derivation)
    truth = long.known(1)
    quantity = long.find(Place("net", 1, (1,)))
    sum_of_twenty = Line.of(Known(long, truth, truth), quantity, (0.0, 0.0))

    assert (1.0, 1.0) == at.put(next(s for s in at.columns if str(s) == "b"), 0.0).times(-1).value()
    assert (-2.0, 3.0) == at.copying(Fixed(-2.0, 3.0)).value()
    assert pytest.approx(truth[quantity], rel=1e-14) == sum_of_twenty.value()[0]
