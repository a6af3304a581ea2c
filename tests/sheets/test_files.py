"""Files of sheets: the same bytes alone, together, by several workers, and after an interruption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from derive.errors import ProblemError
from derive.sheets import files, manifest
from derive.sheets.front import ordered, sheet
from derive.sheets.order import Order
from derive.sheets.roster import names_of

SMALL = {"variants": 7, "seed": 3, "certified": False}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lots of two sheets."""
    monkeypatch.setattr(files, "LOT", 2)


@pytest.mark.parametrize("singly", [False, True])
def test_the_same_order_gives_the_same_bytes(singly: bool, few: None, tmp_path: Path):
    for out in ("one", "two"):
        sheet("2-1", tmp_path / out, formats=["md", "tex", "html", "pdf"], singly=singly, **SMALL)

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_in_lots_or_together_a_bound_file_is_the_same(monkeypatch, tmp_path: Path):
    for size in (2, 3, 100):
        monkeypatch.setattr(files, "LOT", size)
        sheet("2-1", tmp_path / str(size), formats=["md", "html"], **SMALL)

    assert contents(tmp_path / "2") == contents(tmp_path / "3") == contents(tmp_path / "100")


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize("singly", [False, True])
def test_an_interrupted_order_goes_on_to_the_same_bytes(
    singly: bool, after: int, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    options = {"formats": ["md", "pdf"], "singly": singly, **SMALL}
    sheet("2-1", tmp_path / "undisturbed", **options)
    made: list[int] = []
    make = files.Maker.make

    def stopping(maker: files.Maker, number: int) -> int:
        if len(made) == after:
            raise KeyboardInterrupt
        made.append(number)
        return make(maker, number)

    monkeypatch.setattr(files.Maker, "make", stopping)
    with pytest.raises(KeyboardInterrupt):
        sheet("2-1", tmp_path / "stopped", **options)
    assert not (tmp_path / "stopped" / "manifest.json").exists()
    again: list[int] = []
    monkeypatch.setattr(files.Maker, "make", lambda maker, n: again.append(n) or make(maker, n))
    sheet("2-1", tmp_path / "stopped", **options)

    assert contents(tmp_path / "undisturbed") == contents(tmp_path / "stopped")
    assert set() == set(made) & set(again)  # what was complete was not made again


def stopped(folder: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Path:
    """An order that was interrupted twice, so that its lots stand in two parts: 0 and 1, and 2."""
    make = files.Maker.make
    for last in (2, 3):

        def stopping(maker: files.Maker, number: int, last: int = last) -> int:
            if number == last:
                raise KeyboardInterrupt
            return make(maker, number)

        monkeypatch.setattr(files.Maker, "make", stopping)
        with pytest.raises(KeyboardInterrupt):
            sheet("2-1", folder, **options)
    monkeypatch.setattr(files.Maker, "make", make)
    (making,) = folder.glob(".making-*")
    return making


@pytest.mark.parametrize(
    "lost", ["lot-0.json", "lot-1.json", "lot-2.json", "0-sheets.md", "2-keys.md", "after-keys.md",
             "../sheets-2.pdf", "../keys-1.pdf"],
)  # fmt: skip
def test_what_was_lost_in_between_is_made_again(
    lost: str, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    options = {"formats": ["pdf"] if lost.endswith("pdf") else ["md"], **SMALL}
    sheet("2-1", tmp_path / "undisturbed", **options)
    making = stopped(tmp_path / "stopped", monkeypatch, **options)

    (making / lost).unlink()
    sheet("2-1", tmp_path / "stopped", **options)

    assert contents(tmp_path / "undisturbed") == contents(tmp_path / "stopped")


def test_what_stands_behind_the_last_whole_lot_does_not_count(
    few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    options = {"formats": ["md"], **SMALL}
    sheet("2-1", tmp_path / "undisturbed", **options)
    making = stopped(tmp_path / "stopped", monkeypatch, **options)

    with (making / "2-keys.md").open("ab") as file:
        file.write(b"half a she")
    sheet("2-1", tmp_path / "stopped", **options)

    assert contents(tmp_path / "undisturbed") == contents(tmp_path / "stopped")


def test_another_template_begins_anew(tmp_path: Path):
    own = tmp_path / "templates" / "markdown" / "page.md.j2"
    own.parent.mkdir(parents=True)
    places = set()
    for text in ("first", "second"):
        own.write_text(text)
        job = files.Job(Order.of("2-1"), tmp_path, ("md",), templates=tmp_path / "templates")
        places.add(job.making)

    assert 2 == len(places)


def test_an_interruption_while_writing_leaves_nothing_half(few: None, tmp_path: Path, monkeypatch):
    """The file that was being written is there as it was before, or not at all."""
    import os

    replace = os.replace
    seen: list[str] = []

    def stopping(source: str, target: str) -> None:
        seen.append(str(target))
        if len(seen) == 4:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        sheet("2-1", tmp_path / "out", formats=["md"], singly=True, **SMALL)

    whole = [p for p in (tmp_path / "out").iterdir() if p.is_file() and not p.name.startswith(".")]
    assert whole
    assert all(
        path.read_text("utf-8").rstrip().endswith("-->") or path.suffix == ".svg" for path in whole
    )


@pytest.mark.slow
def test_by_several_workers_it_is_the_same(few: None, tmp_path: Path):
    for jobs in (1, 2):
        sheet("2-1", tmp_path / str(jobs), formats=["md"], jobs=jobs, **SMALL)

    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_other_options_do_not_take_up_what_was_left(few: None, tmp_path: Path, monkeypatch):
    sheet("2-1", tmp_path / "right", formats=["md"], **SMALL)
    make = files.Maker.make
    monkeypatch.setattr(files.Maker, "make", lambda maker, n: 1 / 0 if n == 2 else make(maker, n))
    with pytest.raises(ZeroDivisionError):
        sheet("2-1", tmp_path / "out", formats=["md"], **{**SMALL, "seed": 4})
    monkeypatch.setattr(files.Maker, "make", make)

    sheet("2-1", tmp_path / "out", formats=["md"], **SMALL)

    found = contents(tmp_path / "out")
    assert contents(tmp_path / "right") == {n: c for n, c in found.items() if ".making" not in n}


# --- manifest ------------------------------------------------------------------------------------


def test_a_sheet_is_made_again_from_its_number(tmp_path: Path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text("weights = { low = -2, high = 2, decimals = 1 }\nlargest = 50\n")
    order = {"seed": 3, "fade": 2, "first": True, "blank": "factors", "recipe": str(recipe),
             "students": ["Ada", "Ben & <Co>", "Čenek"], "points": {"delta": 2.0}}  # fmt: skip
    sheet("2-1", tmp_path / "all", formats=["md"], singly=True, **order)
    recipe.unlink()

    sheet(tmp_path / "all" / "manifest.json", tmp_path / "some", formats=["md"], singly=True,
          numbers=[2])  # fmt: skip

    every, some = contents(tmp_path / "all"), contents(tmp_path / "some")
    names = [name for name in some if name != "manifest.json"]
    assert "sheet-2.md" in names
    assert {name: every[name] for name in names} == {name: some[name] for name in names}


def test_the_manifest_of_some_sheets_knows_the_others(tmp_path: Path):
    sheet("2-1", tmp_path, formats=["md"], numbers=[2, 4], **SMALL)
    some = contents(tmp_path)

    assert (2, 4) == ordered(tmp_path / "manifest.json").numbers
    assert (6,) == ordered(tmp_path / "manifest.json", [6]).numbers
    sheet(tmp_path / "manifest.json", tmp_path, formats=["md"])
    assert some == contents(tmp_path)


def test_single_files_have_numbers_as_long_as_those_of_the_whole_order(tmp_path: Path):
    paths = sheet("2-1", tmp_path, formats=["md"], singly=True, numbers=[3],
                  **{**SMALL, "variants": 100})  # fmt: skip

    assert ["sheet-003.md", "sheet-003-key.md", "manifest.json"] == [path.name for path in paths]


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"variants": 3}, "--variants"), ({"fade": 2}, "--fade"), ({"mistake": True}, "--find-the-mistake"),
        ({"title": "x"}, "--title"),
    ],
)  # fmt: skip
def test_a_manifest_takes_no_other_order(arguments: dict[str, Any], place: str, tmp_path: Path):
    sheet("2-1", tmp_path, formats=["md"], **SMALL)

    with pytest.raises(ProblemError, match=f"{place}: the manifest says everything"):
        sheet(tmp_path / "manifest.json", tmp_path / "again", formats=["md"], **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"formats": ["docx"]}, "there are no sheets in 'docx'"),
        ({"jobs": 0}, "--jobs: no process does nothing"),
        ({"students": ["Ada"], "variants": 5}, "--variants: every student of the roster has a sheet"),
        ({"mistake": True, "blank": "factors"}, "--blank: a solution with a mistake in it is shown whole"),
        ({"mistake": True, "first": True}, "--from: a solution with a mistake in it is shown whole"),
    ],
)  # fmt: skip
def test_what_would_be_ignored_is_refused(arguments: dict[str, Any], message: str, tmp_path: Path):
    with pytest.raises(ProblemError, match=message):
        sheet("2-1", tmp_path, **{"formats": ["md"], "seed": 3, **arguments})


