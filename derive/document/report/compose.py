"""Report → Document: what is right, the first wrong line in full, and what to look at next.

With `hints` the page holds nothing of the solution: no right values, and of the first wrong line its
rule in symbols.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derive.checking.answers import Answer
from derive.checking.report import Finding, Report
from derive.checking.unrolled import Unrolled
from derive.document.blocks import (
    Block,
    Box,
    Code,
    Document,
    Heading,
    Inlines,
    Maths,
    Paragraph,
    Strong,
    Table,
    Text,
)  # fmt: skip
from derive.document.example.pieces import parted, spaced
from derive.document.phrases import Field, Phrases
from derive.document.report.sheet import Sheet, points, shown
from derive.document.report.working import Working
from derive.document.report.wrong import first_wrong, more_wrong
from derive.writing.scribe import Scribe

MOST_ROWS = 2_000
STRONG = ("wrong", "unreadable")  # verdicts that stand out


def compose(
    report: Report, scribe: Scribe, unrolled: Unrolled, *, hints: bool = False,
    only: Collection[str] | None = None, name: str = "",
) -> Document:  # fmt: skip
    """The page about one person's answers; `only` are the verdicts to be listed, `name` whose they are."""
    problem = scribe.worked.derivation.graph.problem
    phrases = Phrases(problem.show.language)
    sheet = Sheet(report, Working(scribe, unrolled, report, phrases), phrases, hints, only)
    title = phrases.plain("report.title", title=name or problem.title)
    subtitle = (Text(problem.title + " · "),) if name else ()
    blocks = (
        *summary(sheet), *table(sheet), *first_wrong(sheet), *more_wrong(sheet), *unusable(sheet)
    )  # fmt: skip
    return Document(title, (*subtitle, *score(sheet)), blocks, phrases.language, phrases.frame)


def score(sheet: Sheet) -> Inlines:
    """6 of 8 points"""
    made = sheet.report.score
    key = "subtitle_one" if made["of"] == 1 else "subtitle"
    fields: dict[str, Field] = {"points": points(made["points"])}
    return sheet.say(key, **fields if made["of"] == 1 else fields | {"total": points(made["of"])})


def summary(sheet: Sheet) -> Iterator[Block]:
    """What came out, in a box."""
    told = list(_result(sheet))
    if any(f.verdict == "blank" for f in sheet.lines) and not is_unanswered(sheet):
        told += [Text(" "), *sheet.say("blanks")]
    blocks: list[Block] = [Paragraph(tuple(told))]
    if sheet.report.convention is not None:
        name = convention(sheet, sheet.report.convention)
        key = "convention" if sheet.report.is_right else "convention_some"
        blocks.append(sheet.paragraph(key, convention=Strong(name)))
    yield Box("conventions", tuple(blocks))


def is_unanswered(sheet: Sheet) -> bool:
    """Whether there is no answer at all."""
    return all(finding.verdict == "blank" for finding in sheet.report.findings)


def _result(sheet: Sheet) -> Inlines:
    verdicts = [f.verdict for f in sheet.report.findings]
    first = sheet.report.first
    if first is not None:
        told = sheet.say("first_among" if len(first.among) > 1 else "first", line=sheet.name(first))
        return (*told, Text(" "), *sheet.say("after_it")) if "follows" in verdicts else told
    read = sum(v in ("right", "rounded") for v in verdicts)
    if not read:
        return sheet.say("unanswered" if is_unanswered(sheet) else "nothing")
    if not sheet.report.is_right:
        return sheet.say("no_wrong")
    told = sheet.say("all_right_one") if read == 1 else sheet.say("all_right", count=spaced(read))
    return (*told, Text(" "), *sheet.say("rounded")) if "rounded" in verdicts else told


def convention(sheet: Sheet, code: str) -> str:
    """The name of a convention, or of two together."""
    names = []
    for part in code.split("+"):
        kind, _, value = part.partition(":")
        if kind == "loss":
            loss = sheet.phrases.plain(f"loss.{value}")
            names.append(sheet.phrases.plain("report.convention_loss", loss=loss))
        else:
            names.append(sheet.phrases.plain(f"report.convention_{value or kind}"))
    return sheet.phrases.joined(names)


