"""The values of many people who calculate the same with different numbers, side by side in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checking.intervals import Pair
from derive.checking.line import Known
from derive.checking.unrolled import Unrolled
from derive.numbers.evaluate import Values


class Many(Known):
    """What the values of many people can be; `low` and `high` have the shape (quantities, people).

    `exact` says which quantities are known exactly, by everybody; that spares half of the work.
    """

    def __init__(
        self, unrolled: Unrolled, low: Values, high: Values, exact: NDArray[np.bool_]
    ) -> None:
        super().__init__(unrolled, low, high)
        self.exact = exact

    @classmethod
    def exactly(cls, unrolled: Unrolled, values: Values) -> Many:
        """People who know every value exactly."""
        return cls(unrolled, values, values, np.ones(len(values), dtype=bool))

    def pair(self, quantity: int) -> Pair:
        """One quantity's interval, for each person."""
        low = self.low[quantity]
        return low, low if self.exact[quantity] else self.high[quantity]

    def truth(self, quantity: int) -> Any:
        """Everybody calculates right."""
        return (self.low[quantity] + self.high[quantity]) / 2

    def whole(self, end: Any) -> Any:
        """What a calculation gives, for each person."""
        return np.broadcast_to(end, self.low.shape[1:])
