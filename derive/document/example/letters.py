"""Letters for what has no name in a notation: any sample, the last layer, a batch.

Each has a usual letter, and others for a page on which that one already means something else.
"""

from __future__ import annotations

from derive.document.example.page import Page
from derive.problem.optimizing import optimizer_of
from derive.writing.maths import Name
from derive.writing.names import CONSTANTS, OPTIMIZED

SAMPLE, LAST, BATCH = ("s", "p", "r"), ("L", "N", "M"), ("B", "S", "M")


def letter(page: Page, candidates: tuple[str, ...]) -> Name:
    """The first of these letters that names no quantity of the page."""
    notation = page.scribe.notation
    added = {*optimizer_of(page.graph.problem).state, *page.worked.derivation.update.numbers}
    kinds = [kind for kind in notation.names if kind not in OPTIMIZED | CONSTANTS or kind in added]
    taken = {notation.names[kind].partition("_")[0] for kind in kinds}
    return Name(next((one for one in candidates if one not in taken), candidates[0]))


def sample_letter(page: Page) -> Name:
    """The letter of any sample, as in E⁽ˢ⁾."""
    return letter(page, SAMPLE)
