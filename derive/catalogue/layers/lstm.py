"""Long short-term memory: a recurrent layer that keeps what it knows in cells, behind gates.

Symbolic half, for each unit at each time t: the input gate i, the forget gate f and the output gate o
are sigmoids of net inputs of their own, the candidate g is a tanh of its own;

    c_t = out^f_t · c_{t−1} + out^i_t · out^g_t,   out^c_t = tanh(c_t),   out_t = out^o_t · out^c_t.

At time 1 there is nothing to remember: what has c_0 or out_0 as a factor is left out, and so is the
forget gate. Numeric half: the same with matrices, from zeros on, and backwards through time.
(Hochreiter, Schmidhuber, "Long short-term memory", 1997; the forget gate is that of Gers, Schmidhuber,
Cummins, "Learning to forget", 2000. There are no peepholes; gates are named as PyTorch names them.)
"""

from __future__ import annotations

import numpy as np
from sympy import Symbol, symbols, tanh

from derive.algebra.family import Family
from derive.algebra.ledger import Ledger
from derive.algebra.ordered import plus, times
from derive.algebra.rule import A, Rule, Z, slot
from derive.catalogue.entries import Array
from derive.catalogue.layers import gates
from derive.catalogue.layers.dense import unit_rule
from derive.catalogue.layers.gates import SIGMOID, TANH, Gate
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Connected,
    Gradients,
    LayerKind,
    Plan,
    Shape,
    Wiring,
    one,
)
from derive.catalogue.layers.recurrent import arriving, returned, sequence, units_of

GATES = {"i": SIGMOID, "f": SIGMOID, "g": TANH, "o": SIGMOID}
LET_IN, KEPT, NEW = slot("let_in"), slot("kept"), slot("new")  # the outputs of i, f and g
LET_OUT, SHOWN, CELL = slot("let_out"), slot("shown"), slot("cell")  # of o; tanh(c_t); c_{t−1}


def plan(asked: Asked, sources: tuple[Shape, ...]) -> Plan:
    """Four gates' arrays, with as many units each as the layer has."""
    times_, features = sequence(sources)
    units = units_of(asked)
    return Plan(returned(asked, times_, units), gates.trained(asked, GATES, units, features))


# --- symbolic half -------------------------------------------------------------------------------


def connect(ledger: Ledger, wiring: Wiring) -> Connected:
    """Register the layer's quantities and write its equations down, one time step after the other."""
    sources, number = one(wiring.sources), wiring.number
    i, f, g, o = every = [Gate.added(ledger, wiring, *named) for named in GATES.items()]
    shown, cells, outputs = (
        ledger.add(kind, number, i.net.shape) for kind in ("out_c", "c", "out")
    )
    families: list[Family] = []
    for t, now in enumerate(sources):
        for gate in every:
            if t or gate is not f:
                families += gate.at(t, now, outputs[t - 1] if t else None)
        inflow = {LET_IN: i.outputs[t], NEW: g.outputs[t]}
        past = {KEPT: f.outputs[t], CELL: cells[t - 1]} if t else {}
        families += [
            Family(cell_rule(first=not t), cells[t], inflow | past),
            Family(unit_rule(TANH, {}, "dout_c/dc"), shown[t], {Z: cells[t], A: shown[t]}),
            Family(OUTPUT, outputs[t], {LET_OUT: o.outputs[t], SHOWN: shown[t]}),
        ]
    given = outputs if len(wiring.plan.shape) > 1 else outputs[-1]
    return Connected(tuple(families), given, gates.arrays_of(every))


def cell_rule(first: bool) -> Rule:
    """c_t, from what is kept of c_{t−1} and what is let in; at the first time only the latter."""
    inflow = times(LET_IN, NEW)
    return Rule("cell.first", inflow) if first else Rule("cell", plus(times(KEPT, CELL), inflow))


OUTPUT = Rule("gated", times(LET_OUT, SHOWN))


# --- numeric half --------------------------------------------------------------------------------


def forward(arrays: Arrays, sources: tuple[Array, ...]) -> tuple[dict[str, Array], Array]:
    """Outputs (…, samples, times, units), or of the last time alone; kept are nets, cells, outputs."""
    x = one(sources)
    into = {k: gates.coming_in(arrays, k, x) for k in GATES}
    h = c = np.zeros_like(into["i"][..., 0, :])
    steps: list[dict[str, Array]] = []
    for t in range(x.shape[-2]):
        nets = {k: into[k][..., t, :] + gates.remembered(arrays, k, h) for k in GATES}
        i, f, g, o = (GATES[k].value(net) for k, net in nets.items())
        c = f * c + i * g
        h = o * TANH.value(c)
        steps.append({**nets, "cells": c, "out": h})
    kept = gates.in_time(steps)
    return kept, kept["out"] if len(arrays.plan.shape) > 1 else h


def backward(
    arrays: Arrays, sources: tuple[Array, ...], kept: dict[str, Array], upstream: Array
) -> Gradients:
    """Back through time on two roads, by the outputs and by the cells."""
    x, cells = one(sources), kept["cells"]
    i, f, g, o = (GATES[k].value(kept[k]) for k in GATES)
    slope = {k: GATES[k].derivative(kept[k]) for k in GATES}
    by_cell = {"i": g * slope["i"], "f": gates.delayed(cells) * slope["f"], "g": i * slope["g"]}
    by_output = TANH.value(cells) * slope["o"]
    through = o * TANH.derivative(cells)
    reached = arriving(arrays, x.shape[-2], upstream)
    deltas: list[dict[str, Array]] = []
    later_h = later_c = np.zeros(1)  # after the last time nothing follows
    for t in reversed(range(x.shape[-2])):
        dh = reached[..., t, :] + later_h
        dc = dh * through[..., t, :] + later_c
        delta = {k: dc * local[..., t, :] for k, local in by_cell.items()}
        delta["o"] = dh * by_output[..., t, :]
        deltas.append(delta)
        later_h = gates.recalled(arrays, delta)
        later_c = dc * f[..., t, :]
    before = dict.fromkeys(GATES, gates.delayed(kept["out"]))
    trained, back = gates.collected(arrays, x, gates.in_time(deltas[::-1]), before)
    return Gradients(trained, (back,))


LSTM = LayerKind(
    "lstm", "long short-term memory: what a unit knows is kept in a cell, behind three gates",
    connect, forward, backward, plan,
    keys={"units": "units", "returns": "outputs", "bias": "no"},
    parameters=gates.names(GATES),
    inner=("sigmoid", "tanh"),
    formulas=lambda _: (
        *gates.formulas("q"),  # q stands for each gate
        ("c_t", plus(times(*symbols("out_t^f c_t−1")), times(*symbols("out_t^i out_t^g")))),
        ("out_t^c", tanh(Symbol("c_t"))),
        ("out_t", times(*symbols("out_t^o out_t^c"))),
    ),
)  # fmt: skip
