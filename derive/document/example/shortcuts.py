"""Softmax's Jacobian with its numbers, and the short form δ = out − t where a pair of functions has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from sympy import Expr, Symbol

from derive.algebra.ordered import minus
from derive.catalogue.shortcuts import O_J, SHORTCUTS, T_J, Shortcut
from derive.document.blocks import Block, Display, Maths, Table
from derive.document.example.page import Page
from derive.errors import Disagreement
from derive.writing.layout import NUMBERS, layout
from derive.writing.maths import Fraction, Grid, Name, Node, Row, Sign
from derive.writing.names import PARTIAL, partial

MOST = 6  # outputs, beyond which the matrix is not printed


def jacobian(page: Page, number: int) -> list[Block]:
    """The matrix ∂out_k/∂net_j of a joint activation, with numbers."""
    layer = page.graph.layers[number - 1]
    size = range(1, layer.net.size + 1)
    if layer.net.size > MOST:
        return []
    entries = [[page.find("dout/dnet", number, k, j) for j in size] for k in size]
    if not all(page.is_known(q) for row in entries for q in row):
        return []
    grid = Grid(tuple(tuple(page.scribe.number(q) for q in row) for row in entries))
    notation = page.scribe.notation
    left = Fraction(Row((PARTIAL, notation.bare("out"))), Row((PARTIAL, notation.bare("net"))))
    return [page.paragraph("backward.jacobian"), page.display(left, grid)]


def shortcut(page: Page) -> list[Block]:
    """The short form of the last layer's deltas, why it holds, and that it gives the same numbers."""
    problem, layer = page.graph.problem, page.graph.layers[-1]
    last = problem.layers[-1].activation
    entry = SHORTCUTS.get((last.name, problem.loss.name))
    targets = page.worked.values[page.graph.targets]
    if (
        page.detail == "brief"
        or entry is None
        or last.formula
        or problem.loss.formula
        or not entry.holds(targets)
    ):
        return []
    deltas = [page.gradient(q) for q in layer.net.ravel().tolist()]
    known = [(j, q) for j, q in enumerate(deltas) if q >= 0][: MOST * 2]
    told = page.paragraph(
        "backward.shortcut", activation=page.phrases.plain(f"activation.{last.name}"),
        loss=page.phrases.plain(f"loss.{problem.loss.name}"), formula=_formula(page),
    )  # fmt: skip
    blocks: list[Block] = [told, _proof(page, entry)]
    if entry.needs_distribution:
        places = "_positions" if layer.net.ndim > 1 else ""
        blocks.append(page.paragraph(f"backward.shortcut_sum{places}"))
    told = page.paragraph(f"backward.shortcut_numbers{page.rounded}")
    return [*blocks, told, _comparison(page, known)]


def _by_name(nodes: Mapping[str, Node]) -> Callable[[Symbol], Node]:
    """A leaf function for `layout` that goes by the symbol's name."""
    return lambda symbol: nodes[symbol.name]


def _letters(page: Page) -> dict[str, Node]:
    notation = page.scribe.notation
    return {
        f"{kind}_{index}": notation.indexed({"o": "out", "t": "t"}[kind], Name(index))
        for kind in "ot" for index in "jk"
    }  # fmt: skip


def _short(page: Page) -> Expr:
    """out − t; where deltas have the other sign, t − out."""
    return minus(O_J, T_J) if page.scribe.notation.sign > 0 else minus(T_J, O_J)


def _formula(page: Page) -> Node:
    right = layout(_short(page), _by_name(_letters(page)), page.scribe.style)
    return Row((page.scribe.notation.indexed("delta", Name("j")), Sign("="), right))


def _proof(page: Page, entry: Shortcut) -> Display:
    """∂E/∂net_j = the full sum = … = out_j − t_j."""
    notation, letters = page.scribe.notation, _letters(page)
    left = notation.indexed("delta", Name("j"))
    if notation.sign < 0:
        left = partial(notation.error(page.sample), notation.indexed("net", Name("j")))
    steps = [layout(step, _by_name(letters), page.scribe.style) for step in entry.proof]
    return page.display(left, *steps)


def _comparison(page: Page, known: list[tuple[int, int]]) -> Table:
    """Each delta by the full sum, and by the short form."""
    rows = []
    for unit, delta in known:
        out, target = int(page.graph.layers[-1].outputs.flat[unit]), int(page.graph.targets.flat[unit])
        first, second = (out, target) if page.scribe.notation.sign > 0 else (target, out)
        values = page.worked.truth.values
        short = float(values[first] - values[second])
        if not np.isclose(short, values[delta], rtol=1e-9, atol=1e-12):
            raise Disagreement(f"{page.scribe.written(delta)}: the short form gives {short!r}")
        known_numbers = {"o_j": page.scribe.number(out), "t_j": page.scribe.number(target)}
        numbers = layout(_short(page), _by_name(known_numbers), NUMBERS)
        relation, value = page.scribe.difference(first, second)
        rows.append((
            (Maths(page.name(delta)),), (Maths(page.scribe.number(delta)),),
            (Maths(Row((numbers, relation, value))),),
        ))  # fmt: skip
    head = (
        (Maths(page.scribe.notation.bare("delta")),),
        page.say("backward.by_jacobian"),
        page.say("backward.by_shortcut"),
    )
    return Table("lrr", head, tuple(rows))
