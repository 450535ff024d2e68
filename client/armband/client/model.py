"""What the terminal shows: plain data between the engine and its screens, commands and scripts."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from armband.shared.fields import Value
from armband.shared.kinds.declare import View
from armband.shared.kinds.duties import Duty, Rank
from armband.shared.policy import Policy


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose terminal this is, as the office last said."""

    office: str
    office_name: str
    terminal: str
    person: str
    role: str
    scope: tuple[str, ...]
    policy: Policy


class Standing(enum.Enum):
    """Where a record's newest local change stands."""

    WRITTEN = "written"
    """On this terminal's disk, not yet at the office (待传)."""
    HELD = "held"
    """On the office's disk (已收)."""
    REFUSED = "refused"
    """In the tray, with a reason (退回)."""


class SyncStatus(msgspec.Struct, frozen=True):
    """The one honest line about sync, and the JSON of ``armband status``.

    Attributes:
        written: operations of this terminal on its disk, ever.
        held: of these, on the office's disk.
        stable: of these, inside a verified backup of the office.
        waiting: not yet answered by the office.
        refused: in the tray, not yet mended or put aside.
        conflicts: records here whose fields two people changed unseen.
        last_contact: UTC milliseconds of the office's last word, or None.
        checked: UTC milliseconds at which the set hash of the records here was last compared with
            the office's, or None.
        agrees: whether they were equal then; if not, the records are being fetched again.
        utc_offset_min: of the office's clock, by which people read these moments.
    """

    written: int
    held: int
    stable: int
    waiting: int
    refused: int
    conflicts: int
    last_contact: int | None
    checked: int | None = None
    agrees: bool = True
    connected: bool = False
    catching_up: bool = False
    office_writable: bool = True
    clock_offset_ms: int = 0
    fork: bool = False
    revoked: bool = False
    problem: str = ""
    utc_offset_min: int = Policy().utc_offset_min


@dataclass(frozen=True, slots=True)
class Saved:
    """A record that is on the terminal's disk now, with the operation that put it there."""

    id: bytes
    kind: str
    op: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as lists show it: the office's base with what is unsent on top."""

    view: View
    standing: Standing
    names: dict[str, str] = field(default_factory=dict)
    """Hex id of each record that this one refers to, to what to call it."""


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Which records a ledger shows: newest first when the kind is dated, else by their title.

    ``text`` is what somebody typed into the search: initials, a name, a door, the end of a phone.
    ``about`` is the hex id of a record: only those that refer to it.
    """

    kind: str
    text: str = ""
    unit: str = ""
    day_from: str = ""
    day_to: str = ""
    with_void: bool = False
    only_conflicts: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a ledger.

    ``is_cut``: the text fits more records than were looked up; ``total`` counts those that were.
    """

    offset: int
    total: int
    entries: tuple[Entry, ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done: a duty, and the record that it comes from.

    ``due_ms`` is when it becomes late; of a daily duty, the end of the office's day.
    """

    entry: Entry
    duty: Duty
    due_ms: int


NOBODY = "-"
"""As ``who`` of a `TodoQuery`: leaves out whatever a certain member of staff answers for."""


@dataclass(frozen=True, slots=True)
class TodoQuery:
    """Which tasks somebody asks for.

    Attributes:
        who: hex id of a member of staff: leaves out what somebody else answers for; ``""`` leaves
            out nothing.
        ranks: only tasks of these; none for all.
        offset, limit: the stretch of them; the counts are of all.
    """

    who: str = ""
    ranks: tuple[Rank, ...] = ()
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Today:
    """What is to be done here now: the most urgent tasks first; ``counts`` and ``late`` by rank
    are of all of them, also of those that ``tasks`` leaves out."""

    tasks: tuple[Task, ...]
    counts: Mapping[Rank, int]
    late: Mapping[Rank, int]


@dataclass(frozen=True, slots=True)
class Match:
    """A person or a door that fits what was typed."""

    id: bytes
    kind: str
    """``resident`` or ``household``."""
    name: str
    door: str
    unit: str
    unit_name: str
    phone: str = ""
    household: bytes = b""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One operation on a record."""

    at_ms: int
    author: str
    patch: dict[str, Value]
    standing: Standing
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """A record's operations, oldest first. ``complete`` is False when only this terminal's own and
    the still standing ones are known (the office cannot be reached)."""

    entries: tuple[HistoryEntry, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class ConflictChoice:
    """One of the values that stand for a field."""

    value: Value
    author: str
    at_ms: int
    suspect: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field for which two people gave different values unseen; the winner is first."""

    record: bytes
    kind: str
    title: str
    field: str
    choices: tuple[ConflictChoice, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation in the tray. ``reason`` is a wire.REASON_ code."""

    op: bytes
    record: bytes
    kind: str
    unit: str
    patch: dict[str, Value]
    reason: str
    detail: str
    at_ms: int
    is_new: bool
    """Whether it was to make the record (then mending may need every required field)."""


# What the engine tells its listeners. Bursts may be joined: each says "look again", not "one more".
@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The sync line has changed."""

    status: SyncStatus


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """Records have changed: those of these kinds may look different now."""

    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class RollupsChanged:
    """Figures have changed."""


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """The office has said something new about role, scope or policy."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class DamageMet:
    """The store is damaged, nothing more is written into it; what it is, and the way out."""

    problem: str


Event = StatusChanged | RecordsChanged | RollupsChanged | IdentityChanged | DamageMet
