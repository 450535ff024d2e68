"""What each administration verb takes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from armband.shared import limits
from armband.shared.drafts import Draft
from armband.shared.permissions import Role
from armband.shared.policy import Policy

MAX_DRAFTS = 10_000
MAX_PAGE = 10_000
MAX_ROLLUP_DAYS = 366
MAX_VALID_MS = 10 * 366 * 86_400_000

Valid = Annotated[int, msgspec.Meta(gt=0, le=MAX_VALID_MS)]


class NoArgs(msgspec.Struct, forbid_unknown_fields=True):
    """The verb takes nothing."""


class UpsertArgs(msgspec.Struct, forbid_unknown_fields=True):
    """See `Office.upsert`."""

    drafts: Annotated[list[Draft], msgspec.Meta(max_length=MAX_DRAFTS)]
    author: str
    dry_run: bool = False
    decided: bool = False


class LogArgs(msgspec.Struct, forbid_unknown_fields=True):
    """A page of the audit log: its rows after the one of this number."""

    after: int = -1


class ExportedArgs(msgspec.Struct, forbid_unknown_fields=True):
    """What a command has written out of the office: kind, unit, how many rows."""

    kind: Annotated[str, msgspec.Meta(max_length=40)]
    unit: Annotated[str, msgspec.Meta(max_length=200)]
    rows: Annotated[int, msgspec.Meta(ge=0)]


class PolicyArgs(msgspec.Struct, forbid_unknown_fields=True):
    """The settings, who sets them, and the version that they had seen."""

    policy: Policy
    author: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    version: int


class RecordsArgs(msgspec.Struct, forbid_unknown_fields=True):
    """See `Office.records_page`; the office itself when no unit is named."""

    kind: str
    unit: str = ""
    after: tuple[str, bytes] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = 1000


class RollupArgs(msgspec.Struct, forbid_unknown_fields=True):
    """Roll-ups of a unit; the office, today, its own row alone when nothing is said."""

    unit: str = ""
    day_from: str = ""
    day_to: str = ""
    depth: Annotated[int, msgspec.Meta(ge=0, le=12)] = 0


class InviteArgs(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to invite, as what, where, and for how long the code is good."""

    unit: str
    role: Role
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    valid_ms: Valid


class TokenArgs(msgspec.Struct, forbid_unknown_fields=True):
    """Which unit a script may read, and for how long."""

    unit: str
    valid_ms: Valid


class RevokeArgs(msgspec.Struct, forbid_unknown_fields=True):
    """A terminal by its name (``T001``) or its key id in hex."""

    id: str


class AssignArgs(msgspec.Struct, forbid_unknown_fields=True):
    """A terminal by its name or its key id in hex, and the units that it shall have."""

    id: str
    scope: Annotated[list[str], msgspec.Meta(min_length=1, max_length=limits.MAX_SCOPE_UNITS)]


class ReportArgs(msgspec.Struct, forbid_unknown_fields=True):
    """Whose day; ``""`` for the office and for today."""

    unit: str = ""
    day: str = ""


class FreezeArgs(msgspec.Struct, forbid_unknown_fields=True):
    """Whose day, by whom; ``again`` makes another edition of a frozen one."""

    author: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    unit: str = ""
    day: str = ""
    again: bool = False


class StableArgs(msgspec.Struct, forbid_unknown_fields=True):
    """A point of the history that a verified backup holds."""

    seq: Annotated[int, msgspec.Meta(ge=0)]
    hist: bytes


class TakeArgs(msgspec.Struct, forbid_unknown_fields=True):
    """The bytes of a file of unsent work."""

    content: bytes


class QuarantineArgs(msgspec.Struct, forbid_unknown_fields=True):
    """How many of the newest to list."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = 100
