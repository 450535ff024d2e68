"""Whom this terminal would send to a case: from its own records, offline too."""

from __future__ import annotations

from collections.abc import Collection

from armband.client.model import Entry, LedgerQuery
from armband.client.roster import on_duty
from armband.client.terminal import Terminal
from armband.shared.ids import id_from_hex
from armband.shared.nearest import Helper, Suggestion, nearest

_STAFF_MAX = 5000


async def who_is_near(terminal: Terminal, case: Entry, now_ms: int) -> list[Suggestion]:
    """Who may be sent to a case, the nearest first."""
    standing = await on_duty(terminal, now_ms)
    staff = (await terminal.ledger(LedgerQuery("staff"), 0, _STAFF_MAX)).entries
    posts = (await terminal.ledger(LedgerQuery("post"), 0, _STAFF_MAX)).entries
    people = {entry.view.id.hex(): entry for entry in staff}
    helpers = []
    for entry in people.values():
        held = entry.view.fields.get("posts")
        named = held if isinstance(held, list) else []
        helpers += [_helper(entry, entry.view.unit, str(post), standing) for post in named]
    for entry in posts:
        ref, view = entry.view.text("staff"), entry.view
        if ref in people and _is_held(entry, terminal.today):
            helpers.append(_helper(people[ref], view.unit, view.text("role"), standing))
    return nearest(case.view.unit, await _liaison(terminal, case), helpers)


def _helper(person: Entry, unit: str, post: str, standing: Collection[str]) -> Helper:
    ref, view = person.view.id.hex(), person.view
    return Helper(ref, view.text("name"), view.text("phone"), unit, post, ref in standing)


def _is_held(post: Entry, today: str) -> bool:
    since, until = post.view.text("since"), post.view.text("until")
    return since <= today and (not until or today <= until)


async def _liaison(terminal: Terminal, case: Entry) -> str:
    ref = case.view.text("household")
    household = await terminal.entry(id_from_hex(ref)) if ref else None
    return household.view.text("liaison") if household is not None else ""
