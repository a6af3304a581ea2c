"""Why a recipe cannot be satisfied, in words: which condition failed, how often, and what to change."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from derive.algebra.family import Family
from derive.catalogue.layers import LAYERS
from derive.errors import Mistake, ProblemError
from derive.exercises.draw_exact import Inexact
from derive.exercises.draw_subject import Subject
from derive.exercises.recipe import Recipe
from derive.exercises.worth import CHECKS, Check, Tally
from derive.problem.model import Equations

ACCEPTED = "accepted"
MOST_REASONS = 3
_CERTIFICATE = Check(  # its function is the caller's
    ACCEPTED, lambda subject, values, units: (subject.computed, np.zeros((0, 0), dtype=bool)),
    "such that every known mistake can be told from every other",
    "more digits, other ranges, or --no-certificate",
)  # fmt: skip


def refused(subject: Subject, tally: Tally, passed: int) -> ProblemError:
    """The error for a recipe that too few candidates satisfy: what fails most stands first."""
    checks: Mapping[str, Check] = {check.code: check for check in (*CHECKS, _CERTIFICATE)}
    shares = {code: n / (tally.draws - _before(tally, code)) for code, n in tally.failed.items()}
    order = sorted(shares, key=lambda code: -shares[code])
    order = [order[0], *(code for code in order[1:MOST_REASONS] if shares[code] >= 0.5)]
    place = f"recipe {subject.recipe.name}"
    found = [
        Mistake(place, _fact(subject, tally, checks[code]), checks[code].remedy) for code in order
    ]
    fact = f"{passed} of {tally.draws:,} draws are worth doing, too few to draw sheets from"
    return ProblemError([Mistake(place, fact), *found])


def _fact(subject: Subject, tally: Tally, check: Check) -> str:
    failed = tally.failed[check.code]
    tested = tally.draws - _before(tally, check.code)
    held = check.held.format(**{
        "slope": subject.recipe.slope.text, "margin": subject.recipe.margin.text,
        "largest": subject.recipe.largest.text, "smallest": subject.recipe.smallest.text,
        "visible": subject.recipe.visible,
    })  # fmt: skip
    if check.code in tally.bad:
        ids, bad = tally.bad[check.code]
        worst = int(np.argmax(bad))
        times = tested - int(bad[worst])
        if 2 * times <= tested:
            often = "never" if times == 0 else f"only {times:,} times"
            return f"in {tested:,} draws {_name(subject, int(ids[worst]))} was {often} {held}"
    few = f"only {tested - failed:,}" if tested > failed else "none"
    return f"{few} of {tested:,} draws had everything {held}"


def _before(tally: Tally, code: str) -> int:
    """How many candidates never came to this check."""
    codes = [check.code for check in (*CHECKS, _CERTIFICATE)]
    return sum(tally.failed.get(earlier, 0) for earlier in codes[: codes.index(code)])


def _name(subject: Subject, quantity: int) -> str:
    """A unit by its slope, and anything else by its key."""
    place = subject.derivation.ledger.place(quantity)
    if quantity not in subject.slopes or not subject.derivation.graph.problem.chain:
        return str(place)
    last = place.layer == len(subject.derivation.graph.layers)
    kind = "output" if last else "hidden"
    layer = "" if last or len(subject.derivation.graph.layers) == 2 else f" of layer {place.layer}"
    return f"{kind} unit {place.index[-1]}{layer}"


def refuse_inexact(subject: Subject) -> None:
    """ProblemError where some formula's values are no decimal numbers, whatever is drawn."""
    try:
        subject.exact(subject.row(1))
    except Inexact as error:
        raise _never_exact(subject, error.args[0]) from None


def _never_exact(subject: Subject, family: Family) -> ProblemError:
    problem = subject.derivation.graph.problem
    kind, _, name = family.rule.code.removeprefix("local.").partition(".")
    name = name.partition(".")[0]
    place = subject.derivation.ledger.place(int(family.targets[0]))
    where, remedy = "learning_rate", "choose another recipe, such as calculator"
    if problem.equations is not None:
        where, name = _equation(place.kind, problem.equations)
        remedy = "use sums, products and whole powers, or another recipe"
    elif kind == "out" and LAYERS[problem.layers[(place.layer or 1) - 1].kind].activation:
        where, remedy = (
            f"layers[{place.layer}].activation",
            "use relu or identity, or another recipe",
        )
    elif kind in ("loss", "gradient"):
        where, name = "loss", problem.loss.name
        remedy = "use half_squared_error, or another recipe"
    elif kind == "update":
        where, name = "optimizer", problem.optimizer.name
        remedy = "use gradient_descent, or another recipe"
    elif kind == "batch":
        where, name = "samples", f"a mean over {subject.derivation.samples} samples"
        remedy = 'reduction = "sum", or 2, 4 or 5 samples'
    elif place.layer:
        where, name = f"layers[{place.layer}]", problem.layers[place.layer - 1].kind
    fact = f"{name} has values that no number of digits holds"
    return ProblemError([Mistake(where, fact, f"{remedy}; recipe {_told(subject.recipe)}")])


def _equation(kind: str, equations: Equations) -> tuple[str, str]:
    """The equation that makes a quantity or is differentiated, as a place, and its formula."""
    name = kind.partition("/")[0]
    name = name if name in equations.formulas else name.removeprefix("d")
    return f"equations.{name}", equations.formulas[name]


def _told(recipe: Recipe) -> str:
    return f"{recipe.name} asks for values in full"
