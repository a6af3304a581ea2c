"""What the press makes of thousands of sheets is what each would be, derived and set for itself."""

from __future__ import annotations

import re

import pytest

from derive.document.sheet.compose import Heads
from derive.example import work
from derive.render.formats import formats
from derive.render.walk import Walk
from derive.sheets.order import Order
from derive.sheets.workshop import Lot, Workshop

ORDERS = {
    "sigmoid": ("2-2-2", {}),
    "easy": ("2-2-1", {"recipe": "easy"}),
    "whole numbers": ("2-2-1", {"recipe": "integers"}),
    "relu": ("2-3-2", {"activation": "relu,identity", "loss": "squared_error"}),
    "tanh": ("1-2-1", {"activation": "tanh", "bias": "shared", "notation": "superscript"}),
    "softmax": ("2-3", {"activation": "softmax", "loss": "cross_entropy", "digits": "5"}),
    "momentum": ("2-1", {"optimizer": "momentum", "notation": "bracket"}),
    "adam": ("1-1", {"optimizer": "adam", "digits": "4"}),
    "added": ("2-2-1", {"delta": "add", "bias": "threshold"}),
    "huber": ("2-1", {"activation": "identity", "loss": "huber", "language": "de"}),
    "samples": ("inputs = 2\nlayers = [{ units = 2 }, { units = 1 }]\nsamples = [{}, {}]", {}),
    "decimals": ("2-2-1", {"digits": "4d", "letters": "input=x,error=L"}),
    "a network of one's own": (
        'inputs = 2\nlearning_rate = 0.1\n[[layers]]\nunits = 2\nactivation = "tanh"\n'
        "weights = [[0.5, -1.25], [0.75, 0.3]]\nbias = false\n[[layers]]\nunits = 1\n", {},
    ),
    "through time": ("inputs = [3, 1]\nlayers = [{ kind = 'recurrent', units = 2 }, { units = 1 }]", {}),
    "an image": (
        "inputs = [3, 3]\nlayers = [{ kind = 'conv2d', kernel = 2, filters = 1 }, { kind = 'flatten' },"
        " { units = 1 }]\nsamples = [{}, {}]", {},
    ),
    "words": (
        "inputs = [3]\nlayers = [{ kind = 'embedding', vocabulary = 4, units = 2 }, { units = 1 }]",
        {"notation": "bracket"},
    ),
    "an expression": (
        "equations = { f = 'q*max(z, y)', q = 'x + y', g = 'tanh(f) + x*y' }\n"
        "values = { x = 'draw', y = 'draw', z = 0.5 }\nask = { output = 'g' }", {"language": "de"},
    ),
}  # fmt: skip
SHEETS = 6


def lot(name: str, tmp_path, sheets: int = SHEETS, **options: object) -> Lot:
    problem, own = ORDERS[name]
    if "\n" in problem:
        (tmp_path / "problem.toml").write_text(problem)
        problem = str(tmp_path / "problem.toml")
    order = Order.of(problem, variants=sheets, seed=5, certified=False, **{**own, **options})
    return Workshop(order).lot(order.numbers)


def alone(lot: Lot, sheet: int, format: str, reveal: bool) -> str:
    """One sheet with nothing taken from the others: derived, proved and set for itself."""
    example = work(lot.workshop.problem(lot.drawn, sheet))
    walk = Walk(formats()[format], "keys" if reveal else "sheets", None, reveal, contents=False)
    number = str(lot.drawn.numbers[sheet])
    return walk.blocks(lot.workshop.page.blocks(example.scribe, Heads(number)))


@pytest.mark.parametrize("reveal", [False, True])
@pytest.mark.parametrize("name", ORDERS)
def test_a_sheet_of_many_is_the_sheet_alone(name: str, reveal: bool, tmp_path):
    made = lot(name, tmp_path, fade=2)

    texts = [text.partition("<!--")[0].rstrip() for text in made.texts("md", reveal)]

    assert [alone(made, n, "md", reveal).rstrip() for n in range(SHEETS)] == texts


@pytest.mark.parametrize("format", ["tex", "html", "pdf"])
@pytest.mark.parametrize("name", ["sigmoid", "relu", "whole numbers", "softmax", "adam"])
def test_every_format_has_the_same_numbers_in_the_same_order(name: str, format: str, tmp_path):
    """Widths of rules and where lines break may differ by what a number takes; the numbers may not."""
    made = lot(name, tmp_path, fade=3)

    texts = made.texts(format, reveal=True)

    for n in range(SHEETS):
        assert numbers(alone(made, n, format, True)) == numbers(opened(texts[n]))


