"""The numbers of tensors as digits: the shortest text that reads back to each.

>>> texts([[0.1, 2], [1e-9, 0.30000000000000004]]).tolist()
[['0.1', '2'], ['1e-9', '0.30000000000000004']]
>>> nested(texts(np.array([1 / 3], dtype=np.float32)))
[Given(value=0.33333334, text='0.33333334')]
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.problem.numerals import MOST_DIGITS, typed
from derive.problem.wrong import wrong

Texts = NDArray[np.object_]
PLAIN = (1e-5, 1e7)  # sizes of numbers that are written without a power of ten
NARROW = {"float16": np.float16, "bfloat16": np.float32, "float32": np.float32}
_WIDE = Context(prec=60)


def texts(tensor: Any) -> Texts:
    """The numbers of a tensor, an array or lists, in their shape; 32 bits need fewer digits than 64."""
    plain = tensor.detach() if hasattr(tensor, "detach") else tensor
    width: Any = NARROW.get(str(getattr(plain, "dtype", "")).rpartition(".")[2], np.float64)
    try:
        values = np.asarray(plain.tolist() if hasattr(plain, "tolist") else plain, dtype=np.float64)
    except (TypeError, ValueError):
        wrong("this is no array of numbers", "a tensor, a NumPy array, or lists of equal lengths")
    found = np.empty(values.shape, dtype=object)
    for index in np.ndindex(values.shape):
        found[index] = shortest(width(values[index]))
    return found


def shortest(number: Any) -> str:
    """The digits of one number of NumPy's, without a point where it is whole.

    >>> [shortest(np.float64(n)) for n in (-0.5, 3, 2.5e-8, 1e300)]
    ['-0.5', '3', '2.5e-8', '1e300']
    """
    if number == 0 or PLAIN[0] <= abs(number) < PLAIN[1] or not np.isfinite(number):
        return np.format_float_positional(number, trim="-")
    return np.format_float_scientific(number, trim="-", exp_digits=1).replace("e+", "e")


def summed(first: Texts, *others: Texts) -> Texts:
    """The sums of numbers at the same places, exact as far as so many digits are taken.

    >>> summed(texts([0.1, 1]), texts([0.2, 2])).tolist()
    ['0.3', '3']
    """
    total = first.copy()
    for index in np.ndindex(first.shape) if others else ():
        number = Decimal(str(first[index]))
        for other in others:
            number = _WIDE.add(number, Decimal(str(other[index])))
        text = f"{number:f}" if number.is_finite() else str(number)
        total[index] = text if len(text) <= MOST_DIGITS else shortest(np.float64(number))
    return total


def nested(array: Any) -> Any:
    """Lists of numbers with their digits, or one of them, as a problem file would have them."""
    if isinstance(array, np.ndarray):
        return [nested(row) for row in array] if array.ndim else nested(array.item())
    return typed(array)
