"""From the record that a register wants to the patch that makes it so."""

from __future__ import annotations

from dataclasses import dataclass, field

from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds import UNIT
from armband.shared.merge import State


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a draft asks for.

    Attributes:
        patch: the fields to write; empty when the record is as wanted.
        kept: fields that differ but were last written at a terminal. A register is older than what
            somebody put right at the door, so it must not undo that; the clerk is told.
    """

    patch: Patch = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def wanted_patch(
    draft: Draft, state: State | None, office_key: bytes, *, decided: bool = False
) -> Wanted:
    """Compare a draft with the record.

    A field that the draft does not name stays. A value that already wins is not written again,
    also where other values stand beside it: settling that is for people.

    Args:
        decided: the office has decided it, whatever somebody wrote at a terminal.
    """
    present: Patch = {}
    by_hand: set[str] = set()
    for write in state.writes if state is not None else ():
        present.update(write.patch)
        by_hand.difference_update(write.patch)
        if write.branch != office_key and not decided:
            by_hand.update(write.patch)
    wanted = {**draft.fields, UNIT: draft.unit}
    differs = [name for name, value in wanted.items() if present.get(name) != value]
    return Wanted(
        {name: wanted[name] for name in differs if name not in by_hand},
        tuple(sorted(name for name in differs if name in by_hand)),
    )