@pytest.mark.parametrize(
    ("format", "said"),
    [("html", r'alttext="([^"]*)"'), ("pdf", r'(?:alt: |digits\()"([^"]*)"')],
)
@pytest.mark.parametrize("name", ["sigmoid", "softmax", "momentum", "through time"])
def test_formulas_are_told_in_the_same_words(name: str, format: str, said: str, tmp_path):
    """For those who cannot see them; where a formula is cut in pieces may differ."""
    made = lot(name, tmp_path)

    def told(text: str) -> str:
        return "".join(re.findall(said, text)).replace(" ", "")

    texts = made.texts(format, reveal=True)

    for n in range(SHEETS):
        assert told(alone(made, n, format, True)) == told(opened(texts[n]))


def opened(text: str) -> str:
    """A source in Typst without the strings that seal its parts."""
    return re.sub(r'#sealed\("(.*)"\)', lambda part: part[1].replace('\\"', '"'), text)


def numbers(text: str) -> list[str]:
    """The numbers in a source, each once where it stands for itself and in words."""
    text = re.sub(r'(alttext|aria-label|style|viewBox|points)="[^"]*"', "", text)
    text = re.sub(r"alt: \"[^\"]*\"", "", text)
    text = re.sub(r"[0-9.]+(em|mm|fr|pt|%)", "", text)
    return re.findall(r"(?<![\w.#])[0-9]+\.[0-9]+", text)


_POINTS = re.compile(
    r"\| (?:points|:---:|[0-9]*) +\||\|:---:\||\|  \||^[0-9]+ points", re.MULTILINE
)


def test_whatever_the_level_the_key_is_the_whole_solution(tmp_path):
    """What is filled in is what level 0 shows."""
    keys = []
    for fade in (0, 1, 3, "last"):
        made = lot("sigmoid", tmp_path, fade=fade)
        texts = made.texts("md", reveal=True)
        keys.append([_POINTS.sub("|", re.sub(r"[*`$]", "", text)) for text in texts])

    assert keys[0] == keys[1] == keys[2] == keys[3]


@pytest.mark.parametrize("blank", ["numbers", "factors"])
@pytest.mark.parametrize("first", [False, True])
def test_each_level_leaves_more_blank(first: bool, blank: str, tmp_path):
    counts = [
        lot("sigmoid", tmp_path, 1, fade=fade, first=first, blank=blank)
        .texts("md", reveal=False)[0].count("____")
        for fade in range(8)
    ]  # fmt: skip

    assert sorted(set(counts)) == counts
    assert 0 == counts[0]


def test_what_is_blank_on_a_sheet_is_nowhere_on_it(tmp_path):
    made = lot("sigmoid", tmp_path)
    ledger = made.workshop.example.worked.derivation.ledger

    for format in ("md", "tex", "html", "pdf"):
        for n, text in enumerate(made.texts(format, reveal=False)):
            shown = set(numbers(text)) | set(re.findall(r"[0-9]+\.[0-9]+", text))
            hidden = {
                made.columns[q].texts[n] for stage in made.workshop.page.stages for q in stage.lines
            }  # fmt: skip
            given = {
                made.columns[q].texts[n] for q in range(ledger.size) if q in made.workshop.decimals
            }
            assert set() == {value for value in hidden - given if "." in value} & shown


# --- certificates --------------------------------------------------------------------------------


def test_a_key_tells_what_its_numbers_keep_apart(tmp_path):
    order = Order.of("2-2-1", variants=4, seed=3)
    made = Workshop(order).lot(order.numbers)

    keys, sheets = made.texts("md", reveal=True), made.texts("md", reveal=False)

    certificate = made.workshop.certificate
    assert certificate is not None
    assert certificate.accepts(made.drawn.values).all()
    for n, key in enumerate(keys):
        found = certificate.separation(made.drawn.values[n])
        assert f"Of {found.pairs} pairs" in key
        assert f"{found.separated} lead to answers" in key
        assert found.closest is not None
        assert f"`{found.closest.second.slip}`" in key
        assert "Certificate" not in sheets[n]