def table(sheet: Sheet) -> Iterator[Block]:
    """Every line with what was given, what is right, and the verdict."""
    lines = [f for f in sheet.lines if sheet.only is None or f.verdict in sheet.only]
    if not sheet.lines:
        return
    yield Heading(1, sheet.say("answers"))
    columns = ["line", "given", *(["expected"] if not sheet.hints else []), "verdict"]
    rows = tuple(_row(sheet, finding) for finding in lines[:MOST_ROWS])
    if rows:
        align = "l" + "r" * (len(columns) - 2) + "l"
        yield Table(align, tuple(sheet.say(column) for column in columns), rows)
        yield from _legend(sheet, {f.verdict for f in lines[:MOST_ROWS] if f.credit})
    left = len(sheet.lines) - len(rows)
    if left:
        yield (
            sheet.paragraph("left_out_one")
            if left == 1
            else sheet.paragraph("left_out", count=spaced(left))
        )


def _legend(sheet: Sheet, credited: set[str]) -> Iterator[Block]:
    """That ≈ and → count, where they do."""
    told = [
        sheet.say(f"legend_{verdict}") for verdict in ("rounded", "follows") if verdict in credited
    ]
    if told:
        yield Paragraph(parted(told, " "))


def _row(sheet: Sheet, finding: Finding) -> tuple[Inlines, ...]:
    cells: list[Inlines] = [sheet.name(finding), sheet.given(finding)]
    if not sheet.hints:
        cells.append(_expected(sheet, finding))
    return (*cells, _verdict(sheet, finding))


def _expected(sheet: Sheet, finding: Finding) -> Inlines:
    """The right value, also of a line without an answer."""
    expected = finding.expected
    if expected is None and finding.quantity is not None and sheet.report.convention is None:
        expected = float(sheet.working.truth[finding.quantity])
    return () if expected is None else (Maths(sheet.working.rounded(expected)),)


def _verdict(sheet: Sheet, finding: Finding) -> Inlines:
    """A sign and a word."""
    key = finding.verdict
    if key == "rounded":
        key = finding.note.replace(" ", "_") or "rounded_verdict"
    if key == "follows" and not finding.credit:
        key = "no_credit"
    told = sheet.phrases.plain(f"report.{key}")
    return (Strong(told),) if finding.verdict in STRONG else (Text(told),)


def unusable(sheet: Sheet) -> Iterator[Block]:
    """What was written and could not be used, with the reason."""
    if not sheet.others:
        return
    yield Heading(1, sheet.say("unreadable_heading"))
    others = sheet.others[:MOST_ROWS]
    places = [_place(sheet, f.answer) for f in others]
    rows: list[tuple[Inlines, ...]] = [
        ((Code(shown(f.answer.name)),), (Code(shown(f.answer.text)),), _reason(sheet, f))
        for f in others
    ]
    head = ["line", "given", "reason"]
    if any(places):
        rows = [(place, *row) for place, row in zip(places, rows, strict=True)]
        head = ["where", *head]
    yield Table("l" * len(head), tuple(map(sheet.say, head)), tuple(rows))
    yield sheet.paragraph("next_unreadable")


def _place(sheet: Sheet, answer: Answer) -> Inlines:
    """Where an answer was written, a line or a row; nothing where its name is all there is to say."""
    kind, _, number = answer.place.partition(" ")
    if kind in ("line", "row") and number.isdecimal():
        return sheet.say(f"at_{kind}", number=number)
    return () if answer.place == answer.name else (Code(shown(answer.place)),)


def _reason(sheet: Sheet, finding: Finding) -> Inlines:
    """Why an answer could not be used; what exactly, where the page speaks as messages do."""
    told = sheet.say(finding.why or "no_number")
    if not finding.reason or sheet.phrases.language != "en":
        return told
    return (*told, Text(f" ({finding.reason})"))
