"""A worked example as plain data, for other programs: `--format json`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.comparison import Agreement
from derive.derivation.derivation import Derivation
from derive.graph.graph import LayerQuantities
from derive.history import History
from derive.numbers.evaluate import Values, Worked
from derive.problem.saving import as_data
from derive.writing.maths import Node, Row, Sign
from derive.writing.printers import PRINTERS
from derive.writing.scribe import Scribe, WrittenLine

SCHEMA = 1
ALL_STEPS = 20_000  # terms in all formulas together up to which every quantity is a step of its own
DRAWN_UP_TO = 2_000  # parameters; of more, those that the seed decides are not written out again
ALL_NUMBERS = 400_000  # in all updates together up to which every update is written
SOME_STEPS = 1  # of each family, where there are more


def record(
    scribe: Scribe, agreement: Agreement, chosen: Ids | None = None, history: History | None = None
) -> dict[str, Any]:
    """The data, in the shape that the README describes. Numbers are full doubles."""
    worked = scribe.worked
    problem = worked.derivation.graph.problem
    if problem.equations is not None:
        return _expression_graph(scribe, agreement)
    return {
        "schema": SCHEMA,
        "problem": as_data(problem, drawn=worked.derivation.graph.parameters.size <= DRAWN_UP_TO),
        "updates": list(_updates(worked, history)),
        "final_loss": _final(worked, chosen, history),
        "agreement": _agreement(agreement, history),
        "steps": list(_steps(worked, scribe)),
    }


def _expression_graph(scribe: Scribe, agreement: Agreement) -> dict[str, Any]:
    """The data of an expression graph: every name's value, and the gradients that were asked for."""
    worked = scribe.worked
    derivation = worked.derivation
    values, place = worked.values, derivation.ledger.place
    return {
        "schema": SCHEMA,
        "problem": as_data(derivation.graph.problem),
        "values": {
            place(q).kind: float(values[q]) for q in range(derivation.one.graph.ledger.size)
        },
        "gradients": {
            place(q).kind: float(values[derivation.gradient[q]]) for q in derivation.wanted.tolist()
        },
        "agreement": _agreement(agreement, None),
        "steps": list(_steps(worked, scribe)),
    }


def _final(worked: Worked, chosen: Ids | None, history: History | None) -> float | None:
    if chosen is not None:
        return None
    final = worked.error_after if history is None else history.final
    return final if np.isfinite(final) else None


# --- updates -------------------------------------------------------------------------------------


def _updates(worked: Worked, history: History | None) -> Iterator[dict[str, Any]]:
    """The first update as it was worked out, and those after it; of very many, those of the table."""
    yield _update(worked.derivation, worked.values)
    if history is None:
        return
    if history.carried is not None:
        for number, carried in enumerate(history.carried.updates[1:], start=2):
            yield {"update": number, **_update(carried.derivation, carried.values)}
        return
    later: Sequence[int] = range(2, history.made + 1)
    if len(later) * worked.derivation.ledger.size > ALL_NUMBERS:
        later = [row.made for row in history.rows if row.made > 1]
    every = [number for number in later if history.replay.follows(number)]
    for number, (derivation, values) in zip(every, history.replay.values(every), strict=True):
        yield {"update": number, **_update(derivation, values)}


def _update(derivation: Derivation, values: Values) -> dict[str, Any]:
    graph = derivation.graph
    new = _new(derivation)
    return {
        "loss": _list(values, np.array(derivation.error)),
        "samples": _samples(derivation, values),
        "gradients": [_arrays(values, layer, derivation.gradient) for layer in graph.layers],
        "updated": [_arrays(values, layer, new) for layer in graph.layers],
    }


def _samples(derivation: Derivation, values: Values) -> list[dict[str, Any]]:
    """Every sample's values; delta is ∂E/∂net whatever the page calls so."""
    one, lift = derivation.one, derivation.lift
    signed = values if derivation.sign > 0 else -values
    columns: list[dict[str, list[Any]]] = []
    for layer in one.graph.layers:
        column: dict[str, list[Any]] = {}
        if layer.net.size:
            gradient = one.gradient[layer.net]
            deltas = np.where(gradient >= 0, lift(np.maximum(gradient, 0)), -1)
            column |= {"net": _rows(values, lift(layer.net)), "delta": _rows(signed, deltas)}
        columns.append(column | {"out": _rows(values, lift(layer.outputs))})
    errors = _rows(values, lift(np.array(one.graph.error)))
    return [
        {"loss": error, "layers": [
            {name: column[name][n] for name in ("net", "out", "delta") if name in column}
            for column in columns
        ]}
        for n, error in enumerate(errors)
    ]  # fmt: skip


