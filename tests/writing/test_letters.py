"""Letters and names that people choose: they are used everywhere, and never for two quantities."""

from __future__ import annotations

from dataclasses import replace
from timeit import repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.algebra.places import Place
from derive.errors import ProblemError
from derive.problem.model import LETTERS, Choice, Problem
from derive.problem.reading import load
from derive.writing.names import CONSTANTS, OPTIMIZED, taken_apart
from derive.writing.notation import Notation, notations
from derive.writing.printers import PRINTERS, plain
from derive.writing.scribe import slashed
from tests.quantities import every_place, latex, problem, twice

Rows = tuple[tuple[str, ...], ...]
NAMED: Rows = (("w13", "w23"), ("w14", "theta_2"))


def named(asked: Problem, names: dict[int, Rows]) -> Problem:
    """The problem with names for the weights of some layers."""
    layers = list(asked.layers)
    for number, rows in names.items():
        layers[number - 1] = replace(layers[number - 1], names=rows)
    return replace(asked, layers=tuple(layers))


def refused(name: str, asked: Problem) -> list[tuple[str, str]]:
    """The places and facts with which a problem is refused."""
    with pytest.raises(ProblemError) as caught:
        Notation.load(name, asked)
    assert all(mistake.remedy for mistake in caught.value.mistakes)
    return [(mistake.place, mistake.fact) for mistake in caught.value.mistakes]


# --- letters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "letters", "key", "typed", "printed"),
    [
        ("net-out", {"input": "x"}, "out[0,2]", "x2", "x_{2}"),
        ("net-out", {"target": "y"}, "t[1]", "y1", "y_{1}"),
        ("net-out", {"output": "a"}, "out[1,2]", "a_h2", "a_{h2}"),
        ("net-out", {"net": "in"}, "net[1,2]", "in_h2", r"\mathrm{in}_{h2}"),
        ("net-out", {"rate": "α"}, "rate", "alpha", r"\alpha"),
        ("net-out", {"rate": "lambda"}, "rate", "lambda", r"\lambda"),
        ("net-out", {"error": "C"}, "E", "C", r"C_{\mathrm{total}}"),
        ("net-out", {"error": "C"}, "E[2]", "C_o2", "C_{o2}"),
        ("net-out", {"weight": "u"}, "w[1,1,2]", "u2", "u_{2}"),
        ("net-out", {"weight": "u"}, "dE/dw[1,1,2]", "dE/du2",
         r"\frac{\partial E_{\mathrm{total}}}{\partial u_{2}}"),
        ("net-out", {"weight": "theta"}, "w_new[1,1,2]", "theta_2_new", r"\theta_{2}^{+}"),
        ("net-out", {"weight": "u"}, "velocity[1,1,2]", "v_u2", "v_{u_{2}}"),
        ("net-out", {"bias": "c"}, "b[1,2]", "c2", "c_{2}"),
        ("net-out", {"delta": "D"}, "negdelta[1,2]", "D_h2", "D_{h2}"),
        ("minimal", {"output": "y"}, "out[1,2]", "y_h2", "y_{h2}"),
        ("bracket", {"net": "s"}, "net[1,2]", "s1_2", "s_{2}^{[1]}"),
        ("bracket", {"error": "E"}, "E@2", "E@2", "E^{(2)}"),
        ("bracket", {"error": "E"}, "E", "E", "E"),
        ("unit-numbers", {"bias": "b"}, "b[1,2]", "b4", "b_{4}"),
        ("unit-numbers", {"target": "t"}, "t[1]", "t5", "t_{5}"),
    ],
)  # fmt: skip
def test_a_letter_takes_the_place_of_the_notations_own(
    name: str, letters: dict[str, str], key: str, typed: str, printed: str
):
    notation = Notation.load(name, problem("2-2-2", 2, letters=letters))
    place = Place.read(key)

    assert typed == notation.written(place)
    assert printed == latex(notation.node(place))


@pytest.mark.parametrize("form", ["each", "shared", "threshold"])
@pytest.mark.parametrize("name", notations())
def test_every_letter_is_used(name: str, form: str):
    asked = load("2-2-2", bias=form)
    chosen = dict(zip(LETTERS, "qpcdfgruk", strict=True))
    notation = Notation.load(name, replace(asked, show=replace(asked.show, letters=chosen)))
    kinds = {
        "input": Place("out", 0, (1,)), "target": Place("t", None, (1,)),
        "output": Place("out", 1, (1,)), "net": Place("net", 1, (1,)), "rate": Place("rate"),
        "error": Place("E"), "weight": Place("w", 1, (1, 1)),
        "bias": Place("b", 1, () if form == "shared" else (1,)), "delta": Place("delta", 1, (1,)),
    }  # fmt: skip

    assert chosen == {key: notation.written(place)[0] for key, place in kinds.items()}


