"""What a problem file, a shorthand and plain data become."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from derive.catalogue.optimizers import OPTIMIZERS
from derive.errors import ProblemError
from derive.problem import known
from derive.problem.keys import LAYER, PROBLEM, SAMPLE, SHOW
from derive.problem.model import LETTERS, Choice, Digits, Given, Show
from derive.problem.reading import load, read
from derive.problem.starter import starter
from derive.resources import templates

FILE = """
title = "Two inputs, two hidden units, two outputs"
loss = "half_squared_error"
learning_rate = 0.50
inputs = 2
seed = 7
optimizer = { name = "adam", beta1 = 0.80, weight_decay = 0 }
epochs = 20
stop_below = 1e-2
batch_size = 1
reduction = "sum"

[[layers]]
kind = "dense"
units = 2
activation = "sigmoid"
weights = [[0.15, 0.20], [0.25, 3e-1]]
bias = 0.35
frozen = ["bias"]

[[layers]]
activation = { name = "leaky_relu", slope = 0.020 }
weights = [[0.40, +0.45], [-0.50, 1_000]]
bias = { threshold = [0.8, -0.10] }
names = [["w13", "w_23"], ["u", "thetA_2b"]]

[[samples]]
inputs = [0.05, 0.10]
targets = [0.01, 0.99]

[show]
notation = "net-out"
digits = { decimals = 4 }
carry = "printed"
detail = "full"
rounding = "half-even"
language = "en"
delta = "add"
matrix = "none"
samples = "all"

