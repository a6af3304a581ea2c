"""What a problem file can say and this version does not work out yet.

Whoever builds one of these deletes its lines here.

>>> print(*unsupported(Draft(epochs=3)))
epochs: several passes are not worked out yet (write epochs = 1)
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import Mistake
from derive.problem import known
from derive.problem.draft import Draft


def unsupported(draft: Draft) -> Iterator[Mistake]:
    """One mistake for each thing that was asked too early."""
    optimizer = draft.optimizer
    if optimizer is not None and optimizer.name in known.OPTIMIZERS_TO_COME:
        fact = f"{optimizer.name} is not worked out yet"
        yield Mistake("optimizer", fact, 'write optimizer = "gradient_descent"')
    if optimizer is not None and "weight_decay" in optimizer.parameters:
        fact = "weight decay is not worked out yet"
        yield Mistake("optimizer.weight_decay", fact, "leave it out")
    if draft.show.carry == "printed":
        fact = "carrying the printed digits is not worked out yet"
        yield Mistake("show.carry", fact, 'write carry = "full"')
    if draft.epochs > 1:
        yield Mistake("epochs", "several passes are not worked out yet", "write epochs = 1")
    if len(draft.samples) > 1:
        yield Mistake("samples", "several samples are not worked out yet", "give one sample")
