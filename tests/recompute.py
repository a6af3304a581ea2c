"""Recomputes a page from nothing but what it prints, and tells what does not come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derive.example import Example
from derive.numbers.rounding import typed
from derive.problem.model import Digits
from derive.writing.maths import Number
from derive.writing.printers import PRINTERS
from tests import latexmath as m
from tests.latexmath import Name, Tree, Unreadable, Value
from tests.pages import Displayed, Page, Row, formulas, read

CALCULATED = ("Forward pass", "Error", "Backward pass", "Update")
MATRIX = r"\begin{bmatrix}"
ERROR = r"E_\mathrm{total}"
ROUNDING = Fraction(1, 10**15)  # what is smaller is left over where numbers cancel


@dataclass
class Recomputed:
    """What was found on a page: complaints, and how much was recomputed."""

    complaints: list[str] = field(default_factory=list)
    lines: int = 0
    approximate: int = 0
    exact: int = 0
    rows: int = 0
    bare: int = 0  # lines without a value: names alone, and matrices
    shortened: int = 0  # lines with terms left out
    leads: int = 0  # products of names of which one has no line of its own


class Printed:
    """The numbers that a page has printed so far, by name."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.texts = dict(given)
        self.rounded = dict.fromkeys(given, False)
        self.inferred: set[str] = set()  # numbers that have no line of their own
        self.forms: dict[str, Tree] = {}  # a name written out in other names, where numbers follow
        self.equations: dict[int, str] = {}  # the names whose values stand in numbered lines
        self.numbers: set[int | None] = set()  # of all lines

    def value(self, key: str) -> Value:
        return Value.of(self.texts[key], self.rounded[key])

    def values(self, tree: Tree) -> dict[str, Value]:
        return {key: self.value(key) for key in m.names(tree)}

    def enter(self, line: Displayed) -> Iterator[str]:
        """Remember a line's value; a complaint where the page says otherwise elsewhere."""
        tokens = m.tokens(line.source)
        if MATRIX in line.source:
            return
        (_, left), *rest = m.pieces(tokens)
        relation, last = rest[-1]
        key, value = m.parse(left), m.parse(last)
        text = m.literal(value)
        if not isinstance(key, Name):
            return
        if text is None:
            self.forms[key.key] = value
            return
        if self.texts.get(key.key, text) != text:
            yield f"{key.key} was {self.texts[key.key]} and now is {text}"
        self.texts[key.key], self.rounded[key.key] = text, relation == "≈"
        if line.number is not None:
            self.equations[line.number] = key.key


def recompute(
    page: Page, format: str, given: Mapping[str, str], digits: Digits,
    functions: m.Functions | None = None, complete: bool = True,
) -> Recomputed:  # fmt: skip
    """Everything that the page calculates, line by line and row by row.

    `given` are the numbers that the problem gives, by name. `complete` pages print a line for every
    quantity before they use it; others may use numbers that have no line of their own.
    """
    found, printed = Recomputed(), Printed(given)
    printed.numbers = {line.number for line in page.lines}
    lines = [line for line in page.lines if line.section.startswith(CALCULATED)]

    def check(what: object, complaints: Iterable[str]) -> None:
        try:
            told = list(complaints)
        except (Unreadable, KeyError, ValueError, TypeError) as error:
            told = [repr(error)]
        found.complaints += [f"{fact}: {what}" for fact in told]

    for line in lines:  # a line may speak of a quantity whose own line is further down
        check(line.source, printed.enter(line))
    for line in lines:
        check(line.source, _line(line, printed, digits, found, complete))
    for row in page.rows:
        check(row.cells, _row(row, printed, found))
    after = formulas(page.text, format, "After the step")
    check(after, _after(after, page, printed))
    if functions is not None:
        check("as one expression", _one_expression(page, printed, functions))
    return found


def given(example: Example) -> dict[str, str]:
    """The numbers that the problem gives, by name, as the page writes both."""
    graph, printer = example.worked.derivation.graph, PRINTERS["latex"]()
    found = {}
    for ids, _ in graph.given:
        for quantity in ids.ravel().tolist():
            name = m.parse(printer.print(example.notation.node(graph.ledger.place(quantity))))
            assert isinstance(name, m.Name)
            found[name.key] = printer.print(Number(*typed(graph.text(quantity) or "")))
    return found


