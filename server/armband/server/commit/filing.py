"""Filing what comes late: work for a unit that a re-gridding has moved goes to the new unit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from armband.server.commit.asked import Origin, Target
from armband.server.commit.records import Records
from armband.shared.drafts import Draft
from armband.shared.fields import Patch, Value
from armband.shared.kinds import UNIT
from armband.shared.kinds.declare import MOVED_FROM
from armband.shared.kinds.same import is_id
from armband.shared.merge import view
from armband.shared.ops import Op, Payload
from armband.shared.regridding import Forwards

AUTHOR = "office"
HOME = "household"
"""The field by which a record is about somebody's door."""


def homes_of(patches: Iterable[Mapping[str, Value]]) -> list[bytes]:
    """The households that new records are about."""
    refs = [patch.get(HOME) for patch in patches]
    return [bytes.fromhex(str(ref)) for ref in refs if is_id(ref)]


def nonce_after(op_id: bytes) -> int:
    """A nonce that follows from the operation before: to decide a group again gives the same."""
    return int.from_bytes(blake2b(op_id, digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Filing:
    """How one office files what names a unit that has moved."""

    forwards: Forwards
    office_key: bytes

    def payload(self, body: Payload, records: Records) -> Payload | None:
        """What the office itself has to write after ``body``; None when it hangs where it should.

        Merge stays a function of the operations alone: nothing of what a terminal wrote is altered.
        """
        if not self.forwards or UNIT not in body.patch:
            return None
        present = records.get(body.record)
        if present is None or not present.unit or present.state is None:
            return None
        fields = view(present.state).fields
        target = self.forwards.target(body.kind, present.unit, fields, _home(fields, records))
        if target == present.unit:
            return None
        patch: Patch = {UNIT: target, MOVED_FROM: present.unit}
        return Payload(body.record, body.kind, present.unit, patch, present.version, AUTHOR)

    def draft(self, draft: Draft, records: Records) -> Draft:
        """A draft that names a unit which has moved names the new one."""
        if not self.forwards or draft.kind == "unit":
            return draft
        present = records.get(draft.id)
        known = view(present.state).fields if present is not None and present.state else {}
        fields = {**known, **draft.fields}
        unit = self.forwards.target(draft.kind, draft.unit, fields, _home(fields, records))
        return draft if unit == draft.unit else msgspec.structs.replace(draft, unit=unit)

    def origin(self, op: Op, target: Target | None, origin: Origin) -> Origin:
        """The origin, with the unit at which the author knew the record, if it has moved since.

        Who has not seen the move works where the record was: permission is asked there.
        """
        if not self.forwards or op.body is None or target is None or target.state is None:
            return origin
        for write in target.state.writes:
            moved = write.patch.get(MOVED_FROM)
            if write.branch != self.office_key or not isinstance(moved, str):
                continue
            known_at, unseen = op.body.unit, op.body.seen < write.version
            if unseen and self.forwards.leads(known_at, moved) and known_at != target.unit:
                return dataclasses.replace(origin, moved_from=known_at)
        return origin


def _home(fields: Mapping[str, Value], records: Records) -> str:
    ref = fields.get(HOME)
    home = records.get(bytes.fromhex(str(ref))) if is_id(ref) else None
    return home.unit if home is not None else ""
