"""Recomputes a page from nothing but what it prints, and tells what does not come out.

Where every line is carried in full, a printed number is anything within half a unit of its last digit,
and a value must follow from such numbers. Where every line is computed from the printed numbers, it
must follow from them exactly, to the last digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from derive.example import Example
from derive.numbers.rounding import typed
from derive.resources import read_toml
from derive.writing.maths import Number
from derive.writing.printers import PRINTERS
from tests import exactly, intervals
from tests import latexmath as m
from tests.exactly import Exact, Policy
from tests.exactly_read import evaluate
from tests.intervals import Value
from tests.latexmath import Name, Op, Tree, Unreadable
from tests.pages import Displayed, Page, read

MATRIX = r"\begin{bmatrix}"


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
    leads: int = 0  # products of names that are not the numbers' own
    sums: int = 0  # shares of paths, added up


class Words:
    """What a page's sections and columns are called in its language."""

    def __init__(self, language: str = "en") -> None:
        self.phrases = read_toml("words", f"{language}.toml")
        self.gradient = self.phrases["update"]["gradient"]
        self.times_gradient = self.phrases["update"]["times_gradient"].strip()
        self.since = self.phrases["page"]["since"].strip()
        self.after = self.phrases["update"]["falls"].partition("{")[0]
        self.falls = re.search(r"\{before\}(.*)\{change\}", self.phrases["update"]["falls"])[1]  # type: ignore[index]

    def is_in(self, section: str, *keys: str) -> bool:
        """Whether a section bears one of these headings, of a sample or of all."""
        return any(re.match(self._pattern(key), section) is not None for key in keys)

    def _pattern(self, key: str) -> str:
        table, _, name = key.partition(".")
        heading = re.sub(r"\\\{\w+\\\}", ".*", re.escape(self.phrases[table][name]))
        sample = re.escape(self.phrases["samples"]["of"])
        sample = sample.replace(r"\{section\}", heading).replace(r"\{number\}", r"\d+")
        return f"(?:{heading}|{sample})$"

    def is_calculated(self, line: Displayed) -> bool:
        """Whether a line belongs to the calculation, and not to the general formulas or checks."""
        return self.is_in(line.section, *CALCULATED)


