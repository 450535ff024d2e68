"""From the record that a register wants to the patch that makes it so."""

from __future__ import annotations

from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import UNIT
from armband.shared.merge import State, view


def wanted_patch(draft: Draft, state: State | None) -> Patch:
    """The fields in which the record differs from the draft; empty when it is as wanted.

    A field that the draft does not name stays. A value that already wins is not written again,
    also where other values stand beside it: settling that is for people.
    """
    if state is None:
        present: Patch = {}
    else:
        seen = view(state)
        present = {**seen.fields, UNIT: seen.unit or None}
    wanted = {**draft.fields, UNIT: draft.unit}
    return {name: value for name, value in wanted.items() if present.get(name) != value}
