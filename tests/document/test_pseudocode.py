"""The training as pseudo-code: what a problem does differently, its pseudo-code does differently."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

import derive
from derive.document.blocks import Algorithm, Document, Inlines, Maths
from derive.document.example.page import Page
from derive.document.example.pseudocode import pseudocode
from derive.document.phrases import Phrases
from derive.render import formats, render
from derive.writing.notation import notations
from derive.writing.printers import plain

OPTIMIZERS = ["gradient_descent", "momentum", "nesterov", "rmsprop", "adam"]


def written(content: Inlines) -> str:
    pieces = [plain(piece.node) if isinstance(piece, Maths) else piece.text for piece in content]
    text = "".join(pieces).replace("^(s)", "⁽ˢ⁾")
    return re.sub(r"_(?:(l [−+] 1)|\((l [−+] 1)\))", r"_(\1\2)", text)


def algorithm(problem: Any, **options: Any) -> Algorithm:
    problem = derive.load(problem, **options) if isinstance(problem, str) else derive.read(problem)
    example = derive.work(problem)
    page = Page(example.worked, example.agreement, example.scribe, Phrases("en"), "standard", None,
                None, None)  # fmt: skip
    return pseudocode(page)


def lines(problem: Any, **options: Any) -> list[str]:
    """The lines as text, two spaces for each step from the left."""
    return [
        "  " * line.indent + re.sub(" +", " ", written(line.content))
        for line in algorithm(problem, **options).lines
    ]


def several(count: int = 5, **settings: Any) -> dict[str, Any]:
    samples = [{"inputs": [0.1 * n, 0.2], "targets": [0.3]} for n in range(1, count + 1)]
    layers = [{"units": 2}, {"units": 1, "activation": "tanh"}]
    return {"layers": layers, "samples": samples, **settings}


def test_one_sample_one_update():
    expected = """\
start with the given W_l, b_l of all layers
out_0 ← i
for l = 1, …, L:
  net_l ← W_l out_(l − 1) + b_l
  out_l ← σ(net_l)
δ_L ← (∂E_total/∂out_L) ⊙ σ′(net_L)
for l = L − 1, …, 1:
  δ_l ← (W_(l + 1)ᵀ δ_(l + 1)) ⊙ σ′(net_l)
for l = 1, …, L:
  ∂E_total/∂W_l ← δ_l out_(l − 1)ᵀ
  ∂E_total/∂b_l ← δ_l
for l = 1, …, L:
  W_l ← W_l − η · ∂E_total/∂W_l
  b_l ← b_l − η · ∂E_total/∂b_l"""

    assert expected.splitlines() == lines("2-2-2")


def test_batches_epochs_adam_and_weight_decay():
    found = lines(several(
        batch_size=2, epochs=20, stop_below=0.01, optimizer={"name": "adam", "weight_decay": 0.1},
    ))  # fmt: skip

    loops = """\
