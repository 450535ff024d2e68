"""The ledger and Today without a screen: the same rows, masked for the same roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armband.client.errors import ClientError, RoleMayNot, Usage
from armband.client.i18n import _
from armband.client.i18n.duties import about_words, due_words
from armband.client.i18n.entries import person_of_check, standing_word, title_of
from armband.client.i18n.places import path_words
from armband.client.i18n.words import kind_label, value_text
from armband.client.model import NOBODY, Entry, LedgerQuery, Task
from armband.client.terminal import Terminal
from armband.shared.fields import FieldType, Value
from armband.shared.kinds import CATALOGUE, Kind
from armband.shared.masks import HIDDEN, NAMES_MASKED_FOR, masked_value
from armband.shared.permissions import Right, listed_kinds, roles_with
from armband.shared.roles import Role
from armband.shared.wire import UnitName

_PAGE = 1000


def names_masked(terminal: Terminal) -> bool:
    """Whether names are masked for this terminal's role, as on its screens."""
    return Role(terminal.identity.role) in NAMES_MASKED_FOR


async def ledger(terminal: Terminal, args: Mapping[str, Any]) -> dict[str, Any]:
    """The records of a kind: ``{"kind", "total", "is_cut", "records"}``.

    Args:
        terminal: whose records.
        args: ``kind``, ``unit`` (a code), ``from`` and ``to`` (days), ``search``, ``limit``
            (0 for all); empty texts ask for nothing.

    Raises:
        RoleMayNot: this role reads no such records.
        Usage: the kind has no days, or the unit is none.
    """
    kind = CATALOGUE[str(args["kind"])]
    units = await terminal.units()
    query = _query(terminal, kind, args, units)
    limit = int(args["limit"])
    found: list[Entry] = []
    while True:
        wanted = min(_PAGE, limit - len(found)) if limit else _PAGE
        page = await terminal.ledger(query, len(found), wanted)
        found += page.entries
        if not page.entries or len(found) >= (limit or page.total):
            break
    return {
        "kind": kind.name,
        "total": page.total,
        "is_cut": page.is_cut,
        "records": [_record(terminal, kind, entry, units) for entry in found],
    }


def _query(
    terminal: Terminal, kind: Kind, args: Mapping[str, Any], units: Mapping[str, UnitName]
) -> LedgerQuery:
    own = terminal.identity.role
    if kind.name not in listed_kinds(Role(own)):
        readers = ", ".join(sorted(role.value for role in roles_with(Right.READ, kind.name)))
        words = _("the role {role} may not read {kind}; these may: {roles}")
        raise RoleMayNot(words.format(role=own, kind=kind_label(kind.name), roles=readers or "-"))
    day_from, day_to, unit = str(args["from"]), str(args["to"]), str(args["unit"])
    if (day_from or day_to) and not kind.dated:
        raise Usage(_("{kind} has no day").format(kind=kind_label(kind.name)))
    if unit and unit not in units:
        raise ClientError(_("no unit here has the code {code}").format(code=unit))
    return LedgerQuery(kind.name, str(args["search"]), unit, day_from, day_to)


def _record(
    terminal: Terminal, kind: Kind, entry: Entry, units: Mapping[str, UnitName]
) -> dict[str, Any]:
    view, masked = entry.view, names_masked(terminal)
    policy, today = terminal.identity.policy, terminal.today

    def words(name: str) -> str:
        if kind.name == "check" and name == "resident":
            return person_of_check(entry, names_masked=masked)
        return value_text(
            kind.fields[name],
            view.fields.get(name),
            names=entry.names,
            policy=policy,
            today=today,
            names_masked=masked,
        )

    def value(name: str) -> Value:
        declared, raw = kind.fields[name], view.fields[name]
        if declared.type is FieldType.DIGEST:
            return HIDDEN
        return masked_value(declared, raw, names=masked)

    return {
        "id": view.id.hex(),
        "unit": view.unit,
        "unit_name": path_words(view.unit, units, below=terminal.identity.office),
        "fields": {name: value(name) for name in kind.fields if name in view.fields},
        "words": {name: words(name) for name in kind.columns},
        "standing": standing_of(entry),
        "conflicts": list(view.conflicts),
        "same_as": view.same_as or "",
    }


def standing_of(entry: Entry) -> str:
    """In conflict, merged, or where its newest change stands, in words."""
    if entry.view.same_as:
        return _("Merged")
    return _("Conflict") if entry.view.conflicts else standing_word(entry.standing)


async def todo(terminal: Terminal, args: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be done here, the most urgent first: ``{"tasks", "counts", "late"}``.

    Args:
        terminal: whose tasks.
        args: ``all``: everybody's, not those of whoever sits here; ``limit``.
    """
    who = "" if args["all"] else (await terminal.me() or NOBODY)
    found = await terminal.todo(who, int(args["limit"]))
    units = await terminal.units()
    return {
        "tasks": [_task(terminal, task, units) for task in found.tasks],
        "counts": {rank.name.lower(): count for rank, count in sorted(found.counts.items())},
        "late": {rank.name.lower(): count for rank, count in sorted(found.late.items())},
    }


def _task(terminal: Terminal, task: Task, units: Mapping[str, UnitName]) -> dict[str, Any]:
    view, duty = task.entry.view, task.duty
    policy, today = terminal.identity.policy, terminal.today
    now_ms = terminal.replica.environment.now_ms()
    masked = names_masked(terminal)
    about = (
        title_of(task.entry, policy, today, names_masked=True)
        if masked
        else about_words(task.entry, policy, today)
    )
    return {
        "rank": duty.rank.name.lower(),
        "what": duty.what,
        "what_words": _(duty.what),
        "about": about,
        "id": view.id.hex(),
        "kind": view.kind,
        "unit": view.unit,
        "unit_name": path_words(view.unit, units, below=terminal.identity.office),
        "due": task.due_ms,
        "due_words": due_words(task, now_ms, policy),
        "late": task.due_ms <= now_ms,
        "form": duty.form,
        "step": duty.step,
    }
