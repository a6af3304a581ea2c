"""Recomputes the tables of a page, and the sentence about the error after the step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from tests import intervals
from tests import latexmath as m
from tests.exactly import Exact
from tests.exactly_read import evaluate
from tests.intervals import Value
from tests.latexmath import Name, Tree
from tests.pages import Page, Row, formulas
from tests.recompute import OTHERS, TOGETHER, Facts, Printed, Recomputed, follows, partial_sums

ROUNDING = Fraction(1, 10**15)  # what is smaller is left over where numbers cancel

# An update in the letters of `_letters`, from the papers: Polyak 1964 and Sutskever et al. 2013; Bengio
# et al. 2013; Tieleman and Hinton 2012; Kingma and Ba 2015. Each line is a column, or could be one.
_AVERAGE = r"\rho \cdot 0 + (1 - \rho) \cdot {g}^{2}"
UPDATES: dict[str, list[tuple[str, str]]] = {
    "gradient_descent": [("new", r"w - \eta \cdot g")],
    "momentum": [("v", r"\mu \cdot 0 - \eta \cdot g"), ("new", r"w + v")],
    "nesterov": [("v", r"\mu \cdot 0 - \eta \cdot g"), ("new", r"w + \mu \cdot v - \eta \cdot g")],
    "rmsprop": [("s", _AVERAGE), ("new", r"w - \eta \cdot \frac{g}{\sqrt{s} + \varepsilon}")],
    "adam": [
        ("m", r"\alpha \cdot 0 + (1 - \alpha) \cdot g"),
        ("s", r"\beta \cdot 0 + (1 - \beta) \cdot {g}^{2}"),
        ("n", r"\frac{m}{1 - \alpha}"),
        ("u", r"\frac{s}{1 - \beta}"),
        ("new", r"w - \eta \cdot \frac{n}{\sqrt{u} + \varepsilon}"),
    ],
}
DECAYED = ("d", r"g + \lambda \cdot w")
_LETTERS = {
    "momentum": "\\mu", "decay": "\\rho", "epsilon": "\\varepsilon", "beta1": "\\alpha",
    "beta2": "\\beta", "weight_decay": "\\lambda",
}  # fmt: skip
COLUMNS = 2  # of what stands between the gradient and the new value


def joined(cell: str) -> str:
    """A formula's tokens, as they stand in the name of a derivative."""
    return "".join(m.tokens(cell.replace(r"\text{/}", "/")))


def plain(cell: str) -> str:
    """A number in a cell, without what makes it bold."""
    return re.sub(r"^\\(?:mathbf|bm)\{(.*)\}$", r"\1", cell)


def left_out(row: Row) -> bool:
    """Whether some columns are only hinted at."""
    return any("…" in cell or "dots" in cell for cell in row.cells)


def name(cell: str) -> str:
    tree = m.parse(cell)
    assert isinstance(tree, Name)
    return tree.key


def enter_table(row: Row, printed: Printed) -> Iterator[str]:
    """Numbers that stand in a table of samples, for the lines that use them."""
    facts = printed.facts
    words = facts.words
    if words.is_in(row.section, *OTHERS) and row.cells[0].isdigit():
        error = facts.errors[int(row.cells[0]) - 1]
        yield from printed.learn(error.replace("{", "").replace("}", ""), plain(row.cells[2]))
    if words.is_in(row.section, *TOGETHER) and row.head[0] == words.gradient:
        below = joined(row.cells[0]).partition("/")[2]
        columns = row.cells[1:2] if left_out(row) else row.cells[1:-1]
        for error, cell in zip(facts.errors, columns, strict=False):
            yield from printed.learn(f"\\partial{error}/{below}", cell)
        yield from printed.learn(joined(row.cells[0]), plain(row.cells[-1]))


