"""Who stands where now, who comes next, and where nobody will: the roster of the checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from armband.client.model import Entry, LedgerQuery
from armband.client.terminal import Terminal
from armband.shared.days import add_days, day_begins_ms
from armband.shared.kinds.shift import Span, gaps, span_of
from armband.shared.policy import Policy

SHIFTS_MAX = 2000
"""Shifts of three days."""


class Watch(msgspec.Struct, frozen=True):
    """A shift at a checkpoint: who, when (UTC ms), and whether they have begun."""

    shift: str
    who: str
    from_ms: int
    to_ms: int
    begun: bool


class HandOver(msgspec.Struct, frozen=True):
    """A note that the next shift has not read yet."""

    shift: str
    who: str
    ended_ms: int
    note: str


class Post(msgspec.Struct, frozen=True):
    """One checkpoint. ``gaps`` are stretches until the end of tomorrow in which nobody stands."""

    checkpoint: str
    name: str
    unit: str
    now: list[Watch]
    next: Watch | None
    gaps: list[tuple[int, int]]
    unread: list[HandOver]


async def roster(terminal: Terminal, now_ms: int) -> list[Post]:
    """The checkpoints of this terminal's scope, by name, with their shifts around now."""
    policy, today = terminal.identity.policy, terminal.today
    shifts = await _shifts_around(terminal)
    end_ms = day_begins_ms(add_days(today, 2), policy)
    return [_post(place, shifts, policy, now_ms, end_ms) for place in await terminal.checkpoints()]


async def on_duty(terminal: Terminal, now_ms: int) -> set[str]:
    """Hex ids of the members of staff who stand somewhere now."""
    policy = terminal.identity.policy
    return {
        entry.view.text("staff")
        for entry in await _shifts_around(terminal)
        if (span := span_of(entry.view.fields, policy)) and _stands(entry, span, now_ms)
    }


async def _shifts_around(terminal: Terminal) -> Sequence[Entry]:
    """Those of yesterday, today and tomorrow."""
    today = terminal.today
    asked = LedgerQuery("shift", day_from=add_days(today, -1), day_to=add_days(today, 1))
    return (await terminal.ledger(asked, 0, SHIFTS_MAX)).entries


def _post(place: Entry, shifts: Sequence[Entry], policy: Policy, now_ms: int, end_ms: int) -> Post:
    ref = place.view.id.hex()
    here = [entry for entry in shifts if entry.view.text("checkpoint") == ref]
    spans = [(entry, span) for entry in here if (span := span_of(entry.view.fields, policy))]
    spans.sort(key=lambda pair: (pair[1].from_ms, pair[0].view.id))
    standing = [(entry, span) for entry, span in spans if _stands(entry, span, now_ms)]
    coming = [(e, s) for e, s in spans if s.from_ms > now_ms and e.view.text("state") == "planned"]
    unread = [entry for entry in here if entry.view.text("state") == "ended"]
    return Post(
        checkpoint=ref,
        name=place.view.text("name"),
        unit=place.view.unit,
        now=[_watch(entry, span) for entry, span in standing],
        next=_watch(*coming[0]) if coming else None,
        gaps=gaps([span for _entry, span in spans], now_ms, end_ms),
        unread=[_hand_over(entry) for entry in unread],
    )


def _stands(entry: Entry, span: Span, now_ms: int) -> bool:
    """Who has begun stands until the hand-over, however late that is."""
    state = entry.view.text("state")
    return state == "standing" or (state == "planned" and span.from_ms <= now_ms < span.to_ms)


def _who(entry: Entry) -> str:
    ref = entry.view.text("staff")
    return entry.names.get(ref, "") or entry.view.text("began_by")


def _watch(entry: Entry, span: Span) -> Watch:
    begun = entry.view.text("state") == "standing"
    return Watch(entry.view.id.hex(), _who(entry), span.from_ms, span.to_ms, begun)


def _hand_over(entry: Entry) -> HandOver:
    ended = entry.view.fields.get("ended_at")
    return HandOver(
        entry.view.id.hex(),
        _who(entry),
        ended if isinstance(ended, int) else 0,
        entry.view.text("handover"),
    )