def recomputed(
    example: Example, format: str, source: str | None = None, complete: bool | None = None
) -> Recomputed:
    """The page recomputed; in brief, and where there are many units, not every number has a line."""
    if complete is None:
        complete = example.problem.show.detail != "brief"
    source = example.render(format).content.decode() if source is None else source
    usual = all(not layer.activation.parameters and layer.activation.formula is None
                for layer in example.problem.layers)  # fmt: skip
    return recompute(
        read(source, format), format, given(example), example.problem.show.digits,
        m.ACTIVATIONS if usual else None, complete,
    )  # fmt: skip


# --- lines ---------------------------------------------------------------------------------------


def _line(
    line: Displayed, printed: Printed, digits: Digits, found: Recomputed, complete: bool
) -> Iterator[str]:
    found_tokens = m.tokens(line.source)
    if MATRIX in line.source:
        found.bare += 1
        return
    (_, left), *rest = m.pieces(found_tokens)
    trees = [(relation, m.parse(part)) for relation, part in rest]
    relation, last = trees[-1]
    text = m.literal(last)
    if text is None:  # names alone: the chain rule as it stands, the proof of a short form
        found.bare += 1
        return
    key = m.parse(left)
    if not isinstance(key, Name):
        yield "no name on the left"
        return
    found.lines += 1
    rounded = relation == "≈"
    yield from _digits(text, rounded, digits, [tree for _, tree in trees[:-1]])
    symbols = [tree for _, tree in trees[:-1] if m.names(tree)]
    numbers = [tree for _, tree in trees[:-1] if not m.names(tree)]
    if not symbols and key.key in printed.forms:
        symbols = [printed.forms[key.key]]
    yield from _remark(m.remark(found_tokens), symbols, printed)
    yield from _signs(trees, numbers[1:])
    if any(map(m.has_dots, [*symbols, *numbers])):
        found.shortened += 1
        return
    if symbols and numbers:  # of several in symbols, the numbers follow the one before them
        pairs = m.numbers_for_names(symbols[-1], numbers[0])
        for name, number in pairs:
            if not complete and name not in printed.texts:
                printed.texts[name], printed.rounded[name] = number, True
                printed.inferred.add(name)
            if printed.texts[name] != number:
                yield f"{name} is {printed.texts[name]}, not {number}"
    for tree in symbols:
        missing = not m.names(tree) <= set(printed.texts)
        if missing and (tree is not symbols[-1] or not complete):
            found.leads += 1  # ∂net/∂w by name alone, where it has no line of its own
        elif not m.agrees(m.evaluate(tree, printed.values(tree)), text):
            yield f"{text} does not follow"
    for tree in numbers[1:]:  # partial sums, each rounded
        if not m.agrees(_partial_sums(tree), text):
            yield f"{text} does not follow from the partial sums"
    yield from _relation(symbols[-1:] or numbers[-1:], rounded, text, printed, found)


def _signs(trees: list[tuple[str, Tree]], sums: list[Tree]) -> Iterator[str]:
    """Between a name and its value stands =, but before sums whose terms are rounded."""
    for relation, tree in trees[:-1]:
        if relation == "≈" and not any(tree is total for total in sums):
            yield "≈ before the end"


def _relation(
    trees: list[Tree], rounded: bool, text: str, printed: Printed, found: Recomputed
) -> Iterator[str]:
    """= stands where the value is exact in decimal arithmetic, ≈ where it is not."""
    found.approximate += rounded
    found.exact += not rounded
    for tree in trees:
        if m.names(tree) & printed.inferred or not m.names(tree) <= set(printed.texts):
            continue
        exact = m.evaluate(tree, printed.values(tree)).exact
        number, _ = m.amount(text)
        if not rounded and exact != number:
            yield f"= stands before {text}, which is not exact"
        if rounded and exact == number:
            yield f"≈ stands before {text}, which is exact"


def _partial_sums(tree: Tree) -> Value:
    """The sum of numbers that are all rounded."""
    if (text := m.literal(tree)) is not None:
        return Value.of(text, rounded=True)
    assert isinstance(tree, m.Op)
    terms = [(term.kind, m.literal(term.parts[0])) for term in tree.parts if isinstance(term, m.Op)]
    values = [
        Value.of(text if sign == "+" else f"-{text}".replace("--", ""), rounded=True)
        for sign, text in terms if text is not None
    ]  # fmt: skip
    return Value(sum(v.low for v in values), sum(v.high for v in values))


