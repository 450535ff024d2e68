"""What a new record takes from those that it refers to; see `Kind.taken`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from armband.client.model import Entry
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import id_from_hex
from armband.shared.kinds import CATALOGUE

EntryOf = Callable[[bytes], Awaitable[Entry | None]]


async def with_taken(drafts: Sequence[Draft], entry_of: EntryOf) -> list[Draft]:
    """The drafts, with what they leave empty and their references know."""
    return [await _completed(draft, entry_of) for draft in drafts]


async def _completed(draft: Draft, entry_of: EntryOf) -> Draft:
    kind = CATALOGUE.get(draft.kind)
    if kind is None or not kind.taken:
        return draft
    found: Patch = {}
    for name, (reference, source) in kind.taken.items():
        target = draft.fields.get(reference)
        if draft.fields.get(name) is not None or not isinstance(target, str):
            continue
        try:
            entry = await entry_of(id_from_hex(target))
        except ValueError:
            continue
        if entry is not None and (value := entry.view.fields.get(source)) is not None:
            found[name] = value
    return msgspec.structs.replace(draft, fields={**draft.fields, **found}) if found else draft
