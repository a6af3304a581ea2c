"""A problem of any topology as a NumPy script: one statement for each quantity, in the page's order.

Names are made of the keys, and numbers stand as the digits that they were read as; nothing else that a
person typed becomes code.

>>> from derive.problem.reading import read
>>> data = {"equations": {"f": "q*z", "q": "x + y"}, "values": {"x": -2, "y": 5, "z": -4}}
>>> name, lines = context(read(data))["sections"][0]
>>> name, [str(line) for line in lines]
('forward', ['q = x + y', 'f = q * z'])
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from typing import Any

from derive.derivation.derivation import Derivation, derive
from derive.errors import Mistake, ProblemError
from derive.graph.graph import build
from derive.problem.model import Problem
from derive.render.templates import Raw
from derive.writing.code import ERF_SOURCE, member_code
from derive.writing.literals import literal
from derive.writing.notation import Notation

MOST = 20_000  # names in all statements together
TEMPLATE = "python/lines.py.j2"
_TAKEN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np", "math", "erf"}


def context(problem: Problem) -> dict[str, Any]:
    """What the template is told: the statements in their sections, and what is printed at the end.

    Raises `ProblemError` for a network of so many statements that nobody would read them.
    """
    notation = Notation.load(problem.show.notation, problem)
    derivation = derive(build(problem), None, notation.sign)
    if derivation.terms > MOST:
        fact = f"a script of {derivation.terms:,} terms, one statement for each number"
        raise ProblemError(
            [Mistake("py", fact, f"at most {MOST:,}; --format json has the numbers")]
        )
    names = _names(derivation)
    sections = [
        (name, [Raw(line) for line in _statements(derivation, families, names)])
        for name, families in derivation.sections.items() if families
    ]  # fmt: skip
    lines = [str(line) for _, every in sections for line in every]
    return {
        "title": problem.title,
        "erf": Raw(ERF_SOURCE) if any("erf(" in line for line in lines) else "",
        "given": [Raw(line) for line in _given(derivation, names)],
        "sections": sections,
        "shown": [(Raw(key), Raw(names[q])) for key, q in _shown(derivation)],
    }  # fmt: skip


def _names(derivation: Derivation) -> list[str]:
    """A name for each quantity, from its key: net[1,2]@3 → net_1_2_at_3."""
    found: list[str] = []
    taken = set(_TAKEN)
    for quantity in range(derivation.ledger.size):
        key = str(derivation.ledger.place(quantity)).replace("@", "_at_").replace("#", "_update_")
        name = re.sub(r"\W+", "_", key, flags=re.ASCII).strip("_")
        while name in taken:
            name += "_"
        taken.add(name)
        found.append(name)
    return found


def _given(derivation: Derivation, names: list[str]) -> Iterator[str]:
    for ids, numbers in derivation.graph.given:
        flat = numbers.reshaped((ids.size,))
        for n, quantity in enumerate(ids.ravel().tolist()):
            yield f"{names[quantity]} = {literal(flat.text(n))}"


def _statements(derivation: Derivation, families: Any, names: list[str]) -> Iterator[str]:
    for family in families:
        for member, quantity in enumerate(family.targets.tolist()):
            yield f"{names[quantity]} = {member_code(family, member, names.__getitem__)}"


def _shown(derivation: Derivation) -> Iterator[tuple[str, int]]:
    """The error or output, and the gradients, with their keys."""
    key = derivation.ledger.place
    yield str(key(derivation.error)), derivation.error
    for quantity in derivation.gradient[derivation.wanted].tolist():
        yield str(key(quantity)), quantity
