"""The backward sweep: from the equations of the forward pass to those of every gradient.

Walk the equations backwards. At each, ∂E/∂target is complete, because everything that uses the
target has been met already; look up the local derivatives, and hand ∂E/∂target times each of them
to the quantity it belongs to. When nothing more can come, the contributions of a quantity are its
derivative: their sum. That is all; the rest is book-keeping in arrays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, S, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Block, Ids, Ledger
from derive.algebra.ordered import opposite
from derive.algebra.places import DELTA, TURNED, is_net
from derive.algebra.rule import LOCAL, Partial, Rule, Z
from derive.derivation.contributions import (
    Uses,
    added_up,
    by_block,
    grouped,
    merged,
    times_constant,
    times_upstream,
)
from derive.graph.graph import Graph

NONE = -1


@dataclass(frozen=True, eq=False)
class Backward:
    """A graph with the equations of its gradients behind it.

    `gradient[q]` is the quantity ∂E/∂q, or −1 where q's derivative was not asked for or has no
    name of its own. `ledger` holds the graph's quantities and the new ones. With `sign` −1 the
    quantity of a net input is −∂E/∂net, the error signal of those who add where others subtract.
    """

    graph: Graph
    ledger: Ledger
    wanted: Ids
    families: tuple[Family, ...]
    gradient: Ids
    sign: int


def sweep(graph: Graph, wanted: Ids, sign: int = 1) -> Backward:
    """The gradients of the error by the wanted quantities."""
    work = _Sweep(graph, wanted, sign)
    last_chance = _first_uses(graph)
    for family in reversed(graph.families):
        work.close(family.targets)
        for partial in family.rule.partials():
            work.spread(family, partial)
        for ids in last_chance[id(family)]:
            work.close(ids)
    work.leave(wanted)
    return Backward(graph, work.ledger, wanted, tuple(work.families), work.gradient, sign)


def reached(graph: Graph, wanted: Ids) -> NDArray[np.bool_]:
    """For each quantity, whether it depends on a wanted one (or is one)."""
    touched = np.zeros(graph.ledger.size, dtype=bool)
    touched[wanted] = True
    for family in graph.families:
        for name in family.rule.slots():
            hit = touched[family.arguments[name]]
            touched[family.targets] |= hit if hit.ndim == 1 else hit.any(axis=1)
    return touched


def _first_uses(graph: Graph) -> dict[int, list[Ids]]:
    """For each family, the given quantities that no earlier family uses: complete once it is done."""
    seen: set[int] = set()
    found: dict[int, list[Ids]] = defaultdict(list)
    for family in graph.families:
        seen.add(graph.ledger.block(int(family.targets.flat[0])).start)
        for ids in family.arguments.values():
            for block in graph.ledger.among(ids):
                if block.start not in seen:
                    seen.add(block.start)
                    found[id(family)].append(block.ids)
    return found


class _Sweep:
    def __init__(self, graph: Graph, wanted: Ids, sign: int) -> None:
        self.graph = graph
        self.sign = sign
        self.ledger = Ledger.extending(graph.ledger)
        self.reached = reached(graph, wanted)
        self.gradient: Ids = np.full(graph.ledger.size, NONE)
        self.constant: dict[int, Expr] = {}  # by block: a derivative that is just a number
        self.constant[graph.ledger.block(graph.error).start] = S.One
        self.pool: dict[int, list[Uses]] = defaultdict(list)
        self.families: list[Family] = []

    # --- handing on ---------------------------------------------------------------------------

    def spread(self, family: Family, partial: Partial) -> None:
        """Hand ∂E/∂target · ∂target/∂slot to each quantity in the slot that leads to a wanted one."""
        sources = family.arguments[partial.slot]
        mask = self.reached[sources] & _chosen(family, partial)
        mask &= self._leads(family.targets).reshape(-1, *(1,) * (sources.ndim - 1))
        where = np.nonzero(mask)
        if not where[0].size:
            return
        arguments = {
            name: family.arguments[name][where[: family.arguments[name].ndim]]
            for name in sorted(partial.taught.free_symbols, key=str)  # same bytes in every run
            if name in family.arguments
        }
        local = partial.taught
        if partial.kind is not None and not self._is_gradient(partial.kind):
            named = self._name(family, partial, where, arguments)
            if not local.is_Symbol or family.rule.spelled:
                local, arguments = LOCAL, {LOCAL: named}
        targets = family.targets[where[0]]
        target = self.ledger.block(int(targets[0]))
        constant = self.constant.get(target.start)
        if constant is None:
            local, arguments = times_upstream(local, arguments, self.gradient[targets])
            local = opposite(local) if self._is_turned(target) else local
        else:
            local = times_constant(constant, local)
        for start, uses in by_block(self.ledger, Uses(sources[where], targets, local, arguments)):
            self.pool[start].append(uses)

    def _leads(self, targets: Ids) -> NDArray[np.bool_]:
        """Whether the error depends on each: a part that nobody takes is made for nothing."""
        if self.ledger.block(int(targets[0])).start in self.constant:
            return np.ones(targets.shape, dtype=bool)
        return self.gradient[targets] >= 0

    def _name(
        self,
        family: Family,
        partial: Partial,
        where: tuple[Ids, ...],
        arguments: Mapping[Symbol, Ids],
    ) -> Ids:
        """Quantities that hold this local derivative, so that the page can speak of them."""
        target = self.ledger.block(int(family.targets[0]))
        source = self.ledger.block(int(family.arguments[partial.slot].flat[0]))
        assert partial.kind is not None
        members = family.targets[where[0]] - target.start
        if len(where) == 1:
            ids = self._block(partial.kind, target.layer, target.shape).ravel()[members]
        elif partial.members != "all":  # a matrix: each unit's output by each unit's net input
            length = target.shape[-1]  # a row may be shorter: of what a mask lets through
            block = self._block(partial.kind, target.layer, (*target.shape, length))
            ids = block.reshape(-1, length)[members, where[1]]
        else:  # the same for all members that use a source: ∂net/∂w has the weight's indices
            block = self._block(partial.kind, source.layer, source.shape).ravel()
            ids = block[family.arguments[partial.slot][where] - source.start]
        rule = Rule(f"local.{family.rule.code}.{partial.members}", partial.taught)
        self.families.append(Family(rule, ids, arguments))
        return ids

    def _block(self, kind: str, layer: int | None, shape: tuple[int, ...]) -> Ids:
        known = self.ledger.named(kind, layer, len(shape))
        return self.ledger.add(kind, layer, shape) if known is None else known

    # --- collecting ---------------------------------------------------------------------------

    def close(self, ids: Ids) -> None:
        """Everything that uses these quantities has been met: sum what came back to each."""
        block = self.ledger.block(int(ids.flat[0]))
        uses = merged(self._taken(block, ids))
        if not uses or block.start in self.constant:
            return
        if not uses[0].arguments and self.graph.layers and block.kind == "E":
            self.constant[block.start] = uses[0].term  # ∂E/∂E_k = 1 or 1/n is not worth a name
            return
        kind = self.graph.derivative(block.kind)
        if self._is_turned(block):
            kind = TURNED + kind.removeprefix(DELTA)
            uses = [replace(use, term=opposite(use.term)) for use in uses]
        derivatives = self._block(kind, block.layer, block.shape).ravel()
        for members, chosen in grouped(uses):
            self.gradient[members] = derivatives[members - block.start]
            self.families.append(added_up(kind, self.gradient[members], chosen))

    def leave(self, wanted: Ids) -> None:
        """What nothing uses has the derivative 0: a row of a table that no input looks up."""
        left = wanted[self.gradient[wanted] < 0]
        for start in np.unique([self.ledger.block(int(q)).start for q in left]).tolist():
            block = self.ledger.block(int(start))
            mine = np.sort(left[(left >= start) & (left < start + block.size)])
            kind = self.graph.derivative(block.kind)
            derivatives = self._block(kind, block.layer, block.shape).ravel()
            self.gradient[mine] = derivatives[mine - start]
            self.families.append(Family(Rule(f"gradient.{kind}", S.Zero), self.gradient[mine], {}))

    def _taken(self, block: Block, ids: Ids) -> list[Uses]:
        """What came back to these quantities, taken out of the pool of their block.

        A block whose quantities are made one after the other, as those of a time step are, is closed in
        parts.
        """
        pool = self.pool.pop(block.start, [])
        if ids.size == block.size:
            return pool
        taken: list[Uses] = []
        for use in pool:
            mine = np.isin(use.sources, ids)
            for chosen, uses in ((mine, taken), (~mine, self.pool[block.start])):
                if chosen.any():
                    uses.append(use.only(chosen))
        return taken

    def _is_gradient(self, kind: str) -> bool:
        """Whether a local derivative of the graph's output is the gradient itself."""
        output = self.graph.problem.equations and self.graph.problem.equations.output
        return output is not None and kind.startswith(f"d{output}/")

    def _is_turned(self, block: Block) -> bool:
        """Whether the quantity that holds these derivatives holds them with the other sign."""
        return self.sign < 0 and is_net(block.kind)


def _chosen(family: Family, partial: Partial) -> NDArray[np.bool_] | bool:
    """Which entries of a series the partial is for."""
    if partial.members == "all":
        return True
    own = family.arguments[partial.slot] == family.arguments[Z][:, None]
    return own if partial.members == "own" else ~own
