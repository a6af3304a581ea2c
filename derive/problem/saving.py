"""A problem as TOML text that reads back to it, or as plain data for JSON.

Every number is written out, drawn ones too, so that the text stands by itself; only the note that
they were drawn is lost.

>>> from derive.problem.reading import load, read
>>> text = write_problem(load("2-2-1"))
>>> write_problem(read(text)) == text
True
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from derive.problem import known
from derive.problem.model import Bias, Choice, Equations, Given, Layer, Numbers, Problem, Show

_Leaf = Callable[[Numbers], Any]


def as_data(problem: Problem, *, drawn: bool = True) -> dict[str, Any]:
    """The problem in the file's shape, with plain numbers, lists and text.

    Without `drawn`, the numbers that the seed decides are left out, as they were in the file: the
    data reads back to the same problem all the same.
    """
    left_out = () if drawn else problem.drawn
    if problem.equations is not None:
        return _open_graph(_graph(problem, problem.equations, _plain_number), problem, left_out)
    data = _data(_without(problem, left_out), _plain_numbers, _plain_number)
    for number, (layer, own) in enumerate(zip(data["layers"], problem.layers, strict=True), 1):
        for part in own.numbers:
            if f"layers[{number}].{part}" not in left_out:
                continue
            if own.kind == "dense" and part == "bias":
                layer["bias"] = own.bias.form
            else:
                del layer[part]
    for number, sample in enumerate(data["samples"], start=1):
        for part in ("inputs", "targets"):
            if f"samples[{number}].{part}" in left_out:
                del sample[part]
    return data


def _without(problem: Problem, places: Container[str]) -> Problem:
    """The problem without the weights at these places, so that they are not turned into lists."""
    nothing = Numbers(np.zeros((0, 0)))
    layers = tuple(
        replace(layer, weights=nothing) if f"layers[{n}].weights" in places else layer
        for n, layer in enumerate(problem.layers, start=1)
    )
    return replace(problem, layers=layers)


def write_problem(problem: Problem) -> str:
    """The problem as a file, with the digits of every number."""
    if problem.equations is not None:
        tables = _graph(problem, problem.equations, lambda given: _Digits(given.text))
        blocks = [_block("", {"title": tables.pop("title")})]
        return "\n".join([*blocks, *(_block(f"[{name}]", tables[name]) for name in tables)])
    data = _data(problem, _digits, lambda given: _Digits(given.text))
    layers, samples, show = data.pop("layers"), data.pop("samples"), data.pop("show")
    blocks = [_block("", data)]
    blocks += [_block("[[layers]]", layer) for layer in layers]
    blocks += [_block("[[samples]]", sample) for sample in samples]
    return "\n".join([*blocks, _block("[show]", show)])


# --- the file's shape ----------------------------------------------------------------------------


def _data(problem: Problem, numbers: _Leaf, number: Callable[[Given], Any]) -> dict[str, Any]:
    return {
        "title": problem.title,
        "inputs": list(problem.shape) or problem.inputs,
        "loss": _choice(problem.loss, number),
        "learning_rate": number(problem.learning_rate),
        "optimizer": _choice(problem.optimizer, number),
        "epochs": problem.epochs,
        **_given("stop_below", problem.stop_below and number(problem.stop_below)),
        "batch_size": "all" if problem.batch_size is None else problem.batch_size,
        "reduction": problem.reduction,
        "seed": problem.seed,
        "layers": [_layer(layer, numbers, number) for layer in problem.layers],
        "samples": [
            {"inputs": numbers(sample.inputs), "targets": numbers(sample.targets)}
            for sample in problem.samples
        ],
        "show": _show(problem.show),
    }


def _graph(
    problem: Problem, equations: Equations, number: Callable[[Given], Any]
) -> dict[str, Any]:
    """An expression graph in the file's shape."""
    return {
        "title": problem.title,
        "equations": dict(equations.formulas),
        "values": {name: number(given) for name, given in equations.values.items()},
        "ask": {"output": equations.output, "gradients": list(equations.gradients)},
        "show": _show(problem.show),
    }


