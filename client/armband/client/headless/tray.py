"""The tray without a screen: what the office kept aside, and sending it again.

Sent again, it is a new operation at the end of the chain, by who sits here now, that names the old
one (`Payload.mends`): the chain and its ids stay what they were, here and at the office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from armband.client.errors import ClientError, Usage
from armband.client.headless.places import check_place
from armband.client.headless.recording import read_fields
from armband.client.i18n import _
from armband.client.i18n.entries import title_of
from armband.client.i18n.errors import error_words
from armband.client.i18n.refusals import refused_words
from armband.client.model import Entry, Refused, Standing
from armband.client.terminal import Terminal
from armband.shared.errors import ArmbandError
from armband.shared.fields import FieldType, Patch
from armband.shared.kinds import CATALOGUE, UNIT, View, kind_named
from armband.shared.masks import NAMES_MASKED_FOR
from armband.shared.roles import Role

ALL = "all"
_ID_START = 6
"""Digits of an id that are enough when only one in the tray begins with them."""


async def refused_title(terminal: Terminal, refused: Refused) -> str:
    """What to call the record that an operation was about: it may be nowhere else."""
    known = await terminal.entry(refused.record)
    policy, today = terminal.identity.policy, terminal.today
    masked = Role(terminal.identity.role) in NAMES_MASKED_FOR
    if known is not None:
        return title_of(known, policy, today, names_masked=masked)
    kind = CATALOGUE.get(refused.kind)
    names = {}
    for name, value in refused.patch.items():
        declared = kind.fields.get(name) if kind else None
        if declared is not None and declared.type is FieldType.REF and isinstance(value, str):
            other = await terminal.entry(bytes.fromhex(value))
            if other is not None:
                names[value] = title_of(other, policy, today, names_masked=masked)
    view = View(refused.record, refused.kind, refused.unit, refused.patch)
    entry = Entry(view, Standing.REFUSED, names)
    return title_of(entry, policy, today, names_masked=masked)


async def listed(terminal: Terminal, _args: Mapping[str, Any]) -> object:
    """What waits for a person, oldest first. Values of fields are left out: they may be private."""
    rows = [
        {
            "op": refused.op.hex(),
            "id": refused.record.hex(),
            "kind": refused.kind,
            "title": await refused_title(terminal, refused),
            "unit": refused.unit,
            "new": refused.is_new,
            "fields": list(refused.patch),
            "at": refused.at_ms,
            "reason": refused.reason,
            "words": refused_words(refused.reason),
            "detail": refused.detail,
        }
        for refused in await terminal.tray()
    ]
    return {"refused": rows, "utc_offset_min": terminal.identity.policy.utc_offset_min}


async def sent_again(terminal: Terminal, args: Mapping[str, Any]) -> object:
    """Send one again with ``fields`` over what it said, or all as they are, oldest first.

    What is still not right stays in the tray, with its problem in the answer.

    Raises:
        ClientError: no operation in the tray is called so, or several are.
        Usage: fields for all.
    """
    which, fields = str(args["op"]), dict(args["fields"])
    if which == ALL and fields:
        raise Usage(_("fields are mended in one operation at a time: give its id"))
    tray = await terminal.tray()
    chosen = tray if which == ALL else [_one(tray, which)]
    rows = []
    for refused in chosen:
        row: dict[str, Any] = {"op": refused.op.hex(), "again": "", "problem": ""}
        try:
            patch = await _patch(terminal, refused, fields)
            row["again"] = (await terminal.mend(refused.op, patch)).op.hex()
        except ArmbandError as error:
            row["problem"] = error_words(error)
        rows.append(row)
    return {"sent": rows}


async def _patch(terminal: Terminal, refused: Refused, fields: dict[str, Any]) -> Patch:
    if not fields:
        return {}
    kind = kind_named(refused.kind)
    patch, _references = await read_fields(terminal, kind, fields)
    if unit := patch.get(UNIT):
        await check_place(terminal, kind, str(unit))
    return patch


def _one(tray: Sequence[Refused], which: str) -> Refused:
    wanted = which.lower()
    found = [refused for refused in tray if refused.op.hex().startswith(wanted)]
    if len(wanted) < _ID_START or not found:
        raise ClientError(
            _("no operation in the tray is called {id}: armband tray lists them").format(id=which)
        )
    if len(found) > 1:
        raise ClientError(
            _("several operations in the tray begin with {id}: give more of it").format(id=which)
        )
    return found[0]
