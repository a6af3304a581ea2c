"""The NumPy script: run on its own it prints the page's numbers, and nothing typed becomes code."""

from __future__ import annotations

import ast
import random
import re
import subprocess
import sys
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from autograd import value_and_grad

import derive
from derive.problem import schedule
from derive.problem.model import Bias, Choice, Given, Numbers, Problem, Sample, Show
from derive.problem.reading import load, read
from derive.script import write_script
from tests import networks, oracle
from tests.networks import ACTIVATIONS, LOSSES, Data
from tests.test_witnesses_agree import usable

MAZUR = Path(__file__).parent.parent / "output" / "gallery" / "mazur.toml"
KEY = re.compile(r"([\w/]+(?:\[[\d,]+\])?(?:@\d+)?(?:#\d+)?|final error) = (\S+)")
TWELVE = {"digits": {"significant": 12}}


def run(script: str, folder: Path) -> str:
    """What the script prints, on its own; warnings and whatever else it says are errors."""
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(file)], capture_output=True, text=True, check=True, cwd=folder
    )
    assert "" == done.stderr
    return done.stdout


def numbers(output: str) -> dict[str, str]:
    """Each key with its number, as printed."""
    matches = [KEY.fullmatch(line) for line in output.splitlines()]
    return {match[1]: match[2] for match in matches if match}


def worked(data: Data, folder: Path) -> dict[str, str]:
    return numbers(run(write_script(read(data)), folder))


# --- one sample, one update: the page's numbers ----------------------------------------------------


def assert_the_pages_numbers(data: Data, folder: Path) -> None:
    example = derive.work(read(data))
    found = worked(data, folder)
    after = found.pop("final error")

    assert found
    assert {key: example[key] for key in found} == pytest.approx(
        {key: float(number) for key, number in found.items()}, rel=1e-11, abs=1e-15
    )
    assert example.error_after == pytest.approx(float(after), rel=1e-11, abs=1e-15, nan_ok=True)


def steps(data: Data) -> set[str]:
    """The keys that the page works out and a script prints, too."""
    example = derive.work(read(data))
    kinds = ("net", "out", "E", "delta", "dE/dw", "dE/db", "w_new", "b_new")
    keys = {step["key"] for step in example.data()["steps"]}
    return {key for key in keys if re.split(r"[\[@#]", key)[0] in kinds}


@pytest.mark.parametrize(("last", "loss"), list(product(ACTIVATIONS, LOSSES)))
def test_the_page_and_the_script_print_the_same_numbers(last: str, loss: str, tmp_path: Path):
    (data,) = islice(usable(last, loss), 1)

    assert_the_pages_numbers({**data, "show": TWELVE}, tmp_path)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_left_out(seed: int, tmp_path: Path):
    data = networks.drawn(seed, "sigmoid", "huber", deepest=4, widest=4)

    assert steps(data) | {"final error"} == set(worked(data, tmp_path))


OWN = [
    ("z/(1+abs(z))", "(t-o)^4/4"),
    ("max(0, z, z^3/10)", "abs(t-o) + (t-o)^2"),
    ("ln(1+z^2)*sign(z)", "max(t-o, o-t, 0.25)"),
    ("erf(z)*e^(-z/2) + pi*z", "sqrt(1+(t-o)^2)-1"),
    ("min(z, 2.50, 1)", "cosh(o-t) - 1"),
    ("2*z", "(1-t)*o + t*(2-o)"),
    ("sigmoid(1.702*z)*z", "exp(abs(o-t)) - 1"),
    ("sin(z) + sinh(z)/10 + cosh(z)^-1", "t*(ln(1+e^-o)) + o^2/2"),
    ("tanh(z)^3 - .5*z", "(t-o)^2/(1+t^2+o^2)"),
    ("sqrt(z^2 + 1) - 1", "min(o-t, 1)^2"),
]


