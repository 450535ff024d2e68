"""What of a commit has a row in the audit log, written in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator

from armband.server.audit_log import Details, Entry
from armband.server.commit.rows import Changes

NOTED_KINDS = ("reveal",)
"""Records that say of somebody that he looked at personal data."""


def worth_a_row(changes: Changes) -> Iterator[Entry]:
    """An entry for each operation on a record of `NOTED_KINDS`, in order of seq."""
    for row in changes.stamped:
        body = row.op.body
        if body is not None and body.kind in NOTED_KINDS:
            subject = f"{body.kind} {body.record.hex()} unit {body.unit}".rstrip()
            actor = f"terminal {row.op.key_id.hex()}"
            # Its words may name somebody; the record has them.
            details: Details = {"seq": row.seq, "of": str(body.patch.get("of", ""))}
            yield Entry(changes.now_ms, actor, body.kind, subject, details)
