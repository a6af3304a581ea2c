"""Plain text made harmless for each language, so that nothing in it is ever interpreted.

>>> print(html("<b> & co"))
&lt;b&gt; &amp; co
>>> print(latex("50 % of \\\\input"))
50 \\% of \\textbackslash{}input
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from derive.writing.printers.base import LETTERS

# Control characters, lone surrogates, non-characters, and the marks that reverse what is read.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff"
    "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr((plane << 16) + 0xFFFE)}{chr((plane << 16) + 0xFFFF)}" for plane in range(17))
    + "]"
)
_BREAKS = re.compile("[\t-\r\x85\u2028\u2029]+")


def clean(text: str) -> str:
    """The text without control characters, on one line."""
    return _BREAKS.sub(" ", _UNPRINTABLE.sub("", text))


# --- HTML and everything in angle brackets -----------------------------------------------------

_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def html(text: str) -> str:
    """For HTML, MathML and SVG, in text and in quoted attributes."""
    return clean(text).translate(_HTML)


# --- Typst -------------------------------------------------------------------------------------

_TYPST_STRING = str.maketrans({"\\": "\\\\", '"': '\\"'})


def typst_string(text: str) -> str:
    """A quoted Typst string, the one form in which Typst sees text that it must not read."""
    return f'"{clean(text).translate(_TYPST_STRING)}"'


def typst(text: str) -> str:
    """For Typst markup: a string as an expression, closed so that nothing after it joins in."""
    return f"#{typst_string(text)};" if text else ""


# --- Markdown ----------------------------------------------------------------------------------

_MARKDOWN = str.maketrans(
    {character: "\\" + character for character in "\\`*_[]|~"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "<span>$</span>"}
)
_LINE_START = re.compile(r"^(\s*)(?:([-+](?=[-\s]|$)|#)|(\d{1,9})([.)](?=\s|$)))")


def markdown(text: str) -> str:
    """For GitHub's Markdown, in running text and in table cells."""
    return _LINE_START.sub(_disarm, clean(text).translate(_MARKDOWN))


def _disarm(start: re.Match[str]) -> str:
    """What would begin a list, a heading or a rule if the text came first on its line."""
    return f"{start[1]}\\{start[2]}" if start[2] else f"{start[1]}{start[3]}\\{start[4]}"


_JUPYTER = _MARKDOWN | str.maketrans({"$": "<span>&#36;</span>", "\\": "<span>&#92;</span>"})


def jupyter(text: str) -> str:
    """For the Markdown of notebooks, in which formulas are looked for before it is read and after.

    A dollar or a backslash in a `<span>` of its own begins none.
    """
    return _LINE_START.sub(_disarm, clean(text).translate(_JUPYTER))


_ASCII_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def pandoc(text: str) -> str:
    """For pandoc's CommonMark, where a backslash disarms any punctuation."""
    return _ASCII_PUNCTUATION.sub(r"\\\1", re.sub("  +", " ", clean(text)))


# --- LaTeX -------------------------------------------------------------------------------------

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''",
    "[": "{[}", "*": "{*}",  # at the start of a table's row, \\ would take them for its own
    "`": r"\`{}", "'": "'", "\u00a0": "~", "\u202f": r"\,", "\u2009": r"\,",
    "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\dots{}",
    "«": r"\ensuremath{\ll}", "»": r"\ensuremath{\gg}", "„": ",,", "‚": ",",
    "•": r"\textbullet{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}",
    "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "å": r"\aa{}", "Å": r"\AA{}",
    "¡": "!`", "¿": "?`", "§": r"\S{}", "¶": r"\P{}", "©": r"\textcopyright{}",
    "†": r"\dag{}", "‡": r"\ddag{}", "£": r"\pounds{}", "°": r"\ensuremath{^{\circ}}",
    "\u2010": "-", "\u2011": "-", "\u00ad": r"\-", "\u2002": r"\enspace{}", "\u2003": r"\quad{}",
}  # fmt: skip

