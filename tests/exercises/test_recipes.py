"""Recipe files: what they say is what is drawn, and nonsense is told in plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import ProblemError
from derive.exercises.recipe_keys import KEYS
from derive.exercises.recipe_problem import problem_for
from derive.exercises.recipe_reading import names, read, recipe
from derive.listing import listing
from derive.problem import syntax

ROOT = Path(__file__).parent.parent.parent


def mistakes(text: str) -> str:
    with pytest.raises(ProblemError) as caught:
        read(syntax.data(text), "mine")
    return str(caught.value)


def test_the_recipes_that_come_with_the_program():
    assert ["calculator", "easy", "exam", "integers"] == names()
    assert {name: recipe(name).title for name in names()} == listing("recipes")
    assert {"integers"} == {name for name in names() if recipe(name).exact}


def test_the_usual_recipe_says_everything():
    said = syntax.data((ROOT / "templates/recipes/calculator.toml").read_text("utf-8"))

    assert KEYS.keys() == said.keys()


def test_the_wheel_carries_them():
    project = syntax.data((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert {"templates": "derive/_templates"} == wheel["force-include"]


def test_a_file_of_ones_own(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(
        "weights = { low = -0.25, high = 0.5, decimals = 2, least = 0.2 }\nslope = 0.1\n"
    )

    mine = recipe(file)

    assert ("mine", "mine", "0.1") == (mine.name, mine.title, mine.slope.text)
    assert [*range(-25, -19), *range(20, 51)] == mine.weights.wholes().tolist()
    assert recipe("calculator").inputs == mine.inputs
    assert mine == recipe(str(file))


def test_zero_is_a_number_only_where_it_is_allowed():
    zero = read(syntax.data("inputs = { low = 0, high = 1, decimals = 0, zero = true }"), "mine")
    none = read(syntax.data("inputs = { low = 0, high = 1, decimals = 0 }"), "mine")

    assert ([0, 1], [1]) == (zero.inputs.wholes().tolist(), none.inputs.wholes().tolist())


MISTAKES = {
    "wights = 1": "wights: unknown key (did you mean 'weights'?)",
    "weights = 1": "weights: 1 is not a table (write { low = …, high = … })",
    "weights = { low = 1 }": "weights.high: this key is missing (write high = …)",
    "weights = { low = 1, high = 0.5 }": "weights: low = 1 is above high = 0.5 (exchange them)",
    "weights = { low = 0.1, high = 0.2, decimals = 0 }":
        "weights: no number with 0 decimals lies in this range "
        "(more decimals, a wider range, a smaller least, or zero = true)",
    "weights = { low = 0, high = 1e5, decimals = 6 }":
        "weights: a range of 100,000,000,000 numbers (at most 1,000,000: fewer decimals)",
    "weights = { low = nan, high = 1 }":
        "weights.low: nan is not a finite number (numbers go up to 1e12)",
    "hidden = 'sigmoid'": "hidden: 'sigmoid' is not a list (write [\"sigmoid\"])",
    "hidden = ['sigmiod']": "hidden[1]: there is no activation 'sigmiod' (did you mean 'sigmoid'?)",
    "ends = [{ activation = 'tanh' }]": "ends[1].loss: this key is missing (write loss = …)",
    "exact = 'yes'": "exact: 'yes' is neither true nor false (write true or false, without quotes)",
    "depth = [3, 1]": "depth: 3 is above 1 (write [1, 3])",
    "width = 2": "width: 2 is not a pair (write [1, 3])",
    "digits = 99": "digits.significant: 99 does not fit (a whole number from 1 to 15)",
    "largest = 0": "largest: 0 is not above 0 (write a positive number, such as 0.5)",
    "smallest = -1": "smallest: -1 is below 0 (0 or a positive number)",
    "visible = 1.5": "visible: 1.5 is not a whole number (a whole number from 0 to 1,000,000)",
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_has_its_place_fact_and_remedy(text: str):
    assert MISTAKES[text] == mistakes(text)


def test_every_mistake_is_told():
    assert 3 == len(mistakes("depth = 1\nwidth = 1\nslope = 'x'").splitlines())


def test_a_loss_that_its_activation_cannot_serve_is_refused():
    found = mistakes(
        "ends = [{ activation = 'tanh', loss = { name = 'binary_cross_entropy', x = 1 } }]"
    )

    assert "ends[1].loss.x: binary_cross_entropy has no such parameter (it takes none)" == found


@pytest.mark.parametrize("name", ["exma", "", "a/b", "x" * 5000, "\0", "../calculator"])
def test_an_unknown_recipe(name: str):
    with pytest.raises(ProblemError) as caught:
        recipe(name)

    assert "recipe" in str(caught.value) or "folder" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(ProblemError, match="there is no such file"):
        recipe(tmp_path / "none.toml")


# --- what a problem leaves open ------------------------------------------------------------------


def test_what_a_problem_says_wins_over_the_recipe():
    data = {
        "inputs": 2, "loss": "squared_error", "learning_rate": 0.25,
        "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "tanh"}],
        "show": {"digits": {"decimals": 7}},
    }  # fmt: skip

    problem = problem_for(data, recipe("integers"))

    assert ["tanh", "tanh"] == [layer.activation.name for layer in problem.layers]
    assert ("squared_error", 0.25) == (problem.loss.name, problem.learning_rate.value)
    assert ("decimals", 7) == problem.show.digits


def test_what_it_leaves_open_is_as_the_recipe_prefers(tmp_path: Path):
    file = tmp_path / "problem.toml"
    file.write_text("inputs = 2\n[[layers]]\nunits = 3\n[[layers]]\nunits = 1\n")
    for source in ("2-3-1", file, str(file)):
        problem = problem_for(source, recipe("integers"))

        assert ["relu", "identity"] == [layer.activation.name for layer in problem.layers]
        assert ("half_squared_error", "0.01") == (problem.loss.name, problem.learning_rate.text)


def test_an_option_wins_over_both():
    problem = problem_for("2-2", recipe("exam"), digits="9", learning_rate="0.3", loss=None)
    softmax = problem_for("2-2", recipe("calculator"), loss="cross_entropy")

    assert (9, "0.3") == (problem.show.digits.count, problem.learning_rate.text)
    assert "softmax" == softmax.layers[0].activation.name


@pytest.mark.parametrize("source", ["", "2", "2-0", "2-99999999999", "nothing.toml", "2-x"])
def test_mistakes_in_the_problem_are_told_as_ever(source: str):
    with pytest.raises(ProblemError):
        problem_for(source, recipe("exam"))


# --- random networks ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_random_networks_keep_to_the_recipe(name: str):
    used = recipe(name)
    seen = set()
    for number in range(1, 201):
        problem = problem_for(used.topology(5, number), used)
        *hidden, last = [layer.activation for layer in problem.layers]
        seen.add(problem.units)

        assert used.depth[0] <= len(hidden) <= used.depth[1]
        assert all(used.width[0] <= units <= used.width[1] for units in problem.units)
        assert {choice.name for choice in hidden} <= {choice.name for choice in used.hidden}
        assert (last.name, problem.loss.name) in {
            (e.activation.name, e.loss.name) for e in used.ends
        }
        assert used.topology(5, number) == used.topology(5, number)
    assert len(seen) > 1 or used.depth[0] == used.depth[1]


# --- nonsense -------------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["low", "high", "decimals", "name", "formula", "activation", "loss", "x"]),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*KEYS, "x", ""]), values, max_size=5))
def test_nonsense_is_refused_in_words(data: dict[str, object]):
    try:
        read(data, "nonsense")
    except ProblemError as error:
        assert error.mistakes
        for mistake in error.mistakes:
            assert mistake.fact
            assert not re.search(r"Traceback|<class|object at 0x", str(mistake))


@given(st.text(alphabet='[]{}=.,"# \nlowhightrue0123456789-e_', max_size=60))
def test_any_text_is_read_or_refused(text: str):
    try:
        read(syntax.data(text), "text")
    except ProblemError as error:
        assert error.mistakes


def test_a_formula_in_a_recipe_is_not_run(tmp_path: Path):
    victim = tmp_path / "made"
    evil = f"__import__('pathlib').Path('{victim}').touch() or z"

    with pytest.raises(ProblemError):
        read({"hidden": [{"name": "evil", "formula": evil}]}, "evil")

    assert not victim.exists()
