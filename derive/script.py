"""A problem as a NumPy script that works it out again, for reading and for playing with.

The formulas are those of the derivation, printed as code (`derive.writing.code`); nothing else that
a person typed becomes code: numbers stand as the digits that they were read as, and words stand in
comments, on one line.

>>> from derive.problem.reading import load
>>> print(write_script(load("2-1")).splitlines()[0])
\"""Backpropagation in a 2-1 network, step by step.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment
from sympy import Expr

from derive.algebra.rule import GRADIENT, RATE, W
from derive.catalogue.optimizers import DECAY, NEW, with_decay
from derive.problem import schedule
from derive.problem.model import Choice, Given, Problem, Show
from derive.problem.optimizing import optimizer_of
from derive.render.templates import Raw, environment, finalizer
from derive.writing.arrays import assigned, is_compact, listed, stacked
from derive.writing.code import ERF_SOURCE, code
from derive.writing.functions import ActivationCode, activation_code, loss_code
from derive.writing.literals import digits
from derive.writing.notation import Notation
from derive.writing.printers import escapes

LARGE = 2_000  # parameters; of more, only some numbers are printed
MOST = 4  # numbers of an array that are printed then
LINE = 88  # characters
TEMPLATE = "python/script.py.j2"
_DIRECTIONS = re.compile("[\u061c\u200e\u200f]")  # marks that `escapes.clean` leaves to a page


def write_script(problem: Problem, templates: Path | None = None) -> str:
    """The script; templates in the folder `templates` go before the program's own.

    That of another topology than dense layers in a chain has a statement for each number.
    """
    if not problem.chain:
        from derive import script_lines

        return rendered(script_lines.TEMPLATE, script_lines.context(problem), templates)
    return rendered(TEMPLATE, _context(problem), templates)


def rendered(template: str, context: dict[str, Any], templates: Path | None) -> str:
    """A template filled in, without holes."""
    text = _environment(templates).get_template(template).render(context)
    return re.sub(r"\n{4,}", "\n\n\n", text).rstrip("\n") + "\n"


def _environment(templates: Path | None) -> Environment:
    """The templates' language, in which whatever is not `Raw` becomes a quoted text."""
    made = environment("html", templates).overlay(finalize=finalizer(quoted))
    made.filters = made.filters | {"raw": Raw, "comment": comment}
    return made


def quoted(text: str) -> str:
    """Text as a Python string.

    >>> print(quoted('say "so"'))
    "say \\"so\\""
    """
    kept = escapes.clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{kept}"'


def comment(text: str) -> Raw:
    """Text that stands in a comment: on one line, read from left to right, and not too long."""
    line = _DIRECTIONS.sub("", escapes.clean(text)).strip()
    return Raw(line if len(line) <= LINE else f"{line[: LINE - 1]}…")


# --- what the template is told -------------------------------------------------------------------


class Function(NamedTuple):
    """An activation with the number that its functions bear, and what a comment says of it."""

    number: int
    told: str
    code: ActivationCode


def _context(problem: Problem) -> dict[str, Any]:
    functions = _functions(problem)
    distinct = list(dict.fromkeys(functions))
    layers = [_layer(problem, n, functions[n - 1]) for n in range(1, len(problem.layers) + 1)]
    loss, updates = loss_code(problem.loss, problem.units[-1]), schedule.updates(problem)
    sampled, mark = len(problem.samples) > 1, "#1" if updates > 1 else ""
    formulas = [loss.term, *(part for f in distinct for part in (f.code.value, f.code.slope))]
    names = {kind: Raw(f"[{', '.join(f'{kind}{n}' for n in range(1, len(layers) + 1))}]")
             for kind in ("net", "out", "delta")}  # fmt: skip
    return {
        "units": "-".join(str(int(count)) for count in problem.units), "title": problem.title,
        "notes": _notes(problem), "updates": updates, "sampled": sampled, "mark": mark,
        "batched": len(schedule.batches(problem)[0]) > 1,
        "key": "net[1,2]" + "@3" * sampled + mark,
        "erf": Raw(ERF_SOURCE) if any("erf(" in formula for formula in formulas) else "",
        "constants": _constants(problem), **_arrays(problem),
        "functions": distinct, "layers": layers,
        "loss": loss, "loss_name": problem.loss.name.replace("_", " "),
        "settles": loss.kinked or any(function.code.kinked for function in distinct),
        "nets": names["net"], "outs": names["out"], "deltas": names["delta"],
        "reduction": problem.reduction, **_optimizer(problem), "digits": _digits(problem.show),
        "most": MOST if _parameters(problem) > LARGE else 0,
        "stops": problem.stop_below is not None,
    }  # fmt: skip


def _parameters(problem: Problem) -> int:
    arrays = [a for layer in problem.layers for a in (layer.weights, layer.bias.numbers)]
    return sum(array.values.size for array in arrays if array is not None)


def _notes(problem: Problem) -> list[str]:
    """What somebody must know who compares this with a page."""
    notes = []
    if problem.drawn:
        notes.append(f"Numbers that it leaves open were drawn with seed {int(problem.seed)}.")
    if problem.show.carry == "printed":
        notes.append("It is worked by hand with rounded numbers; this script calculates in full")
        notes.append("precision, so the last digits can differ.")
    if Notation.load(problem.show.notation, problem).sign < 0:
        notes.append("delta stands for dE/dnet here; on paper it has the other sign.")
    return notes


