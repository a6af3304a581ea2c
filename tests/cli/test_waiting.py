"""The bar of a long training: only on a terminal, only where it is long, and always taken away."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

import derive.example
from derive.cli import main
from derive.cli.waiting import LONG_TRAINING, size, waiting


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error as a terminal of 80 columns."""
    written = Terminal()
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return written


def test_without_a_terminal_there_is_no_callback():
    with waiting("784-128-10", "deriving") as report:
        assert report is None


def test_a_short_training_shows_nothing(monkeypatch: pytest.MonkeyPatch):
    terminal = at_a_terminal(monkeypatch)

    with waiting("2-2", "deriving") as report:
        assert report
        for done in range(100):
            report(done, LONG_TRAINING)

    assert "" == terminal.getvalue()


def test_a_long_training_shows_a_bar_and_takes_it_away(monkeypatch: pytest.MonkeyPatch):
    terminal, total = at_a_terminal(monkeypatch), 10 * LONG_TRAINING

    with waiting("net [bold].toml\x1b[31m", "deriving") as report:
        assert report
        assert "" == terminal.getvalue()
        for done in range(1, total + 1):
            report(done, total)
    written = terminal.getvalue()

    assert "deriving net [bold].toml?[31m" in written
    assert "\x1b[2K" in written[written.rindex("deriving") :]  # the line is wiped out at last


def test_a_callback_is_cheap(monkeypatch: pytest.MonkeyPatch):
    """Of a million calls, rich hears of two hundred."""
    from rich.progress import Progress

    at_a_terminal(monkeypatch)
    heard: list[int] = []

    def update(self: Any, task: Any, *, completed: int, total: int) -> None:
        heard.append(completed)

    monkeypatch.setattr(Progress, "update", update)
    with waiting("2-2", "deriving") as report:
        assert report
        for done in range(1, 1_000_001):
            report(done, 1_000_000)

    assert list(range(5_000, 1_000_001, 5_000)) == heard


def test_the_bar_is_taken_away_after_a_mistake(monkeypatch: pytest.MonkeyPatch):
    terminal = at_a_terminal(monkeypatch)

    with pytest.raises(KeyboardInterrupt), waiting("784-128-10", "deriving"):
        raise KeyboardInterrupt

    assert "\x1b[?25h" in terminal.getvalue()  # the cursor is back


def test_an_interrupted_training_leaves_with_130(monkeypatch: pytest.MonkeyPatch):
    def work(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(derive.example, "work", work)
    result = CliRunner().invoke(main, ["example", "2-2"])

    assert 130 == result.exit_code
    assert "interrupted" in result.stderr


def python(program: str) -> subprocess.CompletedProcess[str]:
    """What a program in a process of its own says."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_an_interruption_of_the_imports_shows_no_traceback():
    program = "import derive.cli; raise KeyboardInterrupt"

    done = python(program)

    assert "interrupted; what was being written is left out\n" == done.stderr
    assert done.returncode in (130, -signal.SIGINT)


def test_another_error_keeps_its_traceback():
    program = "import derive.cli; raise KeyError"

    done = python(program)

    assert "Traceback" in done.stderr


@pytest.mark.parametrize(
    ("problem", "expected"), [("2-2-2", 8), ("784-128-10", 101_632), ("9999999-2", 0), ("x", 0)]
)
def test_how_large_a_shorthand_is(problem: str, expected: int):
    assert expected == size(problem)
