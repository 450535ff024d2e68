"""Registers for tests: small files with the traps of real ones, and where the real ones are."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from armband.server.imports.build import Target, make_plan, read_source
from armband.server.imports.idkey import id_hasher
from armband.server.imports.plan import Plan
from armband.server.imports.run import Report, run_plan
from armband.shared.drafts import Draft
from armband.shared.fields import Value
from armband.shared.kinds import kind_named
from armband.shared.wire import UnitName

Cells = Sequence[Sequence[object]]
MergedBlock = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


def shared_file(name: str) -> Path:
    """A register of the project's shared data; skips the test where it is not at hand."""
    here = Path(__file__).resolve()
    roots = [os.environ.get("ARMBAND_SHARED", ""), str(here.parents[2].parent / "shared")]
    for root in filter(None, roots):
        path = Path(root) / "data" / name
        if path.exists():
            return path
    pytest.skip(f"{name} is not here: set ARMBAND_SHARED to the folder that holds data/{name}")


def write_xlsx(
    path: Path,
    sheets: Mapping[str, Cells],
    merged: Mapping[str, Sequence[MergedBlock]] | None = None,
    formulas: Sequence[tuple[str, int, int, str, float]] = (),
) -> Path:
    """A workbook with the given cells."""
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row_index, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(row_index, column, cell)
                elif cell is not None:
                    sheet.write(row_index, column, cell)
        for top, left, bottom, right in (merged or {}).get(name, ()):
            sheet.merge_range(top, left, bottom, right, rows[top][left])
        for sheet_name, row_index, column, formula, value in formulas:
            if sheet_name == name:
                sheet.write_formula(row_index, column, formula, None, value)
    book.close()
    return path


def write_csv(path: Path, rows: Cells, encoding: str = "gb18030", end: str = "\r\n") -> Path:
    """A text table, by default as Chinese Excel saves it."""
    text = end.join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    path.write_bytes((text + end).encode(encoding))
    return path


class MemoryOffice:
    """An office for imports: keeps the fields of each record, checks them as the real one does."""

    code = "lianhu"

    def __init__(self, name: str = "莲湖街道") -> None:
        self.records: dict[bytes, tuple[str, str, dict[str, Value]]] = {}
        self.units = {self.code: UnitName(self.code, name, "office")}
        self.calls: list[int] = []
        self.dies_at_call = -1

    async def upsert(self, drafts: Sequence[Draft], *, dry_run: bool) -> list[str]:
        if len(self.calls) == self.dies_at_call:
            raise ConnectionResetError("the office went away")
        self.calls.append(len(drafts))
        return [self._upsert(draft, dry_run) for draft in drafts]

    def _upsert(self, draft: Draft, dry_run: bool) -> str:
        kind = kind_named(draft.kind)
        _kind, unit, fields = self.records.get(draft.id, (draft.kind, "", {}))
        merged = {**fields, **draft.fields}
        after: dict[str, Value] = {n: value for n, value in merged.items() if value is not None}
        kind.check_new({**after, "unit": draft.unit})
        if after == fields and unit == draft.unit:
            return "unchanged"
        if not dry_run:
            self.records[draft.id] = (draft.kind, draft.unit, after)
            if draft.kind == "unit":
                name, level = str(after["name"]), str(after["level"])
                self.units[draft.unit] = UnitName(draft.unit, name, level)
        return "changed" if fields else "new"

    def of(self, kind: str) -> list[tuple[str, dict[str, Value]]]:
        """(unit, fields) of all records of a kind."""
        return [(unit, fields) for known, unit, fields in self.records.values() if known == kind]

    def posts(self) -> dict[bytes, list[int | str]]:
        """The posts of all staff."""
        posts: dict[bytes, list[int | str]] = {}
        for record, (kind, _unit, fields) in self.records.items():
            held = fields.get("posts")
            if kind == "staff" and isinstance(held, list):
                posts[record] = held
        return posts


def plan_of(
    what: str, path: Path, office: MemoryOffice, under: str = "", map_path: Path | None = None
) -> Plan:
    """The plan of a file for an office."""
    target = Target(
        office.code,
        office.units.values(),
        under or office.code,
        id_hasher(b"k" * 32),
        office.posts(),
    )
    return make_plan(read_source(what, path, map_path), target)


async def import_into(
    office: MemoryOffice, what: str, path: Path, under: str = "", *, dry_run: bool = False
) -> Report:
    """Import a file as the command does."""
    return await run_plan(plan_of(what, path, office, under), office, dry_run=dry_run)
