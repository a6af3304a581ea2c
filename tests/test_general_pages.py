"""The pages of any topology and of expression graphs: every printed line can be recomputed from them.

The reader is the one that recomputes pages about dense layers; it knows nothing of kinds of layers.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

import derive
from derive.catalogue.layers import LAYERS
from derive.document.blocks import Figure
from derive.document.general import lines
from derive.document.general.figures import DRAWINGS
from derive.document.phrases import Phrases
from tests.recompute import recomputed
from tests.test_expression_graphs import CIRCUITS, random_graph
from tests.topologies import RANDOM, network

SEEDS = 6
CHOICES: tuple[dict[str, Any], ...] = (
    {}, {"carry": "printed"}, {"delta": "add"}, {"optimizer": "adam"}, {"language": "de"},
    {"optimizer": "momentum:weight_decay=0.1", "epochs": 3}, {"notation": "bracket"},
    {"notation": "minimal"}, {"notation": "superscript"}, {"notation": "unit-numbers"},
    {"letters": "input=a,net=z"}, {"digits": "4d", "carry": "printed"}, {"detail": "full"},
)  # fmt: skip
STACKED = network(
    Random(1), [3, 2], {"kind": "recurrent", "units": 2}, {"units": 2},
    {"kind": "recurrent", "units": 1, "returns": "last"},
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(RANDOM))
@pytest.mark.parametrize("carry", ["full", "printed"])
def test_every_line_of_every_kind(kind: str, carry: str) -> None:
    for seed in range(SEEDS):
        data = RANDOM[kind](Random(seed))
        example = derive.work(derive.read(data, carry=carry, detail="full"))
        for format in ("md", "tex"):
            found = recomputed(example, format)
            assert [] == found.complaints, data
            assert 0 < found.lines == found.exact + found.approximate
            assert 0 == found.shortened


@pytest.mark.parametrize("choice", CHOICES, ids=str)
@pytest.mark.parametrize("samples", [1, 3])
def test_every_choice(choice: dict[str, Any], samples: int) -> None:
    problem = derive.read({**STACKED, "samples": [{}] * samples}, **choice)
    assert [] == recomputed(derive.work(problem), "md").complaints


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("carry", ["full", "printed"])
def test_every_line_of_an_expression_graph(seed: int, carry: str) -> None:
    example = derive.work(derive.read(random_graph(Random(seed)), carry=carry))
    found = recomputed(example, "md")
    assert [] == found.complaints
    assert 0 < found.lines


def test_only_some_parameters() -> None:
    example = derive.work(derive.read(STACKED), only=["u_1_1_1"])
    assert list(example.gradients) == ["u_1_1_1"]
    assert [] == recomputed(example, "md").complaints


# --- scripts -------------------------------------------------------------------------------------


def printed(script: str, folder: Path) -> dict[str, float]:
    """What a script prints, by key."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    made = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    rows = (line.split(" = ") for line in made.stdout.splitlines())
    return {key: float(value) for key, value in rows}


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(RANDOM))
def test_a_script_prints_the_same_numbers(kind: str, tmp_path: Path) -> None:
    example = derive.work(derive.read(RANDOM[kind](Random(3))))
    found = printed(example.script(), tmp_path)
    assert len(found) > 1
    for key, value in found.items():
        assert example[key] == pytest.approx(value, rel=1e-9, abs=1e-300)


def test_a_script_of_awkward_names(tmp_path: Path) -> None:
    data = {
        "equations": {"np": "lambda*print", "f": "np + math^2 + df"},
        "values": {"lambda": 2, "print": 3, "math": 5, "df": 1},
    }
    assert printed(derive.work(derive.read(data)).script(), tmp_path)["f"] == 32


# --- words and drawings ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_has_its_words(language: str) -> None:
    phrases = Phrases(language)
    for kind in LAYERS:
        assert f"kinds.{kind}" in phrases and f"kind_text.{kind}" in phrases, kind


