"""Every entry of the catalogue, found by itself: its halves agree, its proof holds, it prints.

An entry that is added is covered without a change here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Expr, Symbol

from derive.algebra.ordered import Constant, SumOverAll, SumOverOthers, plus, times
from derive.algebra.rule import AS, GRADIENT, RATE, TOTAL, ZS, A, O, T, W, Z, slot
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.entries import Activation, Loss
from derive.catalogue.layers.dense import joint_proof, joint_rule
from derive.catalogue.losses import LOSSES
from derive.catalogue.optimizers import DECAY, DECAYED, OPTIMIZERS, STEP, with_decay
from derive.catalogue.shortcuts import O_J, O_K, SHORTCUTS, T_J, T_K
from derive.catalogue.special import complex_erf
from derive.listing import listing
from derive.writing.layout import Style, layout
from derive.writing.maths import Name, Number
from derive.writing.notation import notations
from derive.writing.printers import PRINTERS

DIGITS = 50
CLOSE = sympy.Float(10) ** (8 - DIGITS)
POINTS = [sympy.Rational(n, 7) for n in (-41, -17, -9, -4, -1, 0, 1, 3, 8, 15, 36)]
H = 1e-40

UNITS = {name: entry for name, entry in ACTIVATIONS.items() if not entry.joint}


def settings(entry: Activation | Loss) -> list[dict[str, str]]:
    """The parameters left as they are, and each in the middle of what it may be."""
    usual = {name: parameter.default for name, parameter in entry.parameters.items()}
    middle = {
        name: str(round(min((max(p.low, 0) + min(p.high, 3)) / 2, 1.5), 2))
        for name, p in entry.parameters.items()
    }
    return [usual, middle] if usual else [usual]


def cases(entries: Mapping[str, Any]) -> list[Any]:
    return [
        pytest.param(entry, given, id=f"{name} {given or ''}".strip())
        for name, entry in entries.items()
        for given in settings(entry)
    ]


def constants(given: Mapping[str, str]) -> dict[str, Constant]:
    return {name: Constant(text) for name, text in given.items()}


def floats(given: Mapping[str, str]) -> dict[str, float]:
    return {name: float(text) for name, text in given.items()}


def exact(expression: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """The value to 50 digits, typed constants being the exact decimals that they are."""
    typed = {c: sympy.Rational(c.name) for c in expression.free_symbols if isinstance(c, Constant)}
    return sympy.N(expression.subs(typed).subs(values).doit(), DIGITS)


def near(left: Expr, right: Expr) -> bool:
    return bool(abs(left - right) <= CLOSE * max(1, abs(left)))


def smooth(entry: Activation) -> list[Expr]:
    return [z for z in POINTS if float(z) not in entry.kinks]


# --- activations ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("entry", "given"), cases(UNITS))
def test_the_taught_slope_is_sympys_derivative(entry: Activation, given: dict[str, str]):
    typed = constants(given)
    formula = entry.formula(Z, **typed)
    found = sympy.diff(formula.doit(), Z)

    for z in smooth(entry):
        value = exact(formula, {Z: z})
        taught = exact(entry.slope(Z, A, **typed), {Z: z, A: value})

        assert near(exact(found, {Z: z}), taught), z


@pytest.mark.parametrize("name", ["identity", "sigmoid", "tanh", "softplus", "silu", "gelu"])
def test_the_taught_slope_is_sympys_derivative_in_symbols(name: str):
    entry = ACTIVATIONS[name]
    formula = entry.formula(Z).doit()

    difference = sympy.diff(formula, Z) - entry.slope(Z, formula).doit()

    assert 0 == sympy.simplify(difference.rewrite(sympy.exp))


@pytest.mark.parametrize(("entry", "given"), cases(UNITS))
def test_each_step_of_a_proof_equals_the_next(entry: Activation, given: dict[str, str]):
    typed = constants(given)
    formula = entry.formula(Z, **typed)
    steps = entry.proof(Z, A, **typed)
    if not steps:
        steps = (entry.slope(Z, A, **typed),)  # it is found and taught in one form

    for z in smooth(entry):
        values = {Z: z, A: exact(formula, {Z: z})}
        right = exact(sympy.diff(formula.doit(), Z), {Z: z})

        assert [True] * len(steps) == [near(exact(step, values), right) for step in steps]


@pytest.mark.parametrize(
    "entry", [e for e in UNITS.values() if e.proof(Z, A, **constants(settings(e)[0]))]
)
def test_a_proof_ends_in_the_taught_form(entry: Activation):
    assert entry.slope(Z, A) == entry.proof(Z, A)[-1]


@pytest.mark.parametrize("entry", [e for e in UNITS.values() if e.definition])
def test_a_definition_is_the_function(entry: Activation):
    for z in POINTS:
        assert near(exact(entry.formula(Z), {Z: z}), exact(entry.definition(Z), {Z: z}))


@pytest.mark.parametrize(("entry", "given"), cases(UNITS))
def test_the_numeric_half_is_the_symbolic_one(entry: Activation, given: dict[str, str]):
    typed, numbers = constants(given), floats(given)
    points = smooth(entry)
    z = np.array([float(p) for p in points])
    symbolic = [exact(entry.formula(Z, **typed), {Z: p}) for p in points]
    slopes = [exact(sympy.diff(entry.formula(Z, **typed).doit(), Z), {Z: p}) for p in points]

    np.testing.assert_allclose(
        entry.value(z, **numbers), np.array(symbolic, dtype=float), rtol=2e-14, atol=4e-15
    )
    np.testing.assert_allclose(
        entry.derivative(z, **numbers), np.array(slopes, dtype=float), rtol=2e-13, atol=4e-15
    )


@pytest.mark.parametrize(("entry", "given"), cases(UNITS))
def test_the_numeric_derivative_is_the_slope_of_the_value(entry: Activation, given: dict[str, str]):
    """Measured by an imaginary step, which also shows that the value takes complex arrays."""
    numbers = floats(given)
    z = np.concatenate([np.linspace(-30, 30, 241), [1e-9, -1e-9], entry.kinks])

    measured = np.imag(entry.value(z + 1j * H, **numbers)) / H

    np.testing.assert_allclose(measured, entry.derivative(z, **numbers), rtol=1e-12, atol=1e-13)
    straight = np.real(entry.value(z + 1j * H, **numbers))
    np.testing.assert_allclose(straight, entry.value(z, **numbers), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(("entry", "given"), cases(UNITS))
def test_arrays_of_any_shape(entry: Activation, given: dict[str, str]):
    z = np.linspace(-2, 2, 24).reshape(2, 3, 4)
    for half in (entry.value, entry.derivative):
        each = [half(np.array([x]), **floats(given))[0] for x in z.ravel()]

        np.testing.assert_allclose(
            half(z, **floats(given)), np.array(each).reshape(z.shape), rtol=1e-14
        )


@pytest.mark.parametrize(("entry", "given"), cases(UNITS))
def test_values_stay_in_the_range(entry: Activation, given: dict[str, str]):
    values = entry.value(np.linspace(-50, 50, 401), **floats(given))
    low, high = entry.range

    assert low <= values.min()
    assert values.max() <= high


@pytest.mark.parametrize(
    ("entry", "parameter"),
    [(e, p) for e in [*UNITS.values(), *LOSSES.values()] for p in e.parameters],
)
def test_a_parameter_changes_both_halves(entry: Activation | Loss, parameter: str):
    usual, other = (constants(given)[parameter] for given in settings(entry))
    slots = (Z, A) if isinstance(entry, Activation) else (T, O)
    half = entry.derivative
    arguments = ([np.zeros(1)] if slots[0] == Z else [np.zeros(1), np.full(1, 5.0)])  # fmt: skip
    if entry.name in ("leaky_relu", "elu"):
        arguments = [np.full(1, -1.0)]

    assert usual != other
    assert entry.slope(*slots, **{parameter: usual}) != entry.slope(*slots, **{parameter: other})
    assert half(*arguments, **{parameter: float(usual.name)}) != half(
        *arguments, **{parameter: float(other.name)}
    )


@pytest.mark.parametrize("entry", [e for e in UNITS.values() if e.kinks])
def test_a_kink_is_where_the_sides_differ(entry: Activation):
    """At each kink the slopes to the left and right differ; the value there lies between them."""
    numbers = floats(settings(entry)[1])
    for kink in entry.kinks:
        left, at, right = entry.derivative(np.array([kink - 1e-9, kink, kink + 1e-9]), **numbers)

        assert left != pytest.approx(right, rel=1e-6)
        assert min(left, right) - 1e-8 <= at <= max(left, right) + 1e-8


# --- softmax -------------------------------------------------------------------------------------

NETS = [sympy.Rational(-4, 5), sympy.Rational(11, 10), sympy.Rational(1, 10), sympy.Rational(2)]


def softmax_values() -> tuple[list[Symbol], list[Expr]]:
    symbols = [Symbol(f"z{i}", real=True) for i in range(len(NETS))]
    total = sum(sympy.exp(z) for z in symbols)
    return symbols, [ACTIVATIONS["softmax"].formula(z, total) for z in symbols]


def test_softmaxs_matrix_is_sympys():
    symbols, outputs = softmax_values()
    at = dict(zip(symbols, NETS, strict=True))
    values = [exact(out, at) for out in outputs]
    own, others = joint_rule(ACTIVATIONS["softmax"]).special

    assert ("own", "others") == (own.members, others.members)
    for i, out in enumerate(outputs):
        for j, z in enumerate(symbols):
            partial = own if i == j else others
            taught = exact(partial.taught, {A: values[i], AS: values[j]})
            found = exact(
                partial.found,
                {Z: NETS[i], ZS: NETS[j], TOTAL: sum(sympy.exp(n) for n in NETS)},
            )

            assert near(exact(sympy.diff(out, z), at), taught)
            assert near(taught, found)


def test_each_step_of_softmaxs_proofs_equals_the_next():
    total = sum(sympy.exp(n) for n in NETS)
    for steps, other in zip(joint_proof(), (0, 1), strict=True):
        outputs = {A: sympy.exp(NETS[0]) / total, AS: sympy.exp(NETS[other]) / total}
        at = {Z: NETS[0], ZS: NETS[other], TOTAL: total, **outputs}
        values = [exact(step, at) for step in steps]

        assert [True] * len(steps) == [near(values[0], value) for value in values]


def test_softmaxs_proofs_end_in_the_taught_forms():
    own, others = joint_rule(ACTIVATIONS["softmax"]).special

    assert (own.taught, others.taught) == tuple(steps[-1] for steps in joint_proof())


def test_softmax_in_numbers():
    entry = ACTIVATIONS["softmax"]
    z = np.array([[float(n) for n in NETS], [0.0, 1000.0, -1000.0, 3.0]])
    symbols, outputs = softmax_values()
    at = dict(zip(symbols, NETS, strict=True))

    values = entry.value(z)

    np.testing.assert_allclose(values[0], [float(exact(out, at)) for out in outputs], rtol=1e-14)
    np.testing.assert_allclose(values.sum(axis=-1), [1, 1], rtol=1e-15)
    for j in range(len(NETS)):
        moved = z.astype(complex)
        moved[:, j] += 1j * H
        measured = np.imag(entry.value(moved)) / H
        np.testing.assert_allclose(
            measured, entry.derivative(z)[..., :, j], rtol=1e-12, atol=1e-300
        )


# --- losses --------------------------------------------------------------------------------------


def outputs(entry: Loss) -> list[Expr]:
    """Points inside the loss's domain."""
    low, high = entry.domain
    if low == float("-inf"):
        return POINTS
    ends = [sympy.Rational(n, 11) for n in range(1, 11)]
    return ends if high == 1 else [*ends, sympy.Integer(3), sympy.Rational(29, 2)]


