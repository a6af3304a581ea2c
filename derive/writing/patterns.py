"""Patterns of names: letters with fields for numbers below and above them.

`w_{j},{i}^[{l}]` is a letter, what stands below it after `_`, and above it after `^`. Fields are
filled with numbers for a quantity, or with letters for a whole kind of quantities (`z^[l]_j`).

>>> weight = Pattern.read("w_{j},{i}^[{l}]")
>>> weight.typed({"l": 2, "j": 1, "i": 12})
'w2_1_12'
>>> weight.node({"l": 2, "j": 1, "i": 12}).sub
Number(text='1,12', power=None)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from derive.writing.maths import Bracket, Marked, Name, Node, Number, Power, Row, Sign, Words

_PARTS = re.compile(r"([A-Za-z]*)_?([^^]*)(?:\^(.+))?")
_MARK = re.compile(r"([A-Za-z]+)|(\d[\d.,]*)|\{(\w+)\}|\[([^]]+)\]|([,…])|(.)")
OWN = re.compile(r"([A-Za-z]{1,20})(?:_([A-Za-z0-9]{1,8})|([0-9][A-Za-z0-9]{0,7}))?")
_BESIDE = re.compile(r"(?:\{[a-z]+\}){2,}")
_FIELD = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Pattern:
    """A letter or a word by its `Name.base`, with patterns of what stands below and above it."""

    base: str
    sub: str = ""
    sup: str = ""
    text: str | None = None  # as it is typed, where that is given

    @classmethod
    @lru_cache(maxsize=4096)
    def read(cls, text: str) -> Pattern:
        """The pattern that a notation's file gives as text; `h{j}` means `h_{j}`."""
        match = _PARTS.fullmatch(text)
        assert match, f"'{text}' is no pattern"
        return cls(match[1], match[2], match[3] or "")

    @classmethod
    @lru_cache(maxsize=4096)
    def own(cls, name: str) -> Pattern:
        """A name that a person gave to a weight: letters, then letters and digits that stand below.

        >>> Pattern.own("theta_2").sub, Pattern.own("w13").sub, Pattern.own("u").sub
        ('2', '13', '')
        """
        match = OWN.fullmatch(name)
        assert match, f"'{name}' is no name"
        return cls(match[1], match[2] or match[3] or "", text=name)

    @cached_property
    def keyboard(self) -> str:
        """The same on one line: net_{unit}, w{n}, w{l}_{j}{i}; without brackets and commas."""
        if self.text is not None:
            return self.text
        sup, sub = re.sub(r"[][]", "", self.sup), re.sub("[,…]", "_", self.sub)
        fixed = not _FIELD.search(sub)  # beta1
        digit = _FIELD.sub("1", sub)[:1].isdigit()
        close = fixed or (len(self.base) == 1 and digit and not sup)  # w5
        return f"{self.base}{sup}{sub}" if close else f"{self.base}{sup}_{sub}"

    @cached_property
    def reader(self) -> re.Pattern[str]:
        """What finds the numbers in a typed name; numbers side by side have one digit each."""
        named = re.escape(self.keyboard).replace(r"\{", "{").replace(r"\}", "}")
        named = _BESIDE.sub(lambda run: _FIELD.sub(r"(?P<\1>[0-9])", run[0]), named)
        named = _FIELD.sub(r"(?P<\1>[0-9]{1,9})", named)
        return re.compile(named, re.IGNORECASE | re.ASCII)

    def typed(self, numbers: Mapping[str, int]) -> str:
        """The name on a keyboard."""
        return self.keyboard.format_map(numbers)

    def node(self, numbers: Mapping[str, int]) -> Name:
        """The name on paper."""
        sub = marks(self.sub.format_map(numbers)) if self.sub else None
        return Name(self.base, sub, marks(self.sup.format_map(numbers)) if self.sup else None)

    def symbolic(self, nodes: Mapping[str, Node]) -> Name:
        """The name on paper with letters, or whatever else, in the place of numbers."""
        return Name(
            self.base,
            _joined(self.sub, nodes) if self.sub else None,
            _joined(self.sup, nodes) if self.sup else None,
        )


@lru_cache(maxsize=4096)
def marks(text: str) -> Node:
    """What stands below or above a letter: words, digits, and [brackets]."""
    return _joined(text, {})


def _joined(text: str, nodes: Mapping[str, Node]) -> Node:
    items = tuple(_mark(match, nodes) for match in _MARK.finditer(text))
    return items[0] if len(items) == 1 else Row(items)


def _mark(match: re.Match[str], nodes: Mapping[str, Node]) -> Node:
    letters, digits, field, inside, sign, other = match.groups()
    if letters:
        return Name(letters)
    if digits:
        return Number(digits)
    if field:
        return nodes[field]
    if inside:
        return Bracket(_joined(inside, nodes), "[]")
    return Sign(sign) if sign else Words(other)


def raised(node: Node, mark: Node) -> Node:
    """The name with one more mark above it: [2] and (3) side by side, l and (3) with a comma.

    >>> raised(Name("z", sup=Number("1")), Sign("+")).sup.items
    (Number(text='1', power=None), Sign(name=','), Words(text='+'))
    """
    if isinstance(node, Marked):
        return Marked(raised(node.inside, mark), node.role)
    if not isinstance(node, Name):
        return Power(Bracket(node), mark)
    if node.sup is None:
        return Name(node.base, node.sub, mark)
    # Beside another mark, + is no operator between two things.
    mark = Words(mark.name) if isinstance(mark, Sign) else mark
    closed = isinstance(node.sup, Bracket)
    between = () if closed else (Sign(","),)
    return Name(node.base, node.sub, Row((node.sup, *between, mark)))
