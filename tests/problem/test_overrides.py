"""Options of the command line act like the keys of the same name."""

from __future__ import annotations

import pytest

from derive.errors import ProblemError
from derive.problem.model import Choice, Digits, Given, Problem, Show
from derive.problem.overrides import OPTIONS
from derive.problem.reading import load, read
from derive.problem.saving import write_problem

FILE = """
loss = "hinge"
[[layers]]
activation = "relu"
weights = [[0.1, 0.2]]
bias = 0.5
[[samples]]
targets = [1]
"""


def names(problem: object) -> list[str]:
    return [layer.activation.name for layer in problem.layers]  # type: ignore[attr-defined]


def refusal(**options: object) -> str:
    with pytest.raises(ProblemError) as caught:
        load("2-2-2", **options)
    return str(caught.value)


def test_each_option() -> None:
    problem = load(
        "2-2-2", activation="tanh", loss="squared_error", learning_rate="0.10", seed=9,
        notation="net-out", digits="4d", carry="full", detail="brief", title="Mine",
        bias="shared", epochs=3, batch_size="1", reduction="sum", stop_below="0.010",
        optimizer="momentum:momentum=0.80, weight_decay=0.01", rounding="half-even", language="en",
        letters="input=x, rate=α", delta="add", matrix="row", samples="all",
    )  # fmt: skip
    momentum = {"momentum": Given(0.8, "0.80"), "weight_decay": Given(0.01, "0.01")}
    assert problem.optimizer == Choice("momentum", momentum)
    assert (problem.epochs, problem.batch_size) == (3, 1)
    assert problem.stop_below == Given(0.01, "0.010")
    assert problem.show == Show(
        digits=Digits("decimals", 4), rounding="half-even", detail="brief",
        letters={"input": "x", "rate": "alpha"}, delta="add", matrix="row", samples="all",
    )  # fmt: skip
    assert names(problem) == ["tanh", "tanh"]
    assert problem.loss.name == "squared_error"
    assert problem.learning_rate == Given(0.1, "0.10")
    assert (problem.seed, problem.title, problem.reduction) == (9, "Mine", "sum")
    assert [layer.bias.form for layer in problem.layers] == ["shared", "shared"]


def test_a_table_from_python_is_a_choice_too() -> None:
    adam = load("2-2", optimizer={"name": "adam", "beta1": 0.5}).optimizer
    assert adam.parameters["beta1"] == Given(0.5, "0.5")
    assert load("2-2", letters={"rate": "η"}).show.letters == {"rate": "eta"}


def test_none_is_not_given() -> None:
    assert load("2-2", **dict.fromkeys(OPTIONS)).loss.name == "half_squared_error"


def test_options_win_over_the_file() -> None:
    problem = read(FILE, activation="tanh", loss="squared_error", title="Other")
    assert (names(problem), problem.loss.name, problem.title) == (
        ["tanh"],
        "squared_error",
        "Other",
    )
    assert problem.layers[0].weights.text(0, 1) == "0.2"


def test_a_bias_of_the_same_form_keeps_its_numbers() -> None:
    assert read(FILE, bias="shared").layers[0].bias.numbers.text() == "0.5"  # type: ignore[union-attr]
    changed = read(FILE, bias="each")
    assert "layers[1].bias" in changed.drawn
    assert changed.layers[0].bias.numbers.shape == (1,)  # type: ignore[union-attr]
    assert read(FILE, bias="none").layers[0].bias.numbers is None


def test_an_activation_for_each_layer() -> None:
    assert names(load("2-3-2", activation="relu, softmax")) == ["relu", "softmax"]
    leaky = {"name": "leaky_relu", "slope": 0.2}
    assert load("2-2", activation=leaky).layers[0].activation.parameters["slope"].text == "0.2"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("relu:at_zero=1,softmax", [Choice("relu", {"at_zero": Given(1.0, "1")}), Choice("softmax")]),
        ("leaky_relu:slope=.20", [Choice("leaky_relu", {"slope": Given(0.2, "0.20")})] * 2),
        ("own:formula=max(0,min(z,1)), tanh",
         [Choice("own", {}, "max(0,min(z,1))"), Choice("tanh")]),
        ("tanh , own : formula = z/(1+abs(z))",
         [Choice("tanh"), Choice("own", {}, "z/(1+abs(z))")]),
    ],
)  # fmt: skip
def test_activations_with_parameters(given: str, expected: list[Choice]) -> None:
    assert [layer.activation for layer in load("2-2-2", activation=given).layers] == expected


