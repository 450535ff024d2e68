"""Why the office kept an operation aside, in the user's language."""

from __future__ import annotations

from armband.client.i18n import N_, _
from armband.shared import wire

_REASONS = {
    wire.REASON_SCOPE: N_("outside this terminal's units"),
    wire.REASON_ROLE: N_("this role may not do it"),
    wire.REASON_REVOKED: N_("this terminal is revoked"),
    wire.REASON_INVALID: N_("a value is not allowed"),
    wire.REASON_KIND_CHANGED: N_("the record is of another kind"),
}


def refused_words(reason: str) -> str:
    """Why the office did not take an operation."""
    return _(_REASONS.get(reason, reason))
