"""What travels between the engine, the app and its screens."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from armband.client.model import Identity, Saved, SyncStatus


@dataclass
class StatusMoved(Message, bubble=False):
    """The sync line has changed."""

    status: SyncStatus

    def can_replace(self, message: Message) -> bool:
        """Only the newest one matters."""
        return isinstance(message, StatusMoved)


@dataclass
class RecordsMoved(Message, bubble=False):
    """Records of these kinds may look different now."""

    kinds: frozenset[str]


@dataclass
class RollupsMoved(Message, bubble=False):
    """Figures have changed."""

    def can_replace(self, message: Message) -> bool:
        """Each says "look again", not "one more"."""
        return isinstance(message, RollupsMoved)


@dataclass
class IdentityMoved(Message, bubble=False):
    """The office has said something new about role, scope or policy."""

    identity: Identity


@dataclass
class UrgentMoved(Message, bubble=False):
    """What cannot wait is something else now."""

    def can_replace(self, message: Message) -> bool:
        """Each says "look again", not "one more"."""
        return isinstance(message, UrgentMoved)


@dataclass
class MeChosen(Message):
    """Whoever sits here has said who of the staff that is."""


@dataclass
class RecordSaved(Message):
    """A record is on this terminal's disk."""

    saved: Saved


@dataclass
class SaveFailed(Message):
    """A record could not be saved; nothing was written."""

    field: str
    """The field it is about, ``""`` when it is none."""
    problem: str
    """What is wrong and what would be right, in the user's language."""


@dataclass
class RecordsWanted(Message):
    """The board asks for the records behind a figure."""

    kind: str
    unit: str
    day: str


@dataclass
class LedgerAsked(Message, bubble=False):
    """The ledger is to show these records."""

    kind: str
    unit: str
    day: str
