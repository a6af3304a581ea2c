"""The matrix form prints the scalar lines' numbers, and its products come out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

import derive
from derive.algebra.places import Place
from derive.example import Example
from tests import intervals, networks
from tests import latexmath as m
from tests.exactly_read import evaluate
from tests.intervals import Value
from tests.latexmath import Op, Tree
from tests.pages import Displayed, read

SECTION = "The same with matrices"
GRID = r"\begin{bmatrix}"
KINDS = {
    "gradient_descent": ["w_new"],
    "momentum": ["velocity_new", "w_new"],
    "nesterov": ["velocity_new", "w_new"],
    "rmsprop": ["square_new", "w_new"],
    "adam": ["moment_new", "square_new", "moment_hat", "square_hat", "w_new"],
}
Numbers = list[list[Fraction]]


def turned(grid: list[list[Any]]) -> list[list[Any]]:
    return [list(row) for row in zip(*grid, strict=True)]


class Expected:
    """The printed scalars, put together to matrices: samples side by side, or one below the other."""

    def __init__(self, example: Example, rows: bool) -> None:
        self.example, self.rows = example, rows
        self.made, self.problem = example.worked.derivation, example.problem
        marked = len(self.problem.samples) > 1
        self.samples = list(range(1, self.made.samples + 1)) if marked else [None]

    def number(self, *place: Any) -> Fraction:
        quantity = self.made.ledger.find(Place(*place))
        return Fraction(self.example.scribe.typed(quantity))

    def columns(self, kind: str, layer: int, units: int) -> Numbers:
        """A unit a row, a sample a column; or the other way round."""
        grid = [
            [self.number(kind, layer, (j,), s) for s in self.samples] for j in range(1, units + 1)
        ]
        return turned(grid) if self.rows else grid

    def weights(self, kind: str, layer: int) -> Numbers:
        units, sources = self.problem.units[layer], self.problem.units[layer - 1]
        places = product(range(1, units + 1), range(1, sources + 1))
        sample = self.samples[0] if kind == "dE/dw" and len(self.samples) == 1 else None
        flat = [self.number(kind, layer, place, sample) for place in places]
        grid = [flat[j * sources : (j + 1) * sources] for j in range(units)]
        return turned(grid) if self.rows else grid

    def results(self) -> Iterator[Numbers]:
        """What stands at the end of each line with matrices, in the order of the page."""
        units = self.problem.units
        last = len(units) - 1
        for layer in range(1, last + 1):
            yield self.weights("w", layer)
            yield self.columns("net", layer, units[layer])
            yield self.columns("out", layer, units[layer])
        delta = "delta" if self.made.sign > 0 else "negdelta"
        for layer in range(last, 0, -1):
            yield self.columns(delta, layer, units[layer])
            yield self.weights("dE/dw", layer)
        kinds = KINDS[self.problem.optimizer.name]
        if "weight_decay" in self.problem.optimizer.parameters:
            kinds = ["decayed", *kinds]
        for layer, asked in enumerate(self.problem.layers, 1):
            if "weights" not in asked.frozen:
                yield from (self.weights(kind, layer) for kind in kinds)

    def operands(self) -> list[Numbers]:
        """The matrices that products are made of."""
        units = self.problem.units
        found = [self.columns("out", 0, units[0])]
        for layer, asked in enumerate(self.problem.layers, 1):
            delta = "delta" if self.made.sign > 0 else "negdelta"
            kinds = ["out", delta, "dE/dout"] if layer == len(units) - 1 else ["out", delta]
            joint = asked.activation.name == "softmax"
            kinds += [] if joint else ["dout/dnet"]
            found += [self.columns(kind, layer, units[layer]) for kind in kinds]
            found.append(self.weights("w", layer))
            if asked.bias.form != "none":
                places = [() if asked.bias.form == "shared" else (j,)
                          for j in range(1, units[layer] + 1)]  # fmt: skip
                column = [[self.number("b", layer, p)] * len(self.samples) for p in places]
                found.append(turned(column) if self.rows else column)
            if joint and len(self.samples) == 1:
                each = range(1, units[layer] + 1)
                sample = self.samples[0]
                found.append([
                    [self.number("dout/dnet", layer, (k,) if k == j else (k, j), sample)
                     if (k == j and not self._two(layer)) else
                     self.number("dout/dnet", layer, (k, j), sample) for j in each]
                    for k in each
                ])  # fmt: skip
        return found

    def _two(self, layer: int) -> bool:
        return self.made.ledger.named("dout/dnet", layer, 1) is None


# --- reading matrices ----------------------------------------------------------------------------


def lines(example: Example, format: str) -> list[Displayed]:
    page = read(example.render(format).content.decode(), format)
    return [line for line in page.lines if line.section.startswith(SECTION) and GRID in line.source]


def grids(tree: Tree) -> Iterator[list[list[Tree]]]:
    """All matrices in a tree."""
    if isinstance(tree, Op):
        if tree.kind == "grid":
            yield [list(row.parts) for row in tree.parts if isinstance(row, Op)]
        else:
            for part in tree.parts:
                yield from grids(part)


def amounts(grid: list[list[Tree]]) -> Numbers:
    return [[m.amount(m.literal(entry) or "")[0] for entry in row] for row in grid]


Matrix = list[list[Value]]


def multiply(tree: Tree, leaf: Callable[[Tree], Value]) -> Matrix | Value:
    """What a product, a sum or an entrywise product of matrices comes to."""
    match tree:
        case Op("grid", rows):
            return [[leaf(entry) for entry in row.parts] for row in rows if isinstance(row, Op)]
        case Op("product", (first, *others)):
            result = multiply(first, leaf)
            for other in others:
                result = _times(result, multiply(other, leaf))
            return result
        case Op("entrywise", (first, second)):
            pair = multiply(first, leaf), multiply(second, leaf)
            return _entries(lambda a, b: intervals.product([a, b]), *pair)
        case Op("sum", (Op("-", (only,)),)) if m.literal(tree) is None:
            return _entries(intervals.negative, multiply(only, leaf))
        case Op("sum", (Op("+", (first,)), Op(sign, (second,)))):
            pair = multiply(first, leaf), multiply(second, leaf)
            if sign == "-":
                pair = pair[0], _entries(intervals.negative, pair[1])
            return _entries(lambda a, b: intervals.total([a, b]), *pair)
    return leaf(tree)


def _entries(function: Callable[..., Value], *matrices: Any) -> Any:
    if isinstance(matrices[0], Value):
        return function(*matrices)
    rows = zip(*matrices, strict=True)
    return [[function(*entries) for entries in zip(*row, strict=True)] for row in rows]


def _times(first: Any, second: Any) -> Any:
    if isinstance(first, Value):
        return _entries(lambda entry: intervals.product([first, entry]), second)
    columns = list(zip(*second, strict=True))
    return [
        [intervals.total([intervals.product([a, b]) for a, b in zip(row, column, strict=True)])
         for column in columns]
        for row in first
    ]  # fmt: skip


def known(entry: Tree) -> Value:
    """A number or a fraction in a matrix product; what was printed may have been rounded."""
    text = m.literal(entry)
    if text is not None:
        return Value.of(text, rounded=True)
    return Value.known(evaluate(entry, {}).value)  # 1/3


def check(example: Example, format: str, rows: bool) -> int:
    """Every matrix of the page; how many products were multiplied out."""
    expected = Expected(example, rows)
    results, operands = list(expected.results()), expected.operands()
    found = lines(example, format)
    assert len(results) == len(found)
    multiplied = 0
    for line, result in zip(found, results, strict=True):
        _, *rest = m.pieces(m.tokens(line.source))
        (relation, last), *before = [(sign, m.parse(part)) for sign, part in rest][::-1]
        (grid,) = grids(last)
        assert result == amounts(grid), line.source
        if before and not m.names(before[0][1]):
            operand_grids = [amounts(g) for g in grids(before[0][1])]
            for operand in operand_grids:
                assert operand in operands or turned(operand) in operands, line.source
            if example.problem.show.carry == "full":
                value = multiply(before[0][1], known)
                for row, texts in zip(value, grid, strict=True):
                    for entry, text in zip(row, texts, strict=True):
                        assert intervals.agrees(entry, m.literal(text) or ""), line.source
                multiplied += 1
        assert relation in ("=", "≈")
    return multiplied


# --- the promises --------------------------------------------------------------------------------


def problem(seed: int, **show: Any) -> dict[str, Any]:
    rng = random.Random(seed)
    last = rng.choice(["sigmoid", "softmax", "tanh", "identity", "relu"])
    digits = rng.choice([{"significant": rng.randint(4, 7)}, {"decimals": rng.randint(3, 6)}])
    show = {
        "digits": digits, "delta": rng.choice(["add", "subtract"]),
        "notation": rng.choice(["net-out", "superscript", "bracket", "minimal", "unit-numbers"]),
        **show,
    }  # fmt: skip
    data = networks.drawn(
        seed, last, rng.choice(["squared_error", "half_squared_error"]),
        deepest=3, widest=3, show=show,
    )  # fmt: skip
    data["optimizer"] = networks.optimizer(rng, rng.choice(networks.OPTIMIZERS))
    if data["optimizer"]["name"] in ("rmsprop", "adam"):
        data["optimizer"]["epsilon"] = 0.01
    return networks.several(data, seed, rng.randint(1, 3))


@pytest.mark.parametrize("order", ["column", "row"])
@pytest.mark.parametrize("seed", range(16))
def test_products_come_out_and_entries_are_the_scalar_lines(seed: int, order: str):
    example = derive.work(derive.read(problem(seed, matrix=order)))

    assert 0 < check(example, "md", order == "row")


@pytest.mark.parametrize("order", ["column", "row"])
@pytest.mark.parametrize("seed", range(100, 106))
def test_entries_of_a_page_that_carries_printed_numbers(seed: int, order: str):
    example = derive.work(derive.read(problem(seed, matrix=order, carry="printed")))

    check(example, "md", order == "row")


@pytest.mark.parametrize("order", ["column", "row"])
def test_softmax_with_its_jacobian(order: str):
    example = derive.work(
        "2-2-3", activation="tanh,softmax", loss="cross_entropy", matrix=order, digits="4"
    )

    assert 6 == check(example, "tex", order == "row")  # net, δ and ∂E/∂W of two layers
    assert 6 == check(example, "md", order == "row")


def test_the_two_orders_are_each_other_turned():
    column, row = (derive.work("2-3-2", matrix=order) for order in ("column", "row"))
    pairs = zip(lines(column, "md"), lines(row, "md"), strict=True)

    for one, other in pairs:
        first, second = (
            amounts(list(grids(m.parse(m.pieces(m.tokens(line.source))[-1][1])))[-1])
            for line in (one, other)
        )
        assert first == turned(second)


@pytest.mark.parametrize(
    ("units", "options"),
    [("2-2-2", {"matrix": "none"}), ("2-7-2", {}), ("2-2-2", {"only": "w1"})],
)
def test_where_no_numbers_are_printed(units: str, options: Any):
    example = derive.work(units, **options)

    assert [] == lines(example, "md")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\mathbf{0.466152}", r"\mathbf{0.466153}"),
        (r"\begin{bmatrix}0.85 & 0.56 \\", r"\begin{bmatrix}0.56 & 0.85 \\"),
        (r"\mathbf{-0.00118191}", r"\mathbf{0.00118191}"),
    ],
)
def test_a_planted_error_is_found(right: str, wrong: str, monkeypatch: pytest.MonkeyPatch):
    example = derive.work("2-2-2", seed=1)
    source = example.render("md").content.decode()
    start = source.index(SECTION)
    assert right in source[start:], source[start:]
    changed = source[:start] + source[start:].replace(right, wrong, 1)
    planted = read(changed, "md")
    monkeypatch.setattr("tests.test_matrices.read", lambda *_: planted)

    with pytest.raises(AssertionError):
        check(example, "md", rows=False)
