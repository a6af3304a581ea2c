"""Every printed line can be recomputed from what is printed.

Random problems become pages; the pages are read back, in Markdown and in LaTeX, by a reader that
knows nothing of how they were made. In each line name = symbols = numbers ≈ value, the numbers must
be those printed for the names, and the value must follow from them within what their own rounding
allows; = must stand before exact decimals and ≈ before rounded ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

import pytest

import derive
from derive.errors import ProblemError
from derive.example import Example
from tests import networks, pages
from tests.recompute import given, recompute, recomputed

SLICES = 10
EACH = 12  # problems of a slice


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


@pytest.mark.parametrize("format", ["md", "tex"])
@pytest.mark.parametrize(("activation", "loss"), OWN)
def test_formulas_of_the_users_own(activation: str, loss: str, format: str):
    data = networks.network(4, [2, 2, 2], ["own", "own"], "own")
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


@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "leaky_relu"])
@pytest.mark.parametrize("numbers", AWKWARD)
def test_awkward_numbers(numbers: Any, activation: str):
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
    """
    example = derive.work(derive.read(text))

    for format in ("md", "tex"):
        assert [] == recomputed(example, format).complaints


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
    lines = [line for line in page.lines if r"\mathbf{" in line.source]

    for line in lines:
        head, _, value = line.source.rpartition(r"\mathbf{")
        digits, _, rest = value.partition("}")
        step = 2 if digits[-1] < "8" else -2
        source = f"{head}\\mathbf{{{digits[:-1]}{int(digits[-1]) + step}}}{rest}"
        changed = [
            other._replace(source=source) if other == line else other for other in page.lines
        ]
        found = recompute(
            page._replace(lines=changed), "md", given(classic), classic.problem.show.digits
        )

        assert [] != found.complaints, source


def test_how_much_of_a_page_is_recomputed(classic: Example):
    found = recomputed(classic, "md")
    every = pages.read(classic.render("md").content.decode(), "md").lines

    assert (39, 2, 24) == (found.lines, found.bare, found.rows)
    assert 46 == len(every)  # four lines of formulas stand before, and one after
