"""The office: what sessions, commands and scripts ask, and the one place where records change.

Opened with `open_office`; one `Office` is the only writer of its store.
"""

from armband.server.commit.model import Batch, BatchResult, TerminalGrant
from armband.server.model import (
    ChangedRow,
    Committed,
    EpochChanged,
    OfficeEvent,
    StableChanged,
    TerminalChanged,
    WritableChanged,
)
from armband.server.office.core import Office
from armband.server.office.opening import create_office, found_office, open_office

__all__ = [
    "Batch",
    "BatchResult",
    "ChangedRow",
    "Committed",
    "EpochChanged",
    "Office",
    "OfficeEvent",
    "StableChanged",
    "TerminalChanged",
    "TerminalGrant",
    "WritableChanged",
    "create_office",
    "found_office",
    "open_office",
]
