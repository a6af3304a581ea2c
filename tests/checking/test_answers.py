"""Answers in every form that people hand in; and texts that are none, which end in a clear message."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.checking.answers import MOST_ANSWERS, read_answers, read_text
from derive.checking.contents import decoded
from derive.errors import ProblemError

PAIRS = [("net[1,1]", "0.3775"), ("w5_new", "0.3589")]
FORMS = {
    "toml": '[answers]\n"net[1,1]" = 0.3775\nw5_new = "0.3589"  # a comment\n',
    "toml without a table": '"net[1,1]" = 0.3775\nw5_new = "0.3589"\n',
    "toml without quotes": "[answers]\nnet[1,1] = 0.3775\nw5_new = 0.3589\n",
    "csv": "key,value\nnet[1,1],0.3775\nw5_new,0.3589\n",
    "csv with quotes": 'key,value\r\n"net[1,1]","0.3775"\r\n"w5_new",0.3589\r\n',
    "csv without a head": "net[1,1],0.3775\nw5_new,0.3589\n",
    "csv with semicolons": "name;value\nnet[1,1];0.3775\nw5_new;0.3589\n",
    "csv in another order": "value,remark,key\n0.3775,easy,\"net[1,1]\"\n0.3589,,w5_new\n",
    "json": '{"answers": {"net[1,1]": 0.3775, "w5_new": "0.3589"}}',
    "json alone": '{"net[1,1]": "0.3775", "w5_new": 0.3589}',
    "json rows": '[{"key": "net[1,1]", "value": 0.3775}, {"key": "w5_new", "value": "0.3589"}]',
    "md": "# Ada\n\nnet[1,1] = 0.3775\n- w5_new = 0.3589\n",
    "md with colons": "net[1,1]: 0.3775\n* **w5_new**: 0.3589\nName: Ada\n",
    "md with the whole line": "$net[1,1]$ = w1·i1 + b1 ≈ 0.3775\n2. `w5_new` = 0.3589\n",
    "md table": (
        "| line | rule | value |\n|---|:--:|--:|\n| net[1,1] | Σ w·x | 0.3775 |\n| w5_new | | 0.3589 |\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str):
    found = read_text(FORMS[form], form.split(maxsplit=1)[0])

    assert PAIRS == [(answer.name, answer.text) for answer in found]


def test_an_answer_knows_where_it_was_written():
    found = read_text("# Ada\n\nE = 0.3\n", "md") + read_text("key,value\nE,0.3\n", "csv")

    assert ["line 3", "row 2"] == [answer.place for answer in found]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a;0,5\nb;1,106", ["0,5", "1.106"]),
        ("a,0,5\nb,0,25", ["0,5", "0,25"]),
        ("a;0.5\nb;1,106", ["0.5", "1,106"]),
        ("a;1,106\nb;2,500", ["1,106", "2,500"]),
        ("a;≈ 1,106\nb;0,5*2", ["≈ 1.106", "0,5*2"]),
        ("a;1,106\nb;1,234,567", ["1,106", "1,234,567"]),
        ("a;1,106\nb;0,5\nc;...", ["1.106", "0,5", "..."]),
    ],
)
def test_a_decimal_comma_is_one_where_others_are(text: str, values: list[str]):
    found = read_text(text, "csv")

    assert values == [answer.text for answer in found]


def test_a_key_that_stands_twice_is_kept_twice():
    found = read_text('{"E": 1, "E": 2}', "json") + read_text("E,1\nE,2", "csv")

    assert ["1", "2", "1", "2"] == [answer.text for answer in found]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfE = 1", "E = 1"),
        ("E = 1".encode("utf-16"), "E = 1"),
        ("ö = 1".encode("cp1252"), "ö = 1"),
        ("δ = 1 – ".encode() + "Müller".encode("cp1252"), "δ = 1 – Müller"),
        (b"E\x00 = 1\r\nF = 2\r", "E\ufffd = 1\nF = 2\n"),
    ],
)
def test_every_encoding_is_read(content: bytes, text: str):
    assert text == decoded(content)


NO_ANSWERS = (
    "there are no answers in it (one answer on each line, such as net_h1 = 0.3775; "
    'or TOML: [answers], "net[1,1]" = "0.3775")'
)
TABLE = '({ "answers": { "E": "0.298" } })'
WRONG = {
    "missing.toml": (
        None, "no such file or directory (name a TOML, CSV, JSON or Markdown file with answers)"
    ),
    "empty.md": (b"", NO_ANSWERS),
    "words.txt": (b"I was ill.\n\n> so: no homework\n# = 3\n", NO_ANSWERS),
    "words.json": (
        b"E = 0.298", f"this is no JSON: expecting value at line 1, column 1 {TABLE}"
    ),
    "a.pdf": (b"%PDF-1.7\n%\xe2\xe3", "this is a PDF (save it as CSV or text)"),
    "a.xlsx": (b"PK\x03\x04\x14\x00", "this is an Excel or Word file (save it as CSV or text)"),
    "photo.md": (b"\xff\xd8\xff\xe0", "this is a picture (save it as CSV or text)"),
    "bytes.csv": (bytes(range(256)), "this is no text (save it as CSV or text)"),
    "quote.csv": (
        b'key,value\n"net_h1,0.4\nnet_h2,0.5\n',
        "row 2: a quote is opened and never closed (add the other quote, or take this away)",
    ),
    "last quote.csv": (
        b'key,value\n\nnet_h1,0.4\n"net_h2,0.5',
        "row 4: a quote is opened and never closed (add the other quote, or take this away)",
    ),
    "brackets.toml": (
        b"a = " + b"[" * 100_000,
        "file: too many brackets inside each other (an answer is a name and a value)",
    ),
    "digits.toml": (
        b"a = " + b"9" * 5_000,
        "file: a whole number of thousands of digits (write it with fewer digits, such as 1.5e20)",
    ),
    "layers.toml": (
        b'[a]\nE = "1"\n[a]\nthese are words\n',
        "line 3, column 3: this table is given twice (one table is enough: [answers])",
    ),
    "brackets.json": (b"[" * 100_000, f"too many brackets inside each other {TABLE}"),
    "number.json": (b"17", f"there is no table of answers {TABLE}"),
    "large.csv": (
        b"E,1\n" * 1_300_000,
        "the file is larger than 5 MB (answers are short; is this another file?)",
    ),
    "many.csv": (
        b"E,1\n" * (MOST_ANSWERS + 1), "more than 20,000 answers (give one person's answers)"
    ),
    "list.toml": (
        b"answers = [1, 2]",
        'answers: this is no table (write [answers] and below it "E" = "0.298")',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_cannot_be_used_is_told_why(name: str, tmp_path: Path, monkeypatch):
    content, message = WRONG[name]
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(name).write_bytes(content)

    with pytest.raises(ProblemError) as refusal:
        read_answers(Path(name))

    assert f"{name}: {message}" == str(refusal.value)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(ProblemError, match="this is no file"):
        read_answers(pipe)


def test_a_cell_may_go_on_in_the_next_line_and_a_quote_may_be_inches():
    found = read_text('key,value\n"net\n_h1",1\nout_h1,"2"\nE,5"\n', "csv")

    assert [("net\n_h1", "1"), ("out_h1", "2"), ("E", '5"')] == [(a.name, a.text) for a in found]


HOSTILE = {
    "spaces": ("md", "a" + " " * 998 + "\n"),
    "bars": ("md", "|" * 999 + "\n"),
    "colons": ("md", ": " * 490 + "\n"),
    "signs": ("md", "a=" * 490 + "\n"),
    "brackets": ("csv", "[" * 300 + ",1\n"),
    "quotes": ("csv", 'a,"' + "x" * 900 + "\n"),
    "commas": ("csv", "," * 900 + "\n"),
    "tables": ("toml", "a = {b = {c = 1}}\n"),
    "dots": ("toml", "a." * 15 + "b = 1\n"),
    "deep": ("json", '{"a":' * 300 + "\n"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_large_and_strange_file_takes_no_longer_than_a_large_one(kind: str):
    format, line = HOSTILE[kind]
    text = line * (3_000_000 // len(line))

    start = time.perf_counter()
    with contextlib.suppress(ProblemError):
        read_text(text, format)
    took = time.perf_counter() - start

    assert took < 20


@pytest.mark.parametrize("format", ["toml", "csv", "json", "md"])
@settings(max_examples=150, deadline=1000)
@given(text=st.text(max_size=300) | st.text("ab=|:,;\"'[]{}\n 0.-#", max_size=300))
def test_any_text_is_answers_or_a_message(format: str, text: str):
    try:
        found = read_text(text, format)
    except ProblemError as error:
        assert error.mistakes
    else:
        assert all(answer.name or answer.text for answer in found)


@settings(max_examples=150, deadline=1000)
@given(content=st.binary(max_size=300))
def test_any_bytes_have_a_text(content: bytes):
    text = decoded(content)

    assert "\x00" not in text
