"""A problem for a recipe: what it does not say itself is as the recipe prefers it.

>>> from derive.exercises.recipe_reading import recipe
>>> problem = problem_for("2-2-2", recipe("integers"))
>>> [layer.activation.name for layer in problem.layers], problem.learning_rate.text
(['relu', 'identity'], '0.01')
>>> problem_for("2-2-2", recipe("exam"), digits="9").show.digits.count
9
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from derive.exercises.recipe import End, Recipe, as_data
from derive.problem import known, syntax
from derive.problem.embedded import text_at
from derive.problem.model import Problem
from derive.problem.reading import load, read

_SHORTHAND = re.compile(r"[0-9]+(-[0-9]+)+")


def problem_for(source: str | Path | Mapping[str, Any], recipe: Recipe, **options: Any) -> Problem:
    """The problem of a file, a shorthand or data; options as for `derive.problem.reading.load`.

    The recipe's activations, loss, learning rate and digits stand where neither the source nor an
    option says anything.
    """
    said = {key: value for key, value in options.items() if value is not None}
    if isinstance(source, Mapping):
        return read(_filled(source, recipe, said), **said)
    if isinstance(source, str) and _SHORTHAND.fullmatch(source) and len(source) < 1000:
        units = source.split("-")
        if all(len(count) < 10 for count in units):
            load(source, **said)  # says what is wrong in the shorthand's own words
            inputs, *layers = map(int, units)
            data = {"inputs": inputs, "layers": [{"units": count} for count in layers]}
            return read(_filled(data, recipe, said), **said)
    if isinstance(source, Path) or os.path.isfile(source):
        return read(_filled(syntax.data(text_at(Path(source))), recipe, said), **said)
    return load(source, **said)


def _filled(data: Mapping[str, Any], recipe: Recipe, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data with the recipe's preferences; whatever is no data of a problem is left as it is."""
    layers, show = data.get("layers"), data.get("show", {})
    digits = {recipe.digits.kind: recipe.digits.count}
    if "equations" in data and isinstance(show, Mapping):
        return {**data, "show": {"digits": digits, **show}}
    good = isinstance(layers, list) and all(isinstance(layer, Mapping) for layer in layers)
    if not good or not layers or not isinstance(show, Mapping):
        return data
    is_dense = layers[-1].get("kind", "dense") == "dense"
    end = _end(recipe, {**data, **said}, layers[-1]) if is_dense else None
    *first, last = layers
    filled = [_with_activation(layer, recipe) for layer in first]
    last = last if is_dense else _with_activation(last, recipe)
    result: dict[str, Any] = {
        "learning_rate": recipe.learning_rate, **data,
        "layers": [*filled, last], "show": {"digits": digits, **show},
    }  # fmt: skip
    if end is not None:
        result = {"loss": as_data(end.loss), **result}
        result["layers"] = [*filled, {"activation": as_data(end.activation), **last}]
    return result


def _with_activation(layer: Mapping[str, Any], recipe: Recipe) -> Mapping[str, Any]:
    """A layer with the recipe's activation where it says nothing.

    Other kinds than dense ones keep their usual one, unless the recipe asks for exact values, which it
    does not have.
    """
    preferred = as_data(recipe.hidden[0])
    kind = layer.get("kind", "dense")
    if kind == "dense":
        return {"activation": preferred, **layer}
    kinds = known.table("layer kind")
    usual = kinds[kind].activation if isinstance(kind, str) and kind in kinds else None
    is_other = usual is not None and usual not in [choice.name for choice in recipe.hidden]
    return {"activation": preferred, **layer} if is_other and recipe.exact else layer


def _end(recipe: Recipe, given: Mapping[str, Any], last: Mapping[str, Any]) -> End | None:
    """The first pair of a last activation and a loss that agrees with what is given of them."""
    activation = given.get("activation", last.get("activation"))
    for end in recipe.ends:
        pairs = (given.get("loss"), end.loss), (activation, end.activation)
        if all(value is None or _name(value) == choice.name for value, choice in pairs):
            return end
    return None


def _name(value: object) -> object:
    """The name in a table, or in an option such as "relu,huber:delta=1", of the last one there."""
    if isinstance(value, str):
        return value.rpartition(",")[2].partition(":")[0].strip()
    return value.get("name") if isinstance(value, Mapping) else value
