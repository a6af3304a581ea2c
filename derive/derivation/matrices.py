"""The matrix form of one layer: its rules, proved component by component.

With net = W x + b, a column of deltas δ = ∂E/∂net gives ∂E/∂W = δ xᵀ, ∂E/∂x = Wᵀ δ and ∂E/∂b = δ. The
differential of E is linear in that of net, so it is enough to differentiate Σ δ_j net_j, with δ held
fixed, by every single component. Elementwise, ∂E/∂net = ∂E/∂out ⊙ f′(net) is the chain rule itself.

>>> proved(3, 2)
True
"""

from __future__ import annotations

from functools import cache

from sympy import QQ
from sympy.polys.rings import ring


@cache
def proved(units: int, sources: int) -> bool:
    """Whether the rules hold for a layer of this shape, in every component, by SymPy's calculus.

    The sum is a polynomial in all components; SymPy differentiates it by each of them.
    """
    rows, columns = range(units), range(sources)
    names = [f"w_{j}_{i}" for j in rows for i in columns]
    names += [f"{letter}_{n}" for letter, count in (("x", sources), ("b", units), ("d", units))
              for n in range(count)]  # fmt: skip
    _, *letters = ring(names, QQ)
    w = [[letters[j * sources + i] for i in columns] for j in rows]
    rest = letters[units * sources :]
    x, b, d = rest[:sources], rest[sources : sources + units], rest[sources + units :]
    net = [sum(w[j][i] * x[i] for i in columns) + b[j] for j in rows]
    change = sum(d[j] * net[j] for j in rows)
    outer = all(change.diff(w[j][i]) == d[j] * x[i] for j in rows for i in columns)
    turned = all(change.diff(x[i]) == sum(w[j][i] * d[j] for j in rows) for i in columns)
    return outer and turned and all(change.diff(b[j]) == d[j] for j in rows)
