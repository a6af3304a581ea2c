"""Any topology, and expression graphs: right lines are right, a slip is found and told by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest

import derive
from derive.checking.answers import Answer
from derive.checking.check import Checker
from derive.checking.report import Finding, Report
from derive.derivation.derivation import Derivation
from derive.example import Example
from tests.checking.planting import Kinds, Paper, Planted, Policy, planted, policy
from tests.checking.planting_anywhere import GRAPHS, NETWORKS
from tests.graphs import graph
from tests.topologies import RANDOM

GRAPH = "expression graph"
SOURCES = {**RANDOM, GRAPH: graph}
PLANTED = {"dense": NETWORKS, "recurrent": NETWORKS, GRAPH: GRAPHS}
SOME = range(40)
TURNED = 1_000  # from this seed on, deltas have the other sign
GOOD, BEHIND = {"right", "rounded"}, {"right", "rounded", "follows"}
CLEAR = 100  # times the tolerance: from there a slip can be told from others that differ


@cache
def worked(source: str, seed: int) -> tuple[Example, Checker]:
    data = SOURCES[source](Random(seed))
    if seed >= TURNED:
        data = {**data, "show": {"delta": "add"}}
    example = derive.work(derive.read(data))
    return example, Checker(example.worked, example.notation)


def derivation_of(source: str, seed: int) -> Derivation:
    return worked(source, seed)[0].worked.derivation


def checked(source: str, seed: int, texts: dict[int, str]) -> Report:
    """The report on answers, by their keys or, with every other seed, by their names."""
    example, checker = worked(source, seed)
    place = example.worked.derivation.ledger.place
    name = str if seed % 2 else example.notation.written
    return checker.check([Answer(name(place(q)), text, "") for q, text in texts.items()])


def cases(source: str, seeds: range, kinds: Kinds) -> Iterator[tuple[int, Planted]]:
    for seed in seeds:
        found = planted(derivation_of(source, seed), policy(seed), seed, kinds=kinds)
        if found is not None:
            yield seed, found


def slips(finding: Finding) -> list[str]:
    return [f"{e.slip}+{e.also}" if e.also else e.slip for e in finding.slips]


@pytest.mark.parametrize("source", SOURCES)
def test_right_answers_are_never_called_wrong(source: str) -> None:
    for seed in (*SOME, *range(TURNED, TURNED + 8)):
        for how in (policy(seed), Policy("significant", 6, carries=False)):
            texts = Paper(derivation_of(source, seed), how).calculate().answers()
            report = checked(source, seed, texts)
            assert {f.verdict for f in report.findings} <= GOOD, (seed, how)
            assert report.score["points"] == report.score["of"] == len(texts), seed


@pytest.mark.parametrize("source", SOURCES)
def test_a_wrong_line_is_named_and_what_comes_later_follows(source: str) -> None:
    """Wrong by something that is no known slip, wherever it is."""
    for seed in (*SOME, *range(TURNED, TURNED + 8)):
        derivation = derivation_of(source, seed)
        how = Policy("significant", 6, carries=True)
        right = Paper(derivation, how).calculate()
        lines = [q for q, text in right.answers().items() if float(text)]
        wrong = Random(seed).choice(lines)
        bent = right.values[wrong] * 1.37 + 0.0413
        texts = Paper(derivation, how).calculate({wrong: bent}).answers()
        report = checked(source, seed, texts)
        key = str(derivation.ledger.place(wrong))
        assert (seed, key) == (seed, report.first_wrong)
        behind = [f for f in report.findings if f.key != key]
        assert {f.verdict for f in behind} <= BEHIND, seed
        plain = [f for f in behind if not f.credit]  # a slope of 1 needs no calculation
        assert all(abs(f.given or 0.0) in (0.0, 1.0) for f in plain), seed
        assert report.score["points"] == report.score["of"] - 1 - len(plain), seed


@pytest.mark.parametrize("source", PLANTED)
def test_a_slip_is_found_under_its_name(source: str) -> None:
    told: Counter[str] = Counter()
    found: set[str] = set()
    for seed, case in cases(source, range(200), PLANTED[source]):
        report = checked(source, seed, case.paper.answers())
        if report.convention:
            continue
        assert report.first is not None, seed
        assert (seed, case.key) == (seed, report.first_wrong)
        assert {f.verdict for f in report.findings if f.key != case.key} <= BEHIND, seed
        named = slips(report.first)
        if case.clearness >= CLEAR and not case.rivals:
            told["first" if named[:1] == [case.slip] else "missed"] += 1
            found |= {case.slip} & set(named)
        told["false"] += bool(named) and not {case.slip, *case.rivals} & set(named)
    assert told["false"] == 0
    assert told["missed"] <= 0.02 * told["first"]
    assert told["first"] >= 50
    asked = {"dense": {"last_step", "one_use"}, "recurrent": {"last_step", "one_use"}}
    graphs = {"chain_missing", "local_missing", "other_factor", "one_path"}
    assert asked.get(source, graphs) <= found


def test_a_short_number_among_long_ones_is_exact() -> None:
    """0.15 of somebody who writes six digits stands for 0.15, not for 0.145 to 0.155: looked up, not
    rounded. Else what uses it could be anything, and a sum over uses without its first terms passed."""
    problem = derive.read({
        "inputs": [3],
        "layers": [
            {"kind": "embedding", "vocabulary": 4, "units": 4},
            {"kind": "attention", "units": 4, "heads": 2, "causal": True},
            {"kind": "residual", "from": [1]}, {"kind": "layer_norm"},
            {"units": 2, "activation": "softmax"},
        ],
        "samples": [{"inputs": [1, 3, 1], "targets": [[1, 0], [0, 1], [1, 0]]}],
    })  # fmt: skip
    answers = {step["key"]: step["printed"] for step in derive.work(problem).data()["steps"]}
    wrong = "dE/dw_k[2,2,1]"
    last = float(answers["dE/dk[2,3,2]"]) * float(answers["out[1,3,1]"])
    report = derive.check(problem, {**answers, wrong: f"{last:.6g}"}).report
    assert report.first_wrong == wrong
    assert [slip.slip for f in report.findings for slip in f.slips] == ["last_step"]
