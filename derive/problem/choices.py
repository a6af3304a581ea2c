"""Reading an activation, a loss or an optimizer: a name, a table with parameters, or a formula.

>>> choice("activation", {"name": "leaky_relu"}).parameters["slope"].text
'0.01'
>>> choice("activation", {"name": "softsign", "formula": "z/(1+abs(z))"}).formula
'z/(1+abs(z))'
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from derive.errors import Mistake, ProblemError
from derive.problem import known
from derive.problem.model import Choice, Given
from derive.problem.naming import NAME, NAME_IN_WORDS
from derive.problem.numerals import number
from derive.problem.wrong import Wrong, plain, shown, wrong
from derive.registry import nearest

if TYPE_CHECKING:
    from derive.catalogue.entries import Parameter


def choice(kind: str, value: object) -> Choice:
    """A catalogue name, a table with a name and parameters, or a table with a formula."""
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, Mapping):
        remedy = f'write a name in quotes, or a table: {{ name = "{_example(kind)}" }}'
        wrong(f"{shown(value)} is not the name of {_a(kind)}", remedy)
    name = value.get("name")
    if not isinstance(name, str):
        fact = f"{shown(name)} is not a name" if "name" in value else "the table has no name"
        wrong(fact, f'write name = "{_example(kind)}"', "name")
    given = {key: item for key, item in value.items() if key != "name"}
    if "formula" in given and kind in known.FORMULA_VARIABLES:
        return _own(kind, name, given)
    return _catalogued(kind, name, given)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "ao" else f"a {kind}"


def _example(kind: str) -> str:
    examples = {"activation": "sigmoid", "loss": "squared_error", "optimizer": "gradient_descent"}
    return examples[kind]


def _catalogued(kind: str, name: str, given: Mapping[str, Any]) -> Choice:
    entries = known.table(kind)
    if name not in entries:
        wrong(f"there is no {kind} {shown(name)}", nearest(plain(name), list(entries)))
    parameters: Mapping[str, Parameter] = entries[name].parameters
    accepted = dict(parameters)
    if kind == "optimizer":
        from derive.catalogue.optimizers import DECAY, WEIGHT_DECAY

        accepted[DECAY] = WEIGHT_DECAY
    found = {key: Given(float(p.default), p.default) for key, p in parameters.items()}
    mistakes: list[Mistake] = []
    for key, value in given.items():
        try:
            found[key] = _parameter(name, key, value, accepted)
        except Wrong as error:
            mistakes += error.at(plain(str(key)))
    if mistakes:
        raise Wrong(mistakes)
    return Choice(name, found)


def _parameter(name: str, key: str, value: object, parameters: Mapping[str, Parameter]) -> Given:
    if key not in parameters:
        remedy = nearest(plain(str(key)), list(parameters)) if parameters else "it takes none"
        wrong(f"{name} has no such parameter", remedy)
    given = number(value)
    if not parameters[key].takes(given.value):
        wrong(f"{shown(given)} is out of range", f"a number {_range(parameters[key])}")
    return given


def _range(parameter: Parameter) -> str:
    """What the number can be: at least 0 and below 1."""
    _, low, high, included = parameter
    ends = [(low, "at least" if low in included else "above"),
            (high, "at most" if high in included else "below")]  # fmt: skip
    return " and ".join(f"{word} {bound:g}" for bound, word in ends if math.isfinite(bound))


def _own(kind: str, name: str, given: Mapping[str, Any]) -> Choice:
    """A formula of the user's own, already read once so that it is sure to be readable."""
    mistakes: list[Mistake] = []
    if not NAME.fullmatch(name):
        mistakes.append(Mistake("name", f"{shown(name)} cannot name a formula", NAME_IN_WORDS))
    elif name in known.table(kind):
        fact = f"{_a(kind)} '{name}' exists already"
        mistakes.append(Mistake("name", fact, "give your formula another name"))
    for key in given:
        if key != "formula":
            fact, remedy = "a formula has no parameters", "write the number into the formula"
            mistakes.append(Mistake(plain(str(key)), fact, remedy))
    mistakes += _formula_mistakes(kind, given["formula"])
    if mistakes:
        raise Wrong(mistakes)
    return Choice(name, {}, given["formula"].strip())


def _formula_mistakes(kind: str, text: object) -> list[Mistake]:
    names = known.FORMULA_VARIABLES[kind]
    if not isinstance(text, str):
        return [Mistake("formula", f"{shown(text)} is not text", "write the formula in quotes")]
    from derive.algebra import formula as formulas  # most problems have no formula of their own

    try:
        used = formulas.variables(formulas.parse(text.strip(), names))
    except ProblemError as error:
        return [mistake._replace(place="formula") for mistake in error.mistakes]
    output = names[-1]
    if output not in used:
        what = "the net input" if kind == "activation" else "the output"
        fact = f"the formula does not use {output}, {what}"
        return [Mistake("formula", fact, "without it every gradient is 0")]
    return []