def test_the_manifest_lists_every_sheet(few: None, tmp_path: Path):
    sheet("2-1", tmp_path, formats=["md"], **SMALL)

    told = json.loads((tmp_path / "manifest.json").read_bytes())

    assert list(range(1, 8)) == [row["sheet"] for row in told["sheets"]]
    assert [] == manifest.alike(told["sheets"])


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"kind": "derive sheets"}', "[" * 100_000, '{"kind": 3}',
                '{"kind": "derive sheets", "variants": "x"}'],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(content: str, tmp_path: Path):
    path = tmp_path / "manifest.json"
    path.write_text(content)

    with pytest.raises(ProblemError):
        ordered(path)


def test_a_sheet_that_there_is_not(tmp_path: Path):
    with pytest.raises(ProblemError, match="there is no sheet 8"):
        ordered("2-1", [3, 8], **SMALL)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name;group\nAda;1\n\nBen;2\n", ["Ada", "Ben"]),
        ('"name","group"\n"Lovelace, Ada",1\n', ["Lovelace, Ada"]),
        ("Lovelace, Ada\nCurie, Marie\n", ["Lovelace, Ada", "Curie, Marie"]),
        ('"Ada\nBen\n', ['"Ada', "Ben"]),
    ],
)
def test_the_names_of_a_roster(text: str, names: list[str]):
    assert names == names_of(text)


def test_a_roster_whose_quotes_are_open_is_refused():
    with pytest.raises(ProblemError, match="a quote is opened and never closed"):
        names_of('name,group\n"Ada,1\nBen,2\n')
