"""Tables as they are typed on a command line: `name:key=value,key=value`.

>>> choices("leaky_relu:slope=0.20,softmax")
[{'name': 'leaky_relu', 'slope': Given(value=0.2, text='0.20')}, 'softmax']
>>> choices("own:formula=max(0,z)")
[{'name': 'own', 'formula': 'max(0,z)'}]
"""

from __future__ import annotations

import re
from typing import Any

from derive.problem.numerals import decimal
from derive.problem.wrong import shown, wrong

_KEY = re.compile(r"\s*\w+\s*=")


def choices(text: str) -> list[Any]:
    """Names, or tables with a name and parameters, separated by commas."""
    whole: list[str] = []
    for part in _parts(text):
        if whole and ":" in whole[-1] and _KEY.match(part):
            whole[-1] += f",{part}"  # one more parameter of the same
        else:
            whole.append(part.strip())
    return [_choice(part) for part in whole]


def one_choice(value: object) -> object:
    """The one name or table that a text stands for; what is no text stays as it is."""
    if not isinstance(value, str):
        return value
    found = choices(value)
    return found[0] if len(found) == 1 else value


def pairs(text: str) -> dict[str, str]:
    """`key=value,key=value`."""
    found = {}
    for part in _parts(text):
        key, equals, value = part.partition("=")
        if not equals:
            wrong(f"{shown(part.strip())} has no =", "write key=value,key=value")
        if key.strip() in found:
            wrong(f"{shown(key.strip())} is given twice", "keep one of them")
        found[key.strip()] = value.strip()
    return found


def _choice(text: str) -> Any:
    name, colon, parameters = text.partition(":")
    if not colon:
        return name
    return {"name": name.strip()} | {k: decimal(v) for k, v in pairs(parameters).items()}


def _parts(text: str) -> list[str]:
    """The text cut at its commas, but not at those in brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
