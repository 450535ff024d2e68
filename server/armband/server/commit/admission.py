"""Whether an operation is taken in: permission, the record's kind, and the values of its fields.

What is refused here goes to the quarantine with its reason, never away.
"""

from __future__ import annotations

import re

import msgspec

from armband.server.commit import rights
from armband.server.commit.asked import MAX_DETAIL, Origin, Refusal, Target
from armband.server.commit.steps import seen_by
from armband.shared import wire
from armband.shared.errors import InvalidRecord, InvalidUnit, WrongStep
from armband.shared.kinds import CATALOGUE, UNIT, VOID
from armband.shared.kinds.declare import MAX_VOID_REASON
from armband.shared.ops import Op, Payload
from armband.shared.units import check_unit

_KIND_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def refusal(op: Op, target: Target | None, origin: Origin) -> Refusal | None:
    """Why this operation cannot be taken in, or None. ``target`` is None for an unknown record."""
    grant = origin.grant
    if grant.revoked:
        return Refusal(wire.REASON_REVOKED, "the terminal's key is revoked")
    if op.body is None:
        return Refusal(wire.REASON_INVALID, op.problem[:MAX_DETAIL])
    try:
        _check_form(op.body)
    except (InvalidUnit, InvalidRecord) as error:
        return Refusal(wire.REASON_INVALID, str(error)[:MAX_DETAIL])
    if target is not None and target.kind != op.body.kind:
        detail = f"the record is a {target.kind}, not a {op.body.kind}"
        return Refusal(wire.REASON_KIND_CHANGED, detail)
    unit = target.unit if target is not None else ""
    # Who has seen the record does not make it: the operation that does has yet to come, as after a
    # restore of the office, and this one may well move the record.
    is_new = not unit and not op.body.seen
    return (
        rights.refusal(op, op.body, target, origin)
        or _wrong_values(op.body, is_new=is_new)
        or _wrong_step(op, op.body, target, origin)
    )


def _check_form(body: Payload) -> None:
    """What holds for every kind, known to this release or not."""
    if _KIND_NAME.fullmatch(body.kind) is None:
        raise InvalidRecord(body.kind[:40], "kind", "a kind's name has 1 to 40 of a-z, 0-9 and _")
    if not body.patch:
        raise InvalidRecord(body.kind, "patch", "must set at least one field")
    if UNIT in body.patch:
        unit = body.patch[UNIT]
        if not isinstance(unit, str):
            raise InvalidRecord(body.kind, UNIT, "must be a unit code")
        check_unit(unit)
    if VOID in body.patch:
        void = body.patch[VOID]
        if not isinstance(void, str) or not 0 < len(void) <= MAX_VOID_REASON:
            problem = f"needs a reason of 1 to {MAX_VOID_REASON} characters"
            raise InvalidRecord(body.kind, VOID, problem)


def _wrong_values(body: Payload, *, is_new: bool) -> Refusal | None:
    """A kind that this release does not know is carried as it is."""
    kind = CATALOGUE.get(body.kind)
    if kind is None:
        return None
    try:
        if is_new and UNIT in body.patch:
            kind.check_new(body.patch)
        else:
            kind.check_patch(body.patch)
    except (InvalidRecord, msgspec.ValidationError) as error:
        return Refusal(wire.REASON_INVALID, str(error)[:MAX_DETAIL])
    return None


def _wrong_step(op: Op, body: Payload, target: Target | None, origin: Origin) -> Refusal | None:
    """A change of state is judged by what its author saw.

    What is handed in again after a restore of the office may find less than that here, and so may
    what belongs to a record that has yet to begin.
    """
    kind = CATALOGUE.get(body.kind)
    if kind is None or kind.workflow is None:
        return None
    seen = None
    if target is not None and not origin.repushing:
        seen = seen_by(op, origin.branch, target.state, kind.workflow.field)
    try:
        kind.check_step(body.patch, seen)
    except WrongStep as error:
        return Refusal(wire.REASON_INVALID, str(error)[:MAX_DETAIL])
    return None