# --- arrays --------------------------------------------------------------------------------------


def _list(values: Values, ids: Ids) -> Any:
    """Values in the shape of the quantities, null for what was not worked out."""
    if ids.ndim == 0:
        value = float(values[ids]) if ids >= 0 else np.nan
        return value if np.isfinite(value) else None
    found = np.where(ids >= 0, values[ids], np.nan)
    finite = np.isfinite(found)
    if finite.all():
        return found.tolist()
    if not finite.any():
        return None
    if ids.ndim >= 2:
        return [_list(values, row) for row in ids]
    return [value if known else None for value, known in zip(found.tolist(), finite, strict=True)]


def _rows(values: Values, ids: Ids) -> list[Any]:
    """One list a sample; null where nothing of it was worked out."""
    known = (ids >= 0) & np.isfinite(values[ids])
    if known.all():
        rows: list[Any] = values[ids].tolist()
        return rows
    return [_list(values, row) for row in ids]


def _arrays(values: Values, layer: LayerQuantities, where: Ids) -> dict[str, Any]:
    """A layer's arrays of parameters by name, or what `where` puts in their places."""
    found = {part: _list(values, where[ids]) for part, ids in layer.parameters.items()}
    return found if set(found) != {"weights"} else {**found, "bias": None}


def _new(derivation: Derivation) -> Ids:
    """For each parameter the quantity that holds its value after the update: itself where it is frozen."""
    after = np.full(derivation.ledger.size, -1)
    after[derivation.wanted] = derivation.wanted
    olds, news = derivation.moved
    after[olds] = news
    return after


def _agreement(agreement: Agreement, history: History | None) -> dict[str, Any]:
    numpy, steps = agreement.numpy_gap, agreement.differences_gap
    found = {
        "numpy": {"largest_absolute": numpy.absolute, "largest_relative": numpy.relative},
        "differences": {
            "largest_absolute": steps.absolute, "largest_relative": steps.relative,
            "measured": agreement.measured, "parameters": agreement.parameters,
            "directions": agreement.directions,
        },
        "agree": agreement.agree,
    }  # fmt: skip
    gap = agreement.update_gap if history is None else agreement.update_gap.joined(history.gap)
    found["updates"] = {
        "largest_absolute": gap.absolute, "largest_relative": gap.relative,
        "checked": 1 if history is None else history.checked,
        "made": 1 if history is None else history.made,
    }  # fmt: skip
    return found


# --- steps ---------------------------------------------------------------------------------------


def _steps(worked: Worked, scribe: Scribe) -> Iterator[dict[str, Any]]:
    """One entry a computed quantity, in the order of the derivation."""
    derivation = worked.derivation
    every = derivation.terms <= ALL_STEPS
    pairs = [(section, family) for section, all_ in derivation.sections.items() for family in all_]
    latex = PRINTERS["latex"]().print
    for section, family in pairs:
        for member in range(family.targets.size if every else min(SOME_STEPS, family.targets.size)):
            yield _step(worked, scribe, family, member, section, latex)


def _step(
    worked: Worked, scribe: Scribe, family: Family, member: int, section: str, latex: Any
) -> dict[str, Any]:
    quantity = int(family.targets[member])
    place = worked.derivation.ledger.place
    line = scribe.line(quantity)
    return {
        "key": str(place(quantity)),
        "name": scribe.written(quantity),
        "rule": family.rule.code,
        "tex": latex(_equation(line, line.symbols)),
        "substituted": latex(_equation(line, line.numbers)),
        "value": float(worked.values[quantity]),
        "printed": scribe.typed(quantity),
        "needs": [str(place(needed)) for needed in family.needs(member)],
        "section": section,
    }


def _equation(line: WrittenLine, right: Node | None) -> Node:
    """name = formula, or name ≈ value where there is nothing between them."""
    if right is None:
        return Row((line.name, line.relation, line.value))
    return Row((line.name, Sign("="), right))
