"""Sheets → files: in lots, so that any number of them takes no more memory.

What is complete is kept: an order that was interrupted goes on where it stopped, and the files are the
same as if it had not been. Each file appears whole or not at all.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from derive import __version__
from derive.graph.graph import build
from derive.problem.saving import as_data
from derive.render import formats as all_formats
from derive.render.files import write_whole
from derive.sheets.manifest import entries, manifest
from derive.sheets.order import Order
from derive.sheets.parts import Part, bind, is_there
from derive.sheets.workshop import Lot, Workshop

LOT = 2_500  # sheets that are made together, at most
VALUES = 400_000  # quantities of the forward pass on all of them: of a large network, fewer sheets
VOLUME = 100  # where each is a file, or a program has to set them
KINDS = {False: "sheets", True: "keys"}
MANIFEST = "manifest.json"
MARK = "\ue000body\ue001"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """An order, and what is to be written of it: everything that a worker needs to know."""

    order: Order
    out: Path
    formats: tuple[str, ...]
    singly: bool = False
    templates: Path | None = None
    lot: int = LOT

    @cached_property
    def lots(self) -> list[tuple[int, ...]]:
        """The numbers of the sheets, lot by lot."""
        numbers = self.order.numbers
        one_by_one = self.singly or not all(map(self.is_source, self.formats))
        size = VOLUME if one_by_one else VALUES // build(self.order.problem).ledger.size
        size = min(self.lot, max(size, VOLUME))
        return [numbers[n : n + size] for n in range(0, len(numbers), size)]

    @cached_property
    def making(self) -> Path:
        """Where parts of the files are kept until all are there; another order has another place."""
        order = self.order
        told = [__version__, as_data(order.problem), repr(order.recipe), order.seed, order.variants,
                order.numbers, order.names, repr(order.fading), order.points, order.certified,
                order.mistake, self.formats, self.singly, str(self.templates)]  # fmt: skip
        digest = hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode())
        for path in sorted(self.templates.rglob("*")) if self.templates else ():
            digest.update(path.read_bytes() if path.is_file() else b"")
        return self.out / f".making-{digest.hexdigest()[:16]}"

    def is_source(self, format: str) -> bool:
        """Whether a format's file is its source, so that parts can be put one after the other."""
        return not all_formats(self.templates)[format].engine

    def ending(self, format: str) -> str:
        """The ending of a format's files."""
        return all_formats(self.templates)[format].extension

    def bound(self, format: str, reveal: bool) -> str:
        """The name of the file with all sheets, or with all keys."""
        return f"{KINDS[reveal]}.{self.ending(format)}"


def run(job: Job, progress: Progress | None = None, jobs: int = 1) -> list[Path]:
    """Make everything that is not there yet, and bind it; the files that a person asked for."""
    made = _made(job)
    open_lots = [n for n in range(len(job.lots)) if n not in made]
    done = len(job.order.numbers) - sum(len(job.lots[n]) for n in open_lots)
    for number in _each(job, open_lots, jobs):
        done += len(job.lots[number])
        if progress is not None:
            progress(done, len(job.order.numbers))
    paths = _bound(job)
    shutil.rmtree(job.making)
    return paths


def _each(job: Job, lots: list[int], jobs: int) -> Iterator[int]:
    """Make these lots, one after the other or by several workers; each when it is done."""
    if jobs == 1 or len(lots) < 2:
        workshop = Workshop(job.order, job.templates)
        with closing(workshop), closing(Maker(job, workshop)) as maker:
            for number in lots:
                yield maker.make(number)
        return
    from joblib import Parallel, delayed, effective_n_jobs  # type: ignore[import-untyped]

    wave = 4 * (effective_n_jobs(jobs) or 1)  # so that there is something to be told in between
    for start in range(0, len(lots), wave):
        yield from Parallel(n_jobs=jobs)(delayed(_make)(job, n) for n in lots[start : start + wave])


_makers: dict[Path, Maker] = {}  # a worker's, kept from one lot to the next


def _make(job: Job, number: int) -> int:
    if job.making not in _makers:
        _makers.clear()
        workshop = Workshop(job.order, job.templates)
        atexit.register(workshop.close)
        _makers[job.making] = Maker(job, workshop)
    return _makers[job.making].make(number)


