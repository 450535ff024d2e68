"""What the role of this terminal allows: asked before anything is saved.

The office judges by the same table (`shared.permissions`) and has the last word: it knows the scope
as it is now, and whose record is whose. What it would refuse for the role alone is refused here, so
that nobody works for the tray.
"""

from __future__ import annotations

from armband.client.errors import RoleMayNot
from armband.client.i18n import N_, _
from armband.client.i18n.words import kind_label
from armband.client.model import Identity
from armband.shared.fields import Patch
from armband.shared.kinds.declare import UNIT, VOID, View
from armband.shared.kinds.same import SAME_AS
from armband.shared.permissions import roles_with
from armband.shared.roles import Right

_WRITE = N_("the role {role} may not write {kind}; these may: {roles}")
_SETTLE = N_("the role {role} may not settle a conflict of {kind}; these may: {roles}")
_VOID = N_("the role {role} may not void {kind}; these may: {roles}")
_MERGE = N_("the role {role} may not merge {kind}; these may: {roles}")
_MOVE = N_("the role {role} may not move {kind} to another unit; these may: {roles}")


def check_write(identity: Identity, kind: str) -> None:
    """Refuse records of a kind that this role may not write.

    Raises:
        RoleMayNot: naming the roles that may.
    """
    _check(identity, kind, Right.WRITE, _WRITE)


def check_change(identity: Identity, present: View, patch: Patch) -> None:
    """Refuse a change of a record here, each by its own right: write, settle, administer.

    Raises:
        RoleMayNot: naming the roles that may.
    """
    check_write(identity, present.kind)
    if not patch.keys().isdisjoint(present.conflicts):
        _check(identity, present.kind, Right.SETTLE, _SETTLE)
    if VOID in patch:
        _check(identity, present.kind, Right.ADMINISTER, _VOID)
    if SAME_AS in patch:
        _check(identity, present.kind, Right.ADMINISTER, _MERGE)
    if patch.get(UNIT, present.unit) != present.unit:
        _check(identity, present.kind, Right.ADMINISTER, _MOVE)


def _check(identity: Identity, kind: str, right: Right, words: str) -> None:
    may = roles_with(right, kind)
    if any(role.value == identity.role for role in may):
        return
    roles = ", ".join(sorted(role.value for role in may)) or "-"
    raise RoleMayNot(_(words).format(role=identity.role, kind=kind_label(kind), roles=roles))
