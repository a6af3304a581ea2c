"""How wide a formula will be, roughly, and where to break one that is too wide.

Widths are in em, for a serif text face; they only decide on which line a piece stands.
"""

from __future__ import annotations

from derive.writing.maths import (
    Blank,
    Brace,
    Bracket,
    Call,
    Cases,
    Fraction,
    Grid,
    Marked,
    Name,
    Node,
    Number,
    Pointer,
    Power,
    Root,
    Row,
    Sign,
    Sum,
    Words,
)  # fmt: skip

LINE = 44.0  # what fits between the margins beside an equation number
SMALL = 0.72  # a subscript's size
_SIGNS = dict.fromkeys("+-±×·⊙=≈<>≤≥≠→", 1.35) | {"  ": 2.0, " ": 0.2, ",": 0.5, "…": 1.2}


def width(node: Node) -> float:
    """The width in em."""
    match node:  # the most frequent first
        case Row(items):
            return sum(map(width, items))
        case Sign(name):
            return _SIGNS.get(name, 0.8)
        case Name(base, sub, sup):
            letters = 1 if base[0].isalpha() and base in _GREEK else len(base)
            return 0.55 * letters + SMALL * max(width(sub) if sub else 0, width(sup) if sup else 0)
        case Number(text, power):
            return 0.5 * len(text) + (0 if power is None else 2.2 + 0.36 * len(str(power)))
        case Words(text):
            return 0.46 * len(text)
        case Fraction(over, under):
            return max(width(over), width(under)) + 0.3
        case Power(base, exponent):
            return width(base) + SMALL * width(exponent)
        case Bracket(inside):
            return width(inside) + 0.9
        case Call(function, arguments):
            return width(function) + sum(map(width, arguments)) + 0.4 + 0.5 * len(arguments)
        case Root(inside) | Marked(inside):
            return width(inside) + 0.6
        case Sum(below):
            return max(1.4, SMALL * width(below))
        case Brace(inside, label):
            return max(width(inside), SMALL * width(label))
        case Cases(rows):
            return 2.5 + max(width(value) + width(when) for value, when in rows)
        case Grid(rows):
            columns = zip(*rows, strict=True)
            return 1.5 + sum(max(map(width, column)) + 1.2 for column in columns)
        case Blank(inside, rule):  # the same on the sheet and on the key, so that both break alike
            return max(rule, width(inside))
        case Pointer():
            return 1.7


_GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "phi",
        "chi",
        "psi",
        "omega",
        "partial",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Phi",
        "Psi",
        "Omega",
    ]
)


def split(node: Node, room: float) -> list[Node]:
    """Break a formula into pieces that each fit the room, before a sign.

    It is broken before = or ≈, else before + or −, else before the sign of a product. A piece after
    the first starts with its sign. What has no sign to break at is returned as it is.
    """
    items = _flat(node)
    for signs in _BREAKS:
        pieces = _filled(_groups(items, signs), room)
        if all(sum(map(width, piece)) <= room for piece in pieces):
            break
    return [_row(piece) for piece in pieces]


_RELATIONS = frozenset((Sign("="), Sign("≈")))
_SUMS = _RELATIONS | {Sign("+"), Sign("-")}
_NOTHING = Words("")  # before the sign that a part of a sum begins with
_BREAKS = (frozenset[Sign](), _RELATIONS, _SUMS, _SUMS | {Sign("·"), Sign("×")})


def _flat(node: Node) -> tuple[Node, ...]:
    """The items of a row, with those of rows inside it in their places."""
    if not isinstance(node, Row):
        return (node,)
    return tuple(inner for item in node.items for inner in _flat(item))


def _row(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Row(tuple(items))


def _groups(items: tuple[Node, ...], signs: frozenset[Sign]) -> list[list[Node]]:
    """The items in groups, each starting at a sign that a line may start with."""
    groups: list[list[Node]] = [[]]
    for item in items:
        if item in signs and not _opens(groups[-1]):
            groups.append([])
        groups[-1].append(item)
    return groups


def _opens(group: list[Node]) -> bool:
    """Whether a group shows nothing but a relation so far: "= −a" is not broken before its minus."""
    return all(item == _NOTHING or (item in _RELATIONS and len(group) == 1) for item in group)


def _filled(groups: list[list[Node]], room: float) -> list[list[Node]]:
    """Put as many groups into each piece as fit."""
    pieces: list[list[Node]] = [[]]
    taken = 0.0
    for group in groups:
        size = sum(map(width, group))
        if pieces[-1] and taken + size > room:
            pieces.append([])
            taken = 0.0
        pieces[-1] += group
        taken += size
    return pieces
