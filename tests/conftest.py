"""What all tests share: the option that writes golden files anew."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`."""
    parser.addoption(
        "--update",
        action="store_true",
        help="write the gallery's pages anew instead of comparing them",
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--update"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Where every program is promised to be there, a test that is left out has failed."""
    report = yield
    if report.skipped and os.environ.get("DERIVE_REQUIRE_TOOLS"):
        report.outcome = "failed"
    return report
