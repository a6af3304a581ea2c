"""A formula that is wrong by a millionth, in either half of the catalogue, does not go unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import Rational

import derive
from derive.algebra.ordered import times
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.layers import LAYERS
from derive.catalogue.losses import LOSSES
from derive.cli import main
from derive.errors import Disagreement
from tests import networks

BIT = Rational(1_000_001, 1_000_000)
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if not entry.joint]


def scaled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The numeric function, larger by a millionth."""
    return lambda *arguments, **parameters: function(*arguments, **parameters) * float(BIT)


def slope(function: Callable[..., Any]) -> Callable[..., Any]:
    """The symbolic function, larger by a millionth."""
    return lambda *arguments, **parameters: times(BIT, function(*arguments, **parameters))


BREAKS = {"derivative": scaled, "value": scaled, "slope": slope}


def plant(monkeypatch: pytest.MonkeyPatch, registry: Any, name: str, half: str) -> None:
    entry = registry[name]
    broken = replace(entry, **{half: BREAKS[half](getattr(entry, half))})
    monkeypatch.setitem(registry._entries, name, broken)


def problem(hidden: str, loss: str) -> derive.Problem:
    return derive.read(networks.network(5, [2, 3, 2, 2], [hidden, "tanh", "sigmoid"], loss))


@pytest.mark.parametrize("half", BREAKS)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_broken_activation(name: str, half: str, monkeypatch: pytest.MonkeyPatch):
    plant(monkeypatch, ACTIVATIONS, name, half)
    asked = problem(name, "half_squared_error")

    with pytest.raises(Disagreement) as caught:
        derive.work(asked)

    assert 3 == caught.value.status


@pytest.mark.parametrize("half", ["derivative", "slope"])
@pytest.mark.parametrize("name", ["sigmoid", "relu", "gelu"])
def test_the_layer_of_the_broken_activation_is_named(
    name: str, half: str, monkeypatch: pytest.MonkeyPatch
):
    """A wrong slope in the first layer spoils that layer's gradients, and no other's."""
    plant(monkeypatch, ACTIVATIONS, name, half)

    with pytest.raises(Disagreement, match=r"^[wb]\[1[,\]].* differ by more than rounding"):
        derive.work(problem(name, "half_squared_error"))


@pytest.mark.parametrize("half", ["derivative", "value"])
def test_a_broken_softmax(half: str, monkeypatch: pytest.MonkeyPatch):
    plant(monkeypatch, ACTIVATIONS, "softmax", half)

    with pytest.raises(Disagreement):
        derive.work("3-3-2", activation="tanh,softmax", loss="cross_entropy")


@pytest.mark.parametrize("half", BREAKS)
@pytest.mark.parametrize("name", LOSSES)
def test_a_broken_loss(name: str, half: str, monkeypatch: pytest.MonkeyPatch):
    plant(monkeypatch, LOSSES, name, half)
    asked = problem("tanh", name)

    with pytest.raises(Disagreement):
        derive.work(asked)


def test_a_broken_layer(monkeypatch: pytest.MonkeyPatch):
    """Two gradients of one layer interchanged: the largest and the smallest weight's."""
    whole = LAYERS["dense"]

    def backward(*arguments: Any) -> Any:
        found = whole.backward(*arguments)
        weights = found.trained["weights"][::-1]
        return found._replace(trained={**found.trained, "weights": weights})

    monkeypatch.setitem(LAYERS._entries, "dense", replace(whole, backward=backward))

    with pytest.raises(Disagreement, match=r"w\["):
        derive.work("2-3-2")


def test_the_command_leaves_with_status_3_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
):
    plant(monkeypatch, ACTIVATIONS, "sigmoid", "derivative")

    result = CliRunner().invoke(main, ["example", "2-2-2", "--out", str(tmp_path / "out")])

    assert 3 == result.exit_code
    assert "differ by more than rounding" in result.stderr
    assert "w[" in result.stderr
    assert not (tmp_path / "out").exists()


def test_nothing_broken_nothing_noticed():
    assert derive.work(problem("sigmoid", "half_squared_error")).agreement.agree