@pytest.mark.parametrize("kind", sorted(DRAWINGS))
def test_drawings_are_of_kinds_that_there_are(kind: str) -> None:
    example = derive.work(derive.read(RANDOM[kind](Random(2))))
    assert any(isinstance(block, Figure) for block in example.document.blocks)


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_a_circuit_is_drawn_and_told(circuit: str) -> None:
    example = derive.work(derive.read(CIRCUITS[circuit]))
    (figure,) = (block for block in example.document.blocks if isinstance(block, Figure))
    for name in example.problem.equations.values:  # type: ignore[union-attr]
        assert f"{name} = " in figure.alt


SOFTMAX = {"units": 2, "activation": "softmax"}
SIGMOID = {"units": 2, "activation": "sigmoid"}
RECURRENT = {"kind": "recurrent", "units": 2}


@pytest.mark.parametrize(
    ("layers", "loss", "deltas"),
    [
        ([RECURRENT | {"returns": "last"}, SOFTMAX], "cross_entropy", 2),
        ([RECURRENT, SOFTMAX], "cross_entropy", 6),
        ([RECURRENT, SIGMOID], "binary_cross_entropy", 6),
        ([RECURRENT, SOFTMAX], "half_squared_error", 0),
        # a later step uses the output too, so more than out − t comes back to it
        ([RECURRENT | {"activation": "sigmoid"}], "binary_cross_entropy", 0),
        ([RECURRENT | {"activation": "softmax", "returns": "last"}], "cross_entropy", 0),
    ],
)
def test_the_short_form_of_the_last_deltas(
    layers: list[dict[str, Any]], loss: str, deltas: int
) -> None:
    data = {"inputs": [3, 2], "loss": loss, "layers": layers, "samples": [{}, {}]}
    problem = derive.read({**data, "show": {"samples": "all"}})
    text = derive.work(problem).render("md").content.decode()
    table = [line for line in text.splitlines() if line.startswith(r"| $`\delta_")]
    assert 2 * deltas == len(table)  # of each sample
    assert (2 if deltas else 0) == text.count("The short form")


def test_the_short_form_needs_targets_that_add_up_at_each_position() -> None:
    targets = [[0.5, 0.5], [1.0, 0.5], [0.0, 0.5]]  # 3 in all, but not 1 at each
    problem = derive.read({
        "inputs": [3, 2], "loss": "cross_entropy", "layers": [RECURRENT, SOFTMAX],
        "samples": [{"targets": targets}],
    })  # fmt: skip
    assert "The short form" not in derive.work(problem).render("md").content.decode()


@pytest.mark.parametrize("kind", sorted(RANDOM))
@pytest.mark.parametrize("detail", ["brief", "standard"])
def test_where_there_are_many_lines_every_value_stands_in_an_array(
    kind: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST", {"brief": 0, "standard": 4})
    for seed in range(3):
        data = {**RANDOM[kind](Random(seed)), "show": {"detail": detail}}
        example = derive.work(derive.read(data))
        text = example.render("md").content.decode()

        for quantity in example.worked.derivation.gradient.tolist():
            if quantity >= 0:
                assert example.scribe.printed(quantity).text.lstrip("-") in text


@pytest.mark.parametrize("inputs", [[2], [2, 2]])
def test_the_slopes_of_many_softmax_units_stand_in_matrices(inputs: list[int]) -> None:
    """One for each position: a vector by a vector, so that its letters are small."""
    first = {"kind": "layer_norm"} if len(inputs) == 1 else RECURRENT
    problem = derive.read({
        "inputs": inputs, "loss": "cross_entropy",
        "layers": [first, {"units": 9, "activation": "softmax"}],
    })  # fmt: skip
    text = derive.work(problem).render("md").content.decode()
    index = "" if len(inputs) == 1 else "_{1}"
    above, below = (rf"\partial\mathrm{{{kind}}}{index}^{{[2]}}" for kind in ("out", "net"))
    assert rf"\frac{{{above}}}{{{below}}} = \begin" in text
