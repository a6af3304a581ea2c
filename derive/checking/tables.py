"""Tables of keys and values as CSV, with whatever separator, and with commas where they do not part.

>>> list(columns("key;value\\nnet[1,1];0,3775"))
[(2, 'net[1,1]', '0,3775')]
>>> list(columns("net[1,1],0,3775"))
[(1, 'net[1,1]', '0,3775')]
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import count

from derive.errors import Mistake, ProblemError

KEYS = ("key", "name", "quantity", "line")
VALUES = ("value", "answer", "result")


def columns(text: str) -> Iterator[tuple[int, str, str]]:
    """Of each row its number, key and value; a head says which columns they are in."""
    keys, values = 0, 1
    is_first = True
    for number, row in csv_rows(text):
        heads = [cell.lower() for cell in row]
        if is_first and any(name in heads for name in KEYS):
            keys = next(n for n, head in enumerate(heads) if head in KEYS)
            values = next((n for n, head in enumerate(heads) if head in VALUES), keys + 1)
        elif len(row) > keys and row[keys]:
            yield number, row[keys], row[values] if len(row) > values else ""
        is_first = False


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text with their numbers; a comma, semicolon or tab is between the cells.

    A key's own commas, and those of a number in the last column, do not part it.
    """
    separator = separator_of(text.lstrip().partition("\n")[0])
    width = 0
    for number, cells in parted(io.StringIO(text), separator):
        width = width or (len(cells) if any(c.lower() in KEYS for c in cells) else 2)
        if separator == "," and len(cells) == width + 1 and cells[-1].isdecimal():
            cells[-2:] = [",".join(cells[-2:])]
        yield number, cells


def parted(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers from 1, their cells without spaces about them.

    A quote that is opened and never closed would make the rest of a file one cell; where a row goes on
    over several lines or its quotes are odd, it has to be right to the letter.
    """
    seen: list[str] = []  # the lines of this row

    def remembered() -> Iterator[str]:
        for line in lines:
            seen.append(line)
            yield line

    reader = csv.reader(remembered(), delimiter=separator)
    for number in count(1):
        try:
            row = next(reader, None)
            if len(seen) > 1 or (seen and seen[0].count('"') % 2):
                list(csv.reader(seen, delimiter=separator, strict=True))
        except csv.Error:
            raise ProblemError([_unreadable(f"row {number}", seen)]) from None
        if row is None:
            return
        seen.clear()
        cells = whole_keys([cell.strip() for cell in row], separator)
        if any(cells):
            yield number, cells


def _unreadable(place: str, lines: Iterable[str]) -> Mistake:
    if any('"' in line for line in lines):
        remedy = "add the other quote, or take this away"
        return Mistake(place, "a quote is opened and never closed", remedy)
    return Mistake(place, "a cell of this row is too long", "two columns: key,value")


def separator_of(head: str) -> str:
    """What parts the cells of a table, by its first line."""
    return ";" if ";" in head else "\t" if "\t" in head else ","


def whole_keys(cells: list[str], separator: str) -> list[str]:
    """The cells, put together where a key's own commas have parted it: net[1,2]."""
    found: list[str] = []
    for cell in cells:
        if found and found[-1].count("[") > found[-1].count("]") and len(found[-1]) < 80:
            found[-1] += separator + cell
        else:
            found.append(cell)
    return found