def row(row: Row, printed: Printed, found: Recomputed) -> Iterator[str]:
    """What is wrong with one row of any table that can be recomputed."""
    words = printed.facts.words
    if words.is_in(row.section, "update.heading") and row.cells[1]:
        found.rows += 1
        yield from _update(row, printed)
    elif words.is_in(row.section, *TOGETHER) and row.head[0] == words.gradient:
        found.rows += 1
        yield from _gradient(row, printed)
    elif words.is_in(row.section, "check.heading") and len(row.cells) == 5 and row.cells[1]:
        found.rows += 1
        yield from _check(row, printed)
    elif words.is_in(row.section, "steps.heading"):
        found.rows += row.cells[0] in ("0", "1")
        yield from _step(row, printed)
    elif words.is_in(row.section, "backward.heading") and len(row.cells) == 3:
        found.rows += 1
        yield from _short(row, printed)


# --- the update ----------------------------------------------------------------------------------


def _update(row: Row, printed: Printed) -> Iterator[str]:
    facts, cells = printed.facts, [plain(cell) for cell in row.cells]
    key, old = name(cells[0]), cells[1]
    if printed.texts[key] != old:
        yield f"{key} is {printed.texts[key]}"
    known = {_LETTERS[p]: text for p, text in facts.parameters.items()}
    known |= {"w": printed.texts[key], "\\eta": printed.texts[facts.rate]}
    if row.head[2] != facts.words.gradient:  # those whose deltas are added multiply them here
        sign = "-" if key in facts.thresholds else "+"
        lines = [("new", f"w {sign} \\eta \\cdot d \\cdot x")]
        columns, known = {"new": cells[-1]}, known | {"d": cells[2], "x": cells[3] or "1"}
    else:
        line = f"\\partial{facts.error_source}/\\partial{joined(cells[0])}"
        if printed.texts.get(line, cells[2]) != cells[2]:
            yield f"{line} is {printed.texts[line]}"
        lines, columns = _columns(key, row, facts)
        known |= {"g": cells[2]}
    yield from (_exact_lines if facts.carried else _close_lines)(lines, columns, known, facts)
    yield from printed.learn(facts.new[key], columns["new"])


def _columns(key: str, row: Row, facts: Facts) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The optimizer's lines for a parameter, and which of them stand in columns."""
    lines = list(UPDATES[facts.optimizer])
    decays = "weight_decay" in facts.parameters
    shown = [letter for letter, _ in [DECAYED, *lines][not decays : -1]][-COLUMNS:]
    if len(row.cells) == 5 and row.head[3].endswith(facts.words.times_gradient):
        shown = ["step"]
        lines.insert(0, ("step", r"-\eta \cdot g"))
    shown = shown[len(shown) - (len(row.cells) - 4) :]  # no column for what no row has
    if decays and key in facts.weights:
        lines = [DECAYED, *((letter, text.replace("g", "d")) for letter, text in lines)]
    cells = map(plain, row.cells[3:])
    return lines, dict(zip([*shown, "new"], cells, strict=True))


def _exact_lines(
    lines: list[tuple[str, str]], columns: dict[str, str], texts: dict[str, str], facts: Facts
) -> Iterator[str]:
    """Every line from the printed values of the lines before."""
    known = {letter: Exact(m.amount(_latex(text))[0]) for letter, text in texts.items()}
    for letter, formula in lines:
        value = facts.policy.shown(evaluate(m.parse(formula), known))
        if columns.get(letter) and m.amount(columns[letter])[0] != value:
            yield f"{columns[letter]} should be {float(value)!r}"
        known[letter] = Exact(value)


def _close_lines(
    lines: list[tuple[str, str]], columns: dict[str, str], texts: dict[str, str], facts: Facts
) -> Iterator[str]:
    """Every line within what the rounding of the printed values allows."""
    known = {letter: Value.of(_latex(text), letter in "gdx") for letter, text in texts.items()}
    for letter, formula in lines:
        value = intervals.evaluate(m.parse(formula), known)
        if columns.get(letter) and not intervals.agrees(value, columns[letter]):
            yield f"{columns[letter]} does not follow"
        known[letter] = value


def _latex(text: str) -> str:
    """1e-8 as a page writes it."""
    mantissa, _, power = text.partition("e") if "\\" not in text else (text, "", "")
    return f"{mantissa}\\times 10^{{{int(power)}}}" if power else text


