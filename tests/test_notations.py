"""Notations and words are complete: each quantity has one name, each phrase is there and is used."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.losses import LOSSES
from derive.example import Example
from derive.resources import templates
from derive.writing.alike import refuse_alike
from derive.writing.notation import Notation, notations
from derive.writing.printers import PRINTERS
from derive.writing.scribe import slashed
from tests.quantities import KINDS, NETWORKS, alone, every_place, latex, problem, twice


@pytest.mark.parametrize("samples", [1, 2])
@pytest.mark.parametrize("name", notations())
@pytest.mark.parametrize("units", NETWORKS)
def test_no_two_quantities_print_alike(units: str, name: str, samples: int):
    asked = problem(units, samples)
    notation = Notation.load(name, asked)
    nodes = [notation.node(place) for place in every_place(asked)]

    for printer in PRINTERS:
        write = PRINTERS[printer]().print

        assert [] == twice([write(node) for node in nodes]), printer
        assert [] == twice([write(slashed(node)) for node in nodes]), printer


@pytest.mark.parametrize("samples", [1, 2])
@pytest.mark.parametrize("name", notations())
@pytest.mark.parametrize("units", NETWORKS)
def test_no_two_quantities_are_typed_alike(units: str, name: str, samples: int):
    asked = problem(units, samples)
    notation = Notation.load(name, asked)
    updates = (None, 1, 12)
    places = [p._replace(update=update) for p in every_place(asked) for update in updates]
    typed = [notation.written(place) for place in places]

    assert [] == twice(typed)
    assert all(text.isascii() and text.isprintable() for text in typed)
    assert not any(set(" ,") & set(text) for text in typed)  # which stand between names


@pytest.mark.parametrize("name", notations())
@pytest.mark.parametrize("units", NETWORKS)
def test_the_names_as_they_are_pass_the_test_for_chosen_ones(units: str, name: str):
    asked = problem(units, 2)

    refuse_alike(Notation.load(name, asked), asked)


@pytest.mark.parametrize("name", notations())
def test_a_vector_does_not_look_like_a_quantity(name: str):
    for units, samples in (("2-2-2", 1), ("2-2-2", 2), ("2-2-3-2 deep", 1)):
        asked = problem(units, samples)
        notation = Notation.load(name, asked)
        quantities = {latex(notation.node(place)) for place in every_place(asked)}
        kinds = ("w", "b", "net", "out", "delta", "dE/dw", "dE/db", "dE/dout", "dout/dnet", "w_new")
        vectors = [latex(notation.matrix(kind, layer)) for kind in kinds
                   for layer in range(1, len(asked.units))]  # fmt: skip
        vectors += [latex(notation.matrix("out", 0)), latex(notation.matrix("t", 1))]

        assert [] == twice(vectors)
        assert set() == quantities & set(vectors)


def test_every_kind_of_quantity_is_tested_here():
    found = {place.kind for place in alone(problem("2-2-2"))}
    worked = set()
    for units, options in (
        ("2-2-2", {}),
        ("2-3-2", {"bias": "threshold"}),
        ("3-2", {"bias": "shared"}),
    ):
        worked |= {place.kind for place in places(derive.work(units, **options))}

    assert KINDS == found
    assert set() == worked - KINDS


@pytest.mark.parametrize("name", notations())
@pytest.mark.parametrize("units", NETWORKS)
def test_every_parameter_is_found_by_the_name_that_is_written(units: str, name: str):
    asked = problem(units)
    notation = Notation.load(name, asked)

    for place in alone(asked):
        if place.kind in ("w", "b"):
            assert place == notation.parameter(notation.written(place))
            assert place == notation.parameter(notation.written(place).upper())
        else:
            assert notation.parameter(notation.written(place)) is None


@pytest.mark.parametrize("name", notations())
@pytest.mark.parametrize(
    "wrong",
    ["", "w", "w0", "w-1", "w1x", "x1", "1", "net_h1", "dE/dw1", "w999", "w1 ", "w" + "9" * 5000,
     "w٣", "w1_11\n", "w0_11", "w3_11", "w1_13", "w11", "w63", "theta_1", "b0", "b1_3"],
)  # fmt: skip
def test_what_is_no_parameter_is_not_found(name: str, wrong: str):
    assert Notation.load(name, problem("2-2-2")).parameter(wrong) is None


@pytest.fixture(scope="module", params=["2-2-2", "2-3-2 threshold", "2-3 softmax"])
def example(request: pytest.FixtureRequest) -> Example:
    return derive.work(request.param.partition(" ")[0], **NETWORKS[request.param])


def places(example: Example) -> list[Place]:
    ledger = example.worked.derivation.ledger
    return [ledger.place(number) for number in range(ledger.size)]


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
COMMANDS = DOCUMENT.parent / "cli"


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
    for path in sorted([*DOCUMENT.rglob("*.py"), *COMMANDS.rglob("*.py")]):
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
    found = {key for key in found if not key.endswith(".toml")}  # a file, not a key
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