# --- numbers -------------------------------------------------------------------------------------


def _constants(problem: Problem) -> list[tuple[str, Raw, str]]:
    """Name, value and meaning of each number that is no array."""
    found = [("RATE", Raw(digits(problem.learning_rate)), "the learning rate")]
    found += [
        (name.upper(), Raw(digits(given)), "of the optimizer")
        for name, given in _settings(problem).items()
    ]
    size = problem.batch_size or len(problem.samples)
    found.append(("BATCH_SIZE", Raw(int(size)), "samples in each update"))
    found.append(("EPOCHS", Raw(int(problem.epochs)), "passes over all samples"))
    if problem.stop_below is not None:
        bound = Raw(digits(problem.stop_below))
        found.append(("STOP_BELOW", bound, "no further epoch once the error of all is below"))
    return found


def _arrays(problem: Problem) -> dict[str, Any]:
    """The samples and the parameters as assignments, and lists of the parameters' names."""
    inputs = assigned("X", stacked([sample.inputs for sample in problem.samples]))
    targets = assigned("T", stacked([sample.targets for sample in problem.samples]))
    arrays, names, updated = [], [], []
    for number, layer in enumerate(problem.layers, start=1):
        notes = {"shared": "  # one for all units", "threshold": "  # subtracted: thresholds"}
        parts = (("W", "weights", layer.weights, ""),
                 ("b", "bias", layer.bias.numbers, notes.get(layer.bias.form, "")))  # fmt: skip
        for letter, part, numbers, note in parts:
            if numbers is not None:
                name = f"{letter}{number}"
                arrays.append(Raw(assigned(name, numbers) + note))
                names.append(name)
                updated += [] if part in layer.frozen else [name]
    note = "" if updated == names else "  # the others are frozen"
    held = [f'"{name}"' for name in updated]
    return {
        "inputs": Raw(inputs), "targets": Raw(targets), "arrays": arrays,
        "compact": any(map(is_compact, (inputs, targets, *arrays))),
        "initial": Raw(listed("INITIAL = {", [f'"{name}": {name}' for name in names], "}")),
        "updated": Raw(listed("UPDATED = [", held, "]") + note),
    }  # fmt: skip


def _digits(show: Show) -> dict[str, Any]:
    """How numbers are rounded; halves go up where that is asked for and a double can tell."""
    kind, count = show.digits
    return {
        "count": int(count), "letter": "f" if kind == "decimals" else "g",
        "kind": "decimals" if kind == "decimals" else "significant digits",
        "nudge": show.rounding == "half-up" and count < 14,
    }  # fmt: skip


# --- layers --------------------------------------------------------------------------------------


def _functions(problem: Problem) -> list[Function]:
    """Each layer's activation; layers with the same one have the same functions."""
    uses: dict[tuple[Any, ...], list[int]] = {}
    for number, layer in enumerate(problem.layers, start=1):
        uses.setdefault(_identity(layer.activation), []).append(number)
    made = {}
    for count, (identity, numbers) in enumerate(uses.items(), start=1):
        choice = problem.layers[numbers[0] - 1].activation
        where = f"layer{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
        told = f"{choice.name.replace('_', ' ')}, {where}"
        made[identity] = Function(count, told, activation_code(choice))
    return [made[_identity(layer.activation)] for layer in problem.layers]


def _identity(choice: Choice) -> tuple[Any, ...]:
    parameters = sorted((name, given.text) for name, given in choice.parameters.items())
    return choice.name, choice.formula, tuple(parameters)


def _layer(problem: Problem, number: int, function: Function) -> dict[str, Any]:
    bias = problem.layers[number - 1].bias.form
    return {
        "number": number, "function": function.number, "joint": function.code.joint,
        "settles": function.code.kinked, "source": "x" if number == 1 else f"out{number - 1}",
        "bias": bias, "sign": {"none": "", "threshold": "-"}.get(bias, "+"),
    }  # fmt: skip


# --- the optimizer -------------------------------------------------------------------------------


def _settings(problem: Problem) -> dict[str, Given]:
    """The optimizer's own numbers, and the weight decay where there is one."""
    typed, entry = problem.optimizer.parameters, optimizer_of(problem)
    found = {
        name: typed.get(name, Given(float(parameter.default), parameter.default))
        for name, parameter in entry.parameters.items()
    }
    return {**found, DECAY: typed[DECAY]} if DECAY in typed else found


def _optimizer(problem: Problem) -> dict[str, Any]:
    """The lines of one update: those of the catalogue, with the old value called w."""
    entry, settings = optimizer_of(problem), _settings(problem)
    names = {str(W): "w", str(GRADIENT): "gradient", str(RATE): "RATE"}
    names |= {name: name.upper() for name in settings}

    def line(formula: Expr) -> Raw:
        return Raw(code(formula, lambda symbol: names.get(str(symbol), str(symbol))))

    state = [f'"{kind}": np.zeros_like(p[name])' for kind in entry.state]
    return {
        "memory": Raw(f"{{{', '.join(state)}}}"),
        "optimizer": {
            "name": entry.name.replace("_", " "), "state": entry.state,
            "decay": line(with_decay(entry).lines[0].formula) if DECAY in settings else "",
            "lines": [("p[name]" if kind == NEW else kind, line(formula))
                      for kind, formula in entry.lines],
        },
    }  # fmt: skip