class Maker:
    """Makes lots of one job; those that follow each other stand in one part of the bound files."""

    def __init__(self, job: Job, workshop: Workshop) -> None:
        self.job, self.workshop = job, workshop
        self._next, self._part = -1, Part(job.making, 0)
        self._whole: list[Path] = []  # files of the lot that are complete

    def make(self, number: int) -> int:
        """Write the files, or the parts of files, of one lot; what tells of it comes last."""
        if number != self._next:
            self.close()
            self._part = Part(self.job.making, number)
        self._next, self._whole = number + 1, []
        lot = self.workshop.lot(self.job.lots[number])
        for format in self.job.formats:
            for reveal in KINDS:
                self._write(lot, number, format, reveal)
        told = {
            "rows": entries(lot), "part": self._part.first, "ends": self._part.ends,
            "files": [str(path.relative_to(self.job.out)) for path in self._whole],
        }  # fmt: skip
        write_whole(_told_of(self.job, number), json.dumps(told).encode())
        return number

    def close(self) -> None:
        """Let go of the files."""
        self._part.close()

    def _write(self, lot: Lot, number: int, format: str, reveal: bool) -> None:
        job, press = self.job, self.workshop.press(format, reveal)
        if job.singly:
            texts = zip(lot.drawn.numbers.tolist(), lot.texts(format, reveal), strict=True)
            for sheet, text in texts:
                path = job.out / f"{self._stem(sheet, reveal)}.{job.ending(format)}"
                self._whole.append(write_whole(path, press.file(text)))
        elif job.is_source(format):
            name, body = job.bound(format, reveal), lot.bound(format, reveal, first=number == 0)
            beginning = next(body)
            if number == 0:  # a page begins with what its sheets need, which is known now
                before, after = press.whole(MARK).encode().split(MARK.encode())
                self._part.add(name, [before])
                self._whole.append(write_whole(_after_of(job, name), after))
            self._part.add(name, chain([beginning], body))
        else:
            path = job.out / f"{_volume(job, number, reveal)}.{job.ending(format)}"
            body = lot.bound(format, reveal, first=True)
            self._whole.append(write_whole(path, press.file(b"".join(body).decode())))
        for path_beside, content in press.walk.files.items():
            self._whole.append(write_whole(job.out / path_beside, content))

    def _stem(self, sheet: int, reveal: bool) -> str:
        width = len(str(self.job.order.variants))
        return f"sheet-{sheet:0{width}}{'-key' if reveal else ''}"


def _bound(job: Job) -> list[Path]:
    """Bind the parts, write the manifest, and say which files there are."""
    told = [json.loads(_told_of(job, n).read_bytes()) for n in range(len(job.lots))]
    single = [path for lot in told for path in lot["files"] if job.singly and "/" not in path]
    found = [job.out / path for path in dict.fromkeys(single)]
    for format in job.formats:
        for reveal in KINDS:
            name = job.bound(format, reveal)
            if job.singly:
                continue
            if job.is_source(format):
                after = _after_of(job, name).read_bytes()
                found.append(bind(job.making, name, told, after, job.out / name))
            else:
                found += [job.out / f"{_volume(job, n, reveal)}.{job.ending(format)}"
                          for n in range(len(job.lots))]  # fmt: skip
    written = manifest(job.order, [row for lot in told for row in lot["rows"]])
    found.append(write_whole(job.out / MANIFEST, written))
    return found


def _made(job: Job) -> set[int]:
    """The lots of which everything is there, and of those before them in their parts."""
    made: set[int] = set()
    before: dict[str, Any] = {}
    for number in range(len(job.lots)):
        path = _told_of(job, number)
        told = json.loads(path.read_bytes()) if path.exists() else {}
        if told and told["part"] in (number, before.get("part")) and _is_there(job, told):
            made.add(number)
            before = told
        else:
            before = {}
    return made


def _is_there(job: Job, told: Mapping[str, Any]) -> bool:
    return is_there(job.making, told) and all((job.out / name).exists() for name in told["files"])


def _volume(job: Job, number: int, reveal: bool) -> str:
    return KINDS[reveal] if len(job.lots) == 1 else f"{KINDS[reveal]}-{number + 1}"


def _told_of(job: Job, number: int) -> Path:
    return job.making / f"lot-{number}.json"


def _after_of(job: Job, name: str) -> Path:
    """What comes after the sheets in a bound file."""
    return job.making / f"after-{name}"
