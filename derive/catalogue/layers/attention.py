"""Attention: of all tokens, each takes those that answer its question.

Every token has a query, a key and a value; how well its query fits a key says how much of that token's
value it takes. Numbers below are of the token and of the feature; d is how many features a key has:

    q_{t,j} = Σᵢ w^q_{ji} · x_{t,i}, and in the same way k_{t,j} and v_{t,j},
    s_{t,r} = Σ_j q_{t,j} · k_{r,j} / √d,
    α_{t,r} = e^(s_{t,r}) / Σᵤ e^(s_{t,u}),
    c_{t,j} = Σ_r α_{t,r} · v_{r,j},
    out_{t,j} = Σᵢ w^o_{ji} · c_{t,i}; without an output projection, c itself is the output.

Several heads share the features of q, k and v: the first head has the first ones, s and α have its number
first, and c has what the heads found side by side. Where it is causal, a token sees itself and those before
it; the first one sees nobody else, α_{1,1} = 1, and has no use for a query. The numeric half stands in
`attention_arrays`. (Vaswani et al., "Attention is all you need", 2017.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from sympy import Function, Integer, Rational, S, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import SumOverAll, over, plus, power, times
from derive.algebra.rule import TOTAL, B, Rule, W, X, slot
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.layers.attention_arrays import backward, forward, heads_of
from derive.catalogue.layers.dense import joint_family, joint_rule
from derive.catalogue.layers.kind import (
    Asked,
    Connected,
    Formulas,
    LayerKind,
    Misfit,
    Options,
    Plan,
    Shape,
    Wiring,
    one,
)

Q, K, V, ALPHA = slot("q"), slot("k"), slot("v"), slot("alpha")
PARTS = ("q", "k", "v", "o")
WEIGHTS = tuple(f"weights_{part}" for part in PARTS)
BIASES = tuple(f"bias_{part}" for part in PARTS)
MOST_SLOPES = 2_000_000  # of weights by scores, each by each of its row
SHARE = joint_rule(ACTIVATIONS["softmax"], "attention", "dalpha/ds")


# --- shapes --------------------------------------------------------------------------------------


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """Weights for queries, keys and values, those of the outputs, and the biases that are wanted.

    There are as many units as a token has features, unless something is said. Heads share the units;
    `size`, the length of a head's queries and keys, may be another. Several heads are mixed by an output
    projection, one head only where its weights are typed.
    """
    tokens, features = _sequence(one(sources))
    heads = heads_of(asked.options)
    units = asked.units or _typed(asked, "weights_v", "weights_o") or features
    slopes = heads * tokens**3
    if slopes > MOST_SLOPES:
        fact = f"{tokens:,} tokens have {slopes:,} derivatives of a weight by a score"
        raise Misfit("", fact, f"at most {MOST_SLOPES:,}: fewer tokens")
    if units % heads:
        fact = f"{heads} heads cannot share {units} units evenly"
        raise Misfit("heads", fact, f"for example units = {heads * math.ceil(units / heads)}")
    keys = heads * int(asked.options.get("size", units // heads))
    if "size" not in asked.options:
        typed = _typed(asked, "weights_q", "weights_k")
        keys = typed if typed and typed % heads == 0 else keys
    rows = {"q": (keys, features), "k": (keys, features), "v": (units, features)}
    if "weights_o" not in asked.without and (heads > 1 or "weights_o" in asked.given):
        rows["o"] = (units, units)
    trained: dict[str, Shape] = {}
    for part, shape in rows.items():
        if f"weights_{part}" in asked.without:
            remedy = "leave it out to have it drawn; ones on the diagonal keep tokens as they are"
            raise Misfit(f"weights_{part}", "attention cannot do without these weights", remedy)
        trained[f"weights_{part}"] = shape
    for part, shape in rows.items():
        name = f"bias_{part}"
        if name in asked.given or (asked.options.get("bias") and name not in asked.without):
            trained[name] = shape[:1]
    return Plan((tokens, units), trained)


def _sequence(shape: Shape) -> Shape:
    """How many tokens there are, and how many features each has."""
    remedy = "inputs = [3, 2] are three tokens of two numbers"
    if len(shape) != 2:
        lists = "one list of numbers" if len(shape) == 1 else f"an array of {len(shape)} axes"
        raise Misfit("", f"attention takes a list of tokens, not {lists}", remedy)
    if shape[0] == 1:
        fact = "a single token has only itself to attend to: its weight is always 1"
        raise Misfit("", fact, f"two tokens or more: {remedy}")
    return shape


def _typed(asked: Asked, *names: str) -> int | None:
    """How many rows the first of these arrays has that is typed."""
    return next((asked.given[name][0] for name in names if asked.given.get(name)), None)


# --- symbolic half -------------------------------------------------------------------------------


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Queries, keys and values; then scores, weights and contexts, row by row; then outputs."""
    number, trained, x = wiring.number, wiring.plan.trained, one(wiring.sources)
    heads, causal = heads_of(wiring.options), bool(wiring.options.get("causal"))
    tokens, projects = len(x), "weights_o" in trained
    arrays = {part: ledger.add(_kind(part), number, shape) for part, shape in trained.items()}
    q, k, v = (ledger.add(p, number, (tokens, len(arrays[f"weights_{p}"]))) for p in PARTS[:3])
    square = (tokens, tokens) if heads == 1 else (heads, tokens, tokens)
    s, alpha = (ledger.add(kind, number, square) for kind in ("s", "alpha"))
    context = ledger.add("c" if projects else "out", number, wiring.plan.shape)
    asking = slice(1 if causal else 0, None)  # who sees more than one token
    families = [
        _projection("q", arrays, x[asking], q[asking]),
        _projection("k", arrays, x, k),
        _projection("v", arrays, x, v),
    ]
    s, alpha = s.reshape(heads, tokens, tokens), alpha.reshape(heads, tokens, tokens)
    rows = [(slice(tokens), tokens)]  # which tokens see equally many, and how many that is
    if causal:
        rows = [(slice(t, t + 1), t + 1) for t in range(tokens)]
    families.append(_scores(s, _parted(q, heads), _parted(k, heads), rows))
    families += [_shares(s[:, who, :seen], alpha[:, who, :seen]) for who, seen in rows]
    families += [_taken(context[who], alpha[:, who, :seen], v[:seen]) for who, seen in rows]
    outputs = context
    if projects:
        outputs = ledger.add("out", number, wiring.plan.shape)
        families.append(_projection("o", arrays, context, outputs))
    return Connected(tuple(families), outputs, arrays)


