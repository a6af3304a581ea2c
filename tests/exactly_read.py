"""What a formula on a page comes to when its numbers are taken as they are printed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from tests import exactly as x
from tests.exactly import Exact
from tests.latexmath import Name, Num, Op, Tree, Unreadable, amount


def _sign(value: Exact) -> Exact:
    return x.number((value.value > 0) - (value.value < 0))


def _largest(*parts: Exact) -> Exact:
    return max(parts, key=lambda part: part.value)


def _smallest(*parts: Exact) -> Exact:
    return min(parts, key=lambda part: part.value)


FUNCTIONS: Mapping[str, Callable[..., Exact]] = {
    "\\ln": x.ln, "\\exp": x.exp, "\\tanh": x.tanh, "\\sinh": x.sinh, "\\cosh": x.cosh,
    "\\sin": x.sin, "\\cos": x.cos, "erf": x.erf, "sgn": _sign,
    "\\max": _largest, "\\min": _smallest,
}  # fmt: skip
_HOLDS = {
    "<": lambda a, b: a < b, "\\lt": lambda a, b: a < b, "\\le": lambda a, b: a <= b,
    ">": lambda a, b: a > b, "\\gt": lambda a, b: a > b, "\\ge": lambda a, b: a >= b,
}  # fmt: skip


def evaluate(tree: Tree, known: Mapping[str, Exact]) -> Exact:
    """The value of a tree, its names being known."""

    def walk(node: Tree) -> Exact:
        match node:
            case Num(text):
                return Exact(amount(text)[0])
            case Name("e"):
                return x.exp(x.number(1))
            case Name("\\pi"):
                return x.pi()
            case Name(key):
                return known[key]
            case Op("+", (part,)):
                return walk(part)
            case Op("-", (part,)):
                return -walk(part)
            case Op("sum", parts):
                return sum(map(walk, parts), x.number(0))
            case Op("product", parts):
                return math.prod(map(walk, parts), start=x.number(1))
            case Op("over", (above, below)):
                return walk(above) / walk(below)
            case Op("power", (Name("e"), exponent)):
                return x.exp(walk(exponent))
            case Op("power", (base, exponent)):
                return x.power(walk(base), walk(exponent))
            case Op("root", (inside,)):
                return x.root(walk(inside))
            case Op("abs", (inside,)):
                return abs(walk(inside))
            case Op("cases", rows):
                return walk(next(row.parts[0] for row in rows if _applies(row)))  # type: ignore[union-attr]
            case Op(kind, parts) if kind.startswith("call "):
                return FUNCTIONS[kind.removeprefix("call ")](*map(walk, parts))
        raise Unreadable(str(node))

    def _applies(row: Tree) -> bool:
        assert isinstance(row, Op)
        condition = row.parts[1]
        assert isinstance(condition, Op)
        if condition.kind == "otherwise":
            return True
        left, right = (walk(part).value for part in condition.parts)
        return bool(_HOLDS[condition.kind.removeprefix("is ")](left, right))

    return walk(tree)


def fractions(values: Mapping[str, Fraction]) -> dict[str, Exact]:
    return {name: Exact(value) for name, value in values.items()}
