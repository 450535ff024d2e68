"""What is voided along with a record: those that began with it and that nobody has worked on."""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.model import Entry
from armband.client.taken import EntryOf
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE, VOID
from armband.shared.policy import Policy


async def with_voided(drafts: Sequence[Draft], entry_of: EntryOf, policy: Policy) -> list[Draft]:
    """The drafts, each that voids a record followed by those that void what began with it.

    A shop's inspection was a mistake, so nothing is to be put right because of it. What somebody
    has meanwhile checked, assigned or done stays: that work was real.
    """
    whole: list[Draft] = []
    for draft in drafts:
        whole.append(draft)
        begun = await _begun_with(draft.id, draft.fields, entry_of, policy)
        whole += [Draft(e.view.kind, e.view.id, "", {VOID: draft.fields[VOID]}) for e in begun]
    return whole


async def _begun_with(
    record: bytes, patch: Patch, entry_of: EntryOf, policy: Policy
) -> list[Entry]:
    entry = await entry_of(record) if patch.get(VOID) else None
    if entry is None or (kind := CATALOGUE.get(entry.view.kind)) is None:
        return []
    opened = [await entry_of(draft.id) for draft in kind.opened_by(entry.view, policy)]
    return [each for each in opened if each is not None and _is_untouched(each)]


def _is_untouched(entry: Entry) -> bool:
    kind, fields = CATALOGUE[entry.view.kind], entry.view.fields
    flow = kind.workflow
    if entry.view.void or flow is None or fields.get(flow.field) != flow.starts[0]:
        return False
    return not any(step.moment and fields.get(step.moment) is not None for step in flow.steps)
