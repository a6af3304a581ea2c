"""What is said of somebody's answers: a finding for each, the first wrong line, and a score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from derive.checking.answers import Answer

if TYPE_CHECKING:
    from derive.checking.diagnose import Explanation

VERDICTS = ("right", "rounded", "follows", "wrong", "blank", "unreadable")
UNUSABLE = ("no_number", "unknown", "given_number", "twice")
CREDITED = frozenset({"right", "rounded", "follows"})


@dataclass(frozen=True)
class Finding:
    """What is said of one answer.

    `expected` is the true value and `own` what follows from the person's own earlier values; `among`
    are the lines of which one is wrong, where the lines between have no answers.
    """

    answer: Answer
    key: str
    quantity: int | None
    verdict: str
    given: float | None = None
    expected: float | None = None
    own: float | None = None
    slips: tuple[Explanation, ...] = ()
    slip_keys: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    note: str = ""  # "truncated" or "last digit", of printed digits
    why: str = ""  # an answer cannot be used: one of `UNUSABLE`
    reason: str = ""  # and what exactly, in the words of messages
    credit: bool = False

    @property
    def slip(self) -> str | None:
        """The slip that explains the answer, where one alone does."""
        codes = {(explanation.slip, explanation.also) for explanation in self.slips}
        return self.slips[0].slip if len(codes) == 1 and not self.slips[0].also else None


@dataclass(frozen=True)
class Report:
    """All findings in the order of the calculation, then those that name no quantity.

    `points` are those of a line by its key, or of all lines of a kind: {"delta": 2, "w_new[2,1,1]": 3};
    any other line is worth one. Where `asked` says which lines there are to be answered, no other
    counts, and one without an answer is blank.
    """

    findings: tuple[Finding, ...]
    points: Mapping[str, float] = field(default_factory=dict)
    convention: str | None = None  # under which every answer would be right
    asked: tuple[str, ...] = ()

    @property
    def first(self) -> Finding | None:
        """The first wrong answer in the order of the calculation."""
        return next((f for f in self.findings if f.verdict == "wrong"), None)

    @property
    def first_wrong(self) -> str | None:
        """Its key."""
        return None if self.first is None else self.first.key

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong, unreadable or merely follows."""
        return all(f.verdict in ("right", "rounded", "blank") for f in self.findings)

    @property
    def score(self) -> dict[str, float]:
        """Points gained and points there are, and how many findings of each verdict there are.

        What names no line of the calculation is worth nothing.
        """
        lines = {f.key: f for f in self.findings if f.quantity is not None}
        counted = self.asked or tuple(lines)
        gained = (worth(k, self.points) for k in counted if k in lines and lines[k].credit)
        counts = {v: sum(f.verdict == v for f in self.findings) for v in VERDICTS}
        counts["blank"] += sum(key not in lines for key in counted)
        return {
            "points": sum(gained), "of": sum(worth(k, self.points) for k in counted), **counts,
        }  # fmt: skip

    def data(self, hints: bool = False) -> dict[str, Any]:
        """The report as plain data, as `--format json` writes it; with `hints` without solutions."""
        return {
            "findings": [_data(finding, hints) for finding in self.findings],
            "first_wrong": self.first_wrong,
            "convention": self.convention,
            "score": self.score,
        }


def worth(key: str, points: Mapping[str, float]) -> float:
    """The points for a line: its own, or those of its kind, or one."""
    if key in points:
        return points[key]
    return points.get(kind_of(key), 1.0)


def kind_of(key: str) -> str:
    """What kind of quantity a key names.

    >>> kind_of("dE/dw[2,1,1]@3"), kind_of("E#2")
    ('dE/dw', 'E')
    """
    return re.split(r"[\[@#]", key, maxsplit=1)[0]


def _data(finding: Finding, hints: bool) -> dict[str, Any]:
    explained = [
        {
            "slip": explanation.slip,
            "at": key,
            "also": explanation.also,
            "everywhere": explanation.everywhere,
            "near": explanation.near,
        }
        for explanation, key in zip(finding.slips, finding.slip_keys, strict=True)
    ]
    found = {
        "key": finding.key, "verdict": finding.verdict, "given": finding.given,
        "expected": finding.expected, "from_own": finding.own, "slip": finding.slip,
        "explanation": explained, "among": list(finding.among), "note": finding.note,
        "reason": finding.reason, "answer": finding.answer.text,
    }  # fmt: skip
    return found | {"expected": None, "from_own": None} if hints else found
