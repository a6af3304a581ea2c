"""What convolutions over a length and over height and width have in common.

Symbolic half, for filter f and the window in row r and column c, all counted from 1:

    net_{f,r,c} = Σₖ Σᵢ Σⱼ w_{f,k,i,j} · x_{k, (r−1)·s + i − p, (c−1)·s + j − p} + b_f

over the channels k and the rows i and columns j of the kernel, with stride s and padding p. This is the
cross-correlation that deep learning calls convolution; where a kernel of m rows and n columns is flipped,
w_{f,k,m+1−i,n+1−j} stands in the place of w_{f,k,i,j}, as mathematicians have it. Terms that would
multiply a zero of the padding are left out. A kernel's weight is used at every position, so its gradient
is a sum over them. Numeric half: one product of matrices for each entry of the kernel. (LeCun et al.,
"Gradient-based learning applied to document recognition", 1998.)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from sympy import Expr, Function, S, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import SumOverAll, plus, times
from derive.algebra.rule import TOTAL, B, Rule, W, X
from derive.catalogue.entries import Array
from derive.catalogue.layers.dense import activate
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Formulas,
    Gradients,
    Misfit,
    Options,
    Plan,
    Shape,
    Wiring,
    one,
    size,
    spread,
    summed,
)
from derive.catalogue.layers.residue import tidied
from derive.catalogue.layers.windows import Windows, along

MOST_PRODUCTS = 1_000_000  # in all net inputs together


# --- shapes --------------------------------------------------------------------------------------


def plan(axes: int, asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """A kernel for each filter and channel, and a bias for each filter.

    Weights are (filters, channels, *kernel), or (filters, *kernel) where there is one channel, or the
    kernel alone where there is one filter too: as they are typed, or else as the inputs are arranged.
    """
    shape = one(sources)
    if len(shape) not in (axes, axes + 1):
        names = "length" if axes == 1 else "height, width"
        number = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
        fact = f"it takes [{names}] or [channels, {names}], not an array of {number}"
        raise Misfit("", fact, f"inputs = {[1, 4, 4][: axes + 1]} is one channel")
    channels = shape[0] if len(shape) > axes else 1
    typed = asked.given.get("weights", ())
    kernel = _kernel(axes, asked, typed)
    filters = _filters(axes, asked, typed)
    windows = _windows(shape, kernel, asked.options)
    windows.fitting("kernel", bool(asked.options.get("crop")))
    products = size((filters, channels, *kernel, *windows.shape))
    if products > MOST_PRODUCTS:
        fact = f"{products:,} products of a weight and an input"
        raise Misfit("kernel", fact, f"at most {MOST_PRODUCTS:,}")
    possible = [(filters, channels, *kernel)]
    if channels == 1:
        possible += [(filters, *kernel), kernel][: 2 if filters == 1 else 1]
    usual = possible[len(shape) == axes]
    alike = [weights for weights in possible if len(weights) == len(typed)]
    trained: dict[str, Shape] = {"weights": (*alike, usual)[0]}
    if "bias" not in asked.without:
        trained["bias"] = (filters,)
    return Plan((filters, *windows.shape), trained)


def _kernel(axes: int, asked: Asked, typed: Shape) -> Shape:
    """How large the kernel is, as it is said or as the weights have it."""
    said = asked.options.get("kernel")
    if said is not None:
        return (said,) if isinstance(said, int) else said
    if len(typed) < axes:
        raise Misfit("kernel", "nothing says how large the kernel is", "write kernel = 2")
    return typed[-axes:]


def _filters(axes: int, asked: Asked, typed: Shape) -> int:
    """How many filters there are, as it is said or as the weights have it: a kernel alone is one."""
    said = asked.options.get("filters")
    if said is None and not typed:
        raise Misfit("filters", "nothing says how many filters there are", "write filters = 2")
    return said or (*typed[: len(typed) - axes], 1)[0]


def _windows(shape: Shape, kernel: Shape, options: Options) -> Windows:
    return Windows.over(shape, kernel, options.get("stride", 1), options.get("padding", 0))


# --- symbolic half -------------------------------------------------------------------------------


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Families of net inputs, one for each number of terms, and their activations."""
    number, planned = wiring.number, wiring.plan
    trained = {
        name: ledger.add(letter, number, planned.trained[name])
        for name, letter in (("weights", "w"), ("bias", "b"))
        if name in planned.trained
    }
    net = ledger.add("net", number, planned.shape)
    outputs = ledger.add("out", number, planned.shape)
    families = (*_nets(wiring, net, **trained), activate(wiring, net, outputs))
    return Connected(families, outputs, trained, net=net)


def _nets(wiring: Wiring, net: Ids, weights: Ids, bias: Ids | None = None) -> Iterator[Family]:
    """net = Σ w · x + b: windows that reach into the padding have fewer terms.

    Those with equally many are a family, in the order in which one meets the first of each.
    """
    sources = one(wiring.sources)
    filters, *shape = net.shape
    windows = _windows(sources.shape, weights.shape[-len(shape) :], wiring.options)
    entries, there = windows.entries()
    if wiring.options.get("flip"):
        entries, there = entries[:, ::-1], there[:, ::-1]
    kernels = weights.reshape(filters, -1, size(windows.size))
    channels = sources.reshape(-1, size(windows.given))
    counts = there.sum(axis=1)
    for count in dict.fromkeys(counts.tolist()):
        positions = np.flatnonzero(counts == count)
        below = np.nonzero(there[positions])[1].reshape(len(positions), count)  # of the kernel
        x = channels[:, np.take_along_axis(entries[positions], below, axis=1)]
        x = np.moveaxis(x, 0, 1).reshape(len(positions), len(channels) * count)
        w = np.moveaxis(kernels[:, :, below], 1, 2).reshape(filters * len(x), x.shape[1])
        arguments = {W: w, X: np.tile(x, (filters, 1))}
        if bias is not None:
            arguments[B] = np.repeat(bias, len(positions))
        rule = _rule(bias is not None, count, entries.shape[1])
        used = {slot: ids for slot, ids in arguments.items() if slot in rule.slots()}
        yield Family(rule, net.reshape(filters, -1)[:, positions].ravel(), used)


