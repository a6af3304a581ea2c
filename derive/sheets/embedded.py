"""The comment with its problem, at the end of every Markdown sheet."""

from __future__ import annotations

from collections.abc import Iterable

from derive.exercises.draw_open import Opening
from derive.press.form import Form
from derive.press.pattern import Tokens
from derive.problem.embedded import commented
from derive.problem.model import Numbers, Problem
from derive.problem.numbered import numbers_at, renumbered
from derive.problem.saving import write_problem


def problem_form(problem: Problem, openings: Iterable[Opening], tokens: Tokens) -> Form:
    """The comment of every sheet: `problem` is that of one of them, the openings are what is drawn."""
    standing: dict[str, Numbers] = {}
    for opening in openings:
        texts = [tokens.of(q) for q in opening.ids.tolist()]
        standing[opening.place] = opening.filled(numbers_at(problem, opening.place), texts)
    text = commented(write_problem(renumbered(problem, standing)))
    (*texts, last), slots = tokens.split(f"\n{text}\n")
    signed = [(text, f"{text}-", text, f"{text}-") for text in texts]
    return Form.of(slots, [*signed, (last,) * 4])
