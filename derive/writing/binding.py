"""How tightly a piece of a formula holds together, from which its brackets follow.

>>> signed((Number("2"), Row((Sign("-"), Number("3"))))).items
(Number(text='2', power=None), Sign(name='-'), Number(text='3', power=None))
>>> binding_of(Number("-0.3")), binding_of(Number("0.3"))
(<Binding.SUM: 1>, <Binding.ATOM: 4>)
"""

from __future__ import annotations

from enum import IntEnum

from derive.writing.maths import Bracket, Node, Number, Power, Row, Sign


class Binding(IntEnum):
    """How tightly a piece holds together; a looser one needs brackets inside a tighter one."""

    RELATION = 0
    SUM = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


def signed(nodes: tuple[Node, ...]) -> Node:
    """Terms joined by plus and minus signs; a later term that starts with a minus is subtracted."""
    items: list[Node] = []
    for node in nodes:
        negative = _without_minus(node)
        if not items:
            items.append(node)
        elif negative is None:
            items += [Sign("+"), Bracket(node) if _is_negative(node) else node]
        else:
            items += [Sign("-"), negative]
    return items[0] if len(items) == 1 else Row(tuple(items))


def _is_negative(node: Node) -> bool:
    """Whether this is a number that happens to be negative, not a minus of the formula."""
    return isinstance(node, Number) and node.text.startswith("-")


def _without_minus(node: Node) -> Node | None:
    """What follows the sign in "−w·x", or None where there is none."""
    if isinstance(node, Row) and node.items and node.items[0] == Sign("-"):
        rest = node.items[1:]
        return rest[0] if len(rest) == 1 else Row(rest)
    return None


def binding_of(node: Node) -> Binding:
    """How tightly something already printed binds."""
    if isinstance(node, Number):
        if node.text.startswith("-"):
            return Binding.SUM
        return Binding.ATOM if node.power is None else Binding.PRODUCT
    if isinstance(node, Row):
        if any(item in (Sign("+"), Sign("-")) for item in node.items):
            return Binding.SUM
        return Binding.PRODUCT if len(node.items) > 1 else binding_of(node.items[0])
    return Binding.POWER if isinstance(node, Power) else Binding.ATOM


def items_of(node: Node) -> tuple[Node, ...]:
    """The pieces of a row, or the node alone."""
    return node.items if isinstance(node, Row) else (node,)
