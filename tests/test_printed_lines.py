"""Every printed line can be recomputed from what is printed.

Random problems become pages; the pages are read back, in Markdown and in LaTeX, by a reader that
knows nothing of how they were made. In each line name = symbols = numbers ≈ value, the numbers must
be those printed for the names, and the value must follow from them: where lines are computed from
printed numbers, to the last digit; where they are carried in full, within what rounding allows.
= must stand before exact decimals and ≈ before rounded ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count, islice
from typing import Any

import pytest

import derive
from derive.errors import ProblemError
from derive.example import Example
from tests import networks, pages
from tests.recompute import Facts, Words, given, recompute, recomputed

WORDS = Words()
SLICES = 8
EACH = 12  # problems of a slice, of each kind


def problems(start: int) -> Iterator[Example]:
    """Random small problems that can be worked out, with every choice of digits and detail."""
    for seed in count(start):
        rng = random.Random(seed)
        last, loss = rng.choice(networks.ACTIVATIONS), rng.choice(networks.LOSSES)
        digits = rng.choice([{"significant": rng.randint(2, 10)}, {"decimals": rng.randint(2, 8)}])
        detail = rng.choice(["standard", "standard", "full", "brief"])
        show = {"digits": digits, "detail": detail}
        data = networks.drawn(seed, last, loss, deepest=3, widest=3, show=show)
        try:
            yield derive.work(derive.read(data))
        except ProblemError:
            continue  # the loss cannot take what comes out


@pytest.mark.slow
@pytest.mark.parametrize("start", [1000 * n for n in range(SLICES)])
def test_random_pages(start: int):
    for example in islice(problems(start), EACH):
        for format in ("md", "tex"):
            found = recomputed(example, format)

            assert [] == found.complaints, example.problem
            assert 0 < found.lines == found.exact + found.approximate
            assert 0 == found.shortened


def conventional(start: int, carry: str) -> Iterator[Example]:
    """Random problems with every convention that there is."""
    for seed in count(start):
        try:
            example = derive.work(derive.read(networks.conventions(seed, carry)))
            _ = example.document
        except ProblemError:
            continue  # the loss cannot take what comes out, or rounding has left nothing of it
        yield example


@pytest.mark.slow
@pytest.mark.parametrize("carry", ["printed", "full"])
@pytest.mark.parametrize("start", [1000 * n for n in range(SLICES)])
def test_random_pages_with_every_convention(start: int, carry: str):
    for number, example in enumerate(islice(conventional(start, carry), EACH)):
        found = recomputed(example, ("md", "tex")[number % 2])

        assert [] == found.complaints, example.problem
        assert 0 < found.lines == found.exact + found.approximate


OWN = [
    ("z/(1+abs(z))", "(t-o)^4"),
    ("max(0, z) + 0.1*min(0, z)", "abs(t-o)^1.5"),
    ("z*sigmoid(1.702*z)", "ln(cosh(o-t))"),
    ("exp(-z^2)", "max(0, 1 - t*o)^2"),
    ("sin(z) + 2*cos(z)", "(t-o)^2/(1 + (t-o)^2)"),
    ("sqrt(z^2 + 0.25)", "exp(o) - t*o"),
    ("-z^3/3 + 2*z", "-(t*o - 1)"),
    ("pi*tanh(z/e)", "(o - t)*sign(o - t)"),
]


@pytest.mark.parametrize(("format", "carry"), [("md", "full"), ("tex", "full"), ("md", "printed")])
@pytest.mark.parametrize(("activation", "loss"), OWN)
def test_formulas_of_the_users_own(activation: str, loss: str, format: str, carry: str):
    data = networks.network(4, [2, 2, 2], ["own", "own"], "own", show={"carry": carry})
    for layer in data["layers"]:
        layer["activation"] = {"name": "own", "formula": activation}
    data["loss"] = {"name": "mine", "formula": loss}

    found = recomputed(derive.work(derive.read(data)), format)

    assert [] == found.complaints
    assert 38 < found.lines


AWKWARD = [
    {"weights": [[1e-7, 2e9]], "inputs": [0.003, 1e-8]},  # powers of ten
    {"weights": [[0, 0]], "inputs": [0, 0]},  # nothing at all
    {"weights": [[-1, -1]], "inputs": [-1, -1]},  # signs everywhere
    {"weights": [["1", "2"]], "inputs": [3, 4]},  # whole numbers
    {"weights": [[0.125, 0.25]], "inputs": [0.5, 0.0625]},  # exact in few digits
    {"weights": [[0.333333333333, 0.1]], "inputs": [3, 0.123456789]},  # more digits than are shown
    {"weights": [[1e-30, 1]], "inputs": [1, 1e-30]},
]


@pytest.mark.parametrize("carry", ["full", "printed"])
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "leaky_relu"])
@pytest.mark.parametrize("numbers", AWKWARD)
def test_awkward_numbers(numbers: Any, activation: str, carry: str):
    text = f"""
        loss = "squared_error"
        learning_rate = 0.1
        [[layers]]
        weights = {str(numbers["weights"]).replace("'", "")}
        bias = [-0.0]
        activation = "{activation}"
        [[layers]]
        weights = [[-2], [0.5]]
        bias = {{ threshold = [-1, 1e-3] }}
        activation = "identity"
        [[samples]]
        inputs = {numbers["inputs"]}
        targets = [0, -1.50]
        [show]
        digits = {{ significant = 4 }}
        carry = "{carry}"
    """
    example = derive.work(derive.read(text))

    for format in ("md", "tex"):
        assert [] == recomputed(example, format).complaints


@pytest.mark.parametrize(("rounding", "share"), [("half-up", "0.123"), ("half-even", "0.122")])
def test_a_path_s_share_that_is_a_tie(rounding: str, share: str):
    """0.35 · 0.35 is 0.1225, of which a double is a little less."""
    example = derive.work(derive.read({
        "loss": "half_squared_error",
        "layers": [
            {"weights": [[1]], "bias": False, "activation": "identity"},
            {"weights": [[0.35], [0.35]], "bias": False, "activation": "identity"},
        ],
        "samples": [{"inputs": [1], "targets": [0, 0]}],
        "show": {"digits": {"significant": 3}, "carry": "printed", "rounding": rounding},
    }))  # fmt: skip

    assert f"{share} + {share}" in example.render("md").content.decode()
    assert [] == recomputed(example, "md").complaints


@pytest.mark.parametrize("units", ["12-3-2", "3-11-1", "2-10-12"])
def test_long_sums_show_their_first_terms(units: str):
    found = recomputed(derive.work(units), "md", complete=False)

    assert [] == found.complaints
    assert 0 < found.shortened < found.lines


def test_the_given_table_shows_the_given_numbers():
    example = derive.work("2-2-2")
    page = pages.read(example.render("md").content.decode(), "md")
    rows = [row for row in page.rows if row.section == "The problem"]
    shown = [number for row in rows for number in re.findall(r"-?\d+\.\d+", row.cells[-1])]

    assert sorted(given(example).values()) == sorted(shown)


def test_what_is_rounding_alone_is_not_printed_with_digits():
    """A shared bias below softmax has the gradient 0; what floating point leaves of it is no result."""
    example = derive.work(derive.read({
        "loss": "cross_entropy",
        "layers": [{"weights": [[0.3, 0.1], [-0.2, 0.4], [0.7, -0.6]], "bias": 0.15,
                    "activation": "softmax"}],
        "samples": [{"inputs": [0.9, 0.35], "targets": [0.2, 0.3, 0.5]}],
    }))  # fmt: skip
    steps = {step["key"]: step["printed"] for step in example.data()["steps"]}

    assert "0" == steps["dE/db[1]"].strip(".0") + "0"


# --- planted errors, each of which must be found -------------------------------------------------

PLANTED = [
    # a value with one digit changed, and the same in a table
    (r"\approx \mathbf{0.466152}", r"\approx \mathbf{0.466162}"),
    (r"\approx \mathbf{0.0241445}", r"\approx \mathbf{0.0241455}"),
    (r"| $`-0.00100312`$ |", r"| $`-0.00100322`$ |"),
    (r"| $`\mathbf{0.557618}`$ |", r"| $`\mathbf{0.557628}`$ |"),
    (r"| $`0.004764818581`$ |", r"| $`0.004764918581`$ |"),
    # an operand that is another quantity's
    (r"0.85 \times 0.08 + 0.56 \times 0.19", r"0.85 \times 0.08 + 0.47 \times 0.19"),
    (r"= \delta_{o1} \cdot \mathrm{out}_{h2}", r"= \delta_{o2} \cdot \mathrm{out}_{h2}"),
    # a sign, and brackets that are missing
    (r"= -(0.18 - 0.396464)", r"= (0.18 - 0.396464)"),
    (r"0.142317 \times (-0.19)", r"0.142317 \times -0.19"),
    (r"0.19 + (-0.31)", r"0.19 + -0.31"),
    (r"e^{-(-0.1356)}", r"e^{-0.1356}"),
    (r"(0.02 - 0.631722)^{2}", r"0.02 - 0.631722^{2}"),
    # an exponent, a factor and a term that are lost
    (r"(0.18 - 0.396464)^{2}", r"(0.18 - 0.396464)"),
    (r"= \frac{1}{2}\,(0.02", r"= (0.02"),
    (r"E_{o1} + E_{o2}= 0.0234282 + 0.187102", r"E_{o1} + E_{o2}= 0.0234282"),
    # = before a rounded value, ≈ before an exact one
    (r"\approx \mathbf{0.466152}", r"= \mathbf{0.466152}"),
    (r"= \mathbf{-0.1356}", r"\approx \mathbf{-0.1356}"),
    # digits too few and too many
    (r"\approx \mathbf{0.210530}", r"\approx \mathbf{0.21053}"),
    (r"\approx \mathbf{0.210530}", r"\approx \mathbf{0.2105297}"),
    # a pointer to another line, and sentences
    (r"\text{by }\text{(20)}", r"\text{by }\text{(21)}"),
    (r"it falls by $`0.0172755`$", r"it falls by $`0.0172785`$"),
    (r"it falls by", r"it rises by"),
    # a path's share, and the error as one expression
    (r"\approx -0.000288725 + 0.00229496", r"\approx -0.000289725 + 0.00229496"),
    (r"0.216464 \times 0.239280 \times (-0.28)", r"0.216464 \times 0.239280 \times 0.28"),
    (r"\sigma(w_{5} \cdot", r"\sigma(w_{6} \cdot"),
]


@pytest.fixture(scope="module")
def classic() -> Example:
    return derive.work("2-2-2", seed=1)


@pytest.mark.parametrize(("right", "wrong"), PLANTED)
def test_a_planted_error_is_found(right: str, wrong: str, classic: Example):
    source = classic.render("md").content.decode()
    assert right in source
    assert [] == recomputed(classic, "md", source).complaints

    found = recomputed(classic, "md", source.replace(right, wrong, 1))

    assert [] != found.complaints


def test_a_changed_digit_in_any_value_of_any_line_is_found(classic: Example):
    """Each value in turn is moved by two units of its last digit."""
    page = pages.read(classic.render("md").content.decode(), "md")
    lines = [line for line in page.lines if WORDS.is_calculated(line)]
    lines = [line for line in lines if r"\mathbf{" in line.source]

    for line in lines:
        head, _, value = line.source.rpartition(r"\mathbf{")
        digits, _, rest = value.partition("}")
        step = 2 if digits[-1] < "8" else -2
        source = f"{head}\\mathbf{{{digits[:-1]}{int(digits[-1]) + step}}}{rest}"
        changed = [
            other._replace(source=source) if other == line else other for other in page.lines
        ]
        found = recompute(page._replace(lines=changed), "md", Facts.of(classic))

        assert [] != found.complaints, source


# --- planted errors in a page that is computed from printed numbers ------------------------------


CARRIED = {
    "2-2-2": {"seed": 1},
    "2-3-2": {"activation": "tanh,softmax", "loss": "cross_entropy", "bias": "shared"},
}


@pytest.fixture(scope="module", params=CARRIED)
def carried(request: pytest.FixtureRequest) -> Example:
    options = CARRIED[request.param]
    return derive.work(request.param, digits="4", carry="printed", **options)


def test_one_unit_of_the_last_digit_of_any_value_of_any_line_is_found(carried: Example):
    page = pages.read(carried.render("md").content.decode(), "md")
    facts = Facts.of(carried)
    lines = [line for line in page.lines if WORDS.is_calculated(line)]
    lines = [line for line in lines if r"\mathbf{" in line.source]
    assert [] == recompute(page, "md", facts).complaints

    for line in lines:
        head, _, value = line.source.rpartition(r"\mathbf{")
        digits, _, rest = value.partition("}")
        for step in (1, -1):
            moved = Decimal(digits) + step * Decimal(1).scaleb(Decimal(digits).as_tuple().exponent)
            source = f"{head}\\mathbf{{{moved}}}{rest}"
            changed = [other._replace(source=source) if other == line else other
                       for other in page.lines]  # fmt: skip
            found = recompute(page._replace(lines=changed), "md", facts)

            assert [] != found.complaints, source


def test_a_number_that_was_rounded_from_the_true_value_is_found(carried: Example):
    """Right numbers that do not follow from the printed ones are errors on such a page."""
    full = _in_full(carried)
    page, true = (
        pages.read(example.render("md").content.decode(), "md") for example in (carried, full)
    )
    values = {_left(line): _value(line) for line in true.lines if _value(line)}
    facts, different = Facts.of(carried), 0

    for line in page.lines:
        ours = _value(line)
        right = values.get(_left(line))
        if not (ours and right) or ours == right or not WORDS.is_calculated(line):
            continue
        if Decimal(ours) == Decimal(right):
            continue
        different += 1
        source = line.source.replace(rf"\mathbf{{{ours}}}", rf"\mathbf{{{right}}}")
        changed = [other._replace(source=source) if other == line else other
                   for other in page.lines]  # fmt: skip

        assert [] != recompute(page._replace(lines=changed), "md", facts).complaints, source

    assert 5 < different


def _in_full(example: Example) -> Example:
    show = replace(example.problem.show, carry="full")
    return derive.work(replace(example.problem, show=show))


def _left(line: pages.Displayed) -> str:
    return line.source.partition("=")[0].strip()


def _value(line: pages.Displayed) -> str:
    found = re.findall(r"\\mathbf\{(-?[\d.]+)\}", line.source)
    return found[0] if len(found) == 1 else ""


PLANTED_IN_TABLES = [
    ("of the update", r"Update", 4),
    ("of the samples", r"The three samples together", 3),
]


@pytest.mark.parametrize("carry", ["full", "printed"])
@pytest.mark.parametrize(("told", "section", "column"), PLANTED_IN_TABLES)
def test_a_changed_number_in_a_table_is_found(told: str, section: str, column: int, carry: str):
    data = networks.network(3, [2, 2, 2], ["tanh", "sigmoid"], "squared_error")
    data["layers"] = [layer | {"frozen": []} for layer in data["layers"]]
    data = networks.several(data, 3, 3) | {"batch_size": "all", "optimizer": "momentum"}
    data["show"] = {"digits": {"decimals": 4}, "carry": carry}
    example = derive.work(derive.read(data))
    page, facts = pages.read(example.render("md").content.decode(), "md"), Facts.of(example)
    rows = [row for row in page.rows if row.section == section]
    assert 3 < len(rows)
    assert [] == recompute(page, "md", facts).complaints

    for row in rows:
        cell = row.cells[column]
        digit = re.search(r"\d(?=\d\D*$)", cell)
        assert digit is not None
        other = "9" if digit[0] < "5" else "0"  # more than rounding on the way can explain
        wrong = cell[: digit.start()] + other + cell[digit.end() :]
        cells = (*row.cells[:column], wrong, *row.cells[column + 1 :])
        changed = [this._replace(cells=cells) if this == row else this for this in page.rows]

        assert [] != recompute(page._replace(rows=changed), "md", facts).complaints, cells


def test_how_much_of_a_page_is_recomputed(classic: Example):
    found = recomputed(classic, "md")
    every = pages.read(classic.render("md").content.decode(), "md").lines
    sections = [line for line in every if "matrices" not in line.section]

    assert (39, 2, 24) == (found.lines, found.bare, found.rows)
    assert 46 == len(sections)  # four lines of formulas stand before, and one after