@pytest.mark.parametrize(("activation", "loss"), OWN)
def test_formulas_of_a_persons_own(activation: str, loss: str, tmp_path: Path):
    data = networks.network(3, [2, 3, 2], ["identity", "identity"], "huber", show=TWELVE)
    data["layers"][0]["activation"] = {"name": "mine", "formula": activation}
    data["layers"][1]["activation"] = {"name": "mine", "formula": activation}
    data["loss"] = {"name": "ours", "formula": loss}
    data["learning_rate"] = 0.01

    assert_the_pages_numbers(data, tmp_path)


def test_a_kink_is_met_although_sums_are_rounded(tmp_path: Path):
    """0.1 · 3 − 0.3 is 0 on the page, and must not be 5.6e-17, where ReLU′ would be 1."""
    data = {
        "layers": [
            {"weights": [[0.1]], "bias": [-0.3], "activation": "relu"},
            {"weights": [[0.1]], "bias": [0.2], "activation": "identity"},
        ],
        "samples": [{"inputs": [3], "targets": [0.2]}],
        "loss": "absolute_error",
        "show": TWELVE,
    }

    found = worked(data, tmp_path)

    assert ("0", "0", "0") == (found["net[1,1]"], found["delta[2,1]"], found["delta[1,1]"])
    assert_the_pages_numbers(data, tmp_path)


# --- rounding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [{"significant": 3}, {"significant": 6}, {"decimals": 4}])
@pytest.mark.parametrize("seed", range(4))
def test_numbers_are_rounded_as_on_the_page(digits: dict[str, int], seed: int, tmp_path: Path):
    data = networks.drawn(
        seed, "tanh", "squared_error", deepest=3, widest=4, show={"digits": digits}
    )
    example = derive.work(read(data))
    found = worked(data, tmp_path)
    found.pop("final error")

    pages = {key: float(example.scribe.typed(example._names[key])) for key in found}
    assert pages == pytest.approx({key: float(text) for key, text in found.items()}, rel=1e-14)


def test_halves_are_rounded_up_as_by_hand(tmp_path: Path):
    data = {
        "layers": [{"weights": [[1]], "bias": False, "activation": "identity"}],
        "samples": [{"inputs": [1.005], "targets": [-1e-9]}],
        "show": {"digits": {"decimals": 2}},
    }

    up, even = (
        numbers(run(write_script(problem), tmp_path))
        for problem in (
            read(data),
            replace(read(data), show=Show(digits=read(data).show.digits, rounding="half-even")),
        )
    )

    assert ("1.01", "1.00") == (up["net[1,1]"], even["net[1,1]"])


# --- several samples, updates, optimizers ----------------------------------------------------------

