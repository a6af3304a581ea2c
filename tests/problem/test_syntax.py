"""Files that are no TOML, no text, no file, or meant to do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import ProblemError
from derive.problem import syntax
from derive.problem.reading import load, read

NETWORK = "inputs = 1\n[[layers]]\nunits = 1\n"


def refusal(text: str) -> str:
    with pytest.raises(ProblemError) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("loss = hinge", "line 1, column 8: 'hinge' has no quotes "
         '(write text in quotes: "hinge")'),
        ("\nrate = .5", "line 2, column 8: a number begins with a digit (write 0.5, not .5)"),
        ("rate = 0,5", "line 1, column 9: something follows the value "
         "(one key = value per line; decimals take a point, as in 0.5)"),
        ("rate =", "line 1, at its end: no value begins here "
         "(text needs quotes, numbers look like 0.5)"),
        ("rate = 1\nrate = 2\n", "line 2, column 9: this key is given twice (keep one of them)"),
        ("a = { b = 1, b = 2 }", "line 1, column 19: this key is given twice (keep one of them)"),
        ("[layers]\n[layers]\n", "line 2, column 8: this table is given twice "
         "(each layer begins with [[layers]], in double brackets)"),
        ("w = [[1, 2], [3, 4]\n", "line 1, at its end: a comma or ] is missing "
         "(write lists like [0.1, 0.2])"),
        ("w = [1 2]", "line 1, column 8: a comma or ] is missing (write lists like [0.1, 0.2])"),
        ("d = { decimals = 4", "line 1, at its end: a comma or } is missing "
         "(write tables like { decimals = 4 })"),
        ("[[layers]\n", "line 1, column 9: the brackets are not closed "
         "(write [show] or [[layers]])"),
        ('title = "x', "line 1, at its end: the text is not closed (end it with a quote)"),
        ("title", "line 1, at its end: no = after the key (write key = value)"),
        ("= 3", "line 1, column 1: no key begins here "
         "(write key = value, # comment or [table])"),
        ('title = "C:\\path"', "line 1, column 14: a backslash that means nothing "
         "(double it, or use 'single quotes')"),
        ("title = \u201cx\u201d", "line 1, column 9: this is no plain quote "
         '(write text in straight quotes: "sigmoid")'),
        ('title = "a\x00b"', "line 1, column 11: a character that text cannot hold "
         "(remove it; write \\n for a new line)"),
    ],
)  # fmt: skip
def test_says_where_the_syntax_is_wrong(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 100_000, "file: too many brackets inside each other "
         "(numbers need 4 levels, no more)"),
        ("a = " + "{a = " * 100_000, "file: too many brackets inside each other "
         "(numbers need 4 levels, no more)"),
        ("a = " + "9" * 100_000, "file: a whole number of thousands of digits "
         "(numbers go up to 1e12)"),
        ("a." * 1_000_000 + "b = 1", "line 1, column 1: a key of too many parts "
         "(fewer than 20 dots in a name)"),
        ('\n["a".' + '"a".' * 1_000_000 + "b]", "line 2, column 2: a key of too many parts "
         "(fewer than 20 dots in a name)"),
    ],
)  # fmt: skip
def test_large_and_deep_text_is_refused_at_once(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "\x1b]0;title\x07",
        "\ud800 = 1",
        "a = 1e999999999999",
        "a = 0x" + "f" * 100_000,
        '"' * 1000,
        "[" * 1000 + "]" * 1000,
        "a = 2026-99-99",
        "\ufeff\ufeff",
        "[[layers.layers]]",
        "layers = { units = 1 }",
        "layers = [[[[1]]]]",
        "samples = [1, 'a', {}, []]" + NETWORK,
        "show = [1]",
        "[[show]]",
        "title = [[1]]",
    ],
)
def test_strange_text_ends_in_a_message(text: str) -> None:
    assert refusal(text).isprintable() or "\n" in refusal(text)


def test_a_title_is_only_text() -> None:
    for title in ("\\input{/etc/passwd}", "<script>alert(1)</script>", "{{ 7*7 }}", "#eval(1)"):
        assert read(f"title = '{title}'\n{NETWORK}").title == title


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        load("missing.toml")
    assert str(caught.value) == (
        "missing.toml: there is no such file (check its name, or give a shorthand such as 2-2-2)"
    )
    with pytest.raises(ProblemError, match="this is a folder"):
        load(tmp_path)
    with pytest.raises(ProblemError, match="it cannot be read"):
        load("a\x00b")
    with pytest.raises(ProblemError, match="it cannot be read: file name too long"):
        load("x" * 5000)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes("title = 'é'".encode("latin-1"))
    with pytest.raises(ProblemError) as caught:
        load(path)
    assert caught.value.mistakes[0].fact == "byte 10 is not UTF-8 text"
    assert caught.value.mistakes[0].remedy == "save the file as UTF-8"


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "MOST_BYTES", 100)
    path = tmp_path / "p.toml"
    path.write_text("#" * 101)
    with pytest.raises(ProblemError, match="the file is larger than 20 MB"):
        load(path)
