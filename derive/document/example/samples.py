"""Several samples: those that are not worked in full, and how all of a batch combine."""

from __future__ import annotations

from derive.document.blocks import Block, Heading, Inlines, Maths, Table, Text
from derive.document.example.page import ROWS, Page, number_word
from derive.document.example.pieces import SOME, ends, listed, some, spaced
from derive.writing.maths import Marked

ALL = {"brief": 1, "standard": 8, "full": 40}  # samples of a batch that can all be worked in full
COLUMNS = 4  # samples that each have a column in the table of gradients


def worked(page: Page) -> list[int]:
    """The samples, from 1, whose way forwards and backwards is printed."""
    if page.graph.problem.show.samples == "all":
        return list(range(1, min(page.batch, ALL[page.detail]) + 1))
    return [1]


def together(page: Page) -> list[Block]:
    """The other samples in a table, and the batch's error and gradients."""
    if page.batch == 1:
        return []
    page.at(None)
    blocks: list[Block] = []
    part = "_batch" if page.batch < len(page.graph.problem.samples) else ""
    left = list(range(len(worked(page)) + 1, page.batch + 1))
    if left:
        heading = page.say(f"samples.{'others' if len(left) > 1 else 'other'}{part}")
        same = page.paragraph("samples.same" if len(left) > 1 else "samples.same_one")
        blocks += [Heading(1, heading), same, _outputs(page, left)]
    reduction = page.graph.problem.reduction
    count = number_word(page, page.batch)
    blocks.append(Heading(1, page.say(f"samples.together{part}", count=count)))
    blocks.append(page.paragraph(f"samples.error_{reduction}"))
    blocks.append(page.lines([page.error]))
    blocks.append(page.paragraph(f"samples.gradient_{reduction}"))
    wanted = [page.gradient(q) for q in page.wanted.tolist()]
    lines = wanted if page.detail == "full" and len(wanted) <= ROWS["brief"] else wanted[:1]
    if page.detail != "brief":
        blocks.append(page.lines(lines, "hot"))
    if len(wanted) > len(lines) or page.detail == "brief":
        rows = some(page.wanted.tolist(), ROWS[page.detail])
        blocks.append(_gradients(page, list(rows)))
        if len(rows) < len(wanted):
            left_out = spaced(len(wanted) - len(rows))
            blocks.append(page.paragraph("samples.more_gradients", count=left_out))
    return blocks


def _outputs(page: Page, samples: list[int]) -> Table:
    """Each sample's outputs and error."""
    most = ROWS[page.detail] // 4
    shown = samples if len(samples) <= most else samples[:SOME]
    layer = page.graph.layers[-1]
    ledger, notation = page.worked.derivation.ledger, page.scribe.notation
    first, last = (
        notation.node(ledger.place(int(layer.outputs.flat[n]))._replace(sample=None)) for n in (0, -1)
    )
    outs = (*page.say("samples.outputs"), Text(" "), *ends(first, last, layer.outputs.size))
    head = (page.say("samples.sample"), outs, page.say("samples.error"))
    rows: list[tuple[Inlines, ...]] = []
    for sample in shown:
        graph, _ = page.worked.derivation.sample(sample - 1)
        outputs = some(graph.layers[-1].outputs.ravel().tolist(), SOME)
        numbers = listed([Maths(page.scribe.number(q)) for q in outputs])
        if len(outputs) < layer.outputs.size:
            numbers = (*numbers, Text(", …"))
        error = Maths(Marked(page.scribe.number(graph.error), "value"))
        rows.append(((Text(str(sample)),), numbers, (error,)))
    if len(shown) < len(samples):
        count = spaced(len(samples) - len(shown))
        rows.append((page.say("forward.more", count=count), (), ()))
    return Table("llr", head, tuple(rows))


def _gradients(page: Page, parameters: list[int]) -> Table:
    """Each parameter's gradient by sample, and that of the batch."""
    shown = list(range(page.batch)) if page.batch <= COLUMNS else [0]
    columns = [page.worked.derivation.sample(sample)[1] for sample in shown]
    head = [page.say("update.gradient")]
    head += [page.say("samples.number", number=sample + 1) for sample in shown]
    if len(shown) < page.batch:
        head.append((Text("…"),))
    head.append(page.say(f"samples.{page.graph.problem.reduction}"))
    rows = []
    for parameter in parameters:
        whole = page.gradient(parameter)
        cells: list[Inlines] = [(Maths(page.scribe.slashed(whole)),)]
        cells += [(Maths(page.scribe.number(int(c[parameter]))),) for c in columns]
        if len(shown) < page.batch:
            cells.append((Text("…"),))
        cells.append((Maths(Marked(page.scribe.number(whole), "value")),))
        rows.append(tuple(cells))
    return Table("l" + "r" * (len(head) - 1), tuple(head), tuple(rows))
