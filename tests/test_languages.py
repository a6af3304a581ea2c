"""Every language says everything: complete words, whole pages without a foreign word, the same maths."""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from functools import cache
from itertools import product
from string import Formatter
from typing import Any

import pytest

import derive
from derive.problem.reading import load, read
from derive.resources import templates
from derive.writing.notation import notations
from derive.writing.printers import escapes
from tests import networks, pages

Words = dict[str, str]  # by key, "section.name"


def words(language: str) -> Words:
    """All phrases of a language."""
    table = tomllib.loads((templates() / "words" / f"{language}.toml").read_text("utf-8"))
    sections = {name: keys for name, keys in table.items() if isinstance(keys, dict)}
    return {f"{name}.{key}": text for name, keys in sections.items() for key, text in keys.items()}


LANGUAGES = {path.stem: words(path.stem) for path in sorted((templates() / "words").glob("*.toml"))}
ENGLISH = LANGUAGES["en"]
OTHERS = sorted(set(LANGUAGES) - {"en"})

# What may be the same in two languages: names that people write alike, and what has no words.
ALIKE = {
    "activation.elu", "activation.gelu", "activation.relu", "activation.silu", "activation.tanh",
    "check.numpy", "conventions.factor_none", "layers.shape", "sheet.name", "title.adam",
    "title.rmsprop", "kinds.lstm", "kinds.gru", "general.parameters", "general.circuit_value",
}  # fmt: skip

# --- words ---------------------------------------------------------------------------------------


def fields(phrase: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}


def edges(phrase: str) -> tuple[bool, bool]:
    """Whether a phrase starts and ends with a space, because it is joined to something."""
    return phrase[:1].isspace(), phrase[-1:].isspace()


def test_there_is_more_than_one_language():
    assert "de" in OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_phrases_have_the_same_fields_marks_and_edges(language: str):
    told = LANGUAGES[language]

    for seen in (fields, edges, lambda phrase: phrase.count("**")):
        assert {k: seen(v) for k, v in ENGLISH.items()} == {k: seen(v) for k, v in told.items()}


@pytest.mark.parametrize("language", OTHERS)
def test_no_phrase_is_left_in_english(language: str):
    same = {key for key, phrase in LANGUAGES[language].items() if phrase == ENGLISH[key]}

    assert set() == same - ALIKE


@pytest.mark.parametrize("language", LANGUAGES)
def test_latex_can_spell_every_phrase(language: str):
    unspelt = {k for k, phrase in LANGUAGES[language].items() if "[U+" in escapes.latex(phrase)}

    assert set() == unspelt


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_set_well(language: str):
    wrong = re.compile(r"\S  +\S| -- |\.\.\.|[\"'`]|\S [.,;:!?]")
    found = {key: phrase for key, phrase in LANGUAGES[language].items() if wrong.search(phrase)}

    assert {} == found


# --- pages ---------------------------------------------------------------------------------------

DETAILS, CARRIES = ("brief", "standard", "full"), ("full", "printed")
NOTATIONS = list(notations())
ENDINGS = (  # the last activation and the loss
    ("sigmoid", "half_squared_error"), ("softmax", "cross_entropy"), ("tanh", "squared_error"),
    ("sigmoid", "binary_cross_entropy"), ("identity", "mean_squared_error"), ("elu", "huber"),
    ("silu", "absolute_error"),
)  # fmt: skip
RUNS: dict[str, dict[str, Any]] = {
    "one sample": {"samples": 1},
    "several samples": {"samples": 3, "reduction": "sum"},
    "batches": {"samples": 5, "batch_size": 2, "epochs": 3},
    "one at a time": {"samples": 2, "batch_size": 1, "epochs": 4, "stop_below": 1e-9},
}
# Shorthands with options, or the data of a file.
SPECIAL: dict[str, tuple[str | dict[str, Any], dict[str, Any]]] = {
    "large": ("30-20-10", {}),
    "large and brief": ("30-20-10", {"detail": "brief", "bias": "shared"}),
    "small": ("1-1", {"digits": 1, "only": "w1"}),
    "no biases": ("2-2-2", {"bias": "none", "matrix": "none", "only": ["w1", "w5"]}),
    "thresholds": ("3-4-1", {"bias": "threshold", "rounding": "half-even"}),
    "three hidden layers": ("2-3-3-3-2", {"activation": "relu", "detail": "full"}),
    "too fast": ("2-2", {"activation": "identity", "learning_rate": 50, "epochs": 300}),
    "decay": ("2-3-2", {"optimizer": "momentum:weight_decay=0.01", "digits": "4d", "delta": "add",
                        "bias": "shared", "carry": "printed", "epochs": 400}),
    "stopped": ("2-2-2-1", {"activation": "tanh,tanh,identity", "epochs": 50, "stop_below": 9}),
    "many classes": ("2-9-4", {"activation": "relu,softmax", "loss": "cross_entropy",
                               "delta": "add"}),
    "at a kink": ({"layers": [{"weights": [[0]], "bias": False, "activation": "relu"}],
                   "samples": [{"inputs": [1], "targets": [1]}], "title": "1-1"}, {}),
    "of one's own": ({"inputs": 2, "title": "2-2-1", "loss": {"name": "p4", "formula": "(t-o)^4"},
                      "layers": [{"units": 2, "activation": {"name": "s", "formula": "z/(1+abs(z))"},
                                  "frozen": ["bias"]}, {"units": 1, "frozen": ["bias"]}]}, {}),
}  # fmt: skip


