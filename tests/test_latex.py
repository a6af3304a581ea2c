"""The LaTeX of every gallery example compiles, without a word over the margin."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

GALLERY = Path(__file__).parent.parent / "output" / "gallery"
NAMES = sorted(path.stem for path in GALLERY.glob("*.toml"))
PACKAGES = {"amsmath", "tikz", "booktabs", "xcolor", "bm", "hyperref"}

compiled = pytest.mark.skipif(
    shutil.which("pdflatex") is None,
    reason="pdflatex is not installed (Debian: texlive-latex-extra)",
)


def log(name: str, folder: Path) -> str:
    """What pdflatex says in the second of two runs, after which references are known."""
    shutil.copy(GALLERY / f"{name}.tex", folder)
    for _ in range(2):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=folder, capture_output=True, text=True, errors="replace", check=False, timeout=120,
        )  # fmt: skip
        assert 0 == done.returncode, done.stdout[-2000:]
    return (folder / f"{name}.log").read_text("utf-8", errors="replace")


@pytest.mark.tools
@pytest.mark.slow
@compiled
@pytest.mark.parametrize("name", NAMES)
def test_a_gallery_example_compiles_cleanly(name: str, tmp_path: Path):
    said = log(name, tmp_path)

    assert [] == re.findall(r"Overfull \\hbox.*", said)
    assert [] == re.findall(r".*undefined.*", said)
    assert [] == re.findall(r"Missing character.*", said)
    assert (tmp_path / f"{name}.pdf").stat().st_size > 20_000


@pytest.mark.parametrize("name", NAMES)
def test_only_the_promised_packages_are_used(name: str):
    source = (GALLERY / f"{name}.tex").read_text("utf-8")

    used = set(re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", source))

    assert used <= PACKAGES


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_leads_to_a_label(name: str):
    source = (GALLERY / f"{name}.tex").read_text("utf-8")

    labels = re.findall(r"\\label\{(eq:\d+)\}", source)

    assert len(set(labels)) == len(labels)
    assert set(re.findall(r"\\hyperref\[(eq:\d+)\]", source)) <= set(labels)