@pytest.mark.parametrize(
    ("given", "digits"),
    [("6", Digits("significant", 6)), ("9s", Digits("significant", 9)),
     (5, Digits("significant", 5)), ("4d", Digits("decimals", 4)),
     ({"decimals": 2}, Digits("decimals", 2)),
     (Digits("decimals", 3), Digits("decimals", 3))],
)  # fmt: skip
def test_digits(given: object, digits: Digits) -> None:
    assert load("2-2", digits=given).show.digits == digits


@pytest.mark.parametrize(
    ("given", "text"),
    [("0.10", "0.10"), (".5", "0.5"), ("5.", "5"), ("+007", "7"), ("1e-2", "1e-2"), (0.25, "0.25"),
     (2, "2")],
)  # fmt: skip
def test_a_rate_keeps_its_digits(given: object, text: str) -> None:
    assert load("2-2", learning_rate=given).learning_rate.text == text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "sigmiod"}, "activation: there is no activation 'sigmiod' "
         "(did you mean 'sigmoid'?)"),
        ({"activation": "relu,tanh,relu"}, "activation: 3 activations, but 2 layers "
         "(give one for all layers, or one for each)"),
        ({"loss": "hing"}, "loss: there is no loss 'hing' (did you mean 'hinge'?)"),
        ({"learning_rate": "quick"}, "learning_rate: 'quick' is not a number "
         "(write one, such as 0.5)"),
        ({"learning_rate": "0"}, "learning_rate: 0 is not above 0 "
         "(write a positive number, such as 0.5)"),
        ({"seed": -1}, "seed: -1 is too small (a whole number from 0 to 1,000,000,000,000,000)"),
        ({"seed": True}, "seed: true is not a whole number "
         "(a whole number from 0 to 1,000,000,000,000,000)"),
        ({"digits": "many"}, "digits: 'many' is no number of digits "
         "(6 or 6s: significant; 4d: decimals)"),
        ({"digits": "99"}, "digits.significant: 99 does not fit (a whole number from 1 to 15)"),
        ({"bias": "shard"}, "bias: there is no form of bias 'shard' (did you mean 'shared'?)"),
        ({"notation": "x"}, "notation: there is no notation 'x' (known: net-out)"),
        ({"batch_size": "2"}, "batch_size: 2 samples per update, but the problem has 1 "
         '(write "all")'),
        ({"epochs": 0}, "epochs: 0 is too small (a whole number from 1 to 100,000)"),
        ({"epochs": "3"}, "epochs: '3' is not a whole number (a whole number from 1 to 100,000)"),
        ({"stop_below": "0"}, "stop_below: 0 is not above 0 "
         "(write a positive number, such as 0.5)"),
        ({"optimizer": "adm"}, "optimizer: there is no optimizer 'adm' (did you mean 'adam'?)"),
        ({"optimizer": "adam:beta=1"}, "optimizer.beta: adam has no such parameter "
         "(did you mean 'beta2'?)"),
        ({"optimizer": "adam:beta1=2"}, "optimizer.beta1: 2 is out of range "
         "(a number at least 0 and below 1)"),
        ({"optimizer": "adam:beta1=high"}, "optimizer.beta1: 'high' is not a number "
         "(write one, such as 0.5)"),
        ({"optimizer": "adam:beta1"}, "optimizer: 'beta1' has no = (write key=value,key=value)"),
        ({"optimizer": "adam:"}, "optimizer: '' has no = (write key=value,key=value)"),
        ({"optimizer": "adam:beta1=0,beta1=0"}, "optimizer: 'beta1' is given twice "
         "(keep one of them)"),
        ({"optimizer": "adam,momentum"}, "optimizer: there is no optimizer 'adam,momentum' "
         "(did you mean 'momentum'?)"),
        ({"loss": "huber:delta=0"}, "loss.delta: 0 is out of range "
         "(a number above 0 and below 1e+06)"),
        ({"reduction": "max"}, "reduction: there is no reduction 'max' (known: mean, sum)"),
        ({"letters": "input"}, "letters: 'input' has no = (write key=value,key=value)"),
        ({"letters": "inptu=x"}, "letters.inptu: there is no such letter to choose "
         "(did you mean 'input'?)"),
        ({"rounding": "half"}, "rounding: there is no rounding 'half' (did you mean 'half-up'?)"),
        ({"delta": "added"}, "delta: there is no convention for delta 'added' "
         "(did you mean 'add'?)"),
        ({"lss": "hinge"}, "lss: there is no such option (did you mean 'loss'?)"),
        ({"title": "a\nb"}, "title: character 2 is the control character U+000A "
         "(write the title as one line of plain text)"),
    ],
)  # fmt: skip
def test_wrong_options(options: dict[str, object], message: str) -> None:
    if options == {"notation": "x"}:  # more notations may come
        assert refusal(**options).startswith("notation: there is no notation 'x'")
    else:
        assert refusal(**options) == message