def _digits(text: str, rounded: bool, digits: Digits, trees: list[Tree]) -> Iterator[str]:
    """A rounded number has as many digits as were asked for, one shown in full no more."""
    if trees and isinstance(trees[-1], Name):
        return  # a copy looks like its original
    mantissa = text.partition("\\times")[0].lstrip("-")
    if digits.kind == "decimals":
        count = len(mantissa.partition(".")[2])
    else:
        count = len(mantissa.replace(".", "").lstrip("0"))
        if not rounded:  # the zeros of 1500 are not all digits that were worked out
            count = len(mantissa.replace(".", "").strip("0"))
    if rounded and count != digits.count and mantissa != "0":
        yield f"{text} has {count} digits"
    if not rounded and count > digits.count:
        yield f"{text} has {count} digits, more than asked for"


def _remark(remark: list[str], symbols: list[Tree], printed: Printed) -> Iterator[str]:
    """ "since 0.3 > 0" holds; "by (4)" leads to a general formula, or to a name on this line."""
    joined = "".join(remark)
    if joined.startswith("\\text{since}"):
        condition = remark[remark.index("}") + 1 :]
        if m.names(m.condition(condition)):
            return  # in names, because rounding for the page has hidden the difference
        if not m.holds(m.condition(condition), lambda tree: m.evaluate(tree, {})):
            yield f"{' '.join(condition)} does not hold"
    elif found := re.search(r"\((\d+)\)", joined):
        number = int(found[1])
        names = set().union(*map(m.names, symbols))
        if number not in printed.numbers:
            yield f"there is no ({number})"
        if printed.equations.get(number, next(iter(names), "")) not in names and symbols:
            yield f"({number}) is about {printed.equations[number]}"
    elif remark:
        yield f"a remark that cannot be read: {joined}"


# --- tables and sentences ------------------------------------------------------------------------


def _plain(cell: str) -> str:
    """A number in a cell, without what makes it bold."""
    return re.sub(r"^\\(?:mathbf|bm)\{(.*)\}$", r"\1", cell)


def _row(row: Row, printed: Printed, found: Recomputed) -> Iterator[str]:
    if row.section.endswith("Update") and len(row.cells) == 5 and row.cells[1]:
        found.rows += 1
        name = "".join(m.tokens(row.cells[0]))
        old, gradient, step, new = map(_plain, row.cells[1:])
        key = _key(m.parse(row.cells[0]))
        if printed.texts[key] != old:
            yield f"{name} is {printed.texts[key]}"
        rate = printed.value("\\eta")
        moved = m.evaluate(
            m.parse(r"-\eta \cdot g"), {"\\eta": rate, "g": Value.of(gradient, rounded=True)}
        )
        if not m.agrees(moved, step):
            yield f"{step} is not −η times {gradient}"
        total = m.evaluate(m.parse("w + s"), {"w": printed.value(key), "s": moved})
        if not m.agrees(total, new):
            yield f"{new} is not {old} and {step}"
    if row.section.endswith("Check") and len(row.cells) == 5 and row.cells[1]:
        found.rows += 1
        key = "".join(m.tokens(row.cells[0].replace(r"\text{/}", "/")))
        ours, *others = row.cells[1:4]
        if key in printed.texts and not m.agrees(Value.of(ours, rounded=True), printed.texts[key]):
            yield f"the line above says {printed.texts[key]}"
        for other in others:
            (a, half), (b, _) = m.amount(ours), m.amount(other)
            if abs(a - b) > max(2 * half, ROUNDING):
                yield f"{other} is not {ours}"


def _key(tree: Tree) -> str:
    assert isinstance(tree, Name)
    return tree.key


def _after(values: list[str], page: Page, printed: Printed) -> Iterator[str]:
    """The error after the step, before it, and by how much it fell or rose."""
    if len(values) != 3:
        return
    after, before, change = values
    if printed.texts[ERROR] != before:
        yield f"the error was {printed.texts[ERROR]}, not {before}"
    falls = "it falls by" in page.text
    signs = (before, after) if falls else (after, before)
    gap = m.evaluate(
        m.parse("a - b"),
        {"a": Value.of(signs[0], rounded=True), "b": Value.of(signs[1], rounded=True)},
    )
    if not m.agrees(gap, change):
        yield f"{before} to {after} is no change by {change}"


def _one_expression(page: Page, printed: Printed, functions: m.Functions) -> Iterator[str]:
    """The error with everything substituted into it comes to the error above."""
    for line in page.lines:
        if line.section.endswith("Check"):
            (_, left), (_, right) = m.pieces(m.tokens(line.source))
            key, tree = _key(m.parse(left)), m.parse(right)
            if not m.agrees(m.evaluate(tree, printed.values(tree), functions), printed.texts[key]):
                yield f"the one expression does not come to {printed.texts[key]}"