def _kind(part: str) -> str:
    """What the numbers of an array are called: "w_q" for "weights_q"."""
    return f"{part[0]}_{part[-1]}"


def _parted(ids: Ids, heads: int) -> Ids:
    """What each head has of (tokens, features): shape (heads, tokens, features of one head)."""
    return ids.reshape(len(ids), heads, -1).swapaxes(0, 1)


def _projection(part: str, arrays: Mapping[str, Ids], x: Ids, targets: Ids) -> Family:
    """Σᵢ w_ji · x_{t,i}, perhaps with b_j, for x of shape (tokens, features)."""
    weights, bias = arrays[f"weights_{part}"], arrays.get(f"bias_{part}")
    arguments = {W: np.tile(weights, (len(x), 1)), X: np.repeat(x, len(weights), axis=0)}
    formula = TOTAL
    if bias is not None:
        arguments[B], formula = np.tile(bias, len(x)), plus(TOTAL, B)
    rule = Rule(f"attention.{part}", formula, {TOTAL: times(W, X)})
    return Family(rule, targets.ravel(), arguments)


def _scores(s: Ids, q: Ids, k: Ids, rows: list[tuple[slice, int]]) -> Family:
    """s_{t,r} = Σ q_t · k_r / √d, of each token that sees several, with each token r that it sees."""
    seen = np.zeros(s.shape, dtype=bool)
    for who, several in rows:
        seen[:, who, :several] = several > 1
    head, t, r = np.nonzero(seen)
    size = q.shape[-1]
    formula, taught = TOTAL, {}
    if size > 1:
        root = power(Integer(size), Rational(1, 2))
        formula, taught = over(TOTAL, root), {Q: over(K, root), K: over(Q, root)}
    rule = Rule("attention.score", formula, {TOTAL: times(Q, K)}, taught=taught)
    return Family(rule, s[seen], {Q: q[head, t], K: k[head, r]})


def _shares(s: Ids, alpha: Ids) -> Family:
    """α, by softmax over the last axis; 1 where there is nothing to share."""
    if s.shape[-1] == 1:
        return Family(Rule("attention.alone", S.One), alpha.ravel(), {})
    return joint_family(SHARE, s, alpha)


def _taken(context: Ids, alpha: Ids, v: Ids) -> Family:
    """c_{t,j} = Σ_r α_{t,r} · v_{r,j}, where feature j belongs to one of the heads.

    Shapes: context (tokens, units), alpha (heads, tokens, seen), v (seen, units).
    """
    tokens, units = context.shape
    each = np.repeat(alpha.swapaxes(0, 1), units // len(alpha), axis=1)
    arguments = {ALPHA: each.reshape(-1, len(v)), V: np.tile(v.T, (tokens, 1))}
    rule = Rule("attention.context", TOTAL, {TOTAL: times(ALPHA, V)})
    return Family(rule, context.ravel(), arguments)


def formulas(options: Options) -> Formulas:
    """The layer for a reader, with d for the length of a key."""
    q, k, v, x, c, alpha = (
        Symbol(name) for name in ("q_t", "k_r", "v_r", "x_t", "c_t", "alpha_t,r")
    )
    mixes = heads_of(options) > 1
    return (
        *((f"{part}_t", times(Symbol(f"W^{part}"), x)) for part in "qkv"),
        ("s_t,r", over(times(q, k), power(Symbol("d"), Rational(1, 2)))),
        ("alpha_t", Function("softmax")(Symbol("s_t"))),
        ("c_t" if mixes else "out_t", SumOverAll(times(alpha, v), Symbol("r"))),
        *([("out_t", times(Symbol("W^o"), c))] if mixes else []),
    )


ATTENTION = LayerKind(
    "attention", "every token takes of the others' values, by how its query fits their keys",
    connect, forward, backward, plan,
    keys={"units": "units", "heads": "whole", "size": "whole", "causal": "yes", "bias": "yes"},
    parameters=(*WEIGHTS, *BIASES),
    pairwise=frozenset(["dalpha/ds"]),
    formulas=formulas,
)  # fmt: skip
