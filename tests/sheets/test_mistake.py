"""One mistake in each solution: the checker finds it, and nothing else, in what the sheet prints."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from derive.algebra.fold import FLOATS
from derive.checked import Checking
from derive.checking.answers import Answer
from derive.checking.judge import GOOD
from derive.checking.report import Report
from derive.document.phrases import Phrases
from derive.errors import ProblemError
from derive.example import work
from derive.exercises.mistake_columns import BentColumns, bent_scribe
from derive.render import formats
from derive.render.walk import Walk
from derive.sheets.front import sheet
from derive.sheets.manifest import load
from derive.sheets.order import Order
from derive.sheets.workshop import Lot, Workshop
from derive.writing.printers import plain
from derive.writing.scribe import Scribe

CASES = {
    "sigmoid": ("2-2-2", {}), "tanh": ("2-2-2", {"activation": "tanh"}),
    "relu": ("2-2-2", {"activation": "relu", "recipe": "easy"}),
    "softmax": ("2-2-2", {"activation": "softmax", "loss": "cross_entropy"}),
    "momentum": ("2-2-1", {"optimizer": "momentum", "loss": "mean_squared_error"}),
    "adam": ("2-1", {"optimizer": "adam"}), "threshold": ("2-2-1", {"bias": "threshold", "delta": "add"}),
    "elu": ("3-3-1", {"loss": "huber", "activation": "elu"}),
    "through time": ({"inputs": [3, 1], "layers": [{"kind": "recurrent", "units": 2}, {"units": 1}]}, {}),
    "an image": (
        {"inputs": [3, 3], "layers": [{"kind": "conv2d", "kernel": 2, "filters": 1}, {"kind": "flatten"},
                                      {"units": 1}]}, {}),
    "an expression": (
        {"equations": {"f": "q*z", "q": "x + y", "g": "tanh(f) + x*y"},
         "values": dict.fromkeys("xyz", "draw")}, {}),
}  # fmt: skip
SHEETS = 30
LATER = "updated_weights"  # a scribe knows which of them are exact before the page has come there


@cache
def lot(case: str, certified: bool = False) -> Lot:
    shape, options = CASES[case]
    order = Order.of(
        shape,
        variants=SHEETS,
        seed=7,
        mistake=True,
        certified=certified,
        **{"digits": "6", **options},
    )
    return Workshop(order).lot(order.numbers)


def columns(case: str) -> BentColumns:
    found = lot(case).columns
    assert isinstance(found, BentColumns)
    return found


def lines(case: str) -> list[int]:
    return [q for stage in lot(case).workshop.page.stages for q in stage.lines]


def typed(of: BentColumns, quantity: int, row: int) -> str:
    """What a line prints; where = stands before it, its last digit is not the last one known."""
    text, power = of[quantity].printed(row)
    if of[quantity].exact[row]:
        return f"{of.values[row, quantity]:.9f}"
    return text if power is None else f"{text}e{power}"


def report(case: str, row: int) -> Report:
    """What the checker says of everything that a sheet prints."""
    of, own = columns(case), lot(case)
    checking = Checking(work(own.workshop.problem(own.drawn, row)))
    keys = checking.checker.unrolled.key
    answers = [Answer(keys(q), typed(of, q, row), "") for q in lines(case)]
    return checking.check(answers).report


@pytest.mark.parametrize("case", CASES)
def test_the_checker_finds_the_mistake_and_nothing_else(case: str):
    planted = columns(case).planted
    named = 0
    for row, n in enumerate(planted.which.tolist()):
        bend = planted.bends[n]
        found = report(case, row)

        wrong = [f for f in found.findings if f.verdict not in GOOD]
        assert [bend.quantity] == [f.quantity for f in wrong if f.verdict == "wrong"], (row, bend)
        assert bend.quantity == wrong[0].quantity
        assert {"follows"} >= {f.verdict for f in wrong[1:]}
        assert {f.quantity for f in wrong[1:]} <= set(bend.follows)
        slips = {e.slip for e in wrong[0].slips}
        assert len(slips) != 1 or {bend.outcome.slip} == slips, (row, bend, slips)
        named += {bend.outcome.slip} == slips
    assert named >= 0.9 * SHEETS


@pytest.mark.parametrize("case", CASES)
def test_every_line_but_one_is_what_its_formula_gives(case: str):
    of, known = columns(case), columns(case).scribe.worked.derivation
    for row, n in enumerate(of.planted.which.tolist()):
        bend, values = of.planted.bends[n], of.values[row]
        for quantity in lines(case):
            family, member = known.made(quantity)
            every = family.values(values.__getitem__, FLOATS)  # one number, or one for each member
            made = np.broadcast_to(every, family.targets.shape)[member]
            assert (quantity == bend.quantity) or made == pytest.approx(values[quantity], rel=1e-9)
        made = bend.family.values(values.__getitem__, FLOATS)
        assert made == pytest.approx(values[bend.quantity], rel=1e-9)
        assert of[bend.quantity].printed(row) != of.right[bend.quantity].printed(row)


def alone(case: str, row: int, reveal: bool) -> str:
    """One sheet with nothing taken from the others but the values that follow from its mistake."""
    own, of = lot(case), columns(case)
    example = work(own.workshop.problem(own.drawn, row)).scribe
    bend = of.planted.bends[int(of.planted.which[row])]
    worked = replace(example.worked, values=of.values[row], uncertainty=of.bounds[row])
    written = bent_scribe(Scribe(worked, example.notation, example.figures), bend)
    walk = Walk(formats()["md"], "keys" if reveal else "sheets", None, reveal, contents=False)
    return walk.blocks(own.workshop.page.blocks(written, own.heads[row], example, bend))


@pytest.mark.parametrize("reveal", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_a_sheet_of_many_is_the_sheet_alone(case: str, reveal: bool):
    texts = [text.partition("<!--")[0].rstrip() for text in lot(case).texts("md", reveal)]

    planted = columns(case).planted
    bends = [planted.bends[n] for n in planted.which.tolist()]
    for row in [
        n for n, bend in enumerate(bends) if bend.is_written and bend.outcome.slip != LATER
    ][:8]:
        assert alone(case, row, reveal).rstrip() == texts[row]


@pytest.mark.parametrize("case", ["sigmoid", "relu"])
def test_the_key_names_the_mistake_and_the_sheet_does_not(case: str):
    own, of, phrases = lot(case), columns(case), Phrases("en")
    sheets, keys = own.texts("md", False), own.texts("md", True)
    for row, n in enumerate(of.planted.which.tolist()):
        bend = of.planted.bends[n]
        told = max(phrases.plain(f"slip.{bend.outcome.slip}").split("{line}"), key=len).strip()
        value = of.right[bend.quantity].texts[row]
        assert told in keys[row] and told not in sheets[row]
        assert value in keys[row].partition("### The mistake")[2]
        assert len(value) < 4 or value not in sheets[row].partition("### The mistake")[2]
        assert "derive problem" in keys[row] and "derive problem" not in sheets[row]


WRITTEN = {
    "bias_sign": "w1 · i1 + w2 · i2 − b1", "bias_twice": "w3 · i1 + w4 · i2 + 2 b2",
    "activation_sign": "1/(1 + e^(net_h2))", "error_sign": "t1 − out_o1",
    "factor_two": "−2 (t1 − out_o1)", "factor_missing": "δ_o2", "weight_for_output": "δ_h2 · w3",
    "wrong_way": "w4 + η · ∂E_total/∂w4", "activation_for_slope": "out_h1",
    "slope_at_net": "net_h2 (1 − net_h2)", "decimal_point": "1/2 (t1 − out_o1)²",
}  # fmt: skip


def test_a_bent_line_is_what_somebody_writes():
    of, found = columns("sigmoid"), set()
    for n in of.rows:
        bend = of.planted.bends[n]
        symbols = bent_scribe(of.scribe, bend).line(bend.quantity).symbols
        found.add((bend.outcome.slip, plain(symbols) if symbols else ""))

    assert set() == WRITTEN.items() - found


def test_different_sheets_have_different_mistakes():
    of = columns("sigmoid")
    slips = {of.planted.bends[n].outcome.slip for n in of.planted.which.tolist()}
    places = {of.planted.bends[n].quantity for n in of.planted.which.tolist()}

    assert len(slips) >= SHEETS // 3 and len(places) >= SHEETS // 3


def test_a_sheet_is_the_same_alone_and_among_others(tmp_path: Path):
    asked = {"variants": 12, "seed": 3, "certified": False, "formats": ["md"], "singly": True}
    sheet("2-2-1", tmp_path / "all", mistake=True, **asked)
    sheet(
        tmp_path / "all" / "manifest.json",
        tmp_path / "one",
        numbers=[9],
        formats=["md"],
        singly=True,
    )

    for name in ("sheet-09.md", "sheet-09-key.md"):
        one = next((tmp_path / "one").glob(name.replace("09", "*9")))
        assert (tmp_path / "all" / name).read_bytes() == one.read_bytes()


def test_the_manifest_knows_that_there_are_mistakes(tmp_path: Path):
    sheet("2-1", tmp_path, mistake=True, certified=False, formats=["md"])

    assert load(tmp_path / "manifest.json").mistake


@pytest.mark.parametrize("other", [{"fade": 2}, {"points": {"delta": 2.0}}])
def test_what_makes_no_sense_beside_a_mistake_is_refused(other: dict[str, object]):
    with pytest.raises(ProblemError, match=r"--fade|--points"):
        Order.of("2-1", mistake=True, **other)


@pytest.mark.parametrize("certified", [True, False])
def test_slips_are_told_apart_with_and_without_a_certificate(certified: bool):
    found = lot("sigmoid", certified).columns
    assert isinstance(found, BentColumns) and len(found) == SHEETS
