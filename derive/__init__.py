"""Backpropagation, worked out: every derivative in symbols and in numbers, proved three ways.

>>> import derive
>>> example = derive.work("2-2-2", seed=7)
>>> example.agreement.agree
True
>>> derive.check("2-2-2", {"net_h1": example["net_h1"]}, seed=7).is_right
True
>>> paths = example.save("output", formats=["md"])  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.checked import Checked, check
    from derive.errors import DeriveError, Disagreement, Mistake, ProblemError
    from derive.example import Example, work
    from derive.marked import mark
    from derive.problem.model import Problem
    from derive.problem.pytorch import from_torch
    from derive.problem.reading import load, read
    from derive.problem.saving import write_problem
    from derive.render import render
    from derive.render.formats import formats
    from derive.sheets.front import sheet

__version__ = "0.1.0"

_WHERE = {
    "Checked": "checked", "check": "checked", "mark": "marked",
    "DeriveError": "errors", "Disagreement": "errors", "Mistake": "errors", "ProblemError": "errors",
    "Example": "example", "work": "example", "Problem": "problem.model",
    "load": "problem.reading", "read": "problem.reading", "write_problem": "problem.saving",
    "from_torch": "problem.pytorch", "formats": "render", "render": "render", "sheet": "sheets.front",
}  # fmt: skip

__all__ = [
    "Checked", "DeriveError", "Disagreement", "Example", "Mistake", "Problem", "ProblemError",
    "check", "formats", "from_torch", "load", "mark", "read", "render", "sheet", "work", "write_problem",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only then: `derive --help` needs neither SymPy nor NumPy."""
    if name not in _WHERE:
        raise AttributeError(f"module 'derive' has no attribute '{name}'")
    return getattr(import_module(f"derive.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