def _open_graph(data: dict[str, Any], problem: Problem, left_out: Container[str]) -> dict[str, Any]:
    """The same where the seed decides some of the values."""
    drawn = [name for name in data["values"] if f"values.{name}" in left_out]
    if not drawn:
        return data
    return data | {"seed": problem.seed, "values": data["values"] | dict.fromkeys(drawn, "draw")}


def _show(show: Show) -> dict[str, Any]:
    table = {field.name: getattr(show, field.name) for field in fields(show)}
    table["digits"] = {show.digits.kind: show.digits.count}
    table["letters"] = dict(show.letters) or None
    return {key: value for key, value in table.items() if value is not None}


def _given(key: str, value: Any) -> dict[str, Any]:
    """A key that may be left out."""
    return {} if value is None else {key: value}


def _layer(layer: Layer, numbers: _Leaf, number: Callable[[Given], Any]) -> dict[str, Any]:
    sources = list(layer.sources) or None
    if layer.kind != "dense":
        return {**_of_kind(layer, numbers, number), **_given("from", sources)}
    return {
        "kind": layer.kind,
        **_given("from", sources),
        "units": layer.shape[-1] if layer.shape else layer.units,
        "activation": _choice(layer.activation, number),
        "weights": numbers(layer.weights),
        **_given("names", layer.names and [list(row) for row in layer.names]),
        "bias": _bias(layer.bias, numbers),
        "frozen": sorted(layer.frozen),
    }


def _of_kind(layer: Layer, numbers: _Leaf, number: Callable[[Given], Any]) -> dict[str, Any]:
    """A layer of another kind than dense, by the keys of its kind."""
    kind = known.table("layer kind")[layer.kind]
    found: dict[str, Any] = {"kind": layer.kind}
    if "units" in kind.keys:
        found["units"] = layer.shape[-1]
    if kind.activation is not None:
        found["activation"] = _choice(layer.activation, number)
    for key, value in layer.options.items():
        plain = number(value) if isinstance(value, Given) else value
        found[key] = list(plain) if isinstance(plain, tuple) else plain
    for name in (*kind.parameters, *kind.constants):
        array = layer.arrays.get(name)
        found[name] = False if array is None else numbers(array)
    if kind.parameters:
        found["frozen"] = sorted(layer.frozen)
    return found


def _choice(choice: Choice, number: Callable[[Given], Any]) -> str | dict[str, Any]:
    if choice.formula is not None:
        return {"name": choice.name, "formula": choice.formula}
    if not choice.parameters:
        return choice.name
    return {"name": choice.name, **{key: number(v) for key, v in choice.parameters.items()}}


def _bias(bias: Bias, numbers: _Leaf) -> Any:
    if bias.numbers is None:
        return False
    written = numbers(bias.numbers)
    return {"threshold": written} if bias.form == "threshold" else written


# --- numbers as numbers --------------------------------------------------------------------------


def _plain_number(given: Given) -> float | int:
    """A whole number where one was typed, so that 5 does not come back as 5.0."""
    return int(given.text) if given.text.lstrip("-").isdigit() else given.value


def _plain_numbers(numbers: Numbers) -> Any:
    if numbers.texts is None:
        return (
            numbers.values.astype(int).tolist() if not numbers.decimals else numbers.values.tolist()
        )
    return _mapped(numbers.texts.tolist(), lambda text: _plain_number(Given(float(text), text)))


def _mapped(nested: Any, function: Callable[[str], Any]) -> Any:
    if isinstance(nested, list):
        return [_mapped(item, function) for item in nested]
    return function(nested)


# --- numbers as digits, for TOML -----------------------------------------------------------------


class _Digits(str):
    """A number's digits, which stand in the file without quotes."""

    __slots__ = ()


def _digits(numbers: Numbers) -> Any:
    if numbers.texts is not None:
        return _mapped(numbers.texts.tolist(), _Digits)
    return _mapped(numbers.values.tolist(), lambda value: _Digits(f"{value:.{numbers.decimals}f}"))


def _block(head: str, table: Mapping[str, Any]) -> str:
    lines = [head] if head else []
    lines += [f"{key} = {_toml(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    match value:
        case _Digits():
            return str(value)
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list() if value and isinstance(value[0], list):
            return "[\n" + "".join(f"    {_toml(row)},\n" for row in value) + "]"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case dict():
            return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return str(value)