@pytest.mark.parametrize(
    ("name", "letters", "kind", "printed"),
    [
        ("net-out", {"weight": "u"}, "w", r"\bm{U_{h}}"),
        ("net-out", {"weight": "theta"}, "w", r"\bm{\Theta_{h}}"),
        ("bracket", {"output": "h"}, "out", "H^{[1]}"),
        ("bracket", {"bias": "c"}, "b", "c^{[1]}"),
        ("minimal", {"output": "y"}, "out", r"\bm{y_{h}}"),
        ("unit-numbers", {"net": "z"}, "net", r"\bm{z_{h}}"),
    ],
)
def test_matrices_follow_the_letters(name: str, letters: dict[str, str], kind: str, printed: str):
    notation = Notation.load(name, problem("2-2-2", 2, letters=letters))

    assert printed == latex(notation.matrix(kind, 1))


# --- weights' own names --------------------------------------------------------------------------


@pytest.mark.parametrize("name", notations())
def test_weights_have_their_own_names(name: str):
    notation = Notation.load(name, named(problem("2-2-2"), {1: NAMED}))
    error = notation.written(Place("E"))

    for j, row in enumerate(NAMED, start=1):
        for i, own in enumerate(row, start=1):
            place = Place("w", 1, (j, i))

            assert own == notation.written(place)
            assert place == notation.parameter(own) == notation.parameter(own.upper())
            assert f"d{error}/d{own}@2" == notation.written(Place("dE/dw", 1, (j, i), 2))
            assert f"{own}_new" == notation.written(Place("w_new", 1, (j, i)))
    other = Place("w", 2, (1, 1))

    assert other == notation.parameter(notation.written(other))
    assert r"w_{14}^{+}" == latex(notation.node(Place("w_new", 1, (2, 1))))
    assert r"\theta_{2}" == latex(notation.node(Place("w", 1, (2, 2))))


def test_the_number_that_a_named_weight_had_is_free():
    notation = Notation.load("net-out", named(problem("2-2-2"), {1: (("w2", "w9"), ("a", "w4"))}))

    assert notation.parameter("w3") is None
    assert Place("w", 1, (2, 2)) == notation.parameter("w4")


@pytest.mark.parametrize(
    ("own", "printed"),
    [("u", "u"), ("w13", "w_{13}"), ("w_13", "w_{13}"), ("theta_2", r"\theta_{2}"), ("wab", r"\mathrm{wab}"),
     ("w_ab", r"w_{\mathrm{ab}}"), ("w1a", "w_{1a}"), ("mu_k", r"\mu_{k}")],
)  # fmt: skip
def test_how_an_own_name_is_set(own: str, printed: str):
    notation = Notation.load("bracket", named(problem("1-1"), {1: ((own,),)}))

    assert printed == latex(notation.node(Place("w", 1, (1, 1))))
    assert own == notation.written(Place("w", 1, (1, 1)))


def test_names_that_differ_in_capitals_only_are_told_apart():
    notation = Notation.load("net-out", named(problem("2-1"), {1: (("u", "U"),)}))

    assert Place("w", 1, (1, 1)) == notation.parameter("u")
    assert Place("w", 1, (1, 2)) == notation.parameter("U")