TOGETHER = ("samples.together", "samples.together_batch")
OTHERS = ("samples.other", "samples.others", "samples.other_batch", "samples.others_batch")
CALCULATED = (
    "forward.heading", "error.heading", "backward.heading", "general.backward",
    "general.local_heading", *TOGETHER, "update.heading",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a page says beside its formulas: what is given, what to round to, what things are called."""

    given: Mapping[str, str]
    policy: Policy
    carried: bool
    error: str  # of the batch
    error_source: str  # the same as it stands in the name of a derivative
    errors: tuple[str, ...]  # of each sample, as they stand there
    rate: str
    new: Mapping[str, str]  # what a parameter is called after the update
    weights: frozenset[str]
    thresholds: frozenset[str]
    optimizer: str
    parameters: Mapping[str, str]  # of the optimizer
    mean: bool  # of the batch's gradients
    samples: int
    is_all: bool  # whether the update uses all samples
    words: Words
    functions: intervals.Functions | None  # those that the error as one expression is written with

    @classmethod
    def of(cls, example: Example) -> Facts:
        made, problem = example.worked.derivation, example.problem
        usual = all(not layer.activation.parameters and layer.activation.formula is None
                    for layer in problem.layers)  # fmt: skip
        show = problem.show
        return cls(
            given(example),
            Policy(show.digits.kind, show.digits.count, show.rounding),
            show.carry == "printed",
            key(example, made.error), source(example, made.error),
            tuple(source(example, made.sample(n)[0].error) for n in range(made.samples)),
            key(example, made.graph.rate),
            {key(example, old): key(example, new) for old, new in made.new.items()},
            frozenset(
                key(example, q)
                for layer in made.graph.layers for part, ids in layer.parameters.items()
                if not part.startswith(("bias", "shift")) for q in ids.flat
            ),
            frozenset(
                key(example, q)
                for layer, asked in zip(made.graph.layers, problem.layers, strict=True)
                if layer.bias is not None and asked.bias.form == "threshold"
                for q in layer.bias.flat
            ),
            problem.optimizer.name,
            {name: given.text for name, given in problem.optimizer.parameters.items()},
            problem.reduction == "mean", made.samples, made.samples == len(problem.samples),
            Words(show.language),
            intervals.ACTIVATIONS if usual else None,
        )  # fmt: skip


def source(example: Example, quantity: int) -> str:
    """A quantity's name as it stands in that of a derivative."""
    place = example.worked.derivation.ledger.place(int(quantity))
    return "".join(m.tokens(PRINTERS["latex"]().print(example.notation.node(place))))


def key(example: Example, quantity: int) -> str:
    """A quantity's name as it is read from a page."""
    place = example.worked.derivation.ledger.place(int(quantity))
    name = m.parse(PRINTERS["latex"]().print(example.notation.node(place)))
    assert isinstance(name, Name)
    return name.key


def given(example: Example) -> dict[str, str]:
    """The numbers that the problem gives, by name, as the page writes both."""
    graph, printer = example.worked.derivation.graph, PRINTERS["latex"]()
    return {
        key(example, quantity): printer.print(Number(*typed(graph.text(quantity) or "")))
        for ids, _ in graph.given
        for quantity in ids.ravel().tolist()
    }


class Printed:
    """The numbers that a page has printed so far, by name."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.texts = dict(facts.given)
        self.rounded = dict.fromkeys(facts.given, False)
        self.inferred: set[str] = set()  # numbers that have no line of their own
        self.forms: dict[str, Tree] = {}  # a name written out in other names, where numbers follow
        self.equations: dict[int, str] = {}  # the names whose values stand in numbered lines
        self.numbers: set[int | None] = set()  # of all lines

    def value(self, name: str) -> Value:
        return Value.of(self.texts[name], self.rounded[name])

    def values(self, tree: Tree) -> dict[str, Value]:
        return {name: self.value(name) for name in m.names(tree)}

    def exact(self, tree: Tree) -> Exact:
        """What a formula comes to with the numbers as printed."""
        return evaluate(tree, {n: Exact(m.amount(self.texts[n])[0]) for n in m.names(tree)})

    def learn(self, name: str, text: str) -> Iterator[str]:
        """A number from a table; a complaint where a line says otherwise."""
        if self.texts.get(name, text) != text:
            yield f"{name} was {self.texts[name]} and now is {text}"
        if name not in self.texts:
            self.texts[name], self.rounded[name] = text, True
            self.inferred.add(name)

    def enter(self, line: Displayed) -> Iterator[str]:
        """Remember a line's value; a complaint where the page says otherwise elsewhere."""
        tokens = m.tokens(line.source)
        if MATRIX in line.source:
            return
        (_, left), *rest = m.pieces(tokens)
        relation, last = rest[-1]
        name, value = m.parse(left), m.parse(last)
        text = m.literal(value)
        if not isinstance(name, Name):
            return
        if text is None:
            self.forms[name.key] = value
            return
        if self.facts.carried and is_sum_over_paths(rest):
            return  # rounded on another way than the line with deltas
        if self.texts.get(name.key, text) != text:
            yield f"{name.key} was {self.texts[name.key]} and now is {text}"
        self.texts[name.key], self.rounded[name.key] = text, relation == "≈"
        if line.number is not None:
            self.equations[line.number] = name.key


def is_sum_over_paths(rest: list[tuple[str, list[str]]]) -> bool:
    """Whether a line has numbers alone: products, their values, and the sum of those."""
    first, *others = (m.parse(part) for _, part in rest)
    is_sum = isinstance(first, Op) and first.kind == "sum"
    return len(rest) > 2 and is_sum and not any(map(m.names, (first, *others)))


def recompute(page: Page, format: str, facts: Facts, complete: bool = True) -> Recomputed:
    """Everything that the page calculates, line by line and row by row.

    `complete` pages print a line for every quantity before they use it; others may use numbers that
    have no line of their own.
    """
    from tests.recompute_tables import after, enter_table, row

    found, printed = Recomputed(), Printed(facts)
    printed.numbers = {line.number for line in page.lines}
    lines = [line for line in page.lines if facts.words.is_calculated(line)]

    def check(what: object, complaints: Iterable[str]) -> None:
        try:
            told = list(complaints)
        except (Unreadable, KeyError, ValueError, TypeError, exactly.Undefined) as error:
            told = [repr(error)]
        found.complaints += [f"{fact}: {what}" for fact in told]

    for line in lines:  # a line may speak of a quantity whose own line is further down
        check(line.source, printed.enter(line))
    for entry in page.rows:
        check(entry.cells, enter_table(entry, printed))
    for line in lines:
        check(line.source, _line(line, printed, found, complete))
    for entry in page.rows:
        check(entry.cells, row(entry, printed, found))
    check("After the step", after(page, format, printed))
    if facts.functions is not None and not facts.carried:
        check("as one expression", _one_expression(page, printed, facts.functions))
    return found


def recomputed(
    example: Example, format: str, source: str | None = None, complete: bool | None = None
) -> Recomputed:
    """The page recomputed; in brief, and where there are many units, not every number has a line."""
    if complete is None:
        complete = example.problem.show.detail != "brief"
    source = example.render(format).content.decode() if source is None else source
    return recompute(read(source, format), format, Facts.of(example), complete)


# --- lines ---------------------------------------------------------------------------------------


def _line(line: Displayed, printed: Printed, found: Recomputed, complete: bool) -> Iterator[str]:
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
    name = m.parse(left)
    if not isinstance(name, Name):
        yield "no name on the left"
        return
    found.lines += 1
    rounded = relation == "≈"
    found.approximate += rounded
    found.exact += not rounded
    yield from _digits(text, rounded, printed.facts.policy, [tree for _, tree in trees[:-1]])
    symbols = [tree for _, tree in trees[:-1] if m.names(tree)]
    numbers = [tree for _, tree in trees[:-1] if not m.names(tree)]
    if not symbols and name.key in printed.forms:
        symbols = [printed.forms[name.key]]
    yield from _remark(m.remark(found_tokens), symbols, printed)
    yield from _signs(trees, numbers[1:])
    if any(map(m.has_dots, [*symbols, *numbers])):
        found.shortened += 1
        return
    words = printed.facts.words
    if symbols and numbers:  # of several in symbols, the numbers follow the one before them
        complete = complete and not words.is_in(
            line.section, *TOGETHER
        )  # samples' own have no lines
        yield from _same_numbers(symbols[-1], numbers[0], printed, complete)
    found.sums += len(numbers[1:])
    if not symbols and not numbers:  # a derivative that is 1 whatever the numbers are
        return
    if printed.facts.carried:
        found.leads += len(symbols[:-1])
        yield from _exactly(symbols, numbers, (relation, text), printed)
    else:
        yield from _closely(symbols, numbers, (relation, text), (printed, found, complete))


def _same_numbers(symbols: Tree, numbers: Tree, printed: Printed, complete: bool) -> Iterator[str]:
    """In the place of each name stands the number that is printed for it."""
    for name, number in m.numbers_for_names(symbols, numbers):
        if not complete and name not in printed.texts:
            printed.texts[name], printed.rounded[name] = number, True
            printed.inferred.add(name)
        if printed.texts[name] != number:
            yield f"{name} is {printed.texts[name]}, not {number}"


def _exactly(
    symbols: list[Tree], numbers: list[Tree], ending: tuple[str, str], printed: Printed
) -> Iterator[str]:
    """The value is what the last form in symbols, or the last sum of shares, comes to."""
    policy = printed.facts.policy
    if numbers[1:]:
        for product, share in zip(_terms(numbers[0]), _terms(numbers[1]), strict=True):
            value = evaluate(product, {})
            if policy.shown(value) != evaluate(share, {}).value:
                yield f"a share is {float(value.value)!r}"
    tree = numbers[-1] if numbers[1:] or not symbols else symbols[-1]
    yield from follows(printed.exact(tree), ending, policy)


def follows(value: Exact, ending: tuple[str, str], policy: Policy) -> Iterator[str]:
    """Whether a number, with the sign before it, is how a value is shown."""
    relation, text = ending
    shown = m.amount(text)[0]
    if policy.shown(value) != shown:
        yield f"{text} should be {float(policy.shown(value))!r}"
    if relation == "=" and not (value.rational and value.value == shown):
        yield f"= stands before {text}, which is not exact"
    if relation == "≈" and value.rational and value.value == shown:
        yield f"≈ stands before {text}, which is exact"


def _terms(tree: Tree) -> list[Tree]:
    """The terms of a sum, each with its sign."""
    if isinstance(tree, Op) and tree.kind == "sum":
        return [Op("sum", (part,)) for part in tree.parts]
    return [tree]


def _closely(
    symbols: list[Tree], numbers: list[Tree], ending: tuple[str, str],
    work: tuple[Printed, Recomputed, bool],
) -> Iterator[str]:  # fmt: skip
    """The value follows from the printed numbers within their own rounding."""
    (relation, text), (printed, found, complete) = ending, work
    for tree in symbols:
        missing = not m.names(tree) <= set(printed.texts)
        if missing and (tree is not symbols[-1] or not complete):
            found.leads += 1  # ∂net/∂w by name alone, where it has no line of its own
        elif not intervals.agrees(intervals.evaluate(tree, printed.values(tree)), text):
            yield f"{text} does not follow"
    for tree in numbers[1:]:  # partial sums, each rounded; or a formula that has no names in it
        if not (isinstance(tree, Op) and tree.kind == "sum"):
            if not intervals.agrees(intervals.evaluate(tree, {}), text):
                yield f"{text} does not follow from the numbers alone"
        elif not intervals.agrees(partial_sums(tree), text):
            yield f"{text} does not follow from the partial sums"
    for tree in symbols[-1:] or numbers[-1:]:
        if m.names(tree) & printed.inferred or not m.names(tree) <= set(printed.texts):
            continue
        exact = intervals.evaluate(tree, printed.values(tree)).exact
        number, _ = m.amount(text)
        if relation == "=" and exact != number:
            yield f"= stands before {text}, which is not exact"
        if relation == "≈" and exact == number:
            yield f"≈ stands before {text}, which is exact"


def _signs(trees: list[tuple[str, Tree]], sums: list[Tree]) -> Iterator[str]:
    """Between a name and its value stands =, but before sums whose terms are rounded."""
    for relation, tree in trees[:-1]:
        if relation == "≈" and not any(tree is total for total in sums):
            yield "≈ before the end"


def partial_sums(tree: Tree) -> Value:
    """The sum of numbers that are all rounded."""
    if (text := m.literal(tree)) is not None:
        return Value.of(text, rounded=True)
    assert isinstance(tree, Op)
    terms = [(term.kind, m.literal(term.parts[0])) for term in tree.parts if isinstance(term, Op)]
    values = [
        Value.of(text if sign == "+" else f"-{text}".replace("--", ""), rounded=True)
        for sign, text in terms if text is not None
    ]  # fmt: skip
    return Value(sum(v.low for v in values), sum(v.high for v in values))


def _digits(text: str, rounded: bool, policy: Policy, trees: list[Tree]) -> Iterator[str]:
    """A rounded number has as many digits as were asked for, one shown in full no more."""
    if trees and isinstance(trees[-1], Name):
        return  # a copy looks like its original
    mantissa = text.partition("\\times")[0].lstrip("-")
    if policy.kind == "decimals":
        count = len(mantissa.partition(".")[2])
    else:
        count = len(mantissa.replace(".", "").lstrip("0"))
        if not rounded:  # the zeros of 1500 are not all digits that were worked out
            count = len(mantissa.replace(".", "").strip("0"))
    if rounded and count != policy.digits and mantissa != "0":
        yield f"{text} has {count} digits"
    if not rounded and count > policy.digits:
        yield f"{text} has {count} digits, more than asked for"


def _remark(remark: list[str], symbols: list[Tree], printed: Printed) -> Iterator[str]:
    """ "since 0.3 > 0" holds; "by (4)" leads to a general formula, or to a name on this line."""
    joined = "".join(remark)
    if joined.startswith(f"\\text{{{printed.facts.words.since}}}"):
        for condition in _reasons(remark[remark.index("}") + 1 :]):
            if m.names(m.condition(condition)):
                continue  # in names, because rounding for the page has hidden the difference
            if not intervals.holds(m.condition(condition), lambda tree: intervals.evaluate(tree, {})):
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


def _reasons(told: list[str]) -> list[list[str]]:
    """Conditions that stand beside each other, with a comma between them as text."""
    found: list[list[str]] = [[]]
    comma = ["\\text", "{", ",", "}"]
    while told:
        if told[: len(comma)] == comma:
            found.append([])
            told = told[len(comma) :]
        else:
            found[-1].append(told[0])
            told = told[1:]
    return found


def _one_expression(page: Page, printed: Printed, functions: intervals.Functions) -> Iterator[str]:
    """The error with everything substituted into it comes to the error above."""
    for line in page.lines:
        if printed.facts.words.is_in(line.section, "check.heading"):
            (_, left), (_, right) = m.pieces(m.tokens(line.source))
            name, tree = m.parse(left), m.parse(right)
            assert isinstance(name, Name)
            value = intervals.evaluate(tree, printed.values(tree), functions)
            if not intervals.agrees(value, printed.texts[name.key]):
                yield f"the one expression does not come to {printed.texts[name.key]}"
