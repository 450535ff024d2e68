"""What a `session.Session` asks for: carried out by the link, in order."""

from __future__ import annotations

from dataclasses import dataclass

from armband.client.sync_port import RollupPart
from armband.shared import wire


@dataclass(frozen=True, slots=True)
class Send:
    """Send this message."""

    message: wire.FromTerminal


@dataclass(frozen=True, slots=True)
class AdoptWelcome:
    """Take over what the office says of this terminal."""

    welcome: wire.Welcome
    new_epoch: bool
    clear_base: bool


@dataclass(frozen=True, slots=True)
class LoadWaiting:
    """Answer with `Session.offer`: the first waiting operations with counters above ``after``."""

    after: int


@dataclass(frozen=True, slots=True)
class ApplyReceipts:
    """Store what the office answered."""

    receipts: wire.Receipts


@dataclass(frozen=True, slots=True)
class ApplyFeed:
    """Store these rows together with the new cursor."""

    feed: wire.Feed
    rows: list[wire.FeedRow]


@dataclass(frozen=True, slots=True)
class CheckBase:
    """Compare the base with the office's digest; when it differs, rebuild and connect again."""

    caught: wire.CaughtUp


@dataclass(frozen=True, slots=True)
class ApplyRollup:
    """All frames of one moment for one subscription."""

    subscription: wire.Subscribe
    parts: tuple[RollupPart, ...]


@dataclass(frozen=True, slots=True)
class TellHistory:
    """The answer to a history request; None when the office does not know the record."""

    request: int
    rows: list[wire.HistoryRow] | None


@dataclass(frozen=True, slots=True)
class OfficeWrites:
    """Whether the office can take records just now; why not, as `wire.OfficeState` has it."""

    writable: bool
    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The office says why it is about to close."""

    code: int
    reason: str
    cause: str = ""


Effect = (
    Send
    | AdoptWelcome
    | LoadWaiting
    | ApplyReceipts
    | ApplyFeed
    | CheckBase
    | ApplyRollup
    | TellHistory
    | OfficeWrites
    | Refused
)