def targets(entry: Loss) -> list[Expr]:
    return {
        "any": [sympy.Rational(-3, 4), sympy.Rational(1, 5), sympy.Integer(2)],
        "unit interval": [sympy.Integer(0), sympy.Rational(3, 10), sympy.Integer(1)],
        "signs": [sympy.Integer(-1), sympy.Integer(1)],
        "distribution": [sympy.Integer(0), sympy.Rational(1, 4), sympy.Integer(1)],
    }[entry.targets]


def pairs(entry: Loss) -> Iterable[dict[Symbol, Expr]]:
    return [{T: t, O: o} for t in targets(entry) for o in outputs(entry) if t != o and t * o != 1]


@pytest.mark.parametrize(("entry", "given"), cases(LOSSES))
def test_the_taught_slope_of_a_loss_and_its_proof(entry: Loss, given: dict[str, str]):
    typed = constants(given)
    found = sympy.diff(entry.term(T, O, **typed).doit(), O)
    steps = (*entry.proof(T, O, **typed), entry.slope(T, O, **typed))

    for at in pairs(entry):
        right = exact(found, at)

        assert [True] * len(steps) == [near(exact(step, at), right) for step in steps], at


@pytest.mark.parametrize("entry", [e for e in LOSSES.values() if not e.parameters])
def test_the_proof_of_a_loss_ends_in_the_taught_form(entry: Loss):
    for last in entry.proof(T, O)[-1:]:
        assert entry.slope(T, O) == last


