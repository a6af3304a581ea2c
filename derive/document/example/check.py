"""The check: the same gradients from three computations that share no formula, and from a fourth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derive.comparison import ROUNDINGS, TOLERANCE
from derive.derivation.direct import LARGEST, predicted_size
from derive.document.blocks import Block, Display, Heading, Inlines, Maths, Paragraph, Table
from derive.document.example.page import ROWS, Page
from derive.document.example.pieces import continued, listed, some, spaced
from derive.errors import Disagreement
from derive.numbers.precise import evaluated
from derive.numbers.rounding import Figures
from derive.problem.model import Digits
from derive.writing.maths import Call, Name, Node, Number, Power, Row, Sign, Words
from derive.writing.width import LINE, split, width

NOISE = 32 * np.finfo(float).eps  # of a value: rounding differs that much from machine to machine
LEAST = 1e-36  # sixty digits of a number near 1 leave nothing of what is much smaller
SLACK = 1.2  # widths are guessed generously; a line that seems a little too wide still fits
FINE = Figures(Digits("significant", 10))
COARSE = Figures(Digits("significant", 2))


def check(page: Page) -> list[Block]:
    """The whole section."""
    page.at(None)
    blocks: list[Block] = [Heading(1, page.say("check.heading")), page.paragraph("check.intro")]
    if page.worked.carried is not None:
        blocks.append(page.paragraph("check.unrounded"))
    rows = some(page.wanted.tolist(), ROWS[page.detail])
    if page.detail != "brief":
        blocks.append(check_table(page, rows))
        if len(rows) < page.wanted.size:
            blocks.append(
                page.paragraph("check.others", count=spaced(page.wanted.size - len(rows)))
            )
    blocks.append(Paragraph(verdict(page)))
    if page.worked.carried is not None:
        blocks.append(_rounding(page))
    page.at(1)
    return [*blocks, *_direct(page)] if page.graph.problem.chain else blocks


def _rounding(page: Page) -> Block:
    """How far carrying the printed digits has led from the true gradients."""
    gradients = page.gradients[page.wanted]
    ours, truth = page.worked.values[gradients], page.worked.truth.values[gradients]
    distance = np.abs(ours - truth)
    worst = int(np.argmax(distance))
    relative = distance[worst] / abs(truth[worst]) if truth[worst] else 0.0
    key = "check.rounding" if distance[worst] else "check.rounding_none"
    fields = {} if not distance[worst] else {
        "gradient": page.scribe.slashed(int(gradients[worst])),
        "absolute": _coarse(float(distance[worst])), "percent": _percent(float(relative)),
    }  # fmt: skip
    return page.paragraph(key, **fields)


def _percent(share: float) -> Node:
    return Row((_coarse(100 * share), Sign(" "), Words("%")))


def check_table(page: Page, rows: Sequence[int]) -> Table:
    """Each gradient from the three computations."""
    columns = ("parameter", "symbolic", "numpy", "differences", "gap")
    head = tuple(page.say(f"check.{column}") for column in columns)
    return Table("lrrrr", head, tuple(_row(page, q) for q in rows))


def _row(page: Page, parameter: int) -> tuple[Inlines, ...]:
    gradient = page.gradient(parameter)
    ours = float(page.worked.truth.values[gradient])
    theirs = [float(page.agreement.numpy[parameter]), float(page.agreement.differences[parameter])]
    gap = max((abs(ours - other) for other in theirs if np.isfinite(other)), default=0.0)
    noise = ROUNDINGS * float(page.worked.truth.uncertainty[gradient])
    theirs = [0.0 if ours == 0 and abs(other) <= noise else other for other in theirs]
    below = Row((Sign("<"), bound(gap, abs(ours)))) if gap or ours else Number("0")
    numbers = [_fine(ours), *map(_fine, theirs), below]
    return ((Maths(page.scribe.slashed(gradient)),), *((Maths(n),) if n else () for n in numbers))


def _fine(value: float) -> Node | None:
    return Number(*FINE.rounded(value)) if np.isfinite(value) else None


def _coarse(value: float) -> Node:
    return Number(*COARSE.rounded(value))


def bound(gap: float, size: float) -> Node:
    """A power of ten that a difference stays below; what is rounding alone is the same on any machine."""
    least = max(gap, NOISE * size, np.finfo(float).tiny)
    return Power(Number("10"), Number(str(int(np.floor(np.log10(least))) + 1)))


def verdict(page: Page) -> Inlines:
    """What the largest differences are, and how much of the network was measured."""
    agreement = page.agreement
    absolute = max(agreement.numpy_gap.absolute, agreement.differences_gap.absolute)
    relative = max(agreement.numpy_gap.relative, agreement.differences_gap.relative)
    key = "check.agree" if agreement.agree else "check.disagree"
    largest = float(np.abs(page.worked.truth.values[page.gradients[page.wanted]]).max())
    fields = {"relative": bound(relative, 1.0)}
    if agreement.agree:
        fields["absolute"] = bound(absolute, largest)
    found = page.say(key, **fields)
    if agreement.measured < agreement.parameters:
        found += page.say(
            "check.measured", count=spaced(agreement.parameters), part=agreement.measured,
            directions=agreement.directions,
        )  # fmt: skip
    return found


# --- the error as one expression -----------------------------------------------------------------


def _direct(page: Page) -> list[Block]:
    """The fourth computation, or why it is not printed."""
    if page.detail == "brief":
        return []
    title = page.say("check.direct_heading")
    if page.sample is not None:
        title = page.say("samples.of", section=title, number=page.sample)
    heading = Heading(2, title)
    if at_a_kink(page):
        return [heading, page.paragraph("check.direct_kink")]
    if page.direct is None:
        graph = page.worked.derivation.one.graph
        size = Number(*Figures(Digits("significant", 2)).rounded(predicted_size(graph)))
        told = page.paragraph("check.direct_too_large", operations=_whole(size), limit=LARGEST)
        return [heading, told]
    direct = page.direct
    found = [evaluated(d, direct.digits) for d in direct.derivatives]
    wanted = page.worked.derivation.lift.of(direct.wanted, 0).tolist()
    ours = [float(page.worked.truth.values[page.gradient(q)]) for q in wanted]
    if not np.isfinite(found).all():
        return [heading, page.paragraph("check.direct_undefined")]
    for quantity, one, other in zip(wanted, found, ours, strict=True):
        if not abs(one - other) <= TOLERANCE * max(abs(one), abs(other), LEAST):
            name = page.scribe.written(page.gradient(quantity))
            raise Disagreement(f"{name}: the error as one expression gives {one!r}, not {other!r}")
    blocks: list[Block] = [heading, *_expression(page)]
    operations = spaced(int(direct.derivatives[0].count_ops()))
    numbers = {"value": Number(*FINE.rounded(found[0])), "ours": Number(*FINE.rounded(ours[0]))}
    weight = page.name(wanted[0])
    blocks.append(
        page.paragraph(
            f"check.direct{page.rounded}", weight=weight, operations=operations, **numbers
        )
    )
    if len(found) > 1:
        names = listed([Maths(page.name(q)) for q in wanted[1:]])
        gap = max(abs(one - other) for one, other in zip(found, ours, strict=True))
        below = bound(gap, max(map(abs, ours)))
        blocks.append(page.paragraph("check.direct_more", names=names, gap=below))
    return blocks


def at_a_kink(page: Page) -> bool:
    """Whether a unit stands exactly where its activation has no derivative but a convention."""
    layers = page.graph.layers
    nets = [(page.worked.truth.values[layer.net], layer.activation.kinks) for layer in layers]
    return any(bool(np.isin(values, kinks).any()) for values, kinks in nets if kinks)


def _whole(number: Number) -> Number:
    """ "530." or "1.2e5" as it is said in a sentence."""
    return Number(number.text.rstrip(".")) if number.power is None else number


def _expression(page: Page) -> list[Block]:
    """E = ½ (0.01 − σ(w₅ σ(…) + …))² + …, with numbers for what is given and names for parameters."""
    derivation = page.worked.derivation
    parameters = set(page.graph.parameters.tolist())
    letters = {
        int(q): Name(layer.activation.letter)
        for layer in page.graph.layers
        for q in layer.outputs
        if not layer.activation.joint and layer.activation.name != "identity"
    }

    def nested(quantity: int) -> Node:
        if quantity in parameters:
            return page.name(quantity)
        if page.graph.text(quantity) is not None:
            return page.scribe.number(quantity)
        family, member = derivation.made(quantity)
        if quantity in letters:
            (net,) = family.needs(member)
            return Call(letters[quantity], (nested(net),))
        return page.scribe.formula(family, member, nested, page.style)

    left = page.name(page.graph.error)
    room = LINE - width(left)
    pieces = split(Row((Sign("="), nested(page.graph.error))), room)
    if any(width(piece) > SLACK * room for piece in pieces):
        return [page.paragraph("check.direct_wide")]
    intro = page.paragraph("check.direct_intro")
    return [intro, Display(tuple(page.broken(left, [pieces[0], *map(continued, pieces[1:])])))]