@cache
def grid() -> dict[str, dict[str, Any]]:
    """A problem for each detail, way of rounding and kind of run; everything else takes turns."""
    found = {}
    for turn, (detail, carry, run) in enumerate(product(DETAILS, CARRIES, RUNS)):
        (last, loss), settings = ENDINGS[turn % len(ENDINGS)], dict(RUNS[run])
        data = networks.drawn(100 + turn, last, loss, deepest=2, widest=3)
        units = len(data["samples"][0]["inputs"]), len(data["layers"][-1]["weights"])
        more, rng = settings.pop("samples") - 1, random.Random(turn)
        data["samples"] += [networks.sample(rng, units, loss) for _ in range(more)]
        notation, optimizer = NOTATIONS[turn % len(NOTATIONS)], networks.OPTIMIZERS[turn // 5 % 5]
        show = {"notation": notation, "detail": detail, "carry": carry,
                "matrix": ("column", "row")[turn % 2]}  # fmt: skip
        found[f"{detail}, {carry}, {run}"] = {
            **data, **settings, "title": "2-2", "optimizer": optimizer, "show": show,
        }  # fmt: skip
    return found


@cache
def page(kind: str, language: str, format: str = "md") -> str:
    """A whole page."""
    source, options = SPECIAL.get(kind) or (grid()[kind], {})
    settings = {**options, "language": language}
    only = settings.pop("only", None)
    read_by = load if isinstance(source, str) else read
    return derive.work(read_by(source, **settings), only=only).render(format).content.decode()


KINDS = [*grid(), *SPECIAL]

# Words that stand on most English pages, and that no other language here has.
TELLING = re.compile(
    r"\b(the|of|and|or|with|which|its|their|is|are|by|since|otherwise|if|from|into|each|every|both|"
    r"(weight|layer|unit|sample|error|input|output|value|path|update|step|number|loss|bias)(s|es)?|"
    r"hidden|learning|rate|forward|backward|pass|given|same|other|more|after|before|two|three|four|"
    r"rises|shared|mean|sum|chain|check|derivatives?|contents|for|start|repeat|stop|"
    r"half|squared|cross-entropy|linear|through|gap|old|new|column|row|here|shape)\b",
    re.IGNORECASE,
)
ALLOWED = {"de": {"bias", "start"}}  # words of that language


def told(markdown: str) -> str:
    """What a page says, in its sentences and in the words of its formulas."""
    text = re.sub(r"\]\([^)]*\)", "]", markdown)  # where pictures are
    said = re.findall(r"\\text\{([^{}]*)\}", text)
    text = re.sub(r"```math.*?```", "", text, flags=re.DOTALL)
    return "\n".join([re.sub(r"\$`.*?`\$", "", text), *said])


def english(markdown: str, language: str) -> set[str]:
    """The English words on a page that are no words of its language."""
    found = {match[0].lower() for match in TELLING.finditer(told(markdown))}
    return found - ALLOWED.get(language, set())


def maths(markdown: str) -> tuple[list[tuple[str, int | None]], Counter[str]]:
    """The displayed lines, and the formulas in sentences and tables; words in them are left out."""
    without = re.sub(r"\\text\{[^{}]*\}", "", markdown)
    lines = [
        ("".join(line.source.split()), line.number) for line in pages.read(without, "md").lines
    ]
    return lines, Counter(re.findall(r"\$`(.*?)`\$", without))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_no_english_words(kind: str, language: str):
    assert set() == english(page(kind, language), language)
    assert 20 < len(english(page(kind, "en"), language))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_the_same_maths_as_in_english(kind: str, language: str):
    assert maths(page(kind, "en")) == maths(page(kind, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_says_which_language_it_is(language: str):
    says = LANGUAGES[language]
    html, tex = page("large", language, "html"), page("large", language, "tex")

    assert f'<html lang="{language}">' in html
    assert f"<summary>{says['page.contents']}</summary>" in html
    assert f"\\language\\csname l@{says['page.hyphenation']}\\endcsname" in tex