@cache
def _rule(biased: bool, count: int, most: int) -> Rule:
    """The rule of windows with so many entries of the kernel's on what is given, not on the padding."""
    code = f"net.convolution.{'each' if biased else 'none'}" + (".edge" if count < most else "")
    if not count:
        return Rule(code, B if biased else S.Zero)
    return Rule(code, plus(TOTAL, B) if biased else TOTAL, {TOTAL: times(W, X)})


# --- for a reader --------------------------------------------------------------------------------


def formulas(axes: int, options: Options) -> Formulas:
    """The net input and the output, with m and n for the rows and columns of a kernel that is flipped."""
    places, inside, lengths = "rc"[:axes], "ij"[:axes], "mn"[:axes]
    below = [
        _index(letters, stride, padding, bool(options.get("flip")))
        for letters, stride, padding in zip(
            zip(places, inside, lengths, strict=True),
            along(axes, options.get("stride", 1)),
            along(axes, options.get("padding", 0)),
            strict=True,
        )
    ]
    total: Expr = times(Symbol(f"w_f,k,{','.join(inside)}"), Symbol(f"x_k,{','.join(below)}"))
    for letter in (*inside[::-1], "k"):
        total = SumOverAll(total, Symbol(letter))
    net = Symbol(f"net_f,{','.join(places)}")
    out = f"out_f,{','.join(places)}"
    return (str(net), plus(total, Symbol("b_f"))), (out, Function("f")(net))


def _index(letters: tuple[str, str, str], stride: int, padding: int, flip: bool) -> str:
    """Where the window in row r has its row i, from 1: (r − 1) · stride + i − padding.

    >>> _index(("r", "i", "m"), 1, 0, False), _index(("r", "i", "m"), 2, 1, True)
    ('r+i−1', '2r+m−i−2')
    """
    place, inside, length = letters
    less = stride + padding - flip
    step = f"+{length}−{inside}" if flip else f"+{inside}"
    return f"{stride if stride > 1 else ''}{place}{step}" + (f"−{less}" if less else "")


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[Array, Array]:
    """Net inputs and outputs, shape (…, samples, filters, *positions)."""
    windows, patches = _patches(arrays, one(sources))
    kernels = _kernels(arrays, windows)
    bias = np.zeros(1)
    if "bias" in arrays.trained:
        bias = spread(arrays.trained["bias"], 1)[..., None]

    def laid(bias: Array, kernels: Array, patches: list[Array]) -> Array:
        return bias + sum(kernels[..., part] @ patch for part, patch in enumerate(patches))

    net = laid(bias, kernels, patches)
    net = tidied(arrays, net, lambda: laid(np.abs(bias), np.abs(kernels), [*map(np.abs, patches)]))
    net = net.reshape(*net.shape[:-1], *windows.shape)
    return net, arrays.activation.value(net, **arrays.parameters)


def backward(arrays: Arrays, sources: tuple[Array, ...], net: Array, upstream: Array) -> Gradients:
    """What comes back to each entry of the kernel, and through it to what it was laid on."""
    x = one(sources)
    windows, patches = _patches(arrays, x)
    kernels = _kernels(arrays, windows)
    delta = upstream * arrays.activation.derivative(net, **arrays.parameters)
    delta = delta.reshape(*delta.shape[: delta.ndim - windows.axes], -1)
    found = [summed(delta @ patch.swapaxes(-1, -2), 2) for patch in patches]
    weights = np.stack(found[::-1] if arrays.options.get("flip") else found, axis=-1)
    trained = {"weights": weights.reshape(*weights.shape[:-3], *arrays.plan.trained["weights"])}
    if "bias" in arrays.trained:
        trained["bias"] = summed(delta.sum(axis=-1), 1)
    behind = [kernels[..., part].swapaxes(-1, -2) @ delta for part in range(len(patches))]
    back = windows.gathered(behind)
    return Gradients(trained, (back.reshape(*back.shape[:-3], *arrays.sources[0]),))


def _patches(arrays: Arrays, x: Array) -> tuple[Windows, list[Array]]:
    """What each entry of the kernel is laid on, shape (…, samples, channels, positions)."""
    shape, weights = arrays.sources[0], arrays.plan.trained["weights"]
    windows = _windows(shape, weights[-len(arrays.plan.shape) + 1 :], arrays.options)
    channels = x.reshape(*x.shape[: x.ndim - len(shape)], -1, *windows.given)
    return windows, windows.spread_out(channels)


def _kernels(arrays: Arrays, windows: Windows) -> Array:
    """The kernels as they are laid on the inputs, shape (…, 1, filters, channels, entries)."""
    weights, axes = arrays.trained["weights"], len(arrays.plan.trained["weights"])
    lead = weights.shape[: weights.ndim - axes]
    kernels = weights.reshape(*lead, 1, arrays.plan.shape[0], -1, size(windows.size))
    return kernels[..., ::-1] if arrays.options.get("flip") else kernels
