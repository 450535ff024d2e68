"""From what somebody wants to record to checked operations. Pure: no Textual, no sockets, no SQL.

A draft whose record is not here makes a new one, any other changes the record that is. The first
draft that is not right raises, and the caller's transaction keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import msgspec

from armband.client.allowed import check_change, check_write
from armband.client.errors import UnknownRecord
from armband.client.i18n import N_
from armband.client.model import Identity, Refused
from armband.client.store.chain import Known
from armband.shared import ops
from armband.shared.days import day_of
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord, InvalidUnit
from armband.shared.fields import FieldType, Patch
from armband.shared.ids import NO_ID
from armband.shared.kinds import CATALOGUE, Kind, kind_named
from armband.shared.kinds.declare import RESERVED, UNIT, VOID, View
from armband.shared.kinds.shift import Span, day_at
from armband.shared.kinds.workflow import Seen
from armband.shared.merge import State, Write, merge, view
from armband.shared.ops import Payload
from armband.shared.policy import Policy
from armband.shared.right import RIGHT
from armband.shared.units import check_unit

AT = "at"


class Opened(Draft, frozen=True):
    """A record that begins with another; it is left alone where it has begun already."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, and when."""

    identity: Identity
    now_ms: int
    shifts: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    """Hex id of a checkpoint to its shifts: what is recorded there belongs to their days."""

    def with_opened(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts, each followed by those of the records that begin with it."""
        policy = self.identity.policy
        whole: list[Draft] = []
        for draft in drafts:
            whole.append(draft)
            kind = CATALOGUE.get(draft.kind)
            if kind is None or kind.opens is None:
                continue
            fields = dict(draft.fields)
            dated(kind, fields, self.now_ms, policy, self.shifts)
            opened = kind.opened_by(View(draft.id, draft.kind, draft.unit, fields), policy)
            whole.extend(Opened(d.kind, d.id, d.unit, d.fields) for d in opened)
        return whole

    def plan(self, drafts: Sequence[Draft], known: Mapping[bytes, Known]) -> list[Payload]:
        """The operations of these drafts, in order; a later draft builds on an earlier one.

        Raises:
            InvalidRecord: a draft is not right: the field, and what would be.
            UnknownKind: this release has no such kind.
            RoleMayNot: this terminal's role may not do that.
        """
        at_hand = dict(known)
        payloads = []
        for draft in drafts:
            if isinstance(draft, Opened) and at_hand[draft.id].view is not None:
                continue
            payload = self._payload(draft, at_hand[draft.id])
            at_hand[draft.id] = _after(at_hand[draft.id], payload)
            payloads.append(payload)
        return payloads

    def _payload(self, draft: Draft, known: Known) -> Payload:
        if known.view is None:
            return self._new(draft, known.seen)
        if known.view.kind != draft.kind:
            raise InvalidRecord(
                draft.kind, "id", N_("is the id of a {kind}"), {"kind": known.view.kind}
            )
        patch = dict(draft.fields)
        if draft.unit and draft.unit != known.view.unit:
            patch[UNIT] = draft.unit
        return self.change(draft.id, patch, known)

    def _new(self, draft: Draft, seen: int, mends: bytes = b"") -> Payload:
        kind = kind_named(draft.kind)
        if not isinstance(draft, Opened):
            # What begins by itself is judged by the office: whoever found the fault reports it.
            check_write(self.identity, kind.name)
        patch: Patch = {name: value for name, value in draft.fields.items() if value is not None}
        patch[UNIT] = draft.unit
        dated(kind, patch, self.now_ms, self.identity.policy, self.shifts)
        if kind.workflow is not None:
            patch.setdefault(kind.workflow.field, kind.workflow.starts[0])
        if kind.fills is not None:
            patch |= kind.fills({}, patch, self.identity.policy)
        kind.check_new(patch)
        _check_unit(kind, patch)
        return self._payload_of(draft.id, kind, draft.unit, patch, seen, mends)

    def change(self, record: bytes, patch: Patch, known: Known, mends: bytes = b"") -> Payload:
        """An operation that changes a record: corrects it, takes a step, settles, voids it.

        A patch that names a step of the kind's workflow is filled up with what belongs to it.

        Raises:
            UnknownRecord: it is not here.
            InvalidRecord: a value is not what its field allows.
            WrongStep: the record does not stand where that step begins.
            RoleMayNot: this terminal's role may not do that.
        """
        present = known.view
        if present is None:
            raise UnknownRecord(record)
        kind = kind_named(present.kind)
        if not patch:
            raise InvalidRecord(kind.name, UNIT, N_("nothing is changed"))
        if kind.append_only:
            raise InvalidRecord(kind.name, UNIT, N_("such a record is never changed"))
        check_change(self.identity, present, patch)
        if kind.workflow is not None:
            person = self.identity.person
            # A clock before 1970 counts as 1970, as in its stamps.
            now_ms = max(self.now_ms, 0)
            patch = kind.workflow.filled(patch, now_ms, person, present.fields)
        if kind.fills is not None:
            patch = {**patch, **kind.fills(present.fields, patch, self.identity.policy)}
        kind.check_patch(patch)
        kind.check_step(patch, _seen(kind, present))
        _check_unit(kind, patch)
        _check_whole(kind, present, patch)
        return self._payload_of(record, kind, present.unit, patch, known.seen, mends)

    def mend(self, refused: Refused, patch: Patch, known: Known) -> Payload:
        """An operation that stands in for a refused one, with ``patch`` over what that one said.

        Raises:
            InvalidRecord: it is still not right.
        """
        whole = {**refused.patch, **patch}
        if known.view is not None:
            return self.change(refused.record, whole, known, mends=refused.op)
        unit = whole.pop(UNIT, refused.unit)
        draft = Draft(refused.kind, refused.record, unit if isinstance(unit, str) else "", whole)
        return self._new(draft, known.seen, mends=refused.op)

    def _payload_of(
        self, record: bytes, kind: Kind, unit: str, patch: Patch, seen: int, mends: bytes
    ) -> Payload:
        author = self.identity.person[: ops.MAX_AUTHOR]
        payload = Payload(record, kind.name, unit, patch, seen, author, mends)
        try:
            ops.decode_payload(ops.encode_payload(payload))
        except ValueError as error:
            raise InvalidRecord(kind.name, "*", str(error)) from None
        return payload


def dated(
    kind: Kind,
    patch: Patch,
    now_ms: int,
    policy: Policy,
    shifts: Mapping[str, Sequence[Span]] = MappingProxyType({}),
) -> None:
    """Give a new record of a dated kind its moment and the day that it belongs to, where absent.

    Work at a checkpoint belongs to the day of the shift that stands there, else to the office's.
    """
    if not kind.dated:
        return
    declared = kind.fields.get(AT)
    if declared is not None and declared.type is FieldType.TIME and patch.get(AT) is None:
        # A clock before 1970 counts as 1970, as in its stamps: it stops no work.
        patch[AT] = max(now_ms, 0)
    at = patch.get(AT)
    if patch.get(kind.dated) is None and isinstance(at, int) and at >= 0:
        there = shifts.get(str(patch.get(kind.shifted)), ())
        patch[kind.dated] = day_at(there, at) or day_of(at, policy)


def _seen(kind: Kind, present: View) -> Seen | None:
    """What a change of state starts from; where several states stand, the office judges."""
    if kind.workflow is None or kind.workflow.field in present.conflicts:
        return None
    state = present.fields.get(kind.workflow.field)
    return Seen(present.fields, () if state is None else (state,))


def _check_unit(kind: Kind, patch: Patch) -> None:
    unit = patch.get(UNIT)
    if UNIT in patch:
        try:
            check_unit(unit if isinstance(unit, str) else "")
        except InvalidUnit:
            right = RIGHT[FieldType.UNIT]
            raise InvalidRecord(kind.name, UNIT, right, given=str(unit or "")) from None


def _check_whole(kind: Kind, present: View, patch: Patch) -> None:
    """A record that is sound must stay so; one that is not may still be changed bit by bit."""
    if VOID in patch:
        return
    try:
        body = kind.parse({**present.fields, **patch})
    except msgspec.ValidationError:
        return
    problem = kind.check_whole(body)
    if problem is not None:
        raise InvalidRecord(kind.name, *problem)


def _after(known: Known, payload: Payload) -> Known:
    """What is known of a record once ``payload`` is on it."""
    if known.view is not None:
        unit = payload.patch.get(UNIT, known.view.unit)
        said = {name: value for name, value in payload.patch.items() if name not in RESERVED}
        fields = {**known.view.fields, **said}
        changed = replace(known.view, fields=fields, unit=unit if isinstance(unit, str) else "")
        return Known(changed, known.seen)
    write = Write(1, NO_ID, NO_ID, 1, 0, payload.author, suspect=False, patch=payload.patch)
    state: State = merge(None, payload.record, payload.kind, [write])
    return Known(view(state), known.seen)
