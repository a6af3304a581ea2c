"""Drawn sheets are worth doing, by a check of their own; and each is the same wherever it is drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from derive.derivation.derivation import derive
from derive.exercises import draw
from derive.exercises.draw import Drawer, problem_of
from derive.exercises.draw_words import words
from derive.exercises.recipe_reading import names, read, recipe
from derive.graph.graph import build
from derive.numbers.evaluate import evaluate
from derive.problem import syntax
from derive.problem.reading import read as read_problem
from derive.problem.saving import write_problem
from tests.exercises.sheet_check import array, assert_worth_doing, drawer, exactly, fits, prepared

SOFTMAX = {"activation": "sigmoid,softmax", "loss": "cross_entropy"}
NETWORKS: list[tuple[str, Mapping[str, str]]] = [
    ("1-1", {}), ("3-2-1", {}), ("2-2-2-2", {}), ("2-2-2", SOFTMAX),
    ("2-2-2", {"activation": "tanh"}), ("2-2-2", {"activation": "relu,identity"}),
]  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_a_thousand_sheets_of_fifty_seeds_are_worth_doing(name: str):
    used = recipe(name)
    problem, derivation = prepared("2-2-2", used)
    for seed in range(50):
        drawn = Drawer(problem, derivation, used, seed).draw(range(1, 21))

        assert_worth_doing(problem, derivation, drawn, used)


@pytest.mark.parametrize("name", ["calculator", "easy", "exam"])
@pytest.mark.parametrize(("source", "options"), NETWORKS)
def test_other_networks_are_worth_doing(name: str, source: str, options: Mapping[str, str]):
    used = recipe(name)
    problem, derivation = prepared(source, used, **options)
    drawn = Drawer(problem, derivation, used, 3).draw(range(1, 101))

    assert_worth_doing(problem, derivation, drawn, used)


# --- every value in full --------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "sheets"), [("2-2-2", 300), ("3-2-1", 100), ("2-2-2-2", 30)])
def test_integers_are_exact(source: str, sheets: int):
    used = recipe("integers")
    problem, derivation = prepared(source, used)
    drawn = Drawer(problem, derivation, used, 9).draw(range(1, sheets + 1))

    for row in drawn.values:
        every = exactly(problem, derivation, row)
        assert all(fits(value, problem.show.digits.count) for value in every)
        assert all(value for value in every)
        shown = {f"{value:.6f}" for value in row}
        assert {f"{float(value):.6f}" for value in every} <= shown


def test_what_does_not_fit_into_the_digits_is_not_taken():
    used = read(syntax.data("exact = true\nweights = { low = 0.1, high = 1.9, decimals = 1 }\n"
                            "digits = { significant = 5 }\nvisible = 0"), "tight")  # fmt: skip
    problem, derivation = prepared("2-1", used, activation="identity")
    drawn = Drawer(problem, derivation, used, 1).draw(range(1, 31))

    for row in drawn.values:
        assert all(fits(value, 5) for value in exactly(problem, derivation, row))


# --- the same sheet wherever it is drawn ------------------------------------------------------------


@pytest.mark.parametrize(("source", "options"), [*NETWORKS, ("9-9-2", {})])
def test_a_sheet_is_the_same_alone_in_batches_and_in_another_order(
    source: str, options: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
):
    used = recipe("calculator")
    every = drawer(source, used, **options).draw(range(1, 61))
    backwards = drawer(source, used, **options).draw(range(60, 0, -1))
    alone = drawer(source, used, **options).draw([17])
    again = drawer(source, used, **options).again(17, int(alone.attempts[0]))
    monkeypatch.setattr(draw, "LARGEST_ARRAY", 7 * every.values.shape[1])
    chunks = drawer(source, used, **options).draw(range(1, 61))

    for other in (backwards.values[::-1], chunks.values):
        assert every.values.tobytes() == np.ascontiguousarray(other).tobytes()
    assert (every.attempts == backwards.attempts[::-1]).all()
    assert every.units.tobytes() == chunks.units.tobytes()
    for one in (alone, again):
        assert every.values[16].tobytes() == one.values[0].tobytes()
        assert every.digests[16] == one.digests[0]


def test_another_seed_gives_other_sheets():
    used = recipe("exam")
    one, other = (drawer("2-2-2", used, seed).draw(range(1, 51)) for seed in (1, 2))

    assert 100 == len({*one.digests.tolist(), *other.digests.tolist()})


def test_sheets_that_are_alike_have_the_same_digest():
    used = recipe("integers")
    problem, derivation = prepared("1-1", used, activation="identity")
    drawn = Drawer(problem, derivation, used, 1).draw(range(1, 2001))
    rows = {(row.tobytes()) for row in np.nan_to_num(drawn.values)}

    assert 1 < len(set(drawn.digests.tolist())) == len(rows) < 2000


def test_only_what_is_open_is_drawn():
    data = {
        "layers": [{"weights": [[0.5, -0.7]]}, {"units": 2}], "inputs": 2,
        "samples": [{"inputs": [0.35, 0.9]}],
    }  # fmt: skip
    used = recipe("calculator")
    problem, derivation = prepared(data, used)
    drawn = Drawer(problem, derivation, used, 1).draw(range(1, 21))

    assert (array(derivation, drawn, "w", 1, 1, 2) == [[0.5, -0.7]]).all()
    assert (array(derivation, drawn, "out", 0, 2) == [0.35, 0.9]).all()
    assert 20 == len({row.tobytes() for row in array(derivation, drawn, "w", 2, 2, 1)})


def test_a_problem_that_leaves_nothing_open_is_the_same_on_every_sheet():
    data = {
        "layers": [{"weights": [[0.5, -0.7]], "bias": False}],
        "samples": [{"inputs": [0, 0.9], "targets": [1]}],
    }
    drawn = drawer(data, recipe("exam")).draw([1, 2, 3])

    assert 1 == len(set(drawn.digests.tolist()))


@pytest.mark.parametrize(
    ("loss", "activation", "allowed"),
    [("cross_entropy", "softmax", {0, 1}), ("hinge", "tanh", {-1, 1}),
     ("binary_cross_entropy", "sigmoid", {0, 1})],
)  # fmt: skip
def test_targets_suit_the_loss(loss: str, activation: str, allowed: set[float]):
    used = recipe("calculator")
    problem, derivation = prepared("2-2-3", used, loss=loss, activation=f"tanh,{activation}")
    drawn = Drawer(problem, derivation, used, 1).draw(range(1, 51))
    targets = array(derivation, drawn, "t", None, 3)

    assert allowed == set(targets.ravel())
    if loss == "cross_entropy":
        assert (targets.sum(axis=1) == 1).all()
        assert 3 == len(set(targets.argmax(axis=1)))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softmax"])
def test_targets_lie_where_the_outputs_can_come(activation: str):
    used = recipe("calculator")
    problem, derivation = prepared("2-2-2", used, activation=f"sigmoid,{activation}",
                                   loss="half_squared_error")  # fmt: skip
    targets = array(
        derivation, Drawer(problem, derivation, used, 1).draw(range(1, 51)), "t", None, 2
    )

    assert (np.abs(targets) < 1).all()
    assert (targets.min() < 0) == (activation == "tanh")


# --- the problem of a sheet -------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("source", ["2-2-2", "1-1", "12-9-2"])
def test_the_problem_of_a_sheet_has_its_values_to_the_last_bit(name: str, source: str):
    used = recipe(name) if source != "12-9-2" else recipe("calculator")
    problem, derivation = prepared(source, used)
    drawn = Drawer(problem, derivation, used, 4).draw(range(1, 6))

    for row in drawn.values:
        sheet = problem_of(problem, derivation, row, used)
        text = write_problem(sheet)
        for found in (sheet, read_problem(text)):
            assert evaluate(derive(build(found))).values.tobytes() == row.tobytes()
            assert (found.drawn, text) == ((), write_problem(found))


def test_several_samples():
    data = {"inputs": 2, "layers": [{"units": 2}, {"units": 1}], "samples": [{}, {}, {}]}
    used = recipe("calculator")
    problem, derivation = prepared(data, used)
    drawn = Drawer(problem, derivation, used, 4).draw(range(1, 11))

    assert 10 == len(set(drawn.digests.tolist()))
    sheet = problem_of(problem, derivation, drawn.values[3], used)
    assert evaluate(derive(build(sheet))).values.tobytes() == drawn.values[3].tobytes()


@pytest.mark.parametrize("name", names())
def test_random_networks_can_be_drawn(name: str):
    used = recipe(name)
    for number in range(1, 13):
        drawn = drawer(used.topology(2, number), used).draw([number])

        assert np.isfinite(drawn.values[0]).any()


# --- gradients that are 0 by their nature -----------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "sigmoid,softmax", "loss": "cross_entropy", "bias": "shared"},  # Σ (p − t) = 0
        {"activation": "relu,softmax", "loss": "cross_entropy"},
        {"activation": "tanh,sigmoid", "loss": "binary_cross_entropy"},
        {"activation": "leaky_relu"}, {"activation": "gelu"}, {"activation": "elu", "loss": "huber"},
        {"activation": "tanh", "loss": "hinge"}, {"activation": "tanh", "loss": "absolute_error"},
        {"optimizer": "adam"}, {"optimizer": "momentum"}, {"delta": "add"}, {"bias": "threshold"},
    ],
)  # fmt: skip
def test_every_part_of_the_catalogue_can_be_drawn(options: dict[str, str]):
    drawn = drawer("2-2-2", recipe("calculator"), **options).draw(range(1, 21))

    assert 20 == len(set(drawn.digests.tolist()))


def test_inputs_that_are_typed_as_zero_do_no_harm():
    data = {"inputs": 2, "layers": [{"units": 2}, {"units": 1}],
            "samples": [{"inputs": [0, 1], "targets": [1]}]}  # fmt: skip
    drawn = drawer(data, recipe("calculator")).draw(range(1, 21))

    assert 20 == len(set(drawn.digests.tolist()))


# --- the words that decide --------------------------------------------------------------------------


def test_words_are_evenly_spread():
    dice = words(1, "layers[1].weights", np.arange(1000), np.zeros(1000, dtype=int), 20) % 10
    counts = np.bincount(dice.astype(int).ravel(), minlength=10)

    assert 10 == counts.size
    assert np.abs(counts - 2000).max() < 200
    assert np.abs(np.corrcoef(dice.astype(float).T) - np.eye(20)).max() < 0.15
