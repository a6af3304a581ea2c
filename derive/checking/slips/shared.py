"""Slips with what is used more than once: weights of every time step or position, kernels.

The gradient of such a weight is a sum over its uses; each use is one term.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.algebra.places import Place, is_net
from derive.catalogue.layers import LAYERS
from derive.checking.line import Line
from derive.checking.slips.forward import is_parameter_gradient, weights
from derive.checking.slips.slip import MOST_OTHERS, Slip, is_upstream


def _uses(line: Line) -> list[int]:
    """By position in the sum of a shared parameter's gradient, what comes back to that use; or nothing."""
    if line.terms < 2 or not is_parameter_gradient(line):
        return []
    found: list[int] = []
    for term in line.sums.values():
        came = next((s for s in term.free_symbols if is_upstream(s)), None)
        if came is None:
            return []
        found += line.quantities(came)
    return found if len(found) == line.terms else []


def _last(line: Line, uses: list[int]) -> int | None:
    """Which use is that of the last time step or position; None where there are no such things."""
    place = line.known.unrolled.place
    return None if any(len(place(q).index) < 2 for q in uses) else uses.index(max(uses))


def _last_step(line: Line) -> Iterator[Line]:
    """Only the last time step or position."""
    uses = _uses(line)
    last = _last(line, uses) if uses else None
    if last is not None:
        yield line.picking(last)


def _one_use(line: Line) -> Iterator[Line]:
    """Any other use alone; of very many, the first."""
    uses = _uses(line)
    if not uses:
        return
    last = _last(line, uses)
    for use in range(len(uses)) if len(uses) <= MOST_OTHERS else [0]:
        if use != last:
            yield line.picking(use)


def _kernel_flipped(line: Line) -> Iterator[Line | None]:
    """The kernel taken in reverse order: what mathematics calls convolution for what networks do."""
    axes = _kernel_axes(line)
    for name in weights(line) if axes else []:
        first = line.quantities(name)[0]
        ledger = line.known.unrolled.derivation.ledger
        shape = ledger.block(first % line.known.unrolled.size).shape
        yield line.exchanging(name, lambda place, shape=shape: _flipped(place, shape, axes))  # type: ignore[misc]


def _kernel_axes(line: Line) -> int:
    """How many axes the kernel has that a net input is made with: those of the windows, behind the filter."""
    if not is_net(line.kind):
        return 0
    place = line.place
    kind = line.problem.layers[(place.layer or 1) - 1].kind
    return len(place.index) - 1 if "kernel" in LAYERS[kind].keys else 0


def _flipped(place: Place, shape: tuple[int, ...], axes: int) -> Place:
    """The weight at the opposite place of its kernel, whose axes are the last ones."""
    first = len(shape) - axes
    kernel = zip(place.index[first:], shape[first:], strict=True)
    return place._replace(index=(*place.index[:first], *(n + 1 - i for i, n in kernel)))


SHARED = (
    Slip("last_step", _last_step, 1),
    Slip("one_use", _one_use, 2),
    Slip("kernel_flipped", _kernel_flipped, 2),
)
