"""Random expression graphs, as data in a problem file's shape.

Values are small and functions tame, so that what a person writes with a few digits says something; an
output of every graph can be differentiated where its values are.
"""

from __future__ import annotations

from random import Random
from typing import Any

Data = dict[str, Any]
NAMES = ("x", "y", "z", "w1", "w2", "a", "b", "x_1", "rate", "delta", "net", "E", "df")
ONE = ("exp({})", "tanh({})", "sigmoid({})", "sin({})", "cos({})", "({})^2", "1/(2 + ({})^2)",
       "ln(3 + ({})^2)", "sqrt(2 + ({})^2)", "abs({})", "-({})", "{0}*{0} + {0}")  # fmt: skip
TWO = ("{0} + {1}", "{0} - {1}", "{0}*{1}", "{0}*{1}", "max({0}, {1})", "min({0}, {1})",
       "{0}/(1 + ({1})^2)", "{0}*{1} + {0}", "2*{0} - 0.5*{1}")  # fmt: skip


def graph(dice: Random, most: int = 6, **show: Any) -> Data:
    """A graph of so many equations at most, each of which uses earlier names; the last is the output."""
    names = dice.sample(NAMES, dice.randint(1, 4))
    values = {name: _number(dice) for name in names}
    known, formulas = list(names), Data()
    for number in range(dice.randint(1, most)):
        name = f"q{number + 1}"
        formulas[name] = _formula(dice, known)
        known.append(name)
    unused = [n for n in formulas if not any(n in f for f in formulas.values())]
    if len(unused) > 1:  # one output for all of them
        formulas["f"] = " + ".join(unused)
    data: Data = {"equations": formulas, "values": values}
    return data | ({"show": show} if show else {})


def _number(dice: Random) -> float | int:
    return dice.randint(-5, 5) if dice.random() < 0.5 else round(dice.uniform(-2, 2), 2)


def _formula(dice: Random, known: list[str]) -> str:
    """One function of what is known; later names are likelier, so that graphs are deep."""
    first, second = (known[max(dice.randrange(len(known)) for _ in "ab")] for _ in "ab")
    if first == second or dice.random() < 0.4:  # of max(x, x) the derivative is anybody's guess
        return dice.choice(ONE).format(first)
    return dice.choice(TWO).format(first, second)
