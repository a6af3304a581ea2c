"""Which samples take part in which update: batches in the order of the file, epoch after epoch.

>>> from derive.problem.reading import read
>>> problem = read({"layers": [{"units": 1}], "inputs": 2, "samples": [{}] * 5, "batch_size": 2,
...                 "epochs": 3})
>>> batches(problem)
(range(0, 2), range(2, 4), range(4, 5))
>>> updates(problem), batch(problem, 5)
(9, range(2, 4))
"""

from __future__ import annotations

from derive.problem.model import Problem


def batches(problem: Problem) -> tuple[range, ...]:
    """The samples of each update of an epoch, counting from 0; the last batch may be smaller."""
    return tuple(batch(problem, update) for update in range(1, per_epoch(problem) + 1))


def per_epoch(problem: Problem) -> int:
    """How many updates an epoch has."""
    return -(-len(problem.samples) // _size(problem))


def _size(problem: Problem) -> int:
    count = len(problem.samples)
    return count if problem.batch_size is None else min(problem.batch_size, count)


def updates(problem: Problem) -> int:
    """How many updates are made, unless an error bound stops them earlier."""
    return problem.epochs * per_epoch(problem)


def batch(problem: Problem, update: int) -> range:
    """The samples of an update, which counts from 1."""
    start = (update - 1) % per_epoch(problem) * _size(problem)
    return range(start, min(start + _size(problem), len(problem.samples)))
