"""What every part of a report's page needs: names, words, and what was given."""

from __future__ import annotations

from collections.abc import Collection

from derive.checking.report import Finding, Report
from derive.document.blocks import Code, Inlines, Maths, Paragraph
from derive.document.phrases import Field, Phrases
from derive.document.report.working import Working

LONGEST = 60  # characters of an answer that is shown as it was written


class Sheet:
    """One report on its way to a page; `lines` are its findings in the order of the calculation."""

    def __init__(
        self, report: Report, working: Working, phrases: Phrases, hints: bool,
        only: Collection[str] | None,
    ) -> None:  # fmt: skip
        self.report, self.working, self.phrases = report, working, phrases
        self.hints, self.only = hints, only
        lines = [(working.unrolled.order(f.quantity), n, f) for n, f in enumerate(report.findings)
                 if f.quantity is not None]  # fmt: skip
        self.lines = [finding for _, _, finding in sorted(lines, key=lambda line: line[:2])]
        self.others = [f for f in report.findings if is_unusable(f)]

    def say(self, key: str, **fields: Field) -> Inlines:
        return self.phrases.say(f"report.{key}", **fields)

    def paragraph(self, key: str, **fields: Field) -> Paragraph:
        return Paragraph(self.say(key, **fields))

    def name(self, finding: Finding) -> Inlines:
        """The line's name on paper, or what was written where that names none."""
        if finding.quantity is None:
            return (Code(shown(finding.answer.name)),)
        return self.working.name(finding.quantity)

    def key(self, key: str) -> Inlines:
        """The name of a line by its key."""
        return self.working.name(self.working.quantity(key))

    def given(self, finding: Finding) -> Inlines:
        if finding.given is not None:
            return (Maths(self.working.given(finding)),)
        text = shown(finding.answer.text)
        return (Code(text),) if text else ()


def is_unusable(finding: Finding) -> bool:
    return finding.verdict == "unreadable" or (
        finding.quantity is None and finding.verdict != "blank"
    )


def shown(text: str) -> str:
    """Something that was written, short enough and without what cannot be printed."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(c if c.isprintable() else "\ufffd" for c in short).strip()


def points(number: float) -> str:
    """Points without a needless point: 6, 2.5."""
    return f"{number:.10g}"
