"""Whatever a file holds, it becomes a problem or a `ProblemError`: nothing else ever escapes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import ProblemError
from derive.problem.model import Given, Problem
from derive.problem.reading import load, read
from derive.problem.saving import write_problem

numbers = st.one_of(
    st.integers(-3, 12),
    st.integers(),
    st.floats(-2, 2).map(lambda x: Given(round(x, 2), f"{x:.2f}")),
    st.floats().map(lambda x: Given(x, repr(x))),
)
names = st.sampled_from(
    ["sigmoid", "tanh", "softmax", "relu", "leaky_relu", "hinge", "cross_entropy", "huber", "adam",
     "binary_cross_entropy", "gradient_descent", "each", "shared", "none", "all", "full", "printed",
     "bias", "weights", "net-out", "dense", "mean", "z/(1+z)", "t-o", "half-even", "en", "subtract",
     "add", "column", "row", "first", "w13", "theta_2", "x", "η", "momentum"]
)  # fmt: skip
keys = st.sampled_from(
    ["name", "slope", "formula", "delta", "threshold", "significant", "decimals", "units", "kind",
     "momentum", "weight_decay", "input", "rate", "error", "names", "letters",
     "inputs", "targets", "weights", "bias", "activation", "frozen", "__class__", ""]
)  # fmt: skip
leaves = st.one_of(
    numbers, names, st.booleans(), st.text(max_size=8), st.just(dt.date(2024, 2, 29))
)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
vectors = st.lists(numbers, max_size=3)


def tables(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables that mostly hold fitting values, and now and then anything."""
    return st.fixed_dictionaries({}, optional={k: v | anything for k, v in values.items()})


layers = tables(
    units=st.integers(1, 3), activation=names, bias=vectors | numbers | names,
    weights=st.lists(vectors, max_size=3), names=st.lists(st.lists(names, max_size=3), max_size=3),
    frozen=st.lists(names, max_size=2), kind=names,
)  # fmt: skip
files = tables(
    title=st.text(max_size=20), inputs=st.integers(1, 3), loss=names, learning_rate=numbers,
    optimizer=names, epochs=numbers, stop_below=numbers,
    batch_size=numbers | names, reduction=names, seed=numbers,
    layers=st.lists(layers | anything, max_size=3),
    samples=st.lists(tables(inputs=vectors, targets=vectors), max_size=2),
    show=tables(
        notation=names, digits=anything, carry=names, detail=names, rounding=names, language=names,
        delta=names, matrix=names, samples=names, letters=st.dictionaries(keys, names, max_size=3),
    ),
)  # fmt: skip


def outcome(data: Any, **options: Any) -> Problem | None:
    try:
        return read(data, **options)
    except ProblemError as error:
        assert error.mistakes
        assert all(mistake.fact for mistake in error.mistakes)
        return None


@given(files | st.dictionaries(keys, anything, max_size=4))
@settings(max_examples=400, deadline=None)
def test_any_data(data: dict[str, Any]) -> None:
    problem = outcome(data)
    if problem is not None:
        text = write_problem(problem)
        assert write_problem(read(text)) == text


@given(st.text(max_size=200) | st.text("[]{}=.,\"'0123456789einfa_-+# \n", max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text(text: str) -> None:
    outcome(text)


@given(st.dictionaries(st.sampled_from(["loss", "activation", "bias", "digits", "seed", "title",
                                        "learning_rate", "batch_size", "epochs", "notation",
                                        "optimizer", "stop_below", "letters", "delta", "matrix"]),
                       anything | st.text("a:=,()z.1 ", max_size=12), max_size=4))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_options(options: dict[str, Any]) -> None:
    try:
        load("2-2", **options)
    except ProblemError as error:
        assert error.mistakes