@pytest.mark.parametrize(("entry", "given"), cases(LOSSES))
def test_the_numeric_half_of_a_loss(entry: Loss, given: dict[str, str]):
    typed, numbers = constants(given), floats(given)
    points = list(pairs(entry))
    t, o = (np.array([float(at[slot]) for at in points]) for slot in (T, O))
    symbolic = np.array([exact(entry.term(T, O, **typed), at) for at in points], dtype=float)
    slopes = [exact(entry.slope(T, O, **typed), at) for at in points]

    np.testing.assert_allclose(entry.value(t, o, **numbers), symbolic, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(
        entry.derivative(t, o, **numbers), np.array(slopes, dtype=float), rtol=1e-13, atol=4e-15
    )
    measured = np.imag(entry.value(t, o + 1j * H, **numbers)) / H
    np.testing.assert_allclose(measured, entry.derivative(t, o, **numbers), rtol=1e-12, atol=1e-15)


def test_which_losses_are_means():
    assert ["mean_squared_error"] == [name for name, entry in LOSSES.items() if entry.mean]


# --- short forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", SHORTCUTS, ids=" ".join)
def test_each_step_to_a_short_form_equals_the_next(pair: tuple[str, str]):
    shortcut = SHORTCUTS[pair]
    o = [sympy.Rational(n, 10) for n in (2, 5, 3)]
    t = [sympy.Rational(n, 8) for n in (1, 5, 2)]

    def over(units: list[int], term: Expr) -> Expr:
        return sympy.Add(*(term.subs({O_K: o[k], T_K: t[k]}) for k in units))

    for j in range(3):
        rest = [k for k in range(3) if k != j]
        values = []
        for step in (*shortcut.proof, shortcut.formula):
            written = step.replace(SumOverAll, lambda term: over([0, 1, 2], term))
            written = written.replace(SumOverOthers, lambda term, rest=rest: over(rest, term))
            values.append(sympy.simplify(written.subs({O_J: o[j], T_J: t[j]})))

        assert [o[j] - t[j]] * len(values) == values


@pytest.mark.parametrize("pair", SHORTCUTS, ids=" ".join)
def test_a_short_form_names_entries_that_exist(pair: tuple[str, str]):
    assert pair[0] in ACTIVATIONS
    assert pair[1] in LOSSES


def test_the_short_form_of_softmax_needs_targets_that_add_up_to_1():
    shortcut = SHORTCUTS["softmax", "cross_entropy"]

    assert shortcut.holds(np.array([0.25, 0.75]))
    assert not shortcut.holds(np.array([0.25, 0.7]))


# --- optimizers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 7])
@pytest.mark.parametrize("entry", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_an_optimizers_halves_agree(entry: Any, number: int):
    """The lines, one after the other and exactly, against the step in doubles."""
    w, g, rate = sympy.Rational(2, 5), sympy.Rational(-3, 7), sympy.Rational(1, 2)
    state = {slot(kind): sympy.Rational(n + 1, 9) for n, kind in enumerate(entry.state)}
    own = {slot(name): sympy.Rational(p.default) for name, p in entry.parameters.items()}
    known = {W: w, GRADIENT: g, RATE: rate, slot(STEP): sympy.Integer(number), **state, **own}
    for line in entry.lines:
        known[slot(line.kind)] = line.formula.doit().subs(known)

    new, after = entry.step(
        np.array([float(w)]), np.array([float(g)]), [np.array([float(s)]) for s in state.values()],
        float(rate), number, **{str(name): float(value) for name, value in own.items()},
    )  # fmt: skip

    expected = [known[slot(kind)] for kind in ("new", *(f"{kind}_new" for kind in entry.state))]
    np.testing.assert_allclose(
        np.concatenate([new, *after]), [float(e.evalf(30)) for e in expected], rtol=1e-13
    )


@pytest.mark.parametrize("entry", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_an_optimizers_first_step_goes_downhill(entry: Any):
    parameters = {name: float(p.default) for name, p in entry.parameters.items()}
    state = [np.zeros(2) for _ in entry.state]

    new, _ = entry.step(np.array([1.0, 1.0]), np.array([2.0, -2.0]), state, 0.25, 1, **parameters)

    assert new[0] < 1 < new[1]


@pytest.mark.parametrize("entry", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_weight_decay_acts_like_a_larger_gradient(entry: Any):
    decayed = with_decay(entry)

    assert plus(GRADIENT, times(slot(DECAY), W)) == decayed.lines[0].formula
    assert [line.kind for line in entry.lines] == [line.kind for line in decayed.lines[1:]]
    for line, other in zip(entry.lines, decayed.lines[1:], strict=True):
        assert 0 == sympy.expand(
            (line.formula.subs(GRADIENT, slot(DECAYED)) - other.formula).doit()
        )
        assert GRADIENT not in other.formula.free_symbols


# --- on paper ------------------------------------------------------------------------------------


def formulas() -> list[Any]:
    found: list[tuple[str, Callable[[], Iterable[Expr]]]] = []
    for name, entry in UNITS.items():
        typed = constants(settings(entry)[0])
        found.append((name, lambda e=entry, c=typed: [
            e.formula(Z, **c), e.slope(Z, A, **c), *e.proof(Z, A, **c),
            *([e.definition(Z)] if e.definition else []),
        ]))  # fmt: skip
    found.append(("softmax", lambda: [
        ACTIVATIONS["softmax"].formula(Z, TOTAL), *joint_proof()[0], *joint_proof()[1],
    ]))  # fmt: skip
    for name, loss in LOSSES.items():
        typed = constants(settings(loss)[0])
        found.append((name, lambda e=loss, c=typed: [
            e.term(T, O, **c), e.slope(T, O, **c), *e.proof(T, O, **c),
        ]))  # fmt: skip
    for pair, shortcut in SHORTCUTS.items():
        found.append((" ".join(pair), lambda s=shortcut: [*s.proof, s.formula]))
    for name, optimizer in OPTIMIZERS.items():
        found.append((name, lambda o=optimizer: [line.formula for line in with_decay(o).lines]))
    return [pytest.param(make, id=name) for name, make in found]


@pytest.mark.parametrize("printer", PRINTERS)
@pytest.mark.parametrize("make", formulas())
def test_prints_in_every_printer(make: Callable[[], Iterable[Expr]], printer: str):
    style = Style("·")
    for formula in make():
        symbols = layout(formula, lambda s: Name(str(s).partition("_")[0]), style)
        numbers = layout(formula, lambda _: Number("-0.25"), style)
        for node in (symbols, numbers):
            text = PRINTERS[printer]().print(node)

            assert text
            assert not any(word in text for word in ("Piecewise", "Max", "Symbol", "None", "Abs"))


def test_there_is_something_to_print_formulas_with():
    assert {"latex", "github", "typst", "mathml", "svg", "plain"} <= set(PRINTERS)
    assert "net-out" in notations()


@pytest.mark.parametrize(
    ("kind", "entries"),
    [("activations", ACTIVATIONS), ("losses", LOSSES), ("optimizers", OPTIMIZERS)],
)
def test_is_listed_with_its_formula(kind: str, entries: Mapping[str, Any]):
    listed = listing(kind)

    assert list(entries) == [name for name in listed if not name.startswith("(")]
    assert all(listed.values())


# --- special functions ---------------------------------------------------------------------------


def test_the_error_function_to_the_last_digits():
    x = np.concatenate([np.linspace(-7, 7, 281), [1e-12, 5.9999, 6.0001]])
    expected = np.array([float(sympy.erf(sympy.Float(v, 40))) for v in x])

    np.testing.assert_allclose(complex_erf(x), expected, rtol=5e-15, atol=1e-300)
