"""Quantities are found by keys and by names, however people spell them; what is near is suggested."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.algebra.places import Place
from derive.checked import Checking
from derive.checking.names import Lookup
from derive.checking.report import Finding
from derive.checking.unrolled import Unrolled
from derive.example import Example
from derive.problem.reading import read
from derive.writing.notation import notations
from derive.writing.printers import PRINTERS

SEVERAL = "inputs = 2\nlayers = [{ units = 3 }, { units = 2 }]\nsamples = [{}, {}, {}]"
GRAPH = "equations = { f = 'q*x_1', q = 'tanh(x_1 + df)' }\nvalues = { x_1 = 2, df = 0.5 }"
RECURRENT = "inputs = [3, 2]\nlayers = [{ kind = 'recurrent', units = 2 }, { units = 2 }]"
CASES = {
    "one sample": ("2-3-2", {}),
    "adam": ("2-3-2", {"optimizer": "adam"}),
    "momentum": ("2-2-1", {"optimizer": "momentum", "epochs": 2, "delta": "add"}),
    "several samples": (SEVERAL, {}),
    "deep": ("2-2-2-2", {"bias": "shared"}),
    "through time": (RECURRENT, {}),
    "batches through time": (f"{RECURRENT}\nsamples = [{{}}, {{}}]", {"optimizer": "adam"}),
    "an expression": (GRAPH, {}),
}


@cache
def example(case: str, notation: str = "net-out") -> tuple[Example, Unrolled, Lookup]:
    source, options = CASES[case]
    problem = read(source, notation=notation, **options) if "\n" in source else source
    worked = derive.work(problem, **({} if "\n" in source else options | {"notation": notation}))
    unrolled = Unrolled(worked.worked.truth.derivation, 2)
    return worked, unrolled, Lookup(unrolled, worked.notation)


def places(unrolled: Unrolled) -> list[Place]:
    """Every quantity of the first update, without the mark of it."""
    return [unrolled.place(q)._replace(update=None) for q in range(unrolled.size)]


SPELLINGS = {
    "as a key": lambda notation, place: str(place),
    "as typed": lambda notation, place: notation.written(place),
    "as printed": lambda notation, place: PRINTERS["plain"]().print(notation.node(place)),
    "in LaTeX": lambda notation, place: PRINTERS["latex"]().print(notation.node(place)),
    "with spaces": lambda notation, place: " ".join(notation.written(place)),
}


@pytest.mark.parametrize("notation", list(notations()))
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_quantity_is_found_however_it_is_spelt(spelling: str, case: str, notation: str):
    worked, unrolled, lookup = example(case, notation)
    spelt = SPELLINGS[spelling]
    constants = {"rate", "momentum", "decay", "epsilon", "beta1", "beta2", "step"}
    chosen = [place for place in places(unrolled) if place.kind not in constants]

    found = {place: lookup.find(spelt(worked.notation, place)) for place in chosen}

    assert {place: unrolled.find(place) for place in chosen} == found


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("∂E_total/∂w₅", "dE/dw[2,1,1]"), ("dE/dw5", "dE/dw[2,1,1]"), ("∂E/∂w_{5}", "dE/dw[2,1,1]"),
        (r"\frac{\partial E_{total}}{\partial w_5}", "dE/dw[2,1,1]"), ("d E / d w5", "dE/dw[2,1,1]"),
        ("w5+", "w_new[2,1,1]"), ("w₅⁺", "w_new[2,1,1]"), ("w_5^{new}", "w_new[2,1,1]"),
        ("W5 new", "w_new[2,1,1]"), ("new w5", "w_new[2,1,1]"),
        ("δ_o1", "delta[2,1]"), ("Delta o1", "delta[2,1]"), (r"\delta_{o1}", "delta[2,1]"),
        ("dE/dnet_o1", "delta[2,1]"), ("dE/dnet[2,1]", "delta[2,1]"), ("∂E/∂net_o1", "delta[2,1]"),
        ("NET_H1", "net[1,1]"), ("neth1", "net[1,1]"), ("net [1, 1]", "net[1,1]"),
        ("net[1,1]@1", "net[1,1]"), ("net_h1@1", "net[1,1]"), ("E", "E"), ("E total", "E"),
        ("E_o1", "E[1]"), ("E#2", "E#2"), ("net_h1#2", "net[1,1]#2"),
    ],
)  # fmt: skip
def test_common_spellings(written: str, key: str):
    worked = derive.work("2-2-2", seed=7)
    assert_means(written, key, worked)


def assert_means(written: str, key: str, worked: Example) -> None:
    unrolled = Unrolled(worked.worked.derivation)

    found = Lookup(unrolled, worked.notation).find(written)

    assert found is not None
    assert key == str(unrolled.place(found)).removesuffix("#1")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("net_1_2_1", "net[1,2,1]"), ("net_{2,1}^{[1]}", "net[1,2,1]"), ("net^[1]_2,1", "net[1,2,1]"),
        ("∂E/∂net_1_2_1", "delta[1,2,1]"), ("dE/dnet[1,2,1]", "delta[1,2,1]"),
        (r"\delta_{2,1}^{[1]}", "delta[1,2,1]"), ("δ_1_2_1", "delta[1,2,1]"),
        ("∂E_total/∂u_1_2_1", "dE/du[1,2,1]"),
        (r"\frac{\partial E}{\partial u_{2{,}1}^{[1]}}", "dE/du[1,2,1]"),
        ("w_1_2_1+", "w_new[1,2,1]"), ("W_1_2_1 new", "w_new[1,2,1]"), ("u_{2,1}^{[1]+}", "u_new[1,2,1]"),
    ],
)  # fmt: skip
def test_common_spellings_where_units_have_no_labels(written: str, key: str):
    assert_means(written, key, example("through time")[0])


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("q", "q"), ("Q", "q"), ("dq/dx_1", "dq/dx_1"), ("∂f/∂x₁", "df/dx_1"), ("df/dx1", "df/dx_1"),
        ("dfdx1", "df/dx_1"), (r"\frac{\partial f}{\partial x_1}", "df/dx_1"), ("df/ddf", "df/ddf"),
        ("df", "df"),
    ],
)  # fmt: skip
def test_common_spellings_in_an_expression_graph(written: str, key: str):
    assert_means(written, key, example("an expression")[0])


def test_one_layer_needs_no_number():
    worked = derive.work(read("inputs = [3, 2]\nlayers = [{ kind = 'recurrent', units = 2 }]"))
    assert_means("net_2_1", "net[1,2,1]", worked)
    assert_means("∂E/∂u_2_1", "dE/du[1,2,1]", worked)


def test_a_name_in_a_large_network_is_read():
    worked = derive.work(read("inputs = [40, 30]\nlayers = [{ kind = 'recurrent', units = 40 }]"))
    for written, key in (("dE/dw_1_40_30", "dE/dw[1,40,30]"), ("u_1_7_33_new", "u_new[1,7,33]"),
                         ("net_1_40_2", "net[1,40,2]")):  # fmt: skip
        assert_means(written, key, worked)
    assert Lookup(Unrolled(worked.worked.derivation), worked.notation).find("é_1") is None


@pytest.mark.parametrize(
    "name", ["foo", "", "w99", "net[1,9]", "net[1]", "E#9", "net_h1@2", "x" * 200]
)
def test_what_is_no_quantity_is_not_found(name: str):
    _, _, lookup = example("one sample")

    assert lookup.find(name) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nett_h1", "did you mean 'net_h1'?"),
        ("dE/dw55", "did you mean 'dE/dw5'?"),
        ("hello", "names look like net_h1, delta_o1, dE/dw7, w1_new"),
    ],
)
def test_what_is_near_is_suggested(name: str, told: str):
    _, _, lookup = example("one sample")

    assert told == lookup.suggestion(name)


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("through time", "names look like net_1_1_1, delta_2_1_1, dE/dw_2_1_1, w_1_1_1_new"),
        ("an expression", "names look like q, f, df/dq, dq/dx_1"),
    ],
)
def test_names_elsewhere_are_suggested(case: str, told: str):
    assert told == example(case)[2].suggestion("hello")


def test_no_name_means_two_quantities():
    for notation in notations():
        worked, unrolled, lookup = example("deep", notation)
        typed = [worked.notation.written(place) for place in places(unrolled)]

        found = [lookup.find(name) for name in typed]

        assert len(set(typed)) == len(set(found))


def test_a_weight_of_a_large_network_is_found():
    worked = derive.work("300-90-5", only="w100")
    unrolled = Unrolled(worked.worked.derivation)
    lookup = Lookup(unrolled, worked.notation)

    found = [lookup.find(name) for name in ("w100", "dE/dw100", "w100_new", "net_h2", "no")]

    keys = ["w[1,1,100]", "dE/dw[1,1,100]", "w_new[1,1,100]", "net[1,2]"]
    assert [*(unrolled.find(Place.read(key)) for key in keys), None] == found


@settings(max_examples=300, deadline=500)
@given(st.text(max_size=100))
def test_any_name_is_found_or_not(name: str):
    _, unrolled, lookup = example("one sample")

    found = lookup.find(name)

    assert found is None or 0 <= found < unrolled.size * 3


# --- samples of several updates ------------------------------------------------------------------

ONLINE = """
epochs = 2
batch_size = SIZE
loss = "squared_error"
layers = [{ units = 1, activation = "tanh", weights = [[0.2, 0.3]], bias = [0.1] }]
samples = [{ inputs = [0.1, 0.2], targets = [0.3] }, { inputs = [0.5, 0.2], targets = [0.7] },
           { inputs = [-1, 0.4], targets = [0.2] }]