# --- no two alike --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "letters", "fact"),
    [
        ("net-out", {"input": "w"}, "an input and a weight of layer 1 would both be called 'w_1'"),
        ("net-out", {"net": "out"},
         "a net input of layer 1 and an output of layer 1 would both be called 'out_h1'"),
        ("net-out", {"weight": "b"},
         "a weight of layer 1 and a bias of layer 1 would both be called 'b_1'"),
        ("net-out", {"input": "t"}, "a target and an input would both be called 't_1'"),
        ("net-out", {"rate": "e"},
         "the learning rate and Euler's number would both be called 'e'"),
        ("net-out", {"rate": "sigma"},
         "the learning rate and the function sigmoid would both be called 'σ'"),
        ("net-out", {"rate": "E"}, "the error and the learning rate would both be typed 'E'"),
        ("minimal", {"rate": "E"}, "the error and the learning rate would both be called 'E'"),
        ("bracket", {"rate": "E"}, "the learning rate and the error would both be typed 'E'"),
        ("net-out", {"input": "n"},
         "an input and the number of units of layer 1 would both be called 'n_1'"),
        ("net-out", {"input": "o", "target": "omicron"},
         "a target and an input would both be called 'o_1'"),
        ("net-out", {"net": "E", "error": "E"},
         "the error of an output and a net input of layer 2 would both be called 'E_o1'"),
        ("superscript", {"output": "z"},
         "a net input of layer 1 and an output of layer 1 would both be called 'z_1^1'"),
        ("unit-numbers", {"net": "theta"},
         "a net input of layer 1 and a bias of layer 1 would both be called 'θ_3'"),
        ("bracket", {"output": "w"},
         "the outputs of layer 1 together and the weights of layer 1 together would both be called 'W^[1]'"),
    ],
)  # fmt: skip
def test_letters_that_make_two_alike_are_refused(name: str, letters: dict[str, str], fact: str):
    asked = problem("2-2-2", 2, letters=letters)

    assert ("show.letters", fact) in refused(name, asked)


@pytest.mark.parametrize(
    ("optimizer", "letters", "names", "fact"),
    [
        ("momentum", {"rate": "mu"}, (),
         "the learning rate and the momentum would both be called 'μ'"),
        ("adam", {"input": "beta"}, (),
         "the first decay rate and an input would both be called 'β_1'"),
        ("momentum", {"net": "v", "weight": "h"}, (),
         "a net input of layer 1 and the velocity of a weight of layer 1 would both be called 'v_h1'"),
        ("momentum", {}, (("v_w5", "u"), ("a", "c")),
         "the velocity of a weight of layer 2 and the weight w[1,1,1] would both be called 'v_w5'"),
        ("nesterov", {}, (("v_u", "u"), ("a", "c")),
         "the weight w[1,1,1] and the velocity of the weight w[1,1,2] would both be called 'v_u'"),
        ("rmsprop", {}, (("s_u", "u"), ("a", "c")),
         "the weight w[1,1,1] and the mean square of the weight w[1,1,2] would both be called 's_u'"),
        ("adam", {}, (("beta1", "u"), ("a", "c")),
         "the first decay rate and the weight w[1,1,1] would both be called 'β_1'"),
    ],
)  # fmt: skip
def test_what_an_optimizer_keeps_has_a_name_of_its_own(
    optimizer: str, letters: dict[str, str], names: Rows, fact: str
):
    plain = problem("2-2-2", optimizer="gradient_descent", letters=letters)
    asked = replace(plain, optimizer=Choice(optimizer))
    if names:
        plain, asked = named(plain, {1: names}), named(asked, {1: names})

    assert Notation.load("net-out", plain)
    assert fact in [told for _, told in refused("net-out", asked)]


def test_names_may_be_alike_on_a_keyboard_only():
    """In square brackets the layer stands above, but on a keyboard nothing does."""
    asked = load("2-2-2", bias="shared")
    asked = replace(asked, show=replace(asked.show, letters={"target": "b"}))
    fact = "a target and a bias of layer 1 would both be typed 'b1'"

    assert ("show.letters", fact) in refused("bracket", asked)