OPTIMIZERS: list[Any] = [
    "gradient_descent",
    {"name": "gradient_descent", "weight_decay": 0.01},
    {"name": "momentum", "momentum": 0.8},
    {"name": "nesterov", "momentum": 0.7, "weight_decay": 0.02},
    {"name": "rmsprop", "decay": 0.95, "epsilon": 1e-6},
    {"name": "adam", "beta1": 0.85, "beta2": 0.99, "epsilon": 1e-7, "weight_decay": 0.1},
    "adam",
]
USUAL = {"momentum": 0.9, "decay": 0.9, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


def moved(name: str, w: Any, g: Any, memory: dict[str, Any], n: int, rate: float, c: Any) -> Any:
    """The optimizers once more, from their papers."""
    v, m, s = (memory.get(key, 0.0) for key in "vms")
    if name == "gradient_descent":
        return w - rate * g
    if name in ("momentum", "nesterov"):
        memory["v"] = v = c["momentum"] * v - rate * g
        return w + (v if name == "momentum" else c["momentum"] * v - rate * g)
    if name == "rmsprop":
        memory["s"] = s = c["decay"] * s + (1 - c["decay"]) * g**2
        return w - rate * g / (s**0.5 + c["epsilon"])
    memory["m"] = m = c["beta1"] * m + (1 - c["beta1"]) * g
    memory["s"] = s = c["beta2"] * s + (1 - c["beta2"]) * g**2
    spread = (s / (1 - c["beta2"] ** n)) ** 0.5
    return w - rate * (m / (1 - c["beta1"] ** n)) / (spread + c["epsilon"])


class Loop:
    """The whole training once more, with autograd's gradients."""

    def __init__(self, data: Data) -> None:
        self.data, self.arrays, self.memory = data, oracle.parameters(data), {}
        chosen = data.get("optimizer", "gradient_descent")
        table = {"name": chosen} if isinstance(chosen, str) else chosen
        self.name, self.given = table["name"], {"weight_decay": 0.0, **USUAL, **table}
        self.made, self.first = 0, {}

    def batch(self, samples: list[Data]) -> tuple[float, Any]:
        """The batch's error and gradients."""
        total, sums = 0.0, [dict.fromkeys(layer, 0.0) for layer in self.arrays]
        for sample in samples:
            one = {**self.data, "samples": [sample]}
            value, slopes = value_and_grad(lambda arrays, one=one: oracle.error(one, arrays))(
                self.arrays
            )
            total += value
            sums = [{p: s[p] + g[p] for p in s} for s, g in zip(sums, slopes, strict=True)]
        share = len(samples) if self.data["reduction"] == "mean" else 1
        return total / share, [{p: layer[p] / share for p in layer} for layer in sums]

    def step(self, samples: list[Data]) -> None:
        _, slopes = self.batch(samples)
        self.made += 1
        for n, (layer, arrays, own) in enumerate(
            zip(self.data["layers"], self.arrays, slopes, strict=True)
        ):
            for part in set(arrays) - set(layer["frozen"]):
                decay = self.given["weight_decay"] if part == "weights" else 0
                memory = self.memory.setdefault((n, part), {})
                arrays[part] = moved(
                    self.name, arrays[part], own[part] + decay * arrays[part], memory,
                    self.made, self.data["learning_rate"], self.given,
                )  # fmt: skip
        if self.made == 1:
            self.first = self.parameters("_new", "#1")

    def train(self) -> None:
        samples, size = self.data["samples"], self.data["batch_size"]
        size = len(samples) if size == "all" else size
        for _ in range(self.data["epochs"]):
            for start in range(0, len(samples), size):
                self.step(samples[start : start + size])
            if self.batch(samples)[0] < self.data.get("stop_below", -np.inf):
                return

    def parameters(self, suffix: str, mark: str) -> dict[str, float]:
        """Those that are not frozen, by their keys."""
        found = {}
        for number, (layer, arrays) in enumerate(
            zip(self.data["layers"], self.arrays, strict=True), 1
        ):
            for part in set(arrays) - set(layer["frozen"]):
                for index, value in np.ndenumerate(arrays[part]):
                    places = ",".join(map(str, (number, *(i + 1 for i in index))))
                    found[f"{part[0]}{suffix}[{places}]{mark}"] = float(value)
        return found


def training(seed: int, **settings: Any) -> Data:
    """A network with several samples."""
    rng = random.Random(seed)
    last, loss = rng.choice([("sigmoid", "half_squared_error"), ("softmax", "cross_entropy"),
                             ("tanh", "mean_squared_error"), ("identity", "huber"),
                             ("sigmoid", "binary_cross_entropy")])  # fmt: skip
    data = networks.drawn(seed, last, loss, deepest=3, widest=4, show=TWELVE)
    inputs, outputs = len(data["layers"][0]["weights"][0]), len(data["layers"][-1]["weights"])
    data["samples"] = [
        {"inputs": networks.numbers(rng, inputs), "targets": networks.targets(rng, loss, outputs)}
        for _ in range(5)
    ]
    return {**data, "learning_rate": 0.05, **settings}


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
@pytest.mark.parametrize(
    ("batch_size", "epochs", "reduction"), [("all", 3, "mean"), (2, 2, "sum"), (1, 2, "mean")]
)
def test_training_ends_where_an_independent_loop_ends(
    optimizer: Any, batch_size: Any, epochs: int, reduction: str, tmp_path: Path
):
    seed = OPTIMIZERS.index(optimizer) + 10 * epochs
    data = training(seed, optimizer=optimizer, batch_size=batch_size, epochs=epochs,
                    reduction=reduction)  # fmt: skip
    loop = Loop(data)
    loop.train()

    found = worked(data, tmp_path)

    ends = loop.first | loop.parameters("_new", f"#{loop.made}")
    ends |= {"final error": loop.batch(data["samples"])[0]}
    new = {key: float(text) for key, text in found.items() if "_new" in key or key == "final error"}
    assert ends == pytest.approx(new, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("batch_size", ["all", 2, 1])
@pytest.mark.parametrize("epochs", [1, 3])
def test_several_samples_and_updates_are_those_of_the_page(
    batch_size: Any, epochs: int, tmp_path: Path
):
    settings = {"reduction": ["mean", "sum"][epochs % 2], "optimizer": "momentum"}
    data = training(11, batch_size=batch_size, epochs=epochs, **settings)
    example = derive.work(read(data))

    found = worked(data, tmp_path)

    last = f"#{epochs * len(schedule.batches(read(data)))}"
    first = {key: float(found[key]) for key in found if last == "#1" or not key.endswith(last)}
    after = first.pop("final error")
    assert first == pytest.approx({key: example[key] for key in first}, rel=1e-10, abs=1e-15)
    assert example.data()["final_loss"] == pytest.approx(after, rel=1e-10)
    assert steps(data) == set(first)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_every_sample_of_the_first_batch_is_worked_out(reduction: str, tmp_path: Path):
    data = training(4, batch_size=3, epochs=1, reduction=reduction)
    loop = Loop(data)
    error, slopes = loop.batch(data["samples"][:3])

    found = worked(data, tmp_path)

    loop.arrays = slopes
    for layer in data["layers"]:
        layer["frozen"] = []
    expected = {f"dE/d{key}": value for key, value in loop.parameters("", "#1").items()}
    assert expected == pytest.approx({key: float(found[key]) for key in expected}, rel=1e-10)
    assert error == pytest.approx(float(found["E#1"]), rel=1e-11)
    for sample in range(3):
        one = loop.__class__({**data, "samples": [data["samples"][sample]]})
        value, slopes = one.batch(one.data["samples"])
        one.arrays = slopes
        own = {f"dE/d{k}": v for k, v in one.parameters("", f"@{sample + 1}#1").items()}
        assert own == pytest.approx({key: float(found[key]) for key in own}, rel=1e-10, abs=1e-15)
        assert value == pytest.approx(float(found[f"E@{sample + 1}#1"]), rel=1e-11)
        assert f"net[1,1]@{sample + 1}#1" in found
    assert not any("@4" in key for key in found)


def test_a_bound_on_the_error_ends_the_training(tmp_path: Path):
    data = training(6, epochs=50, batch_size=2, reduction="mean")
    loop = Loop(data)
    start = loop.batch(data["samples"])[0]
    loop.train()
    bound = float(start + loop.batch(data["samples"])[0]) / 2
    data["stop_below"] = bound
    stopped = Loop(data)
    stopped.train()

    output = run(write_script(read(data)), tmp_path)

    assert 3 < stopped.made < loop.made
    assert f"stopped after epoch {stopped.made // 3}:" in output
    assert f"after update {stopped.made}:" in output
    end = stopped.batch(data["samples"])[0]
    assert end == pytest.approx(float(numbers(output)["final error"]), rel=1e-11)


def test_a_run_that_diverges_says_so(tmp_path: Path):
    data = training(2, epochs=400, batch_size="all", reduction="sum", learning_rate=1000)
    data["layers"][-1]["activation"], data["loss"] = "identity", "squared_error"

    output = run(write_script(read(data)), tmp_path)

    assert re.search(r"update \d+: the error is no number any more", output)


def test_ten_thousand_updates_of_the_best_known_example(tmp_path: Path):
    problem = replace(load(MAZUR), epochs=10_000)

    found = numbers(run(write_script(problem), tmp_path))

    assert "3.51019e-05" == f"{float(found['final error']):.6g}"
    assert "0.298371109" == found["E#1"]


# --- large networks ------------------------------------------------------------------------------


def test_a_large_network_is_written_compactly_and_printed_in_part(tmp_path: Path):
    problem = load("200-30-10", seed=5)

    script = write_script(problem)
    output = run(script, tmp_path)

    found = numbers(output)
    example = derive.work(problem)
    assert {key: example[key] for key in found if key != "final error"} == pytest.approx(
        {key: float(text) for key, text in found.items() if key != "final error"}, rel=1e-5
    )
    assert len(output.splitlines()) < 80
    assert "... and 5,996 more" in output
    assert len(script) < 12 * (200 * 30 + 30 * 10)
    assert max(map(len, script.splitlines())) <= 100


# --- nothing typed becomes code ------------------------------------------------------------------

HOSTILE = [
    '"""\nimport os\nos._exit(3)\n"""',
    "'''\nraise SystemExit(3)",
    "\\\nraise SystemExit(3)",
    "a\u2028raise SystemExit(3)",
    "a\x0craise SystemExit(3)",
    "a\rraise SystemExit(3)",
    "a\x85raise SystemExit(3)",
    "coding: utf-7",
    "-*- coding: rot13 -*-",
    "<< raise SystemExit(3) >> <% raise %> {{ x }}",
    "\u202eright to left\u2066\u200f\u061c",
    "\ud800 alone",
    "\x00\x1b[2J",
    "# type: ignore # noqa # fmt: off",
    "x" * 5_000,
    "",
]


def plain(problem: Problem) -> str:
    """The script without its comments, as a tree."""
    return ast.dump(ast.parse(write_script(problem)))


@pytest.mark.parametrize("text", HOSTILE)
def test_titles_and_names_stand_in_comments_alone(text: str):
    problem = load(MAZUR)
    layers = (replace(problem.layers[0], activation=Choice(text, {}, "z")), problem.layers[1])
    loss = Choice(text, {}, "(t-o)^2")
    typed = replace(problem, title=text, layers=layers, loss=loss)
    harmless = replace(
        problem, title="harmless", loss=Choice("mine", {}, "(t-o)^2"),
        layers=(replace(problem.layers[0], activation=Choice("mine", {}, "z")), problem.layers[1]),
    )  # fmt: skip

    script = write_script(typed)

    assert plain(harmless) == plain(typed)
    assert len(write_script(harmless).splitlines()) == len(script.splitlines())
    assert not set(script) & set("\x00\x1b\x0c\r\x85\u2028\u202e\u2066\u200f\u061c\ud800")
    assert max(map(len, script.splitlines())) <= 110
    script.encode()


@pytest.mark.parametrize(
    "text", ["__import__('os')", "1;import os", "1\nimport os", "nan", "1_0", "0x10", "", "1.0.0"]
)
def test_numbers_that_no_file_can_hold_stand_as_their_values(text: str):
    problem = load(MAZUR)
    array = Numbers(np.array([[0.15, 0.20], [0.25, 0.30]]),
                    np.array([[text, "0.20"], ["0.25", "0.30"]], dtype=object))  # fmt: skip
    vector = Numbers(np.array([0.05, 0.10]), np.array([text, "0.10"], dtype=object))
    scalar = Numbers(np.array(0.35), np.array(text, dtype=object))
    layer = replace(problem.layers[0], weights=array, bias=Bias("shared", scalar))
    typed = replace(
        problem, layers=(layer, problem.layers[1]), learning_rate=Given(0.5, text),
        samples=(Sample(vector, problem.samples[0].targets),), stop_below=Given(0.001, text),
    )  # fmt: skip

    found = plain(typed)

    assert plain(replace(problem, stop_below=Given(0.001, "0.001"))) == found


def test_words_of_a_problem_made_by_hand_are_no_code_either():
    problem = load(MAZUR)
    text = '"""\nraise SystemExit(3)'
    layer = replace(problem.layers[0], frozen=frozenset([text]))
    show = replace(problem.show, detail=text, language=text, matrix=text, rounding=text)
    typed = replace(
        problem, layers=(layer, problem.layers[1]), reduction=text, show=show, drawn=(text,)
    )

    assert "raise" not in write_script(typed)
    ast.parse(write_script(typed))
    with pytest.raises(derive.ProblemError):  # of an unknown kind there is no script
        write_script(replace(typed, layers=(replace(layer, kind=text), problem.layers[1])))


@pytest.mark.parametrize("part", ["formula", "parameter"])
def test_hostile_formulas_are_refused(part: str):
    problem = load(MAZUR)
    choice = (
        Choice("mine", {}, "__import__('os').system('true')")
        if part == "formula"
        else Choice("leaky_relu", {"slope": Given(0.1, "__import__('os')")})
    )

    with pytest.raises((derive.ProblemError, ValueError)):
        write_script(replace(problem, layers=(replace(problem.layers[0], activation=choice),)))


# --- how it reads --------------------------------------------------------------------------------


def formatted(script: str) -> str:
    """What ruff would make of the script."""
    pytest.importorskip("ruff")
    done = subprocess.run([sys.executable, "-m", "ruff", "format", "--isolated", "-"], input=script,
                          capture_output=True, text=True, check=True)  # fmt: skip
    return done.stdout


SMALL = [
    ("2-2-2", {}),
    ("1-1", {"optimizer": "adam", "epochs": 3}),
    ("2-3-1", {"activation": "relu", "loss": "absolute_error"}),
    ("3-2", {"activation": "softmax", "loss": "cross_entropy", "optimizer": "momentum"}),
    ("2-2-1", {"activation": "softplus", "loss": "huber"}),
    ("10-4-2", {"activation": "elu", "loss": "mean_squared_error"}),
]


@pytest.mark.parametrize(("shorthand", "options"), SMALL, ids=str)
def test_it_is_formatted_as_python_is(shorthand: str, options: dict[str, Any]):
    script = write_script(load(shorthand, **options))

    assert formatted(script) == script


def test_importing_it_prints_nothing_and_runs_nothing(tmp_path: Path):
    (tmp_path / "page.py").write_text(write_script(load("2-2-2")), encoding="utf-8")
    code = "import page; print(len(page.forward(page.X[0], page.INITIAL)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          cwd=tmp_path)  # fmt: skip

    assert "2\n" == done.stdout


def test_it_imports_numpy_and_where_needed_math():
    def imports(shorthand: str, **options: Any) -> list[str]:
        tree = ast.parse(write_script(load(shorthand, **options)))
        return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import)]

    assert ["import numpy as np"] == imports("2-2-2")
    assert ["import math", "import numpy as np"] == imports("2-2-2", activation="gelu")


def test_it_says_where_it_differs_from_the_page():
    problem = load("2-2-2")
    printed = replace(problem, show=replace(problem.show, carry="printed"))

    assert "calculates in full" in write_script(printed)
    assert "calculates in full" not in write_script(problem)
    assert "drawn with seed 1" in write_script(problem)


def test_the_same_problem_gives_the_same_script():
    assert write_script(load("2-3-1", seed=4)) == write_script(load("2-3-1", seed=4))
