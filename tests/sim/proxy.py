"""What a hostile proxy does to frames, and who looks at every one of them."""

from __future__ import annotations

import enum
from typing import Protocol


class Mischief(enum.Enum):
    """What the proxy does to the next frame."""

    DUPLICATE = "duplicated frame"
    LATE_DUPLICATE = "frame repeated later"
    REORDER = "reordered frames"
    TEAR = "cut in mid-frame"


class Tap(Protocol):
    """Sees every frame as it is handed over for sending."""

    def opened(self, number: int, name: str) -> None:
        """A connection of ``name``."""

    def sends(self, number: int, side: str, frame: bytes) -> None:
        """``side`` is "terminal" or "office"."""

    def closes(self, number: int, side: str, code: int, reason: str) -> None:
        """``side`` ends the connection in an orderly way."""
