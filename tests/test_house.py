"""The plan of the house: imports run downward, three walls stand, and help is quick.

The floors, from the ground up, are those of the README's picture of the house.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import derive

ROOT = Path(__file__).parent.parent
PACKAGE = Path(derive.__file__).parent  # the one that is tested, installed or not

FLOORS = [
    {"errors"},
    {"registry", "resources"},
    {"algebra"},
    {"catalogue"},
    {"problem"},
    {"graph"},
    {"witness"},
    {"derivation"},
    {"numbers"},
    {"comparison"},
    {"history"},
    {"writing"},
    {"checking"},
    {"exercises"},
    {"document"},
    {"render"},
    {"press"},
    {"record", "script_lines"},
    {"script"},
    {"example"},
    {"checked"},
    {"marked"},
    {"sheets"},
    {"listing"},
    {"cli"},
]
WALLS = {  # a room, and what it must never reach
    "witness": {"sympy", "algebra", "graph", "derivation", "numbers", "writing", "document"},
    "derivation": {"writing", "document", "render"},
    "render": {"graph", "derivation", "numbers", "catalogue", "algebra"},
}


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()


def imported(name: str) -> set[str]:
    """The modules that a module imports, wherever in it, but not for type checks alone."""
    tree = ast.parse(MODULES[name].read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: write imports in full"
            assert node.module
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {full if full in MODULES else node.module for full in below}
    return found


def room(module: str) -> str:
    """The room of the house that a module stands in; the package itself is the door."""
    return module.split(".")[1] if "." in module else "door"


def floor(name: str) -> int:
    return next((n for n, rooms in enumerate(FLOORS) if name in rooms), -1)


def inside(module: str) -> set[str]:
    return {other for other in imported(module) if other.split(".")[0] == "derive"}


def test_every_room_has_its_floor():
    rooms = {room(module) for module in MODULES if room(module) != "door"}

    assert rooms == set().union(*FLOORS)


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) != "door"])
def test_imports_run_downward(module: str):
    own = floor(room(module))
    upward = {
        other for other in inside(module)
        if room(other) not in ("door", room(module)) and floor(room(other)) >= own
    }  # fmt: skip

    assert set() == upward


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_has_no_hole(name: str):
    for module in MODULES:
        if room(module) == name:
            direct = {room(o) if o in MODULES else o.split(".")[0] for o in imported(module)}

            assert set() == direct & WALLS[name], module


def test_the_reader_of_imports_sees_what_is_there():
    assert "derive.errors" in imported("derive.problem.reading")
    assert "sympy" in imported("derive.derivation.direct")
    assert "derive.problem.schema" in imported("derive.problem.reading")  # inside a function
    assert "derive.example" not in imported("derive")  # for type checks alone
    assert "derive.example" in imported("derive.cli")


# --- quick ---------------------------------------------------------------------------------------

QUICK = [
    (["--help"], 0),
    (["-h"], 0),
    (["--version"], 0),
    (["example", "--help"], 0),
    (["new", "--help"], 0),
    (["check", "--help"], 0),
    (["mark", "--help"], 0),
    (["list", "--help"], 0),
    ([], 2),
    (["exampel"], 2),
    (["example"], 2),
    (["example", "--foo"], 2),
    (["example", "2-2-2", "--seed", "x"], 2),
    (["list", "colours"], 2),
    (["check"], 2),
    (["mark", "2-2-2"], 2),
]
CHILD = """
import sys
from derive.cli import main
status = 0
try:
    main(sys.argv[1:], prog_name="derive")
except SystemExit as leaving:
    status = leaving.code
heavy = sorted({"sympy", "numpy", "jinja2", "pydantic", "typst", "rich"} & set(sys.modules))
print("loaded", heavy, "status", status, file=sys.stderr)
"""


@pytest.mark.parametrize(("arguments", "status"), QUICK)
def test_help_and_usage_errors_load_nothing_heavy(arguments: list[str], status: int):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"loaded [] status {status}" == done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, derive; print(sorted({'sympy', 'numpy'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "[]" == done.stdout.strip()


# --- on its own ----------------------------------------------------------------------------------


def test_nothing_refers_to_what_is_outside():
    """The project stands on its own: no file of it speaks of a folder beside it."""
    beside = "sha" + "red/"
    folders = [
        PACKAGE,
        ROOT / "templates",
        ROOT / "tests",
        ROOT / "output" / "gallery",
        ROOT / ".ci",
    ]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    found = [
        str(path.relative_to(ROOT)) for path in files
        if "__pycache__" not in path.parts
        and beside in path.read_text("utf-8", errors="ignore").replace("unshared/", "")
    ]  # fmt: skip

    assert [] == found


def test_nothing_of_the_package_is_run_from_text():
    found = [
        module for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("eval", "exec")
    ]  # fmt: skip

    assert [] == found


def test_users_text_never_reaches_what_would_run_it():
    """SymPy's readers of text, and its writers of code, run what they are given."""
    dangerous = {"sympify", "parse_expr", "lambdify", "S", "Matrix", "compile", "__import__"}
    found = [
        f"{module}: {ast.unparse(node)}" for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in dangerous
        and ast.unparse(node) not in ("re.compile", ) and not ast.unparse(node.func).startswith("re.")
    ]  # fmt: skip

    known = ("derive.algebra.ordered: sympify(", "derive.render.pdf: compiler.compile(")  # Typst's
    assert [call for call in found if not call.startswith(known)] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_for(module: str):
    text = MODULES[module].read_text("utf-8")

    assert text == "" or ast.get_docstring(ast.parse(text))