# --- samples -------------------------------------------------------------------------------------


def _gradient(row: Row, printed: Printed) -> Iterator[str]:
    """The gradient of the batch is the mean of the samples' own, or their sum."""
    facts, total = printed.facts, plain(row.cells[-1])
    if left_out(row):
        return
    cells = row.cells[1:-1]
    if len(cells) != facts.samples:
        yield f"{len(cells)} samples"
    count = len(cells) if facts.mean else 1
    if facts.carried:
        value = sum(m.amount(cell)[0] for cell in cells) / Fraction(count)
        if facts.policy.shown(Exact(value)) != m.amount(total)[0]:
            yield f"{total} should be {float(value)!r}"
        return
    values = [Value.of(cell, rounded=True) for cell in cells]
    both = Value(sum(v.low for v in values) / count, sum(v.high for v in values) / count)
    if not intervals.agrees(both, total):
        yield f"{total} does not follow"


def _step(row: Row, printed: Printed) -> Iterator[str]:
    """Before any update stands what is given, after the first one what it made."""
    facts, made = printed.facts, row.cells[0]
    if made not in ("0", "1"):
        return
    for head, cell in zip(row.head[2:], row.cells[2:], strict=True):
        if cell:
            key = name(head) if made == "0" else facts.new[name(head)]
            if printed.texts[key] != cell:
                yield f"{key} was {printed.texts[key]}"
    if made == "0" and facts.is_all:
        error = printed.texts[facts.error]
        if m.amount(plain(row.cells[1]))[0] != m.amount(error)[0]:
            yield f"the error was {error}"


# --- checks --------------------------------------------------------------------------------------


def _short(row: Row, printed: Printed) -> Iterator[str]:
    """A delta by its short form, out − t."""
    key, sums = name(row.cells[0]), m.tokens(row.cells[2])
    if printed.texts.get(key, row.cells[1]) != row.cells[1]:
        yield f"{key} is {printed.texts[key]}"
    (_, left), (relation, right) = m.pieces(sums)
    tree, text = m.parse(left), m.literal(m.parse(right))
    if text is None:
        yield "no number"
    elif printed.facts.carried:
        yield from follows(evaluate(tree, {}), (relation, text), printed.facts.policy)
    elif not intervals.agrees(partial_sums(tree), text):
        yield f"{text} does not follow"


def _check(row: Row, printed: Printed) -> Iterator[str]:
    """Three computations that agree, and the lines above with them."""
    key = joined(row.cells[0])
    ours, *others = row.cells[1:4]
    if not printed.facts.carried and key in printed.texts:
        same = intervals.agrees(Value.of(ours, rounded=True), printed.texts[key])
        yield from () if same else (f"the line above says {printed.texts[key]}",)
    for other in others:
        (a, half), (b, _) = m.amount(ours), m.amount(other)
        if abs(a - b) > max(2 * half, ROUNDING):
            yield f"{other} is not {ours}"


def after(page: Page, format: str, printed: Printed) -> Iterator[str]:
    """The error after the step, before it, and by how much it fell or rose."""
    values = formulas(page.text, format, printed.facts.words.after)
    if len(values) != 3:
        return
    last, first, change = values
    if printed.texts[printed.facts.error] != first:
        yield f"the error was {printed.texts[printed.facts.error]}, not {first}"
    high, low = (first, last) if printed.facts.words.falls in page.text else (last, first)
    if printed.facts.carried:
        gap = Exact(m.amount(high)[0] - m.amount(low)[0])
        if printed.facts.policy.shown(gap) != m.amount(change)[0]:
            yield f"{first} to {last} is no change by {change}"
        return
    values_ = {"a": Value.of(high, rounded=True), "b": Value.of(low, rounded=True)}
    gap_: Tree = m.parse("a - b")
    if not intervals.agrees(intervals.evaluate(gap_, values_), change):
        yield f"{first} to {last} is no change by {change}"
