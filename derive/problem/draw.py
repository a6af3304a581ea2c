"""Numbers for whatever a problem leaves out, decided by the seed alone.

Each array has a stream of its own (a hash of the seed and its place), so adding a layer or typing
one array in does not change the others, and nothing here depends on a library's generator:
the mixing function is splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
generators", 2014).

>>> [uniform(7, "layers[1].weights", (3,), -0.9, 0.9).text(i) for i in range(3)]
['0.78', '-0.76', '0.29']
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.problem.model import Numbers

Words = NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # ⌊2⁶⁴/φ⌋, the step of splitmix64


def start(seed: int, place: str) -> np.uint64:
    """The word from which the stream of this seed and place is counted."""
    return np.uint64((seed * 0x2545F4914F6CDD1D + zlib.crc32(place.encode())) % 2**64)


def mixed(z: Words) -> Words:
    """Every bit of the result depends on every bit of the word; arrays drop what overflows."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _words(seed: int, place: str, count: int) -> Words:
    """`count` well-mixed 64-bit words for this seed and place."""
    return mixed(start(seed, place) + GOLDEN * np.arange(1, count + 1, dtype=np.uint64))


def uniform(
    seed: int, place: str, shape: tuple[int, ...], low: float, high: float, decimals: int = 2
) -> Numbers:
    """Numbers with `decimals` decimals, evenly spread over [low, high] and never 0."""
    scale = 10**decimals
    least, most = round(low * scale), round(high * scale)
    words = _words(seed, place, math.prod(shape))
    if least <= 0 <= most:  # leave 0 out: a product with 0 teaches nothing
        whole = least + (words % np.uint64(most - least)).astype(np.int64)
        whole[whole >= 0] += 1
    else:
        whole = least + (words % np.uint64(most - least + 1)).astype(np.int64)
    return Numbers((whole / scale).reshape(shape), decimals=decimals)


def weights(seed: int, place: str, units: int, before: int) -> Numbers:
    """Weights within √(6/(n_in+n_out)), so that no unit saturates (Glorot, Bengio 2010)."""
    limit = min(0.9, math.sqrt(6 / (units + before)))
    decimals = 2 if limit >= 0.3 else 3
    return uniform(seed, place, (units, before), -limit, limit, decimals)


def parameter(
    seed: int, place: str, name: str, shape: tuple[int, ...], options: Mapping[str, Any]
) -> Numbers:
    """An array of a layer of any kind, by what it is: a mask, something added, a gain, or weights."""
    if name == "mask":
        return mask(seed, place, shape, options["rate"].value)
    if name.startswith(("bias", "shift")):
        return uniform(seed, place, shape, -0.5, 0.5)
    if name == "gain":
        return uniform(seed, place, shape, 0.5, 1.5)
    flat = (shape[0], math.prod(shape[1:])) if len(shape) > 1 else (1, math.prod(shape))
    return weights(seed, place, *flat).reshaped(shape)


def tokens(seed: int, place: str, shape: tuple[int, ...], most: int) -> Numbers:
    """Whole numbers from 1 to `most`."""
    found = _words(seed, place, math.prod(shape)) % np.uint64(most) + np.uint64(1)
    return Numbers(found.astype(np.float64).reshape(shape), decimals=0)


def some_tokens(seed: int, place: str, most: NDArray[np.int64], others: Numbers) -> Numbers:
    """Whole numbers from 1 to `most` wherever that is not 0, and the others as they are."""
    if not most.any():
        return others
    words = _words(seed, place, most.size).reshape(most.shape)
    whole = (words % np.maximum(most, 1).astype(np.uint64)).astype(np.float64) + 1
    if most.all():
        return Numbers(whole, decimals=0)
    texts = np.empty(most.shape, dtype=object)
    for index in np.ndindex(most.shape):
        texts[index] = f"{whole[index]:.0f}" if most[index] else others.text(*index)
    return Numbers.typed(texts)


def mask(seed: int, place: str, shape: tuple[int, ...], rate: float) -> Numbers:
    """1 for what is kept, 0 for what is dropped: as large a part as `rate` says, and never all.

    >>> int(mask(7, "layers[2].mask", (4,), 0.5).values.sum())
    2
    """
    words = _words(seed, place, math.prod(shape))
    dropped = min(max(1, round(rate * words.size)), words.size - 1)
    kept = np.ones(words.size)
    kept[np.argsort(words, kind="stable")[:dropped]] = 0
    return Numbers(kept.reshape(shape), decimals=0)


def choice(seed: int, place: str, count: int) -> int:
    """One index below `count`."""
    return int(_words(seed, place, 1)[0] % np.uint64(count))