_LATEX_MATHS = {
    "−": "-", "×": r"\times", "·": r"\cdot", "÷": r"\div", "±": r"\pm", "∓": r"\mp",
    "≈": r"\approx",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≡": r"\equiv", "→": r"\to", "←": r"\leftarrow",
    "⇒": r"\Rightarrow", "↔": r"\leftrightarrow", "∞": r"\infty", "√": r"\surd", "∑": r"\sum",
    "∏": r"\prod", "∫": r"\int", "∈": r"\in", "⊙": r"\odot", "⊤": r"\top", "′": "'", "″": "''",
    "½": r"\tfrac{1}{2}", "¼": r"\tfrac{1}{4}", "¾": r"\tfrac{3}{4}", "⁺": "{}^{+}", "⁻": "{}^{-}",
    "✓": r"\surd", "✗": r"\times", "µ": r"\mu", "¬": r"\neg", "∝": r"\propto", "∼": r"\sim",
}  # fmt: skip

_ACCENTS = {
    "\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0304": r"\=",
    "\u0306": r"\u", "\u0307": r"\.", "\u0308": r"\"", "\u030a": r"\r", "\u030b": r"\H",
    "\u030c": r"\v", "\u0327": r"\c",
}  # fmt: skip

_LONG = re.compile(r"[^\s-]{30,}")


def latex(text: str) -> str:
    """For LaTeX's text: what Computer Modern has is spelt, the rest shows its Unicode number.

    Words that are longer than any line get places where they may break.
    """
    pieces = []
    at = 0
    text = clean(text)
    for long in _LONG.finditer(text):
        pieces.append("".join(map(latex_character, text[at : long.start()])))
        pieces.append(r"\allowbreak{}".join(map(latex_character, long[0])))
        at = long.end()
    pieces.append("".join(map(latex_character, text[at:])))
    return "".join(pieces)


_LATEX_CODE = {
    " ": "\\ ", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", '"': '"', "<": "<", ">": ">", "|": "|",
    "[": "[", "*": "*", "'": r"\char13{}", "`": r"\char18{}",  # the upright ones
} | {character: rf"\char{ord(character)}{{}}" for character in "\\^_{}~"}  # fmt: skip


def latex_code(text: str) -> str:
    """A line of source code for LaTeX's typewriter type, in which every character is as wide."""
    pieces = []
    for word in re.split("( +)", clean(text)):
        shown = [_LATEX_CODE.get(character) or latex_character(character) for character in word]
        breaks = len(word) > 30 and not word.isspace()
        pieces.append((r"\allowbreak{}" if breaks else "").join(shown))
    return "".join(pieces)


@lru_cache(maxsize=1024)
def latex_character(character: str) -> str:
    """One character in LaTeX's text, in ASCII only."""
    known = _LATEX.get(character)
    if known is not None:
        return known
    if character.isascii():
        return character
    if character in _LATEX_MATHS:
        return rf"\ensuremath{{{_LATEX_MATHS[character]}}}"
    if character in LETTERS:
        return rf"\ensuremath{{{latex_greek(LETTERS[character])}}}"
    return _composed(character) or rf"\allowbreak\texttt{{[U+{ord(character):04X}]}}"


def latex_greek(name: str) -> str:
    """A letter of `GREEK` in maths; omicron, which LaTeX lacks, looks like an o."""
    return "o" if name == "omicron" else "\\varepsilon" if name == "epsilon" else f"\\{name}"


def _composed(character: str) -> str:
    """An accented letter, a raised or a lowered digit; "" where it is neither."""
    kind, _, plain = unicodedata.decomposition(character).rpartition(" ")
    if kind in ("<super>", "<sub>") and chr(int(plain, 16)) in "0123456789ni":
        mark = "^" if kind == "<super>" else "_"
        return rf"\ensuremath{{{{}}{mark}{{{chr(int(plain, 16))}}}}}"
    letter, *marks = list(unicodedata.normalize("NFD", character))
    if letter.isascii() and letter.isalpha() and len(marks) == 1 and marks[0] in _ACCENTS:
        letter = {"i": r"\i", "j": r"\j"}.get(letter, letter)
        return f"{_ACCENTS[marks[0]]}{{{letter}}}"
    return ""
