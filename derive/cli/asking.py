"""`derive check --ask`: asks for one line after the other, in the order of the page.

After each answer it says what it thinks. An empty answer goes on to the next line, `?` shows the rule of
this one, a new answer may follow one that is not right yet, and `quit` or the end of input ends with the
report. What is no number does not take the place of an answer that is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from derive.checked import Checked, Checking
    from derive.checking.report import Finding

HINT = "?"
TRIES = 3  # after which the next line is asked for
MOST_ASKED = 2_000
ENDS = ("quit", "exit", "q")
NO_ANSWER = ("unreadable", "blank")  # verdicts on what says nothing


class _Ended(Exception):
    """Somebody has had enough."""


def ask(checking: Checking, hints: bool) -> Checked:
    """The report on what is answered."""
    session = _Session(checking, hints)
    click.echo(session.words.plain("ask.intro"))
    try:
        for quantity in list(session.lines())[:MOST_ASKED]:
            session.line(quantity)
    except _Ended:
        pass
    except (click.Abort, EOFError):
        click.echo()
    click.echo()
    return session.checked()


class _Session:
    """One person at a terminal, and what has been answered so far."""

    def __init__(self, checking: Checking, hints: bool) -> None:
        from derive.document.phrases import Phrases
        from derive.document.report.working import Working

        self.checking, self.hints = checking, hints
        self.unrolled = checking.checker.unrolled
        self.words = Phrases(checking.example.problem.show.language)
        empty = checking.check([]).report
        self.working = Working(checking.example.scribe, self.unrolled, empty, self.words)
        self.answers: dict[int, str] = {}

    def lines(self) -> Iterator[int]:
        """What there is to be calculated in the first update, in order; repetitions are left out."""
        for family in self.unrolled.part(1).families:
            if not self.unrolled.derivation.repeats(family):
                yield from family.targets.tolist()

    def line(self, quantity: int) -> None:
        """Ask for one line until it is right, left out, or has been tried often enough."""
        from derive.cli.terminal import plainly

        name = plainly(self.working.name(quantity))
        for _ in range(TRIES):
            text = self.asked(name, quantity)
            if not text:
                self.answers.pop(quantity, None)
                return
            if self.judged(quantity, text):
                return
        click.echo(f"  {self.words.plain('ask.going_on')}")

    def asked(self, name: str, quantity: int) -> str:
        """What is answered; the rule is shown as often as somebody wants it."""
        while True:
            text = click.prompt(name, default="", show_default=False, prompt_suffix=" = ").strip()
            text = text.removeprefix("=").strip()
            if text.casefold() in ENDS:
                raise _Ended
            if text != HINT:
                return str(text)
            self.show_rule(quantity)

    def judged(self, quantity: int, text: str) -> bool:
        """Say what the answer is worth; whether to go on."""
        before = self.answers.get(quantity)
        self.answers[quantity] = text
        finding = next(f for f in self.checked().report.findings if f.quantity == quantity)
        click.echo(f"  {self.words.plain(f'ask.{finding.verdict}')}")
        if finding.verdict == "unreadable" and finding.reason:
            click.echo(f"  {finding.reason}")
        if finding.verdict in NO_ANSWER and before is not None:
            self.answers[quantity] = before
            click.echo(f"  {self.words.plain('ask.kept', answer=before)}")
        if finding.verdict == "wrong":
            self.explain(finding)
        return finding.verdict in ("right", "rounded", "follows")

    def explain(self, finding: Finding) -> None:
        """The slip where one is certain; the value is not told."""
        from derive.cli.terminal import plainly

        if finding.slip is not None and not self.hints:
            line = self.working.name(self.working.quantity(finding.slip_keys[0]))
            click.echo(f"  {plainly(self.words.say(f'slip.{finding.slip}', line=line))}")

    def show_rule(self, quantity: int) -> None:
        """The line in symbols."""
        from derive.cli.terminal import as_lines

        for row in as_lines([self.working.rule(quantity)]):
            if row:
                click.echo(row)

    def checked(self) -> Checked:
        """The report on all answers so far."""
        from derive.checking.answers import Answer, consistent

        key = self.unrolled.key
        answers = [Answer(key(q), text, key(q)) for q, text in self.answers.items()]
        return self.checking.check(consistent(answers))
