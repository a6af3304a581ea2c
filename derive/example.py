"""The front door: a problem goes in, a worked example comes out.

>>> example = work("2-2-2", seed=7)
>>> sorted(example.gradients)[:3]
['b1', 'b2', 'b3']
>>> example["dE/dw5"] == example["dE/dw[2,1,1]"] == example["∂E/∂w₅"] == example.gradients["w5"]
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.algebra.ledger import Ids
from derive.comparison import Agreement, compare
from derive.derivation.derivation import derive
from derive.document.blocks import Document
from derive.document.example import compose
from derive.document.example.code import with_code
from derive.errors import Mistake, ProblemError
from derive.graph.graph import build
from derive.history import History
from derive.numbers.carry import carry
from derive.numbers.evaluate import Worked, evaluate
from derive.numbers.rounding import Figures
from derive.problem import schedule
from derive.problem.model import Problem
from derive.problem.reading import load
from derive.record import record
from derive.registry import nearest
from derive.render import Rendered, formats, render
from derive.render.files import as_json, write_pages
from derive.witness.training import Progress
from derive.writing.chosen import parameters
from derive.writing.notation import Notation
from derive.writing.scribe import Scribe

if TYPE_CHECKING:
    from derive.checking.names import Lookup

DATA, SCRIPT, NOTEBOOK = "json", "py", "ipynb"  # formats that hold more than the page, or no page
SLOW = ("pdf", "docx")  # formats that another program sets


def work(
    problem: Problem | str | Path, *, only: str | Iterable[str] | None = None,
    progress: Progress | None = None, **options: Any,
) -> Example:  # fmt: skip
    """Derive, evaluate and check a problem: a file, a shorthand such as "2-3-1", or a `Problem`.

    `only` names the weights and biases to work out ("w5", "b1", or keys such as "w[2,1,1]");
    options are those of the command line: activation, loss, seed, notation, digits, detail …
    `progress` is told how many updates of how many are done, where there are many.

    Raises `ProblemError` for what cannot be used, and `Disagreement` if the witnesses differ.
    """
    if not isinstance(problem, Problem | str | Path):
        fact = f"a problem is a file, a shorthand or a Problem, not {type(problem).__name__}"
        raise ProblemError([Mistake("problem", fact, "for example '2-2-2'")])
    asked = problem if isinstance(problem, Problem) else load(problem, **options)
    graph = build(asked)
    notation = Notation.load(asked.show.notation, asked)
    names = [only] if isinstance(only, str) else only
    chosen = None if names is None else parameters(graph, notation, list(names))
    worked = evaluate(derive(graph, chosen, notation.sign))
    agreement = compare(worked)
    agreement.demand()
    figures = Figures(asked.show.digits, asked.show.rounding)
    if asked.show.carry == "printed":
        worked = carry(worked, figures)
    history = History(worked, progress) if schedule.updates(asked) > 1 else None
    return Example(Scribe(worked, notation, figures), agreement, chosen, history)


@dataclass(frozen=True, eq=False, repr=False)
class Example:
    """A worked example: numbers by name, pages in every format; in a notebook it shows itself."""

    scribe: Scribe
    agreement: Agreement
    chosen: Ids | None
    history: History | None  # where there are several updates

    @property
    def worked(self) -> Worked:
        """The derivation with its values."""
        return self.scribe.worked

    @property
    def notation(self) -> Notation:
        """What the quantities are called."""
        return self.scribe.notation

    @property
    def problem(self) -> Problem:
        """What was asked."""
        return self.worked.derivation.graph.problem

    @property
    def error(self) -> float:
        """The error before the update, of the samples that it uses."""
        return self.worked.error

    @property
    def error_after(self) -> float:
        """The error of the same samples after the update."""
        return self.worked.error_after

    @property
    def final_error(self) -> float:
        """The error of all samples after the last update."""
        return self.worked.error_after if self.history is None else self.history.final

    @cached_property
    def _names(self) -> dict[str, int]:
        """Every quantity by key and by written name."""
        ledger = self.worked.derivation.ledger
        known = np.flatnonzero(np.isfinite(self.worked.values)).tolist()
        places = [(number, ledger.place(number)) for number in known]
        named = {self.notation.written(place): number for number, place in places}
        keys = {str(place): number for number, place in places}
        return {name.removesuffix("#1"): n for name, n in (named | keys).items()} | named | keys

    def __getitem__(self, name: str) -> float:
        """A quantity's value by its key ("dE/dw[2,1,1]") or name, however it is spelt ("∂E/∂w5")."""
        quantity, sign = self._meant(name)
        return sign * float(self.worked.values[quantity])

    def _meant(self, name: str) -> tuple[int, int]:
        """The quantity that a name means, and its sign; KeyError where there is none."""
        if name in self._names:
            return self._names[name], 1
        meant = self._lookup.meant(name)
        if meant is None or meant[0] >= self.worked.values.size:  # or of a later update
            raise KeyError(f"{name}: {nearest(name, list(self._names)[:2000])}")
        return meant

    @cached_property
    def _lookup(self) -> Lookup:
        from derive.checking.names import Lookup
        from derive.checking.unrolled import Unrolled

        return Lookup(Unrolled(self.worked.derivation), self.notation)

    @property
    def gradients(self) -> Mapping[str, float]:
        """∂E/∂parameter for each parameter worked out, by the parameter's written name."""
        derivation = self.worked.derivation
        return {
            self.notation.written(derivation.ledger.place(q)): float(
                self.worked.values[derivation.gradient[q]]
            )
            for q in derivation.wanted.tolist()
        }

    @cached_property
    def document(self) -> Document:
        """The page, before any format is chosen."""
        return compose(self.scribe, self.agreement, self.chosen, self.history)

    def data(self) -> dict[str, Any]:
        """Everything as plain data, as `--format json` writes it."""
        return record(self.scribe, self.agreement, self.chosen, self.history)

    def render(self, format: str, *, name: str = "page", templates: Path | None = None) -> Rendered:
        """The page in one of `all_formats()`, such as "md" or "pdf"; the numbers; or the script."""
        if format == DATA:
            return as_json(self.data())
        if format == SCRIPT:
            return Rendered(self.script().encode(), {})
        document = self.document
        if format == NOTEBOOK:
            document = with_code(document, self.script(), self.worked.carried is not None)
        return render(document, format, name=name, templates=templates)

    def script(self) -> str:
        """A NumPy script that works the same problem out again, by itself."""
        from derive.script import write_script

        return write_script(self.problem)

    def save(
        self, out: str | Path = "output", *, formats: Iterable[str] = ("md", "tex", "pdf", "html"),
        name: str = "example", templates: Path | None = None,
    ) -> list[Path]:  # fmt: skip
        """Write the page in these formats into a folder; returns the files, side files last.

        Everything is made before anything is written, and each file appears whole or not at all.
        """
        chosen = list(dict.fromkeys(formats))
        pages = self._all(chosen, name, templates)
        files = [f"{name}.{extension(format, templates)}" for format in chosen]
        return write_pages(Path(out), dict(zip(files, pages, strict=True)))

    def _all(self, formats: list[str], name: str, templates: Path | None) -> list[Rendered]:
        """The page in several formats; while a PDF is being set, the others are rendered."""

        def one(format: str) -> Rendered:
            return self.render(format, name=name, templates=templates)

        slow = [format for format in formats if format in SLOW]
        if not slow or len(formats) == 1:
            return [one(format) for format in formats]
        from concurrent.futures import ThreadPoolExecutor

        _ = self.document  # made once, before the threads share it
        with ThreadPoolExecutor(1) as pool:
            later = {format: pool.submit(one, format) for format in slow}
            now = {format: one(format) for format in formats if format not in slow}
            return [
                later[format].result() if format in later else now[format] for format in formats
            ]

    def __repr__(self) -> str:
        units = "-".join(map(str, self.problem.units))
        agree = self.agreement.agree
        return f"<Example {units} '{self.problem.title}': E = {self.error:.6g}, agree: {agree}>"

    def _repr_html_(self) -> str:
        import html

        page = self.render("html").content.decode()
        return (
            f'<iframe srcdoc="{html.escape(page)}" title="{html.escape(self.problem.title)}" '
            'style="width:100%;height:40rem;border:1px solid #ccc"></iframe>'
        )


def all_formats(templates: Path | None = None) -> dict[str, str]:
    """Every format's name and what it is."""
    pages = {name: entry.title for name, entry in formats(templates).items()}
    return {
        **pages,
        DATA: "every number and every step as data",
        SCRIPT: "a NumPy script that prints the same numbers",
    }


def extension(format: str, templates: Path | None = None) -> str:
    """The ending of a format's files."""
    return format if format in (DATA, SCRIPT) else formats(templates)[format].extension
