"""Reading an expression graph: formulas with names, the numbers that they begin with, what is asked.

>>> problem = read_equations({"equations": {"f": "q*z", "q": "x + y"}, "values": {"x": 1, "y": 2, "z": 3}})
>>> list(problem.equations.formulas), problem.equations.output, problem.equations.gradients
(['q', 'f'], 'f', ('x', 'y', 'z'))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derive import resources
from derive.algebra.formula import parse, variables
from derive.algebra.formula_tree import CONSTANTS, FUNCTIONS
from derive.errors import Mistake, ProblemError
from derive.problem import draw, keys
from derive.problem.draft import MOST_MISTAKES
from derive.problem.model import Choice, Equations, Given, Numbers, Problem, Sample, Show
from derive.problem.naming import NAME, NAME_IN_WORDS, on_paper
from derive.problem.numerals import number
from derive.problem.wrong import Wrong, inside, plain, shown
from derive.registry import nearest

MOST_NAMES = 200
DRAW = "draw"  # in the place of a number that the seed shall decide,
DRAWN = (-3.0, 3.0)  # between these
_TABLES = ("equations", "values", "ask", "show")
_OPTIONS = {key: keys.PROBLEM[key] for key in ("title", "seed")}


def read_equations(data: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> Problem:
    """The problem of a file with [equations]; `ProblemError` with every mistake that can be found."""
    return _Reading(data, options or {}).problem()


class _Reading:
    """One file; what is wrong is collected, and what depends on it is not looked at."""

    def __init__(self, data: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        self.mistakes: list[Mistake] = []
        self.data, self.options = data, options
        self.formulas: dict[str, str] = {}
        self.values: dict[str, Given] = {}
        self._alike: dict[tuple[str, str], str] = {}  # names by how they look on paper
        self.drawn: list[str] = []
        self.uses: dict[str, frozenset[str]] = {}  # by formula; what could not be read is left out

    def problem(self) -> Problem:
        """Everything, in the order in which mistakes are told."""
        settings = self._settings()
        self._names()
        self._formulas()
        order = self._ordered()
        output, gradients = self._asked(order)
        if self.mistakes:
            raise ProblemError(self.mistakes[:MOST_MISTAKES])
        values = _filled(self.values, int(settings.get("seed", 1)))
        found = Equations({n: self.formulas[n] for n in order}, values, output, gradients)
        return replace(_problem(found, **settings), drawn=tuple(self.drawn))

    def _wrong(self, place: str, fact: str, remedy: str = "") -> None:
        self.mistakes.append(Mistake(place, fact, remedy))

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self.data.get(name, {})
        if isinstance(table, Mapping):
            return table
        self._wrong(name, f"{shown(table)} is not a table", f"begin it with [{name}]")
        return {}

    # --- settings -----------------------------------------------------------------------------

    def _settings(self) -> dict[str, Any]:
        """Title and [show], with the options of a command line over them."""
        found: dict[str, Any] = {}
        show: dict[str, Any] = {}
        for key, value in self.data.items():
            if key in _OPTIONS:
                self._read(found, _OPTIONS[key], key, value, key)
            elif key not in _TABLES:
                self._useless(key)
        for key, value in self._table("show").items():
            if key in keys.SHOW:
                self._read(show, keys.SHOW[key], key, value, inside("show", key))
            else:
                near = nearest(plain(str(key)), list(keys.SHOW))
                self._wrong(inside("show", plain(str(key))), "unknown key", near)
        for key, value in self.options.items():
            if value is None:
                continue
            if key in keys.SHOW:
                self._read(show, keys.SHOW[key], key, value, key)
            elif key in _OPTIONS:
                self._read(found, _OPTIONS[key], key, value, key)
            else:
                self._useless(key)
        return {**found, "show": Show(**show)}

    def _useless(self, key: object) -> None:
        known = key in keys.PROBLEM or key in ("layers", "samples", "activation", "bias")
        fact = "an expression graph has no such thing" if known else "unknown key"
        remedy = "leave it out, or describe layers with [[layers]]"
        near = nearest(plain(str(key)), [*_OPTIONS, *_TABLES])
        self._wrong(plain(str(key)), fact, remedy if known else near)

    def _read(
        self, into: dict[str, Any], reader: keys.Reader, key: str, value: Any, place: str
    ) -> None:
        try:
            into[key] = reader(value)
        except Wrong as error:
            self.mistakes += error.at(place)

    # --- names, numbers and formulas ----------------------------------------------------------

    def _names(self) -> None:
        """Every name once, with its number or the text of its formula."""
        for table in ("values", "equations"):
            items = self._table(table)
            if len(items) > MOST_NAMES:
                self._wrong(table, f"{len(items):,} names", f"at most {MOST_NAMES}")
                continue
            for name, value in items.items():
                place = inside(table, plain(str(name)))
                if self._is_name(name, place):
                    self._given(table, name, value, place)
        if not self.formulas and not self.mistakes:
            self._wrong("equations", "there is no equation", 'write one: f = "x*y"')

    def _is_name(self, name: str, place: str) -> bool:
        if not NAME.fullmatch(name):
            self._wrong(place, f"{shown(name)} cannot be a name", NAME_IN_WORDS)
        elif name in FUNCTIONS or name in CONSTANTS:
            what = "a function" if name in FUNCTIONS else "a number"
            self._wrong(place, f"'{name}' is {what} in formulas", "choose another name")
        elif name in self.values or name in self.formulas:
            self._wrong(place, f"'{name}' has a value already", "keep its value or its equation")
        elif (other := self._alike.setdefault(on_paper(name), name)) != name:
            self._wrong(place, f"'{name}' is set like '{other}'", "choose another name")
        else:
            return True
        return False

    def _given(self, table: str, name: str, value: Any, place: str) -> None:
        if table == "values" and value == DRAW:
            self.drawn.append(place)
            self.values[name] = Given(0.0, DRAW)  # its number comes when the seed is known
        elif table == "values":
            self._read(self.values, number, name, value, place)
        elif isinstance(value, str):
            self.formulas[name] = value
        else:
            self._wrong(
                place, f"{shown(value)} is not a formula", f'write it in quotes: {name} = "x*y"'
            )

    def _formulas(self) -> None:
        known = {*self._table("values"), *self._table("equations")}
        for name, text in self.formulas.items():
            try:
                self.uses[name] = variables(parse(text, known))
            except ProblemError as error:
                place = f"equations.{name}"
                self.mistakes += [m._replace(place=inside(place, m.place)) for m in error.mistakes]

    def _ordered(self) -> list[str]:
        """The formulas in an order in which each uses what is known; a cycle is told."""
        order: list[str] = []
        left = dict(self.uses)
        while left:
            ready = [name for name, used in left.items() if not used & left.keys()]
            if not ready:
                self._wrong(
                    "equations", f"these need each other: {_cycle(left)}", "a graph has no cycle"
                )
                break
            order += ready
            for name in ready:
                del left[name]
        return order

    # --- what is asked ------------------------------------------------------------------------

    def _asked(self, order: list[str]) -> tuple[str, tuple[str, ...]]:
        ask = self._table("ask")
        for key in ask:
            if key not in ("output", "gradients"):
                near = nearest(plain(str(key)), ["output", "gradients"])
                self._wrong(inside("ask", plain(str(key))), "unknown key", near)
        if self.mistakes:
            return "", ()
        output = self._output(ask.get("output"), order)
        if not output:
            return "", ()
        leading = self._leading(output)
        asked = ask.get("gradients")
        if asked is None:
            every = tuple(name for name in self.values if name in leading)
            if not every:
                self._wrong(
                    "ask.gradients", f"{output} depends on none of the values", "use one of them"
                )
            return output, every
        return output, self._gradients(asked, output, leading)

    def _output(self, asked: object, order: list[str]) -> str:
        """The name whose gradients are asked for: said, or the one that nothing else uses."""
        if asked is None:
            used = frozenset().union(*self.uses.values())
            last = [name for name in order if name not in used]
            if len(last) == 1:
                return last[0]
            listed = ", ".join(last[:5])
            self._wrong(
                "ask.output",
                f"nothing says which is the output: {listed}",
                f'[ask] output = "{last[-1]}"',
            )
            return ""
        if not isinstance(asked, str) or asked not in self.formulas:
            near = nearest(plain(asked), order) if isinstance(asked, str) else 'write output = "f"'
            self._wrong("ask.output", f"{shown(asked)} is no equation", near)
            return ""
        return asked

    def _leading(self, output: str) -> set[str]:
        """Everything that the output depends on."""
        found: set[str] = set()
        open_ = [output]
        while open_:
            for name in self.uses.get(open_.pop(), frozenset()) - found:
                found.add(name)
                open_.append(name)
        return found

    def _gradients(self, asked: object, output: str, leading: set[str]) -> tuple[str, ...]:
        if not isinstance(asked, list) or not asked:
            self._wrong(
                "ask.gradients", f"{shown(asked)} is not a list of names", 'write ["x", "y"]'
            )
            return ()
        known = [*self.values, *self.formulas]
        for n, name in enumerate(asked, 1):
            place = f"ask.gradients[{n}]"
            if name not in known:
                near = nearest(plain(name), known) if isinstance(name, str) else "a name in quotes"
                self._wrong(place, f"{shown(name)} is no name of this graph", near)
            elif name not in leading:
                fact = "is the output itself" if name == output else f"has no part in {output}"
                self._wrong(place, f"'{name}' {fact}", "leave it out")
            elif asked.index(name) < n - 1:
                self._wrong(place, f"'{name}' is asked twice", "leave it out")
        return tuple(name for name in known if name in asked)


def _filled(values: Mapping[str, Given], seed: int) -> dict[str, Given]:
    """The values with numbers where they are to be drawn."""
    found = dict(values)
    for name, given in values.items():
        if given.text == DRAW:
            numbers = draw.uniform(seed, f"values.{name}", (), *DRAWN, decimals=1)
            found[name] = Given(float(numbers.values), numbers.text())
    return found


def _cycle(left: Mapping[str, frozenset[str]]) -> str:
    """One cycle, from a name back to itself: q → f → q."""
    path = [next(iter(left))]
    while path.count(path[-1]) < 2:
        path.append(min(left[path[-1]] & left.keys()))
    return " → ".join(path[path.index(path[-1]) :])


def _problem(equations: Equations, show: Show, title: str | None = None, seed: int = 1) -> Problem:
    words: Any = resources.read_toml("words", f"{show.language}.toml")
    told = title or words["title"]["equations"].format(output=equations.output)
    numbers = Numbers.typed([given.text for given in equations.values.values()])
    return Problem(
        title=told, inputs=len(equations.values), layers=(), loss=Choice("none"),
        learning_rate=Given(0.0, "0"), samples=(Sample(numbers, Numbers.typed([])),), seed=seed,
        show=show, equations=equations,
    )  # fmt: skip
