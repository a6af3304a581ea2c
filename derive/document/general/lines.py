"""The lines of a layer: all of them, or the first of each rule and then the values as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from derive.algebra.family import Family
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
        return [page.lines(_in_order(page, families), mark)]
    return [*_first(page, families, mark), *_arrays(page, families)]


def _in_order(page: Page, families: Sequence[Family]) -> list[int]:
    """All quantities: those of one block that are made by several rules in a row stand by their numbers,
    as the entries of a row do whose ends have fewer terms."""
    ledger = page.worked.derivation.one.ledger
    found: list[int] = []
    for _, row in groupby(families, key=lambda f: ledger.block(int(f.targets[0])).start):
        targets = np.sort(np.concatenate([family.targets for family in row]))
        found += mine(page, targets).tolist()
    return found


def _is_named_copy(family: Family) -> bool:
    """Whether it only gives another name to a number: ∂net/∂w, which is what the weight multiplies."""
    return family.rule.code.startswith("local.") and family.rule.is_copy


def _first(page: Page, families: Sequence[Family], mark: str) -> list[Block]:
    """The first lines of each rule for each kind of quantity, in the order of the calculation."""
    few = FEW[page.detail]
    ledger = page.worked.derivation.one.ledger
    left: dict[tuple[str, int], int] = {}
    shown: list[int] = []
    for family in families:
        same = family.rule.code, ledger.block(int(family.targets[0])).start
        room = left.setdefault(same, few)
        chosen = mine(page, family.targets[:room]).tolist()
        left[same] = room - len(chosen)
        shown += chosen
    told = page.paragraph("general.first", count=few)
    return [told, page.lines(shown, mark)] if shown else []


def _arrays(page: Page, families: Sequence[Family]) -> list[Block]:
    """Every value, block by block."""
    ledger = page.worked.derivation.one.ledger
    starts = dict.fromkeys(ledger.block(int(family.targets[0])).start for family in families)
    blocks = [ledger.block(start) for start in starts]
    every = [np.arange(b.start, b.start + b.size).reshape(b.shape) for b in blocks]
    return [page.paragraph("general.all"), arrays(page, [mine(page, ids) for ids in every])]
