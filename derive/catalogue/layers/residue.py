"""What rounding leaves of 0, for the numeric halves: 0.1 · 3 − 0.3 is not 0 in doubles, but should be.

A kink would tell the two apart, its own layer's or one behind it.

>>> without_residue(np.array([0.1 * 3 - 0.3, 1.0]), np.array([0.6, 1.0]))
array([0., 1.])
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import Arrays


def tidied(arrays: Arrays, total: Array, sizes: Callable[[], Array]) -> Array:
    """The sums without residue, if the network has a kink; `sizes` adds up the sizes of their terms."""
    return without_residue(total, sizes()) if arrays.kinks else total


def without_residue(total: Array, sizes: Array) -> Array:
    """0 where rounding is all that is left of a sum; an imaginary step stays."""
    left = np.abs(np.real(total))
    residue = (left < 8 * np.finfo(float).eps * sizes) & (left > 1e-30 * sizes)
    return np.where(residue, 1j * np.imag(total) if np.iscomplexobj(total) else 0.0, total)
