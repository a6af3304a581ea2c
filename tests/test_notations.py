"""Notations and words are complete: each quantity has one name, each phrase is there and is used."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.losses import LOSSES
from derive.example import Example
from derive.resources import templates
from derive.writing.notation import Notation, notations
from derive.writing.printers import PRINTERS
from derive.writing.scribe import slashed

NETWORKS: dict[str, dict[str, Any]] = {
    "2-2-2": {},
    "2-2-2 shared": {"bias": "shared"},
    "2-3-2 threshold": {"bias": "threshold"},
    "3-2 alone": {},
    "2-2-3-2 deep": {},
    "11-12-11 wide": {},
    "2-11-11-11 deep and wide": {"bias": "shared"},
    "2-3 softmax": {"activation": "softmax", "loss": "cross_entropy"},
    "2-3-3-2 softmax": {"activation": "tanh,softmax,softmax", "loss": "cross_entropy"},
    "1-1-1-1-1-1-1-1-1-1-1-1-1 deepest": {},
}
KINDS = {
    "out", "t", "rate", "w", "b", "net", "E", "dE/dout", "dout/dnet", "delta", "dnet/dw", "dE/dw",
    "dE/db", "w_new", "b_new",
}  # fmt: skip


@pytest.fixture(scope="module", params=NETWORKS)
def example(request: pytest.FixtureRequest) -> Example:
    return derive.work(request.param.partition(" ")[0], **NETWORKS[request.param])


def places(example: Example) -> list[Place]:
    ledger = example.worked.derivation.ledger
    return [ledger.place(number) for number in range(ledger.size)]


def twice(names: list[str]) -> list[str]:
    return [name for name, number in Counter(names).items() if number > 1]


@pytest.mark.parametrize("name", notations())
@pytest.mark.parametrize("printer", PRINTERS)
def test_no_two_quantities_print_alike(example: Example, name: str, printer: str):
    notation = Notation.load(name, example.problem)
    write = PRINTERS[printer]().print

    assert [] == twice([write(notation.node(place)) for place in places(example)])
    assert [] == twice([write(slashed(notation.node(place))) for place in places(example)])


@pytest.mark.parametrize("name", notations())
def test_no_two_quantities_are_typed_alike(example: Example, name: str):
    notation = Notation.load(name, example.problem)
    typed = [notation.written(place) for place in places(example)]

    assert [] == twice(typed)
    assert all(text.isascii() and " " not in text for text in typed)


@pytest.mark.parametrize("name", notations())
def test_every_kind_of_quantity_has_a_name(name: str):
    found = set()
    for units, options in (
        ("2-2-2", {}),
        ("2-3-2", {"bias": "threshold"}),
        ("3-2", {"bias": "shared"}),
    ):
        example = derive.work(units, notation=name, **options)
        for place in places(example):
            found.add(place.kind)
            assert Notation.load(name, example.problem).written(place)

    assert KINDS == found


@pytest.mark.parametrize("name", notations())
def test_every_parameter_is_found_by_the_name_that_is_written(example: Example, name: str):
    notation = Notation.load(name, example.problem)
    ledger = example.worked.derivation.ledger

    for number in example.worked.derivation.graph.parameters.tolist():
        place = ledger.place(number)

        assert place == notation.parameter(notation.written(place))
        assert place == notation.parameter(notation.written(place).upper())


@pytest.mark.parametrize("name", notations())
@pytest.mark.parametrize(
    "wrong", ["", "w", "w0", "w-1", "w1x", "x1", "1", "net_h1", "dE/dw1", "w999", "w1 "]
)
def test_what_is_no_parameter_is_not_found(name: str, wrong: str):
    assert derive.work("2-2-2").notation.parameter(wrong) is None


def test_values_are_found_by_key_and_by_name(example: Example):
    notation = example.notation
    for place, value in zip(places(example), example.worked.values, strict=True):
        if np.isfinite(value):
            assert value == example[str(place)] == example[notation.written(place)]


def test_an_unknown_name_is_told_the_nearest():
    with pytest.raises(KeyError, match="did you mean 'net_h1'"):
        _ = derive.work("2-2-2")["net_h11"]


# --- words ---------------------------------------------------------------------------------------

LANGUAGES = {
    path.stem: tomllib.loads(path.read_text("utf-8"))
    for path in sorted((templates() / "words").glob("*.toml"))
}
ENGLISH = {f"{section}.{key}" for section, keys in LANGUAGES["en"].items()
           if isinstance(keys, dict) for key in keys}  # fmt: skip
SAYS = {"say", "plain", "paragraph"}
DOCUMENT = Path(derive.__file__).parent / "document"


def patterns(node: ast.expr) -> list[str]:
    """The keys that an argument can stand for, with * for what is known only later."""
    match node:
        case ast.Constant(str() as text):
            return [text]
        case ast.JoinedStr(values):
            return ["".join(v.value if isinstance(v, ast.Constant) else "*" for v in values)]
        case ast.IfExp(_, body, orelse):
            return patterns(body) + patterns(orelse)
    return []


def spoken() -> set[str]:
    """The keys in all calls of say, plain and paragraph, and in texts that look like keys."""
    found: set[str] = set()
    for path in sorted(DOCUMENT.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        parts = {
            id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in nodes:
            if isinstance(node, ast.Call) and node.args:
                said = ast.unparse(node.func).split(".")[-1] in SAYS
                found |= set(patterns(node.args[0])) if said else set()
            elif isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in parts:
                found |= {p for p in patterns(node) if p.partition(".")[0] in LANGUAGES["en"]}
    return {f"{key}*" if key.endswith(("_", ".")) else key for key in found if "." in key}


def fits(key: str, pattern: str) -> bool:
    head, star, tail = pattern.partition("*")
    return key == pattern or bool(
        star and key.startswith(head) and key.endswith(tail.rpartition("*")[2])
    )


def test_every_phrase_that_is_said_is_there():
    missing = {
        p
        for p in spoken()
        if p.partition(".")[0].isalpha() and not any(fits(k, p) for k in ENGLISH)
    }

    assert set() == {p for p in missing if "*" not in p and p.partition(".")[0] in LANGUAGES["en"]}


def test_every_phrase_that_is_there_is_said():
    said = spoken()
    broad = {"loss.*", "activation.*", "numbers.*"}
    unused = {key for key in ENGLISH if not any(fits(key, p) for p in said | broad)}

    assert set() == unused


def test_every_function_has_a_name_in_words():
    assert set(ACTIVATIONS) == set(LANGUAGES["en"]["activation"])
    assert set(LOSSES) == set(LANGUAGES["en"]["loss"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_keys(language: str):
    keys = {f"{section}.{key}" for section, table in LANGUAGES[language].items()
            if isinstance(table, dict) for key in table}  # fmt: skip

    assert ENGLISH == keys


def test_the_scan_sees_what_is_said():
    assert "backward.heading" in spoken()
    assert fits("layers.the_input", "layers.*")
    assert not fits("page.input", "layers.*")
