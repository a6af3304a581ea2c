"""What `derive list` shows: each entry's name with its formula, or a line about it.

>>> listing("losses")["half_squared_error"]
'Σ 1/2 (t − o)²'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Symbol

from derive.algebra.ordered import Constant
from derive.algebra.rule import GRADIENT, RATE, TOTAL, O, T, W, Z, slot
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.entries import Activation, Loss
from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import LayerKind
from derive.catalogue.losses import LOSSES
from derive.catalogue.optimizers import DECAY, OPTIMIZERS, Optimizer, with_decay
from derive.writing.layout import Style, layout
from derive.writing.maths import Name, Node, Number, Sign
from derive.writing.names import CONSTANTS, OPTIMIZED
from derive.writing.notation import notations
from derive.writing.printers import plain
from derive.writing.printers.base import HAT

LETTERS: Mapping[object, Node] = {
    Z: Name("z"), TOTAL: Name("S"), T: Name("t"), O: Name("o"), W: Name("w"),
    RATE: Name("eta"), GRADIENT: Name("g"),
}  # fmt: skip


def listing(kind: str) -> dict[str, str]:
    """The entries of one kind, by name; see `derive.cli.KINDS`."""
    return _KINDS[kind]()


def _activations() -> dict[str, str]:
    def told(entry: Activation) -> str:
        if entry.joint:
            return f"{_print(entry.formula(Z, TOTAL))} with S the sum of e^z over the layer"
        return _print(entry.formula(Z, **_constants(entry))) + _parameters(entry)

    return {name: told(entry) for name, entry in ACTIVATIONS.items()}


def _losses() -> dict[str, str]:
    def told(entry: Loss) -> str:
        share = "1/n " if entry.mean else ""
        return f"{share}Σ {_print(entry.term(T, O, **_constants(entry)))}{_parameters(entry)}"

    return {name: told(entry) for name, entry in LOSSES.items()}


def _optimizers() -> dict[str, str]:
    def told(entry: Optimizer) -> str:
        lines = (f"{plain(_letter(slot(x.kind)))} = {_print(x.formula)}" for x in entry.lines)
        return ", ".join(lines) + _parameters(entry)

    decay = "with any of them: " + _print(with_decay(OPTIMIZERS["momentum"]).lines[0].formula)
    found = {name: told(entry) for name, entry in OPTIMIZERS.items()}
    return {**found, f"({DECAY})": f"{decay} in place of g, for weights"}


def _letter(symbol: Symbol) -> Node:
    """What stands for a slot: its letter, with + for a new value and a hat for a corrected one."""
    if symbol in LETTERS:
        return LETTERS[symbol]
    stem, _, mark = str(symbol).partition("_")
    if str(symbol) == "new":
        return Name("w", sup=Sign("+"))
    if stem in OPTIMIZED:
        hat = HAT if mark == "hat" else ""
        return Name(OPTIMIZED[stem] + hat, sup=Sign("+") if mark == "new" else None)
    base, _, index = CONSTANTS[str(symbol)].partition("_")
    return Name(base, Number(index) if index else None)


def _layers() -> dict[str, str]:
    return {name: f"{kind.summary} ({_keys(kind)})" for name, kind in LAYERS.items()}


def _keys(kind: LayerKind) -> str:
    """What can be said of such a layer in a file: options, activation, arrays of numbers, sources."""
    activation = ("activation",) if kind.activation else ()
    return ", ".join([*kind.keys, *activation, *kind.parameters, *kind.constants, "from"])


def _formats() -> dict[str, str]:
    from derive.example import all_formats

    return all_formats()


def _slips() -> dict[str, str]:
    """Each known slip in words, with "the line" for the line in which it is made."""
    from derive.checking.slips import SLIPS
    from derive.document.phrases import Phrases, capitalized

    phrases = Phrases("en")
    return {code: capitalized(phrases.plain(f"slip.{code}", line="the line")) for code in SLIPS}


def _recipes() -> dict[str, str]:
    from derive.exercises.recipe_reading import names, recipe

    return {name: recipe(name).title for name in names()}


def _constants(entry: Activation | Loss) -> dict[str, Constant]:
    return {name: Constant(parameter.default) for name, parameter in entry.parameters.items()}


def _parameters(entry: Activation | Loss | Optimizer) -> str:
    told = ", ".join(
        f"{name} = {parameter.default}" for name, parameter in entry.parameters.items()
    )
    return f"   ({told} unless set)" if told else ""


def _print(formula: object) -> str:
    return plain(layout(formula, _letter, Style("·")))


_KINDS: Mapping[str, Callable[[], dict[str, str]]] = {
    "activations": _activations,
    "losses": _losses,
    "layers": _layers,
    "optimizers": _optimizers,
    "notations": lambda: dict(notations()),
    "formats": _formats,
    "slips": _slips,
    "recipes": _recipes,
}