@pytest.mark.parametrize(
    ("name", "names", "fact"),
    [
        ("net-out", (("w5", "u"), ("a", "c")),
         "a weight of layer 2 and the weight w[1,1,1] would both be called 'w_5'"),
        ("net-out", (("w_5", "u"), ("a", "c")),
         "a weight of layer 2 and the weight w[1,1,1] would both be called 'w_5'"),
        ("unit-numbers", (("w35", "u"), ("a", "c")),
         "a weight of layer 2 and the weight w[1,1,1] would both be called 'w_35'"),
        ("net-out", (("u", "u"), ("a", "c")),
         "the weight w[1,1,1] and the weight w[1,1,2] would both be called 'u'"),
        ("net-out", (("u", "a"), ("a_1", "a1")),
         "the weight w[1,2,1] and the weight w[1,2,2] would both be called 'a_1'"),
        ("net-out", (("b1", "u"), ("a", "c")),
         "a bias of layer 1 and the weight w[1,1,1] would both be called 'b_1'"),
        ("net-out", (("i2", "u"), ("a", "c")),
         "an input and the weight w[1,1,1] would both be called 'i_2'"),
        ("minimal", (("h1", "u"), ("a", "c")),
         "an output of layer 1 and the weight w[1,1,1] would both be called 'h_1'"),
        ("minimal", (("E", "u"), ("a", "c")),
         "the error and the weight w[1,1,1] would both be called 'E'"),
        ("net-out", (("E", "u"), ("a", "c")),
         "the error and the weight w[1,1,1] would both be typed 'E'"),
        ("net-out", (("net_h1", "u"), ("a", "c")),
         "a net input of layer 1 and the weight w[1,1,1] would both be called 'net_h1'"),
        ("net-out", (("rate", "u"), ("a", "c")),
         "the learning rate and the weight w[1,1,1] would both be typed 'rate'"),
        ("net-out", (("eta", "u"), ("a", "c")),
         "the learning rate and the weight w[1,1,1] would both be called 'η'"),
        ("net-out", (("e", "u"), ("a", "c")),
         "Euler's number and the weight w[1,1,1] would both be called 'e'"),
        ("bracket", (("u", "u_new"), ("a", "c")),
         "the new value of the weight w[1,1,1] and the weight w[1,1,2] would both be typed 'u_new'"),
        ("net-out", (("omicron", "o"), ("a", "c")),
         "the weight w[1,1,1] and the weight w[1,1,2] would both be called 'o'"),
    ],
)  # fmt: skip
def test_own_names_that_make_two_alike_are_refused(name: str, names: Rows, fact: str):
    asked = named(problem("2-2-2"), {1: names})

    assert ("layers[1].names", fact) in refused(name, asked)


@pytest.mark.parametrize(
    ("name", "names", "optimizer"),
    [
        ("net-out", NAMED, "adam"),
        ("net-out", (("w1", "w2"), ("w3", "w4")), "adam"),  # as they were called before
        ("net-out", (("w4", "w3"), ("w2", "w1")), "adam"),
        ("net-out", (("w9", "W5"), ("h1", "w05")), "adam"),
        ("net-out", (("v_w5", "m_w5"), ("mu", "lambda")), "gradient_descent"),
        ("bracket", (("w11", "w12"), ("w21", "w22")), "adam"),
        ("bracket", (("b1", "h1"), ("a", "z")), "adam"),
        ("unit-numbers", (("w13", "w23"), ("w14", "w24")), "adam"),
        ("unit-numbers", (("w47", "w53"), ("w34", "w345")), "adam"),
        ("minimal", (("h3", "o3"), ("x3", "t3")), "adam"),
    ],
)  # fmt: skip
def test_own_names_that_nothing_else_has_are_welcome(name: str, names: Rows, optimizer: str):
    asked = named(problem("2-2-2", optimizer=optimizer), {1: names})

    assert names[1][1] == Notation.load(name, asked).written(Place("w", 1, (2, 2)))


def test_a_wide_networks_numbers_are_not_mistaken_for_pairs():
    """With ten units w₁₁₄ is the weight w_{1,14} no more."""
    names = tuple(tuple(f"u{j}x{i}" for i in range(4)) for j in range(5))
    asked = named(problem("4-5-2"), {1: (("w114", *names[0][1:]), *names[1:])})

    assert Place("w", 1, (1, 1)) == Notation.load("unit-numbers", asked).parameter("w114")


LETTER = st.sampled_from(
    [
        "x",
        "w",
        "b",
        "h",
        "o",
        "t",
        "v",
        "n",
        "delta",
        "omicron",
        "theta",
        "E",
        "e",
        "net",
        "mu",
        "beta",
    ]
)
OWN = st.sampled_from(
    ["w1", "w5", "w_5", "w13", "w35", "h1", "x1", "o_1", "v_w5", "v_h1", "b1", "theta_2", "theta2",
     "E", "u", "u_new", "t1", "theta_3", "z_h1", "h", "o", "n1"]
)  # fmt: skip
WORDS = ("number", "function", "together")  # of what is no quantity, or not a single one


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(list(notations())),
    letters=st.dictionaries(st.sampled_from(LETTERS), LETTER, max_size=3),
    own=st.one_of(st.none(), st.lists(OWN, min_size=4, max_size=4)),
    bias=st.sampled_from(["each", "shared", "threshold", "none"]),
    samples=st.sampled_from([1, 2]),
)
def test_what_is_refused_is_what_would_be_alike(
    name: str, letters: dict[str, str], own: list[str] | None, bias: str, samples: int
):
    asked = load("2-2-2", bias=bias)
    if own:
        asked = named(asked, {1: ((own[0], own[1]), (own[2], own[3]))})
    asked = replace(
        asked, samples=asked.samples * samples, show=replace(asked.show, letters=letters),
        optimizer=Choice("adam"),
    )  # fmt: skip
    facts = []
    try:
        Notation.load(name, asked)
    except ProblemError as error:
        facts = [mistake.fact for mistake in error.mistakes]
    if facts and any(word in fact for fact in facts for word in WORDS):
        return
    notation = unchecked(name, asked)
    places = [place for place in every_place(asked) if is_kept_by_adam(place)]
    alike = twice([plain(slashed(notation.node(place))) for place in places])
    alike += twice([latex(notation.node(place)) for place in places])
    alike += twice([notation.written(place) for place in places])
    alike += set(map(notation.written, places)) & (keys(places) - own_keys(notation, places))

    assert bool(facts) == bool(alike), (facts, alike)