"""


def in_batches(size: int) -> Lookup:
    worked = derive.work(derive.read(ONLINE.replace("SIZE", str(size))))
    return Lookup(Unrolled(worked.worked.derivation, 6 if size == 1 else 4), worked.notation)


@pytest.mark.parametrize(
    ("size", "name", "key"),
    [
        (1, "net_o1@2#2", "net[1,1]@2#2"), (1, "net[1,1]@2#2", "net[1,1]@2#2"),
        (1, "net_o1@3#6", "net[1,1]@3#6"), (1, "net_o1^(2)#2", "net[1,1]@2#2"),
        (1, "net_o1#2", "net[1,1]@2#2"), (1, "E#3", "E@3#3"), (1, "dE/dw1", "dE/dw[1,1,1]@1"),
        (1, "net_o1@2", "net[1,1]@2#2"), (1, "∂E/∂w₁ @ 2", "dE/dw[1,1,1]@2#2"),
        (1, "net_o1@1#2", None), (1, "net_o1@4", None), (1, "net_o1@9#9", None),
        (1, "w1_new#2", "w_new[1,1,1]#2"), (1, "E@1#7", "E@1#7"), (1, "E@1#4", "E@1#4"),
        (2, "net_o1@2", "net[1,1]@2"), (2, "net_o1@3#2", "net[1,1]@3#2"),
        (2, "net_o1@3", "net[1,1]@3#2"), (2, "net_o1#2", "net[1,1]@3#2"),
        (2, "net_o1@1#2", None), (2, "net_o1", None), (2, "E", "E"), (2, "E#2", "E@3#2"),
        (2, "E#3", "E#3"), (2, "dE/dw1#3", "dE/dw[1,1,1]#3"), (2, "dE/dw1@2#3", "dE/dw[1,1,1]@2#3"),
    ],
)  # fmt: skip
def test_a_sample_is_called_by_its_own_number_in_every_update(
    size: int, name: str, key: str | None
):
    lookup = in_batches(size)

    assert (key or name) == lookup.key(name)
    assert (key is None) == (lookup.find(name) is None)


def test_a_suggestion_keeps_the_sample():
    assert "did you mean 'net_o1@3'?" == in_batches(1).suggestion("nett_o1@3")


# --- the other sign of delta ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["delta[2,1]", "dE/dnet[2,1]", "dE/dnet_o1", "∂E/∂net_o1"])
def test_the_slope_by_the_net_input_is_understood_where_delta_has_the_other_sign(name: str):
    example = derive.work("2-2-2", seed=7, delta="add")
    slope = -example["negdelta[2,1]"]  # ∂E/∂net

    right, wrong = (check_one(example, name, f"{share * slope:.6g}") for share in (1, 1.1))

    assert ("negdelta[2,1]", "right", -slope) == (right.key, right.verdict, right.expected)
    assert "wrong" == wrong.verdict


def test_the_name_on_the_page_means_what_the_page_calls_delta():
    example = derive.work("2-2-2", seed=7, delta="add")

    found = check_one(example, "delta_o1", f"{example['negdelta[2,1]']:.6g}")

    assert ("negdelta[2,1]", "right") == (found.key, found.verdict)


def check_one(example: Example, name: str, text: str) -> Finding:
    (finding,) = Checking(example).check({name: text}).report.findings
    return finding
