"""What happens over many updates: the run in NumPy, its table and curve, and the proof that it is right.

The first update is derived and printed in full; the run repeats it and goes on.

>>> from derive.derivation.derivation import derive
>>> from derive.graph.graph import build
>>> from derive.numbers.evaluate import evaluate
>>> from derive.problem.reading import load
>>> history = History(evaluate(derive(build(load("2-2-1", epochs=100)))))
>>> history.made, history.checked, [row.made for row in history.rows]
(100, 100, [0, 1, 2, 3, 4, 5, 10, 20, 50, 100])
>>> history.final < history.rows[0].error, history.gap.relative < 1e-12
(True, True)
"""

from __future__ import annotations

from derive.history.history import History
from derive.history.rows import Row

__all__ = ["History", "Row"]