def test_the_inputs_are_no_option() -> None:
    assert refusal(inputs=3).startswith("inputs: there is no such option (known: activation, bias")


def test_all_wrong_options_are_reported_at_once() -> None:
    found = refusal(loss="x", activation="y", seed=-1, digits="z").splitlines()
    assert [line.partition(":")[0] for line in found] == ["loss", "activation", "seed", "digits"]


# --- layers of several kinds ---------------------------------------------------------------------

POOL = {"kind": "max_pool", "size": [2]}
CONV = {"kind": "conv1d", "filters": 2, "kernel": 1}
FLAT = {"kind": "flatten"}


def of_kinds(*layers: dict[str, object], **options: object) -> Problem:
    return read({"inputs": [2, 4], "layers": list(layers), "samples": [{}]}, **options)


def refusal_of_kinds(*layers: dict[str, object], **options: object) -> str:
    with pytest.raises(ProblemError) as caught:
        of_kinds(*layers, **options)
    return str(caught.value)


def test_an_activation_for_each_layer_that_has_one() -> None:
    problem = of_kinds(CONV, POOL, FLAT, {"units": 2}, activation="tanh,softmax")
    assert names(problem) == ["tanh", "identity", "identity", "softmax"]
    message = "activation: 3 activations, but 2 layers that have one "
    message += "(give one for all layers, or one for each)"
    assert refusal_of_kinds(CONV, FLAT, {"units": 2}, activation="relu,relu,relu") == message


def test_an_activation_is_none_of_a_layer_that_only_arranges() -> None:
    plain = of_kinds({"units": 2}, FLAT)
    given = of_kinds({"units": 2}, FLAT, activation="sigmoid")
    assert (plain.samples[0].targets.values == given.samples[0].targets.values).all()
    softmax = of_kinds(FLAT, {"units": 2}, activation="softmax")
    assert names(softmax) == ["identity", "softmax"]


@pytest.mark.parametrize(
    "layer",
    [
        CONV,
        {"kind": "conv1d", "weights": [[[1, 2], [3, 4]]], "bias": [0.5]},
        {"kind": "recurrent", "units": 2},
        {"kind": "lstm", "units": 1},
        {"kind": "lstm", "units": 1, "bias_i": [0.5]},
        {"kind": "gru", "units": 1, "reset": "after"},
        {"kind": "attention", "bias": True},
    ],
)
def test_a_bias_of_a_layer_of_any_kind(layer: dict[str, object]) -> None:
    def biases(problem: Problem) -> list[str]:
        return [name for name in problem.layers[0].numbers if name.startswith("bias")]

    without = of_kinds(layer, bias="none")
    assert [] == biases(without)
    assert biases(of_kinds(layer)) == biases(of_kinds(layer, bias="each")) != []
    again = read(write_problem(without))
    assert [] == biases(again)
    assert biases(of_kinds(layer)) == biases(read(write_problem(again), bias="each"))


def test_a_bias_that_only_dense_layers_can_have() -> None:
    problem = of_kinds(CONV, FLAT, {"units": 2}, bias="shared")
    assert (2,) == problem.layers[0].arrays["bias"].shape
    assert "shared" == problem.layers[2].bias.form
    message = "bias: no layer can have biases of this form (leave it out)"
    assert message == refusal_of_kinds(CONV, bias="shared")


def test_options_that_can_do_nothing() -> None:
    norm = {"kind": "layer_norm"}
    message = "activation: no layer has an activation (leave it out)"
    assert message == refusal_of_kinds(norm, activation="tanh")
    message = "bias: no layer can have biases of this form (leave it out)"
    assert message == refusal_of_kinds(norm, bias="none")
