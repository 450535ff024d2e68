"""What the office holds of each kind, and how much of it for longer than its term. Pure."""

from __future__ import annotations

import msgspec

from armband.server.store.port import AuditSource
from armband.shared.merge import decode_state, view
from armband.shared.policy import Policy
from armband.shared.retention import TERMS, Term, dated, is_past, keep_days


class Kept(msgspec.Struct, frozen=True):
    """Of one kind. ``days``: its term, 0 without one. ``oldest``: a day, ``""`` without records."""

    kind: str
    purpose: str
    days: int
    records: int = 0
    past: int = 0
    oldest: str = ""


def kept(source: AuditSource, today: str, policy: Policy) -> list[Kept]:
    """Each kind that is known or stored, in order of terms, then names."""
    found = {kind: _of(kind, policy) for kind in TERMS}
    for record in source.records():
        seen = view(decode_state(record.state))
        before = found.get(seen.kind) or _of(seen.kind, policy)
        day = dated(seen, policy)
        found[seen.kind] = msgspec.structs.replace(
            before,
            records=before.records + 1,
            past=before.past + is_past(seen, today, policy),
            oldest=min(before.oldest or day, day),
        )
    return sorted(found.values(), key=lambda one: (one.days == 0, one.days, one.kind))


def _of(kind: str, policy: Policy) -> Kept:
    return Kept(kind, TERMS.get(kind, Term(0, "")).purpose, keep_days(kind, policy))
