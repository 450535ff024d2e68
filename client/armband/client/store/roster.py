"""The shifts as stretches of time, by checkpoint."""

from __future__ import annotations

from collections.abc import Mapping

from armband.client.store import dbapi
from armband.client.store.tables import decode_patch, is_enrolled, load_identity
from armband.shared.kinds.shift import KIND, Span, span_of

_NEWEST = 2000
"""Shifts of some weeks of one office; what was before them is over."""
Shifts = Mapping[str, tuple[Span, ...]]
"""Hex id of a checkpoint to the shifts there."""


def load_shifts(conn: dbapi.Connection) -> Shifts:
    """The newest shifts, those to come among them."""
    if not is_enrolled(conn):
        return {}
    policy = load_identity(conn).policy
    rows = conn.execute(
        "SELECT fields FROM view WHERE kind = ? AND voided = 0 ORDER BY sort DESC LIMIT ?",
        (KIND.name, _NEWEST),
    )
    found: dict[str, tuple[Span, ...]] = {}
    for (raw,) in rows:
        span = span_of(decode_patch(raw), policy)
        if span is not None:
            found[span.checkpoint] = (*found.get(span.checkpoint, ()), span)
    return found
