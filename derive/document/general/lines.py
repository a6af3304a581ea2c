"""The lines of a layer: all of them, or the first of each rule and then the values as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.document.blocks import Block
from derive.document.example.page import Page
from derive.document.general.layers import arrays, mine

MOST = {"brief": 0, "standard": 60, "full": 400}  # lines of a layer that are all printed
FEW = {"brief": 0, "standard": 2, "full": 12}  # of each rule, where there are more


def written(page: Page, families: Sequence[Family], mark: str = "value") -> list[Block]:
    """What these families make: lines, and where there are many, arrays of all values."""
    families = [family for family in families if not _is_named_copy(family)]
    total = sum(family.targets.size for family in families)
    if not total:
        return []
    if total <= MOST[page.detail]:
        every = [q for family in families for q in mine(page, family.targets).tolist()]
        return [page.lines(every, mark)]
    return [*_first(page, families, mark), *_arrays(page, families)]


def _is_named_copy(family: Family) -> bool:
    """Whether it only gives another name to a number: ∂net/∂w, which is what the weight multiplies."""
    return family.rule.code.startswith("local.") and family.rule.is_copy


def _first(page: Page, families: Sequence[Family], mark: str) -> list[Block]:
    """The first lines of each rule, in the order of the calculation."""
    few = FEW[page.detail]
    left: dict[str, int] = {}
    shown: list[int] = []
    for family in families:
        room = left.setdefault(family.rule.code, few)
        chosen = mine(page, family.targets[:room]).tolist()
        left[family.rule.code] = room - len(chosen)
        shown += chosen
    told = page.paragraph("general.first", count=few)
    return [told, page.lines(shown, mark)] if shown else []


def _arrays(page: Page, families: Sequence[Family]) -> list[Block]:
    """Every value, block by block; what is no whole block stands in its lines alone."""
    derivation = page.worked.derivation
    made: dict[int, list[Ids]] = {}
    for family in families:
        block = derivation.one.ledger.block(int(family.targets[0]))
        made.setdefault(block.start, []).append(family.targets)
    whole: list[Ids] = []
    for start, targets in made.items():
        block = derivation.one.ledger.block(start)
        if sum(ids.size for ids in targets) == block.size:
            ids = np.arange(start, start + block.size).reshape(block.shape)
            whole.append(mine(page, ids))
    return [page.paragraph("general.all"), arrays(page, whole)] if whole else []