def is_kept_by_adam(place: Place) -> bool:
    """Whether the quantity occurs where Adam is used, without weight decay."""
    stem = taken_apart(place.kind)[0]
    others = {*OPTIMIZED, *CONSTANTS} - {"moment", "square", "beta1", "beta2", "epsilon", "step"}
    return stem not in others


def unchecked(name: str, asked: Problem) -> Notation:
    """The notation, though some names in it may be alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("derive.writing.alike.refuse_alike", lambda *_: None)
        return Notation.load(name, asked)


def keys(places: list[Place]) -> set[str]:
    """The keys that are words."""
    return {str(place) for place in places if str(place).isalnum()}


def own_keys(notation: Notation, places: list[Place]) -> set[str]:
    """The keys that are typed names of the same quantities as well."""
    return {key for key in keys(places) if notation.written(Place(key)) == key}


# --- strangers -----------------------------------------------------------------------------------

HOSTILE = [
    "", " ", r"\input", "<b>", "x" * 10_000, "$x$", "x y", "x\n", "a\u202eb", "é", "x^2", "{x}", "∂",
    "partial", "nabla", "∇", "#x", "x'", '"', "1", "_x", "x_", "ab-c", "\u0302", "m\u0302", "٣",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_letter_is_never_printed(text: str):
    ((place, fact),) = refused("net-out", problem("2-2-2", letters={"net": text}))

    assert "show.letters" == place
    assert fact.isascii() and len(fact) < 250


@pytest.mark.parametrize("text", [*HOSTILE, "w_1_2", "1w", "w__1", "w5_new", "é1", "w_" + "1" * 9])
def test_what_is_no_name_is_never_printed(text: str):
    asked = named(problem("1-1"), {1: ((text,),)})

    ((place, fact),) = refused("net-out", asked)

    assert "layers[1].names" == place
    assert fact.isascii() and len(fact) < 250


def test_what_has_no_letter_of_its_own_is_refused():
    ((place, _),) = refused("net-out", problem("2-2-2", letters={"optimizer": "x"}))

    assert "show.letters" == place


@pytest.mark.parametrize("printer", PRINTERS)
def test_what_is_a_name_holds_nothing_that_a_format_would_read(printer: str):
    names: Rows = (("sin", "max"), ("frac", "bm"))
    letters: dict[str, Any] = {"net": "input", "input": "sqrt", "output": "mat"}
    asked = named(problem("2-2-2", letters=letters), {1: names})
    notation = Notation.load("net-out", asked)
    write = PRINTERS[printer]().print
    printed = {write(notation.node(place)) for place in every_place(asked)}

    assert not any(r"\input" in text or r"\sqrt" in text for text in printed)
    assert not any("<script" in text for text in printed)


# --- large networks ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", notations())
def test_the_comparison_is_quick_in_a_large_network(name: str):
    asked = load("784-128-10")
    asked = replace(asked, show=replace(asked.show, letters={"error": "G", "net": "s"}))

    assert min(repeat(lambda: Notation.load(name, asked), number=1, repeat=20)) < 0.002


def test_names_are_compared_with_all_of_a_large_network():
    rows = tuple(tuple(f"u{j}x{i}" for i in range(128)) for j in range(9))
    last = tuple(f"u9x{i}" for i in range(127))
    asked = problem("784-128-10")
    welcome = named(asked, {2: (*rows, (*last, "w100353"))})  # the first that is not of layer 1

    assert Notation.load("net-out", welcome).parameter("w100353") == Place("w", 2, (10, 128))
    assert ("layers[2].names",) == tuple(
        place for place, _ in refused("net-out", named(asked, {2: (*rows, (*last, "w100352"))}))
    )
