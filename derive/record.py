"""A worked example as plain data, for other programs: `--format json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.comparison import Agreement
from derive.graph.graph import Graph
from derive.numbers.evaluate import Worked
from derive.problem.saving import as_data
from derive.writing.maths import Node, Row, Sign
from derive.writing.printers import PRINTERS
from derive.writing.scribe import Scribe, WrittenLine

SCHEMA = 1
ALL_STEPS = 20_000  # terms in all formulas together up to which every quantity is a step of its own
DRAWN_UP_TO = 2_000  # parameters; of more, those that the seed decides are not written out again
SOME_STEPS = 1  # of each family, where there are more


def record(scribe: Scribe, agreement: Agreement, chosen: Ids | None = None) -> dict[str, Any]:
    """The data, in the shape that the README describes. Numbers are full doubles."""
    worked = scribe.worked
    graph = worked.derivation.graph
    layers = [
        {"net": _list(worked, layer.net), "out": _list(worked, layer.outputs),
         "delta": _list(worked, worked.derivation.gradient[layer.net])}
        for layer in graph.layers
    ]  # fmt: skip
    return {
        "schema": SCHEMA,
        "problem": as_data(graph.problem, drawn=graph.parameters.size <= DRAWN_UP_TO),
        "updates": [{
            "loss": worked.error,
            "samples": [{"loss": worked.error, "layers": layers}],
            "gradients": [_pair(worked, layer, worked.derivation.gradient) for layer in graph.layers],
            "updated": [_pair(worked, layer, _new(worked, graph)) for layer in graph.layers],
        }],
        "final_loss": worked.error_after if chosen is None and np.isfinite(worked.error_after) else None,
        "agreement": _agreement(agreement),
        "steps": list(_steps(worked, scribe)),
    }  # fmt: skip


# --- arrays --------------------------------------------------------------------------------------


def _list(worked: Worked, ids: Ids) -> Any:
    """Values in the shape of the quantities, null for what was not worked out."""
    if ids.ndim == 0:
        value = float(worked.values[ids]) if ids >= 0 else np.nan
        return value if np.isfinite(value) else None
    values = np.where(ids >= 0, worked.values[ids], np.nan)
    finite = np.isfinite(values)
    if finite.all():
        return values.tolist()
    if not finite.any():
        return None
    if ids.ndim == 2:
        return [_list(worked, row) for row in ids]
    return [value if known else None for value, known in zip(values.tolist(), finite, strict=True)]


def _pair(worked: Worked, layer: Any, where: Ids) -> dict[str, Any]:
    """A layer's weights and biases, or what `where` puts in their places."""
    bias = None if layer.bias is None else _list(worked, where[layer.bias])
    return {"weights": _list(worked, where[layer.weights]), "bias": bias}


def _new(worked: Worked, graph: Graph) -> Ids:
    """For each quantity the one that holds its value after the update: itself where it is frozen."""
    after = np.arange(graph.ledger.size)
    wanted = np.zeros(graph.ledger.size, dtype=bool)
    wanted[worked.derivation.wanted] = True
    after[graph.parameters] = np.where(wanted[graph.parameters], graph.parameters, -1)
    for family in worked.derivation.updates:
        place = worked.derivation.ledger.place(int(family.targets[0]))
        old = worked.derivation.ledger.named(place.kind.removesuffix("_new"), place.layer)
        new = worked.derivation.ledger.named(place.kind, place.layer)
        assert old is not None and new is not None
        after[family.targets - int(new.flat[0]) + int(old.flat[0])] = family.targets
    return after


def _agreement(agreement: Agreement) -> dict[str, Any]:
    numpy, steps = agreement.numpy_gap, agreement.differences_gap
    return {
        "numpy": {"largest_absolute": numpy.absolute, "largest_relative": numpy.relative},
        "differences": {
            "largest_absolute": steps.absolute, "largest_relative": steps.relative,
            "measured": agreement.measured, "parameters": agreement.parameters,
            "directions": agreement.directions,
        },
        "agree": agreement.agree,
    }  # fmt: skip


# --- steps ---------------------------------------------------------------------------------------


def _steps(worked: Worked, scribe: Scribe) -> Iterator[dict[str, Any]]:
    """One entry a computed quantity, in the order of the derivation."""
    derivation = worked.derivation
    every = derivation.terms <= ALL_STEPS
    sections = (
        [("forward", f) for f in derivation.graph.families[:-2]]
        + [("error", f) for f in derivation.graph.families[-2:]]
        + [("backward", f) for f in derivation.backward]
        + [("update", f) for f in derivation.updates]
    )
    latex = PRINTERS["latex"]().print
    for section, family in sections:
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
