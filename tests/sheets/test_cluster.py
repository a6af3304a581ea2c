"""Sheets made by the workers of a cluster are those that are made at home."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import derive

SCRIPT = """
import sys
import joblib
import derive
from derive.sheets import files
from dask.distributed import Client, LocalCluster

if __name__ == "__main__":
    files.LOT = 3
    order = {"variants": 10, "seed": 3, "formats": ["md"], "certified": False}
    derive.sheet("2-1", sys.argv[1] + "/home", **order)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster), joblib.parallel_config(backend="dask"):
            derive.sheet("2-1", sys.argv[1] + "/cluster", jobs=-1, **order)
"""


@pytest.mark.slow
@pytest.mark.tools
def test_on_a_local_cluster_the_sheets_are_the_same(tmp_path: Path):
    if importlib.util.find_spec("distributed") is None:
        if os.environ.get("DERIVE_REQUIRE_TOOLS"):
            pytest.fail("dask is not installed")
        pytest.skip("dask is not installed: pip install 'derive[cluster]'")
    script = tmp_path / "order.py"
    script.write_text(SCRIPT, "utf-8")

    done = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": str(Path(derive.__file__).parent.parent)},
    )  # fmt: skip

    assert 0 == done.returncode, done.stderr
    found = [
        {path.name: path.read_bytes() for path in (tmp_path / place).iterdir() if path.is_file()}
        for place in ("home", "cluster")
    ]
    assert "sheets.md" in found[0]
    assert found[0] == found[1]
