"""What a register asks for: per row the drafts, or why there are none."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from armband.shared.drafts import Draft


class Outcome(enum.Enum):
    """What became of a row, as the report says it."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    WARNED = "warned"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One data row.

    Attributes:
        sheet, number: where it stands; rows count from 1.
        drafts: its own records, committed together.
        needs: ids of drafts in `Plan.shared` that must stand first.
        stopped: REPEATED or REFUSED, when the row is not imported.
        reason: why it is stopped.
        warnings: what a person should look at although the row is imported.
    """

    sheet: str
    number: int
    drafts: tuple[Draft, ...] = ()
    needs: tuple[bytes, ...] = ()
    stopped: Outcome | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    """A whole file.

    Attributes:
        rows: every data row, in the file's order.
        shared: records that several rows need (units, then staff), by id; in order of need.
        notes: what a person should know about the file.
    """

    rows: list[PlannedRow] = field(default_factory=list)
    shared: dict[bytes, Draft] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def share(self, drafts: Sequence[Draft]) -> tuple[bytes, ...]:
        """Put drafts among the shared ones; the ids for `PlannedRow.needs`."""
        for draft in drafts:
            self.shared[draft.id] = draft
        return tuple(draft.id for draft in drafts)


class RowRefused(Exception):
    """A row cannot be imported; the text says why, without personal data."""