repeat 20 times:
  for each batch B of 2 samples:
    for each sample p of the batch B:
      out_0^(p) ← i^(p)"""
    assert loops.splitlines() == found[3:7]
    assert "start with m_W_l, s_W_l, m_b_l, s_b_l = 0 for all layers" == found[1]
    assert "τ ← 0" == found[2]
    assert "    τ ← τ + 1" in found
    assert "      g_W_l ← ∂E_total/∂W_l + λ · W_l" in found
    assert "      m_W_l ← β1 · m_W_l + (1 − β1) · g_W_l" in found
    assert "      m_b_l ← β1 · m_b_l + (1 − β1) · ∂E_total/∂b_l" in found
    assert not any("g_b" in line for line in found)  # biases do not decay
    assert "  stop if E_total < 0.01, with all samples" == found[-1]


@pytest.mark.parametrize(
    ("expected", "settings"),
    [
        (["for each sample s:"], {"batch_size": "all"}),
        (["for each sample s:"], {"batch_size": 1}),
        (
            ["for each batch B of 3 samples:", "for each sample s of the batch B:"],
            {"batch_size": 3},
        ),
        (["repeat 7 times:", "for each sample s:"], {"batch_size": "all", "epochs": 7}),
    ],
)
def test_the_loops_over_samples(expected: list[str], settings: dict[str, Any]):
    found = lines(several(**settings))

    loops = [line.strip() for line in found if line.strip().endswith(":") and "l =" not in line]
    assert expected == loops


@pytest.mark.parametrize(
    ("expected", "settings"),
    [
        ("1/5 Σ_s ", {"batch_size": "all", "reduction": "mean"}),
        ("Σ_s ", {"batch_size": "all", "reduction": "sum"}),
        ("1/|B| Σ_s ", {"batch_size": 2, "reduction": "mean"}),
        (None, {"batch_size": 1, "reduction": "mean"}),
    ],
)
def test_how_a_batch_combines_its_samples(expected: str | None, settings: dict[str, Any]):
    found = [line.partition("← ")[2] for line in lines(several(**settings)) if "Σ" in line]

    assert [expected is not None] * 2 == [bool(found), bool(found)]
    assert all(line.startswith(str(expected)) for line in found)


def test_updates_stand_inside_the_loop_whose_gradients_they_use():
    online = algorithm(several(batch_size=1)).lines
    whole = algorithm(several(batch_size="all")).lines

    assert 2 == online[-1].indent  # after each sample
    assert 1 == whole[-1].indent  # after all of them


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("notation", notations())
def test_a_line_ends_in_a_colon_where_the_next_one_is_further_in(optimizer: str, notation: str):
    found = algorithm(several(optimizer=optimizer, epochs=2, batch_size=2,
                              show={"notation": notation})).lines  # fmt: skip

    for line, after in itertools.pairwise(found):
        assert written(line.content).endswith(":") == (after.indent == line.indent + 1)
        assert after.indent <= line.indent + 1
    assert 0 == found[0].indent
    assert not any("None" in written(line.content) for line in found)


def test_rows_are_multiplied_the_other_way_round():
    found = lines({"layers": [{"units": 2}, {"units": 1}], "inputs": 2, "show": {"matrix": "row"}})

    assert "  net_l ← out_(l − 1) W_l + b_l" in found
    assert "  δ_l ← (δ_(l + 1) W_(l + 1)ᵀ) ⊙ σ′(net_l)" in found
    assert "  ∂E_total/∂W_l ← out_(l − 1)ᵀ δ_l" in found


def test_a_letter_that_names_a_quantity_is_not_used_again():
    layers = lines("2-2-2", notation="bracket")  # whose error of one sample is L
    samples = lines(several(optimizer="rmsprop"))  # which keeps a mean square s

    assert "δ^[N] ← (∂L/∂a^[N]) ⊙ σ′(z^[N])" in layers
    assert "for each sample p:" in samples


def test_an_error_signal_that_is_added_has_its_minus():
    found = lines("2-2-2", notation="unit-numbers")

    assert "Err_L ← −(∂E/∂O_L) ⊙ σ′(I_L)" in found
    assert "  ∂E/∂W_l ← −Err_l O_(l − 1)ᵀ" in found
    assert "  W_l ← W_l − ℓ · ∂E/∂W_l" in found


def layered(*biases: Any, **settings: Any) -> dict[str, Any]:
    return {"layers": [{"units": 2, "bias": bias, **settings} for bias in biases], "inputs": 2}


def test_forms_of_biases():
    assert not any("b_l" in line for line in lines(layered(False, False)))
    assert "  ∂E_total/∂b_l ← the sum of the entries of δ_l" in lines(layered(0.5, 0.5))
    found = lines(layered({"threshold": [0.1, 0.2]}, {"threshold": [0.3, 0.4]}))
    assert "  net_l ← W_l out_(l − 1) − θ_l" in found
    assert "  ∂E_total/∂θ_l ← −δ_l" in found
    mixed = algorithm(layered({"threshold": [0.1, 0.2]}, 0.5))
    assert "A threshold counts as a bias" in written(mixed.caption)


def test_what_is_frozen_is_not_updated():
    never = lines(layered([0.1, 0.2], [0.1, 0.2], frozen=["bias"]))
    data = layered([0.1, 0.2], [0.1, 0.2])
    data["layers"][0]["frozen"] = ["weights"]
    partly = lines(data)

    assert "  W_l ← W_l − η · ∂E_total/∂W_l" == never[-1]
    assert "  W_l ← W_l − η · ∂E_total/∂W_l, unless frozen" == partly[-2]


def test_softmax_has_a_matrix_in_the_place_of_slopes():
    found = lines("2-2", activation="softmax", loss="cross_entropy")

    assert "δ_L ← (∂out_L/∂net_L)ᵀ (∂E_total/∂out_L)" in found


@pytest.mark.parametrize("format", formats())
def test_every_format_prints_it(format: str):
    if format == "docx":
        pytest.importorskip("pypandoc")
    block = algorithm(several(optimizer="adam", batch_size=2, epochs=3))

    assert len(render(Document("Training", (), (block,)), format).content) > 500
