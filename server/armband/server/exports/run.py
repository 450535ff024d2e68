"""An export from end to end: pages of records from the office into a file that appears whole."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from armband.server.errors import BadRequest, UnknownUnit
from armband.server.exports.render import Ledger, title_of
from armband.server.exports.words import Language
from armband.server.exports.writers import CsvWriter, JsonlWriter, Writer, XlsxWriter
from armband.server.model import RecordsPage
from armband.shared.days import is_day
from armband.shared.fields import FieldType
from armband.shared.kinds import Kind, View
from armband.shared.policy import Policy
from armband.shared.units import lineage
from armband.shared.wire import UnitName

PAGE_RECORDS = 500
_DIGITS = re.compile(r"([0-9]+)")


class Office(Protocol):
    """What an export needs of an office."""

    @property
    def code(self) -> str:
        """Its unit code."""

    @property
    def policy(self) -> Policy:
        """Its clock."""

    @property
    def units(self) -> Mapping[str, UnitName]:
        """Every unit, by code."""

    async def records(
        self, kind: str, unit: str, after: tuple[str, bytes] | None, limit: int
    ) -> RecordsPage:
        """A page of the records of a kind within a unit, in order of (unit, id)."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """Which records to export, and how.

    Attributes:
        unit: code of the unit; ``""`` for the whole office.
        day_from, day_to: first and last day of dated records; ``""`` for no limit.
        form: csv, xlsx or jsonl.
    """

    kind: Kind
    unit: str = ""
    day_from: str = ""
    day_to: str = ""
    form: str = "csv"
    language: Language = "zh"

    def check(self, office: Office) -> None:
        """Refuse what cannot be answered.

        Raises:
            BadRequest: a day that is none, days the wrong way round or of a kind that has none.
            UnknownUnit: no such unit.
        """
        for day in (self.day_from, self.day_to):
            if day and not is_day(day):
                raise BadRequest(f"{day} is no day of the calendar; days are like 2022-03-31")
        if self.day_to and self.day_from > self.day_to:
            raise BadRequest(f"--from {self.day_from} is after --to {self.day_to}")
        if (self.day_from or self.day_to) and not self.kind.dated:
            raise BadRequest(f"a {self.kind.name} has no day: leave out --from and --to")
        if self.unit and self.unit not in office.units:
            raise UnknownUnit(f"--unit {self.unit}: no such unit")

    def holds(self, view: View) -> bool:
        """Whether a record's day is within the limits."""
        if not (self.day_from or self.day_to):
            return True
        day = view.text(self.kind.dated)
        return self.day_from <= day and (not self.day_to or day <= self.day_to)


async def export_to(office: Office, query: Query, target: Path | BinaryIO) -> int:
    """Write an export to a file, or to an open binary stream; the number of rows.

    A file appears under its name only when it is whole.

    Raises:
        BadRequest, UnknownUnit: see `Query.check`; also when the file cannot be written.
    """
    query.check(office)
    ledger = await _ledger(office, query)
    if not isinstance(target, Path):
        return await _to_stream(office, query, ledger, target)
    part = target.with_name(f".{target.name}.part")
    try:
        _make_private(part)
        if query.form == "xlsx":
            rows = await _fill(office, query, XlsxWriter(ledger, part))
        else:
            with part.open("wb") as file:
                rows = await _to_stream(office, query, ledger, file)
        _keep(part, target)
    except OSError as error:
        raise BadRequest(f"{target}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            part.unlink()
    return rows


def _make_private(part: Path) -> None:
    """A ledger is about people: only its maker may read it until they say otherwise."""
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))


def _keep(part: Path, target: Path) -> None:
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.replace(target)


async def _to_stream(office: Office, query: Query, ledger: Ledger, file: BinaryIO) -> int:
    if query.form == "xlsx":
        return await _workbook_to_stream(office, query, ledger, file)
    writer: Writer = CsvWriter(ledger, file) if query.form == "csv" else JsonlWriter(ledger, file)
    rows = await _fill(office, query, writer)
    file.flush()
    return rows


async def _workbook_to_stream(office: Office, query: Query, ledger: Ledger, file: BinaryIO) -> int:
    """A workbook is packed at its end, so it is made in a private folder and copied."""
    if file.isatty():
        raise BadRequest("a workbook is no text for a screen: name a file with --out")
    with tempfile.TemporaryDirectory(prefix="armband-export-") as folder:
        whole = Path(folder) / "ledger.xlsx"
        rows = await _fill(office, query, XlsxWriter(ledger, whole))
        with whole.open("rb") as made:
            shutil.copyfileobj(made, file)
    file.flush()
    return rows


async def _fill(office: Office, query: Query, writer: Writer) -> int:
    """Unit by unit, in each as people look for it: by time, else by door or name."""
    unit = ""
    waiting: list[View] = []
    async for view in _records(office, query.kind.name, query.unit or office.code):
        if view.unit != unit:
            _add_sorted(writer, waiting)
            unit, waiting = view.unit, []
        if query.holds(view):
            waiting.append(view)
    _add_sorted(writer, waiting)
    return writer.finish()


def _add_sorted(writer: Writer, views: list[View]) -> None:
    for view in sorted(views, key=_reading_order):
        writer.add(view)


def _reading_order(view: View) -> tuple[str, int, list[tuple[int, str]], bytes]:
    """3-1-101 before 3-1-1001 before 12-1-101."""
    at = view.fields.get("at", view.fields.get("begins_min"))
    title = view.text("door") or view.text("name")
    parts = [
        (int(part), "") if part.isdecimal() and part.isascii() else (-1, part)
        for part in _DIGITS.split(title)
        if part
    ]
    return view.text("day"), at if isinstance(at, int) else 0, parts, view.id


async def _records(office: Office, kind: str, unit: str) -> AsyncIterator[View]:
    after: tuple[str, bytes] | None = None
    while True:
        page = await office.records(kind, unit, after, PAGE_RECORDS)
        for view in page.views:
            yield view
        if page.after is None:
            return
        after = page.after


async def _ledger(office: Office, query: Query) -> Ledger:
    referred = sorted(
        {field.ref for field in query.kind.fields.values() if field.type is FieldType.REF}
    )
    names: dict[str, dict[str, str]] = {}
    for kind in referred:
        names[kind] = {
            view.id.hex(): title_of(view) async for view in _records(office, kind, office.code)
        }
    return Ledger(query.kind, query.language, office.policy, _unit_names(office), names)


def _unit_names(office: Office) -> dict[str, str]:
    """Unit code to the names on the way to it, from below the office down."""
    named: dict[str, str] = {}
    for code in office.units:
        above = [step for step in reversed(lineage(code)) if step != office.code]
        steps = above or [code]
        named[code] = " ".join(
            office.units[step].name if step in office.units else step for step in steps
        )
    return named
