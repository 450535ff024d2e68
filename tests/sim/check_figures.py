"""Figures: the cells are a recount by other code, parents are sums, subscribers know (I14, I15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sim.check_cases import case_parts
from sim.files import OfficeFile, TerminalFile
from sim.oracle import Shown

FEVER_TENTHS = 373
DISTINCT = ("visits.households", "checks.persons")
REQUIRED = {
    "household": ("door",),
    "visit": ("household", "channel", "outcome", "at", "day"),
    "check": ("code", "decision", "at", "day"),
    "unit": ("name", "level"),
    "case": ("category", "brief", "channel", "state", "at", "day"),
}
Cells = dict[tuple[str, str], Counter[str]]


def cells_are_the_recount(office: OfficeFile) -> Iterable[str]:
    """I14: every cell at every level."""
    counted = recount(office)
    for key in sorted(counted.keys() | office.cells.keys()):
        stored = office.cells.get(key, {})
        wanted = {name: count for name, count in counted.get(key, Counter()).items() if count}
        if stored != wanted:
            yield f"I14 the cell {key} is {stored}, counted {wanted}"


def parents_are_sums(office: OfficeFile) -> Iterable[str]:
    """I14: what is added up of a unit is that of its parts and of what hangs on itself."""
    own = hanging(office)
    for day, unit in sorted(office.cells):
        parts = [
            cell
            for (other_day, code), cell in office.cells.items()
            if other_day == day and code.rpartition("/")[0] == unit
        ]
        for name, count in office.cells[day, unit].items():
            if name in DISTINCT:
                continue
            total = sum(part.get(name, 0) for part in parts) + own.get((day, unit), Counter())[name]
            if total != count:
                yield f"I14 {name} of {unit} on {day!r} is {count}, its parts make {total}"


def subscribers_know(own: TerminalFile, office: OfficeFile) -> Iterable[str]:
    """I15: what a subscriber has put together is what the office has."""
    if own.key_id in office.revoked:
        return
    days = {day for day, _unit in own.cells}
    for key in sorted({*own.cells, *(key for key in office.cells if key[0] in days)}):
        here, there = own.cells.get(key) or {}, office.cells.get(key) or {}
        if here != there:
            yield f"I15 {own.name} has {here} for {key}, the office {there}"


def recount(office: OfficeFile) -> Cells:
    """All cells, from the oracle's views."""
    cells: Cells = {}
    members: dict[tuple[str, str, str], set[str]] = {}
    for unit, day, name, count, member in _parts(office):
        steps = unit.split("/")
        for depth in range(1, len(steps) + 1):
            above = "/".join(steps[:depth])
            if member:
                members.setdefault((day, above, name), set()).add(member)
            else:
                cells.setdefault((day, above), Counter())[name] += count
    for (day, above, name), who in members.items():
        cells.setdefault((day, above), Counter())[name] = len(who)
    return cells


def hanging(office: OfficeFile) -> Cells:
    """What records add to the cell of their own unit alone."""
    cells: Cells = {}
    for unit, day, name, count, member in _parts(office):
        if not member:
            cells.setdefault((day, unit), Counter())[name] += count
    return cells


def _parts(office: OfficeFile) -> Iterator[tuple[str, str, str, int, str]]:
    """(unit, day, metric, count, member) of every record that counts."""
    for record, view in office.views.items():
        kind = office.records[record].kind if record in office.records else ""
        if kind in REQUIRED and view.unit and not view.void:
            if any(view.fields.get(name) is None for name in REQUIRED[kind]):
                continue
            if kind == "case":
                for day, name, count, member in case_parts(view):
                    yield view.unit, day, name, count, member
                continue
            day = view.fields.get("day", "") if kind in ("visit", "check") else ""
            for name, count, member in _COUNTERS[kind](record, view):
                yield view.unit, day, name, count, member


def _household(_record: bytes, view: Shown) -> Iterator[tuple[str, int, str]]:
    yield "households.total", 1, ""
    if view.fields.get("people"):
        yield "households.people", view.fields["people"], ""
    if view.fields.get("liaison") is None:
        yield "households.without_liaison", 1, ""


def _visit(_record: bytes, view: Shown) -> Iterator[tuple[str, int, str]]:
    fields = view.fields
    yield "activity.records", 1, ""
    yield "visits.total", 1, ""
    yield f"visits.{fields['channel']}", 1, ""
    yield f"visits.outcome.{fields['outcome']}", 1, ""
    if fields.get("people_seen"):
        yield "visits.people_seen", fields["people_seen"], ""
    yield "visits.households", 1, fields["household"]


def _check(record: bytes, view: Shown) -> Iterator[tuple[str, int, str]]:
    fields = view.fields
    yield "activity.records", 1, ""
    yield "checks.total", 1, ""
    yield f"checks.{fields['decision']}", 1, ""
    yield f"checks.code.{fields['code']}", 1, ""
    yield "checks.strangers", 1, ""
    if (fields.get("temp_tenths") or 0) >= FEVER_TENTHS:
        yield "checks.fever", 1, ""
    phone = fields.get("stranger_phone")
    yield "checks.persons", 1, f"phone:{phone}" if phone else record.hex()


def _unit(_record: bytes, view: Shown) -> Iterator[tuple[str, int, str]]:
    # One that a re-gridding has closed stays for its name alone.
    if not view.fields.get("moved_to"):
        yield f"units.{view.fields['level']}", 1, ""


_COUNTERS = {"household": _household, "visit": _visit, "check": _check, "unit": _unit}
