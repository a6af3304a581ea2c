"""The wrong lines of a report: the first in full, with the slip that explains it, and the others."""

from __future__ import annotations

from collections.abc import Iterator

from derive.checking.diagnose import Explanation
from derive.checking.report import Finding
from derive.document.blocks import Block, Heading, Inlines, Paragraph, Text
from derive.document.example.pieces import parted, spaced
from derive.document.report.sheet import Sheet

MOST_MORE = 12  # wrong lines after the first that are explained
MOST_AMONG = 8  # lines without answers that are listed
MOST_SLIPS = 4  # that the answers cannot tell apart, and are told


def first_wrong(sheet: Sheet) -> Iterator[Block]:
    """The first wrong line: what follows from the answers before it, and which slip explains it."""
    first = sheet.report.first
    if first is None or first.quantity is None:
        return
    yield Heading(1, sheet.say("first_heading"))
    quantity, name = first.quantity, sheet.name(first)
    told = sheet.say("written", given=sheet.given(first))
    if len(first.among) > 1:
        told += (Text(" "), *sheet.say("among", lines=_among(sheet, first)))
    if sheet.hints:
        yield Paragraph(told)
        yield sheet.paragraph("rule_earlier" if len(first.among) > 1 else "rule")
        yield sheet.working.rule(quantity)
        yield sheet.paragraph("next_first", line=name)
        return
    yield from _line(sheet, first, quantity, told)
    yield from explained(sheet, first)
    elsewhere = _elsewhere(sheet, first)
    if elsewhere is None:
        yield sheet.paragraph("next_first", line=name)
    else:
        yield sheet.paragraph("next_slip", line=sheet.key(elsewhere))


def _line(sheet: Sheet, first: Finding, quantity: int, told: Inlines) -> Iterator[Block]:
    """What the line comes to with the answers before it, and what was given."""
    working = sheet.working
    right = working.rounded(first.expected if first.expected is not None else 0.0)
    if sheet.report.convention is not None:  # its formulas are not those of the page
        value = sheet.say("convention_value", line=sheet.name(first), value=right)
        yield Paragraph((*value, Text(" "), *told))
        return
    yield sheet.paragraph("own", line=sheet.name(first))
    yield working.line(quantity, working.own)
    if working.rounded(working.made(quantity, working.own)) != right:
        told = (*sheet.say("right_value", value=right), Text(" "), *told)
    yield Paragraph(told)


def _among(sheet: Sheet, finding: Finding) -> Inlines:
    names = [sheet.key(key) for key in finding.among]
    if len(names) > MOST_AMONG:
        names = [*names[: MOST_AMONG - 1], (Text("…"),), names[-1]]
    return parted(names, ", ")


def explained(sheet: Sheet, finding: Finding) -> Iterator[Block]:
    """The slip, or those that cannot be told apart, and its line of the solution."""
    told = sentences(sheet, finding)
    if len(told) == 1:
        yield Paragraph((*sheet.say("explained"), Text(" "), *told[0]))
        key = _elsewhere(sheet, finding)
        if key is not None and sheet.report.convention is None:
            yield sheet.paragraph("solution")
            yield sheet.working.line(sheet.working.quantity(key), sheet.working.truth)
        return
    yield sheet.paragraph("cannot_tell" if told else "no_slip")
    yield from map(Paragraph, told)


def _elsewhere(sheet: Sheet, finding: Finding) -> str | None:
    """The line in which the slip was made, where there is one slip, and it is another line."""
    if len(sentences(sheet, finding)) != 1 or finding.slip_keys[0] == finding.key:
        return None
    return finding.slip_keys[0]


def sentences(sheet: Sheet, finding: Finding) -> list[Inlines]:
    """Each slip that explains an answer, in words; each once, the likeliest first."""
    found: dict[tuple[str, str], Inlines] = {}
    for explanation, key in zip(finding.slips, finding.slip_keys, strict=True):
        slip = (explanation.slip, explanation.also)
        if slip not in found:
            found[slip] = _sentence(sheet, explanation, sheet.key(key))
    return list(found.values())[:MOST_SLIPS]


def _sentence(sheet: Sheet, explanation: Explanation, line: Inlines) -> Inlines:
    told = [sheet.phrases.say(f"slip.{explanation.slip}", line=line)]
    if explanation.also:
        told += [sheet.say("also"), sheet.phrases.say(f"slip.{explanation.also}", line=line)]
    if explanation.everywhere:
        told.append(sheet.say("everywhere"))
    if explanation.near:
        told.append(sheet.say("near"))
    return parted(told, " ")


def more_wrong(sheet: Sheet) -> Iterator[Block]:
    """The wrong lines after the first: a sentence for each that a slip explains, one for the others."""
    wrong = [f for f in sheet.lines if f.verdict == "wrong"][1:]
    if not wrong or sheet.hints:
        return
    yield Heading(1, sheet.say("more_heading"))
    told = [(finding, sentences(sheet, finding)) for finding in wrong]
    explained_ones = [(finding, slips) for finding, slips in told if slips]
    for finding, slips in explained_ones[:MOST_MORE]:
        intro = [] if len(slips) == 1 else [sheet.say("cannot_tell")]
        yield Paragraph(parted([(*sheet.name(finding), Text(":")), *intro, *slips], " "))
    if len(explained_ones) > MOST_MORE:
        left = len(explained_ones) - MOST_MORE
        yield sheet.paragraph("more_one" if left == 1 else "more", count=spaced(left))
    others = [sheet.name(finding) for finding, slips in told if not slips]
    if others:
        few = others if len(others) <= MOST_MORE else [*others[:MOST_MORE], (Text("…"),)]
        yield sheet.paragraph("no_slips", lines=parted(few, ", "))