[show.letters]
input = "x"
rate = "α"
target = "Lambda"
error = "Cost"
"""


def texts(numbers: object) -> object:
    return numbers.texts.tolist()  # type: ignore[attr-defined]


def test_a_whole_file() -> None:
    problem = read(FILE)
    first, second = problem.layers
    assert problem.title == "Two inputs, two hidden units, two outputs"
    assert problem.units == (2, 2, 2)
    assert problem.loss == Choice("half_squared_error")
    assert problem.learning_rate == Given(0.5, "0.50")
    assert problem.seed == 7
    assert problem.drawn == ()
    assert first.activation == Choice("sigmoid")
    assert texts(first.weights) == [["0.15", "0.20"], ["0.25", "3e-1"]]
    assert first.weights.values.tolist() == [[0.15, 0.2], [0.25, 0.3]]
    assert (first.bias.form, texts(first.bias.numbers)) == ("shared", "0.35")
    assert first.frozen == {"bias"}
    assert second.units == 2
    assert second.activation == Choice("leaky_relu", {"slope": Given(0.02, "0.020")})
    assert texts(second.weights) == [["0.40", "0.45"], ["-0.50", "1000"]]
    assert (second.bias.form, texts(second.bias.numbers)) == ("threshold", ["0.8", "-0.10"])
    assert texts(problem.samples[0].inputs) == ["0.05", "0.10"]
    assert texts(problem.samples[0].targets) == ["0.01", "0.99"]
    assert problem.show == Show(
        notation="net-out", digits=Digits("decimals", 4), rounding="half-even", carry="printed",
        detail="full", language="en", delta="add", matrix="none", samples="all",
        letters={"input": "x", "rate": "alpha", "target": "Lambda", "error": "Cost"},
    )  # fmt: skip
    assert first.names is None
    assert second.names == (("w13", "w_23"), ("u", "thetA_2b"))
    assert problem.optimizer == Choice("adam", {
        "beta1": Given(0.8, "0.80"), "beta2": Given(0.999, "0.999"), "epsilon": Given(1e-8, "1e-8"),
        "weight_decay": Given(0.0, "0"),
    })  # fmt: skip
    assert (problem.epochs, problem.batch_size, problem.reduction) == (20, 1, "sum")
    assert problem.stop_below == Given(0.01, "1e-2")


def test_what_is_not_said_about_training_and_the_page() -> None:
    problem = read("inputs = 1\n[[layers]]\nunits = 1")
    assert (problem.epochs, problem.batch_size, problem.reduction) == (1, None, "mean")
    assert problem.stop_below is None
    assert problem.optimizer == Choice("gradient_descent")
    assert problem.show == Show()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_takes_its_parameters_and_weight_decay(name: str) -> None:
    usual = {key: p.default for key, p in OPTIMIZERS[name].parameters.items()}
    problem = read(f"inputs = 1\noptimizer = {{ name = '{name}', weight_decay = 0.5 }}\n"
                   "[[layers]]\nunits = 1")  # fmt: skip
    texts = {key: given.text for key, given in problem.optimizer.parameters.items()}
    assert texts == {**usual, "weight_decay": "0.5"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("x", "x"), ("E", "E"), ("η", "eta"), ("eta", "eta"), ("Δ", "Delta"), ("λ", "lambda"),
     ("\u00b5", "mu"), ("ϕ", "phi"), ("Omega", "Omega"), (" x ", "x"), ("Cost", "Cost"), ("in", "in"),
     ("ell", "ell")],
)  # fmt: skip
def test_letters(typed: str, kept: str) -> None:
    data = {"inputs": 1, "layers": [{"units": 1}], "show": {"letters": {"weight": typed}}}
    assert read(data).show.letters == {"weight": kept}


@pytest.mark.parametrize("key", LETTERS)
def test_every_letter_can_be_chosen(key: str) -> None:
    assert load("2-2", letters=f"{key}=q").show.letters == {key: "q"}


def test_a_batch_need_not_divide_the_samples() -> None:
    problem = read("inputs = 1\nbatch_size = 2\n[[layers]]\nunits = 1\n" + "[[samples]]\n" * 5)
    assert (len(problem.samples), problem.batch_size) == (5, 2)


def test_each_sample_is_drawn_by_itself() -> None:
    problem = read("inputs = 3\n[[layers]]\nunits = 2\n" + "[[samples]]\n" * 40)
    inputs = [tuple(sample.inputs.values) for sample in problem.samples]
    targets = [tuple(sample.targets.values) for sample in problem.samples]
    assert len(set(inputs)) == len(set(targets)) == 40
    assert problem.drawn[-2:] == ("samples[40].inputs", "samples[40].targets")


def test_more_samples_leave_the_first_as_it_was() -> None:
    text = "inputs = 2\n[[layers]]\nunits = 2\n[[samples]]\n"
    one, two = read(text).samples, read(text + "[[samples]]").samples
    assert (one[0].inputs.values == two[0].inputs.values).all()
    assert (one[0].targets.values == two[0].targets.values).all()


def test_a_thousand_samples_are_read_with_their_digits() -> None:
    sample = "[[samples]]\ninputs = [0.{0:03d}, 0.50]\ntargets = [1, 0.{0:03d}]\n"
    text = "[[layers]]\nunits = 2\n" + "".join(map(sample.format, range(1000)))
    problem = read(text)
    assert [s.inputs.text(0) for s in problem.samples] == [f"0.{n:03d}" for n in range(1000)]
    assert texts(problem.samples[999].targets) == ["1", "0.999"]


@pytest.mark.parametrize("language", known.names("language"))
def test_the_usual_title_is_in_the_pages_language(language: str) -> None:
    words = tomllib.loads((templates() / "words" / f"{language}.toml").read_text("utf-8"))
    expected = words["title"]["network"].replace("{units}", "2-3-1")
    assert load("2-3-1", language=language).title == expected
    assert load("2-3-1", language=language, title="Mine").title == "Mine"


def test_one_line_of_weights_is_enough() -> None:
    problem = read("[[layers]]\nweights = [[0.1, 0.2, 0.3]]")
    assert problem.units == (3, 1)
    assert problem.drawn == ("layers[1].bias", "samples[1].inputs", "samples[1].targets")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("[[layers]]\nunits = 2\n[[samples]]\ninputs = [1, 2, 3]", (3, 2)),
        ("inputs = 2\n[[layers]]\nbias = [1, 2, 3]", (2, 3)),
        ("inputs = 2\n[[layers]]\n[[samples]]\ntargets = [1, 0, 0, 0]", (2, 4)),
    ],
)
def test_sizes_come_from_whatever_says_them(text: str, units: tuple[int, ...]) -> None:
    assert read(text).units == units


@pytest.mark.parametrize(
    ("typed", "kept", "value"),
    [
        ("0.20", "0.20", 0.2),
        ("1e-3", "1e-3", 1e-3),
        ("2.50E+3", "2.50E+3", 2500.0),
        ("+0.5", "0.5", 0.5),
        ("1_0.0_1", "10.01", 10.01),
        ("-0.0", "0.0", 0.0),
        ("5", "5", 5.0),
        ("-7", "-7", -7.0),
        ("0x1F", "31", 31.0),
        ("0.1234567890123456789", "0.1234567890123456789", 0.12345678901234568),
    ],
)
def test_digits_stay_as_they_were_typed(typed: str, kept: str, value: float) -> None:
    weights = read(f"[[layers]]\nweights = [[{typed}]]").layers[0].weights
    assert (weights.text(0, 0), weights.values[0, 0]) == (kept, value)
    assert np.signbit(weights.values[0, 0]) == kept.startswith("-")


def test_parameters_left_out_have_their_usual_values() -> None:
    problem = read("inputs = 1\n[[layers]]\nunits = 1\nactivation = 'elu'")
    assert problem.layers[0].activation == Choice("elu", {"alpha": Given(1.0, "1")})


def test_formulas_are_kept_as_typed() -> None:
    text = "inputs = 1\nloss = { name = 'cubic', formula = 'abs(t-o)^3' }\n[[layers]]\nunits = 1\n"
    problem = read(text + "activation = { name = 'softsign', formula = ' z/(1+abs(z)) ' }")
    assert problem.layers[0].activation == Choice("softsign", {}, "z/(1+abs(z))")
    assert problem.loss == Choice("cubic", {}, "abs(t-o)^3")


@pytest.mark.parametrize(
    ("typed", "form", "shape"),
    [("false", "none", None), ("'none'", "none", None), ("'each'", "each", (3,)),
     ("'shared'", "shared", ()), ("'threshold'", "threshold", (3,)), ("0.5", "shared", ()),
     ("[1, 2, 3]", "each", (3,))],
)  # fmt: skip
def test_forms_of_bias(typed: str, form: str, shape: tuple[int, ...] | None) -> None:
    bias = read(f"inputs = 2\n[[layers]]\nunits = 3\nbias = {typed}").layers[0].bias
    assert bias.form == form
    assert (bias.numbers and bias.numbers.shape) == shape


# --- the shorthand and what is drawn -------------------------------------------------------------


def test_the_shorthand() -> None:
    problem = load("2-3-1")
    assert problem.title == "A 2-3-1 network"
    assert problem.units == (2, 3, 1)
    assert [layer.activation.name for layer in problem.layers] == ["sigmoid", "sigmoid"]
    assert [layer.bias.form for layer in problem.layers] == ["each", "each"]
    assert problem.loss.name == "half_squared_error"
    assert problem.learning_rate == Given(0.5, "0.5")
    assert problem.seed == 1
    assert problem.drawn == (
        "layers[1].weights", "layers[1].bias", "layers[2].weights", "layers[2].bias",
        "samples[1].inputs", "samples[1].targets",
    )  # fmt: skip


def test_the_numbers_of_a_seed_never_change() -> None:
    problem = load("2-2-2", seed=7)
    assert problem.layers[0].weights.values.tolist() == [[0.78, -0.76], [0.29, 0.9]]
    assert problem.layers[1].weights.values.tolist() == [[0.13, -0.45], [-0.53, -0.26]]
    assert problem.layers[0].bias.numbers.values.tolist() == [-0.06, -0.5]  # type: ignore[union-attr]
    assert problem.samples[0].inputs.values.tolist() == [0.2, 0.66]
    assert problem.samples[0].targets.values.tolist() == [0.59, 0.76]


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    first, again, other = load("4-5-3", seed=3), load("4-5-3", seed=3), load("4-5-3", seed=4)
    assert (first.layers[1].weights.values == again.layers[1].weights.values).all()
    assert (first.layers[1].weights.values != other.layers[1].weights.values).any()


def test_typing_one_array_in_leaves_the_others_as_drawn() -> None:
    drawn = load("2-2-1", seed=5)
    typed = read("seed = 5\ninputs = 2\n[[layers]]\nunits = 2\nbias = [0.1, 0.2]\n"
                 "[[layers]]\nunits = 1")  # fmt: skip
    assert (drawn.layers[0].weights.values == typed.layers[0].weights.values).all()
    assert (drawn.layers[1].bias.numbers.values == typed.layers[1].bias.numbers.values).all()  # type: ignore[union-attr]
    assert "layers[1].bias" not in typed.drawn


@pytest.mark.parametrize(
    ("activation", "loss", "least", "most"),
    [
        ("sigmoid", "half_squared_error", 0.01, 0.99),
        ("relu", "squared_error", 0.01, 0.99),
        ("tanh", "half_squared_error", -0.9, 0.9),
        ("identity", "absolute_error", -1.0, 1.0),
        ("sigmoid", "binary_cross_entropy", 0.01, 0.99),
    ],
)
def test_drawn_targets_are_within_reach(
    activation: str, loss: str, least: float, most: float
) -> None:
    targets = load("2-200", activation=activation, loss=loss).samples[0].targets.values
    assert least <= targets.min() < targets.max() <= most


def test_drawn_targets_of_classes() -> None:
    problem = load("2-5", loss="cross_entropy")
    assert problem.layers[-1].activation.name == "softmax"
    assert sorted(problem.samples[0].targets.values) == [0, 0, 0, 0, 1]
    assert problem.samples[0].targets.text(0) in ("0", "1")
    signs = load("2-50", loss="hinge", activation="tanh").samples[0].targets.values
    assert set(signs) == {-1, 1}


def test_one_output_does_not_become_softmax() -> None:
    assert load("2-1", loss="cross_entropy").layers[-1].activation.name == "sigmoid"


def test_a_large_network() -> None:
    problem = load("784-128-10", loss="cross_entropy")
    assert problem.layers[0].weights.shape == (128, 784)
    assert np.abs(problem.layers[0].weights.values).max() <= np.sqrt(6 / (784 + 128))
    assert (problem.layers[0].weights.values != 0).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0-2", "0-2: 0 inputs (each number from 1 to 10,000)"),
        ("2-10001", "2-10001: 10001 units (each number from 1 to 10,000)"),
        ("2-99999999999", "2-99999999999: 99999999999 units (each number from 1 to 10,000)"),
        ("2-", "2-: this is neither a file nor a shorthand (a shorthand looks like 2-3-1)"),
        ("2", "2: this is neither a file nor a shorthand (a shorthand looks like 2-3-1)"),
        ("2x3x1", "2x3x1: this is neither a file nor a shorthand (a shorthand looks like 2-3-1)"),
        ("9999-9999", "layers: 99,980,001 weights (at most 2,000,000)"),
        ("1" + "-1" * 101, "1" + "-1" * 19 + "…: 101 layers (at most 100)"),
    ],
)
def test_what_is_no_shorthand(text: str, message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        load(text)
    assert str(caught.value) == message


def test_the_shorthand_costs_no_pydantic() -> None:
    code = (
        "import sys; from derive.problem.reading import load; load('2-2-2', seed=3, loss='hinge');"
        "print(sorted({'pydantic', 'pydantic_core'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "[]"


# --- other sources -------------------------------------------------------------------------------


def test_a_file_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "problem.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    assert load(path).units == load(str(path)).units == (2, 2, 2)


def test_plain_data_with_pythons_numbers() -> None:
    problem = read({"layers": [{"weights": [[0.25, 1]], "bias": False}]})
    assert texts(problem.layers[0].weights) == [["0.25", "1"]]


def test_plain_data_with_arrays() -> None:
    layer = {
        "weights": np.array([[0.25, 1]]),
        "bias": (np.float64(0.5),),
        "names": np.array([["u", "v"]]),
    }
    optimizer = {"name": "momentum", "momentum": np.float64(0.5)}
    problem = read({"layers": [layer], "learning_rate": np.float64(0.1), "optimizer": optimizer})
    assert texts(problem.layers[0].weights) == [["0.25", "1.0"]]
    assert texts(problem.layers[0].bias.numbers) == ["0.5"]
    assert problem.layers[0].names == (("u", "v"),)
    assert (problem.learning_rate.text, problem.optimizer.parameters["momentum"].text) == (
        "0.1",
        "0.5",
    )
    graph = read({"equations": {"f": "2*x"}, "values": {"x": np.float64(3)}})
    assert graph.equations.values["x"].text == "3.0"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({1: 2}, "1: unknown key (known: title"),
        ({"layers": [{1: 2, "units": 1}]}, "layers[1].1: unknown key (known: kind"),
        ({"layers": [{"weights": np.ones((0, 2))}]}, "layers[1].weights: an empty list"),
        ({"layers": [{"names": np.ones((1, 2))}]}, "layers[1].names[1][1]: 1.0 cannot name"),
        ({"equations": {1: "x"}, "values": {"x": 1}}, "equations.1: '1' cannot be a name"),
        (
            {"equations": {"f": "x"}, "values": {"x": np.ones(2)}},
            "values.x: a list is not a number",
        ),
    ],
)
def test_data_that_no_file_could_hold(data: dict[object, object], message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read(data)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


def test_data_without_end() -> None:
    endless: list[object] = []
    endless.append(endless)
    message = "data: too many brackets inside each other (numbers need 4 levels, no more)"
    with pytest.raises(ProblemError) as caught:
        read({"layers": endless})
    assert str(caught.value) == message


def test_data_from_json() -> None:
    data = json.loads('{"layers": [{"units": 1, "weights": [[0.5]], "bias": null}]}')
    assert read({**data, "title": "x"}).layers[0].bias.form == "each"


def test_the_starter_reads_back() -> None:
    problem = read(starter())
    assert problem.units == (2, 2, 2)
    assert problem.drawn == ()
    assert problem.show == Show()
    assert problem.optimizer == Choice("gradient_descent")


@pytest.mark.parametrize("key", [*PROBLEM, *LAYER, *SAMPLE, *SHOW, *LETTERS])
def test_the_starter_shows_every_key(key: str) -> None:
    assert re.search(rf"^(# )?{key} = |[ {{]{key} = |also:.*\b{key}\b", starter(), re.MULTILINE)


def test_what_the_starter_leaves_out_can_be_put_in() -> None:
    text = re.sub(r"^# (\w+ = )", r"\1", starter(), flags=re.MULTILINE)
    seen: set[str] = set()
    lines = []
    for line in reversed(text.splitlines()):  # the last of several ways to write a key
        key = line.partition(" = ")[0] if re.match(r"\w+ = ", line) else ""
        seen = set() if line.startswith("[") else seen
        if not key or key not in seen:
            lines.append(line)
        seen |= {key}
    problem = read("\n".join(reversed(lines)))
    assert problem.stop_below == Given(0.01, "0.01")
    assert problem.show.letters == {"input": "x", "target": "y", "rate": "alpha"}
    assert problem.show.delta == "add"
    assert problem.optimizer.parameters["weight_decay"].text == "0.01"
    assert problem.layers[1].names == (("w35", "w45"), ("w36", "w46"))
