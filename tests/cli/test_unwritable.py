"""Where a file cannot be written, the remedy is one that the command has."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.cli import main


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["new", "file/in/problem.toml"], "name another file"),
        (["example", "1-1", "--format", "md", "--out", "file/in"], "choose another folder with --out"),
    ],
)  # fmt: skip
def test_the_remedy_is_one_of_the_command(
    arguments: list[str], remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")

    done = CliRunner().invoke(main, arguments)

    assert (2, f"file/in: Not a directory ({remedy})\n") == (done.exit_code, done.output)
