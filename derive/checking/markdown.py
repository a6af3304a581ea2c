"""The answers on a page of Markdown: lines "name = value", and tables in which sheets leave room for them.

>>> list(written("# Mine\\n- net_h1 = 0.3775\\n| w5+ | = 0.4 - … | ≈ 0,3589 |"))
[(2, 'net_h1', '0.3775'), (3, 'w5+', '0,3589')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.problem.embedded import problems_in

LONGEST_LINE = 1_000  # no answer needs more; of a longer row, its ends are read
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_POINTED = re.compile(r"\|\s*[0-9]+(?:\.[0-9]+)?\s*\|[^|]*\|\s*$")  # a number before the last cell
_JUDGED = re.compile(  # points that a person gives for a formula stand in brackets
    r"\|\s*\([0-9]+(?:\.[0-9]+)?\)\s*\|[^|]*\|\s*$", re.MULTILINE
)
_RULED = re.compile(
    r"__+(?=[^_|\s])|(?<=[^_|\s])__+|__+(?=\s+[-+−.,0-9])"
)  # what is left of a blank
_RULE = re.compile(r"[-:| ]+")  # the line below the head of a table
_ITEM = re.compile(r"(?:[-*+]|\d{1,4}[.)])[ \t]+")
_SAYS_A_NUMBER = re.compile(r"[-+−(]?\s*[.,]?\d.*|[\s_.…?-]*")


def written(text: str) -> Iterator[tuple[int, str, str]]:
    """The answers on a page: line, name and value.

    They are lines "name = value" and rows of tables "| name | … | value |"; other lines are words. A
    sheet that brings its problem along has answers only in rows with points before the value: other
    rows are given, or a person has to judge them.
    """
    is_sheet = bool(problems_in(text))
    lines = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")
    for number, line in enumerate(lines, 1):
        below = lines[number] if number < len(lines) else ""
        is_head = "|" in below and len(below) < LONGEST_LINE and _RULE.fullmatch(below)
        if not is_head and (not is_sheet or _POINTED.search(line[-LONGEST_LINE:])):
            answer = on_line(line)
            if answer is not None:
                yield number, *answer


def why_none(text: str) -> tuple[str, str] | None:
    """Why nothing on a sheet asks for a number, and what to do; None for a page that is no sheet.

    >>> why_none("E = 1") is None
    True
    """
    if not problems_in(text):
        return None
    if _JUDGED.search(text):
        remedy = "sheets made with --blank numbers can be checked"
        return "what is blank are formulas, which a person judges", remedy
    return "nothing on this sheet is blank", "--fade 1 leaves its last stage to be filled in"


def on_line(line: str) -> tuple[str, str] | None:
    """Name and value on a line, the value behind the last sign of equality; None where there is none."""
    if len(line) > LONGEST_LINE:
        line = _ends(line)
    line = line.replace("`", "").replace("$", "").replace("**", "").strip()
    line = _RULED.sub(" ", line)
    if line.startswith("|"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) < 2 or not cells[0] or _RULE.fullmatch(line):
            return None
        return cells[0], _last(cells[-1])
    line = _ITEM.sub("", line, count=1)
    name, sign, text = line.replace("≈", "=").partition("=")
    if not sign:
        name, sign, text = line.rpartition(":")
        if not sign or not _SAYS_A_NUMBER.fullmatch(text.strip()):
            return None
    name = name.strip().strip('"').strip("'").strip(" :")
    if not name or name.startswith(("#", ">", "//", "<")):
        return None
    return name, _last(text)


def _ends(row: str) -> str:
    """The first cell and the last of a long row of a table; nothing of what is no such row.

    >>> _ends("| net | = 0.4 · 0.1 + … | 1 | ≈ 0.5 |")
    '| net | ≈ 0.5 |'
    """
    row = row.strip()
    first, last = row[1 : LONGEST_LINE // 2].partition("|")[0], row[-LONGEST_LINE // 2 : -1]
    is_row = row.startswith("|") and row.endswith("|") and "|" in last
    return f"|{first}|{last.rpartition('|')[2]}|" if is_row else ""


def _last(text: str) -> str:
    """What stands behind the last sign of equality, without quotes and comments."""
    text = text.replace("≈", "=").rpartition("=")[2].strip()
    if text[:1] in ('"', "'"):
        return text[1:].partition(text[0])[0].strip()
    return text.partition(" #")[0].strip()
