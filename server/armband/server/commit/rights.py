"""Whether its author may do what an operation does: write, settle, administer; in the scope.

Whoever hands records of a kind in without reading it changes those of its own making alone. What
an operation settles is judged by what its author had seen, never by what arrived meanwhile.
"""

from __future__ import annotations

from armband.server.commit.asked import MAX_DETAIL, Origin, Refusal, Target
from armband.server.commit.model import TerminalGrant
from armband.shared import wire
from armband.shared.kinds import CATALOGUE, UNIT, VOID
from armband.shared.kinds.same import SAME_AS
from armband.shared.merge import State, Write, conflicts
from armband.shared.ops import Op, Payload
from armband.shared.permissions import may_administer, may_write, only_hands_in, roles_with
from armband.shared.roles import Right


def refusal(op: Op, body: Payload, target: Target | None, origin: Origin) -> Refusal | None:
    """Why the author may not do this, or None."""
    unit = target.unit if target is not None else ""
    present_unit = origin.moved_from or unit
    forbidden = _may_not_write(body, present_unit, origin.grant)
    if forbidden is not None or target is None or target.state is None or not unit:
        return forbidden
    return (
        _not_its_own(op, body, target.state, origin)
        or _may_not_settle(op, body, target.state, origin)
        or _may_not_administer(body, present_unit, origin.grant)
    )


def _may_not_write(body: Payload, present_unit: str, grant: TerminalGrant) -> Refusal | None:
    """Permission is asked where the record hangs and where it shall hang.

    For a record that the office does not know yet it is asked where the author says to work.
    """
    asked = [present_unit] if present_unit else []
    if UNIT in body.patch:
        asked.append(str(body.patch[UNIT]))
    for unit in asked or [body.unit]:
        if may_write(grant.role, body.kind, unit, grant.scope):
            continue
        if may_write(grant.role, body.kind, unit, (unit,)):
            detail = f"{unit} is outside of the scope {', '.join(grant.scope)}"
            return Refusal(wire.REASON_SCOPE, detail[:MAX_DETAIL])
        return _of_role(grant, f"may not write a {body.kind}")
    return None


def _not_its_own(op: Op, body: Payload, state: State, origin: Origin) -> Refusal | None:
    kind = CATALOGUE.get(body.kind)
    if kind is not None and kind.append_only:
        return Refusal(wire.REASON_ROLE, f"a {body.kind} is never changed")
    if not only_hands_in(origin.grant.role, body.kind):
        return None
    own = (origin.branch, op.key_id)
    if any(write.branch in own for write in state.writes):
        return None
    return _of_role(origin.grant, f"may change a {body.kind} of its own making alone")


def _may_not_settle(op: Op, body: Payload, state: State, origin: Origin) -> Refusal | None:
    grant = origin.grant
    if grant.role in roles_with(Right.SETTLE, body.kind):
        return None

    def before_the_author(write: Write) -> bool:
        return write.branch in (origin.branch, op.key_id) or write.version <= body.seen

    for name in conflicts(state):
        standing = [write for write in state.writes if name in write.patch]
        if name in body.patch and all(before_the_author(write) for write in standing):
            return _of_role(grant, f"may not settle a conflict of a {body.kind}")
    return None


def _may_not_administer(body: Payload, present_unit: str, grant: TerminalGrant) -> Refusal | None:
    if may_administer(grant.role, body.kind, present_unit, grant.scope):
        return None
    if VOID in body.patch or SAME_AS in body.patch:
        return _of_role(grant, f"may not void or merge a {body.kind}")
    if body.patch.get(UNIT, present_unit) != present_unit:
        return _of_role(grant, f"may not move a {body.kind} to another unit")
    return None


def _of_role(grant: TerminalGrant, words: str) -> Refusal:
    return Refusal(wire.REASON_ROLE, f"the role {grant.role.value} {words}")
