"""Gradients measured, not derived: how much the error changes when a parameter is moved.

The move is imaginary: ∂E/∂w ≈ Im E(w + ih) / h (Squire & Trapp, "Using complex variables to
estimate derivatives of real functions", 1998). Nothing is subtracted, so h can be as small as 1e-20
and the result is good to the last digits; and a step that leaves the real axis cannot cross a kink,
however close one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import Arrays, size
from derive.witness.backprop import LayerGradient
from derive.witness.network import Network, Pass

STEP = 1e-20
EACH_UP_TO = 2_000  # parameters that are all measured one by one; of more, a part is
PART = 24  # parameters of each array that are measured where there are more
DIRECTIONS = 3  # moves of all parameters at once that are measured where there are more
CHUNK = 1 << 20  # complex numbers held at a time


@dataclass(frozen=True, eq=False)
class Measured:
    """Gradients by differences, NaN where one was not measured on its own.

    `directions` are moves of all parameters at once, each with the slope of the error along it: a
    wrong gradient anywhere shows in every one of them.
    """

    gradients: list[LayerGradient]
    directions: list[tuple[list[LayerGradient], float]]

    @property
    def count(self) -> int:
        """How many parameters were measured one by one."""
        arrays = [array for layer in self.gradients for array in layer.values()]
        return sum(int(np.isfinite(array).sum()) for array in arrays)


def differences(network: Network, chosen: Sequence[LayerGradient] | None = None) -> Measured:
    """Measure the chosen parameters (masks in the parameters' shapes), or as many as is sensible."""
    with np.errstate(all="ignore"):
        total = sum(np.size(a) for arrays in network.layers for a in arrays.trained.values())
        masks = chosen or [_part(arrays, total > EACH_UP_TO) for arrays in network.layers]
        run = network.forward()
        gradients: list[LayerGradient] = [
            {name: _measure(network, number, name, mask, run) for name, mask in masks_.items()}
            for number, masks_ in enumerate(masks)
        ]
        moves = 0 if chosen or total <= EACH_UP_TO else DIRECTIONS
        along = [_along(network, seed) for seed in range(moves)]
    return Measured(gradients, along)


def _part(arrays: Arrays, large: bool) -> LayerGradient:
    """Which parameters of a layer are measured one by one: all, or some that are spread evenly."""

    def mask(array: Array) -> Array:
        count = np.size(array)
        picked = np.zeros(count, dtype=bool)
        chosen = np.linspace(0, count - 1, PART).astype(int)
        picked[chosen if large and count > PART else slice(None)] = True
        return picked.reshape(np.shape(array))

    return {name: mask(array) for name, array in arrays.trained.items()}


def _measure(network: Network, number: int, name: str, mask: Array, run: Pass) -> Array:
    """Measure the masked parameters of one array, a chunk of them side by side."""
    arrays = network.layers[number]
    array = np.asarray(arrays.trained[name])
    result = np.full(array.size, np.nan)
    picked = np.flatnonzero(mask)
    widest = max(map(_held, network.layers[number:]))
    width = max(1, CHUNK // (widest * len(network.x)))
    for start in range(0, picked.size, width):
        chunk = picked[start : start + width]
        moved = np.broadcast_to(array.ravel().astype(complex), (chunk.size, array.size)).copy()
        moved[np.arange(chunk.size), chunk] += 1j * STEP
        shaped = moved.reshape(chunk.size, *array.shape)
        layer = arrays.having({name: shaped})
        layers = (*network.layers[:number], layer, *network.layers[number + 1 :])
        error = network.forward(layers, number, run.outputs).error
        result[chunk] = np.imag(error) / STEP
    return result.reshape(array.shape)


def _held(arrays: Arrays) -> int:
    """About how many numbers a layer needs for one sample."""
    return max(*(np.size(array) for array in arrays.trained.values()), size(arrays.plan.shape), 1)


def _along(network: Network, seed: int) -> tuple[list[LayerGradient], float]:
    """Move every parameter at once, each by an amount of its own, and measure the slope."""

    def move(array: Array, salt: int) -> Array:
        angles = np.arange(np.size(array)) * (seed + 1) + salt  # any irregular numbers do
        amounts = (np.sin(angles * angles) + 1.25) * (-1.0) ** angles
        return amounts.reshape(np.shape(array))

    moves: list[LayerGradient] = []
    layers: list[Arrays] = []
    for number, arrays in enumerate(network.layers):
        moves.append(
            {
                name: move(array, 2 * number + n)
                for n, (name, array) in enumerate(arrays.trained.items())
            }
        )
        layers.append(arrays.having({
            name: array + 1j * STEP * moves[-1][name] for name, array in arrays.trained.items()
        }))  # fmt: skip
    return moves, float(np.imag(network.forward(layers).error) / STEP)
