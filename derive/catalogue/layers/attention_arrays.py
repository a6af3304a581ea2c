"""The numeric half of attention: the same with matrices, all heads at once.

With rows for tokens, Q = X Wqᵀ, and K and V in the same way; α = softmax(Q Kᵀ / √d) row by row, and α V are
the contexts.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from derive.catalogue.entries import Array
from derive.catalogue.layers.kind import Arrays, Gradients, Options, one, spread, summed
from derive.catalogue.layers.residue import tidied


def heads_of(options: Options) -> int:
    """How many heads there are."""
    return int(options.get("heads", 1))


class Kept(NamedTuple):
    """Queries, keys, values and weights of each head, shape (…, samples, heads, tokens, …), and the
    contexts with the heads side by side."""

    q: Array
    k: Array
    v: Array
    alpha: Array
    context: Array


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[Kept, Array]:
    """Outputs (…, samples, tokens, units) for x of shape (…, samples, tokens, features)."""
    x, heads = one(sources), heads_of(arrays.options)
    q, k, v = (_apart(_projected(arrays, part, x), heads) for part in "qkv")
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    seen = np.ones(scores.shape[-2:], dtype=bool)
    if arrays.options.get("causal"):
        seen = np.tril(seen)
    highest = np.max(np.real(scores), axis=-1, keepdims=True, where=seen, initial=-np.inf)
    powers = np.where(seen, np.exp(np.where(seen, scores - highest, 0)), 0)
    alpha = powers / powers.sum(axis=-1, keepdims=True)
    context = _together(alpha @ v)
    kept = Kept(q, k, v, alpha, context)
    return kept, _projected(arrays, "o", context) if "weights_o" in arrays.trained else context


def _projected(arrays: Arrays, part: str, x: Array) -> Array:
    bias = arrays.trained.get(f"bias_{part}")
    weights = spread(arrays.trained[f"weights_{part}"], 2).swapaxes(-1, -2)
    shift = 0.0 if bias is None else spread(bias, 1, over=2)
    return tidied(arrays, x @ weights + shift, lambda: np.abs(x) @ np.abs(weights) + np.abs(shift))


def _apart(array: Array, heads: int) -> Array:
    """(…, tokens, features) as (…, heads, tokens, features of one head)."""
    return array.reshape(*array.shape[:-1], heads, -1).swapaxes(-2, -3)


def _together(array: Array) -> Array:
    """The inverse of `_apart`."""
    return array.swapaxes(-2, -3).reshape(*array.shape[:-3], array.shape[-2], -1)


def backward(arrays: Arrays, sources: tuple[Array, ...], kept: Kept, upstream: Array) -> Gradients:
    """Through softmax in one go: ∂E/∂s = α ⊙ (∂E/∂α − Σ α ⊙ ∂E/∂α), row by row."""
    x, trained = one(sources), dict[str, Array]()

    def back(part: str, taken: Array, delta: Array) -> Array:
        """The gradients of one projection; what reaches its inputs."""
        trained[f"weights_{part}"] = summed(delta.swapaxes(-1, -2) @ taken, 2)
        if f"bias_{part}" in arrays.trained:
            trained[f"bias_{part}"] = summed(delta, 1, over=2)
        return delta @ spread(arrays.trained[f"weights_{part}"], 2)

    if "weights_o" in arrays.trained:
        upstream = back("o", kept.context, upstream)
    arriving = _apart(upstream, heads_of(arrays.options))
    shares = arriving @ kept.v.swapaxes(-1, -2)
    shares = shares - (kept.alpha * shares).sum(axis=-1, keepdims=True)
    scores = kept.alpha * shares / math.sqrt(kept.q.shape[-1])
    reaching = (
        back("q", x, _together(scores @ kept.k))
        + back("k", x, _together(scores.swapaxes(-1, -2) @ kept.q))
        + back("v", x, _together(kept.alpha.swapaxes(-1, -2) @ arriving))
    )
    return Gradients({name: trained[name] for name in arrays.trained}, (reaching,))
