"""How often one key may have the office doubt its own history.

A terminal that has seen what the office lacks makes the office begin a new epoch, and then everyone
sends and fetches everything again. That is right after a restored backup. A broken or hostile
terminal could claim it again and again, so each key has an allowance; beyond it the terminal alone
starts anew, and nobody else notices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

ALLOWED = 4
"""Epochs that one key may cause within `WITHIN_MS`: an office is not put back more often."""
WITHIN_MS = 3_600_000


class EpochAllowance:
    """Who has caused a new epoch, and when; for as long as the office is open."""

    def __init__(self) -> None:
        self._caused_ms: dict[bytes, tuple[int, ...]] = {}
        self._refused: defaultdict[bytes, int] = defaultdict(int)

    @property
    def refused(self) -> Mapping[bytes, int]:
        """How often a key was refused one, by key id; only keys that were."""
        return self._refused

    def allows(self, key_id: bytes, now_ms: int) -> bool:
        """Whether this key may cause one more now; a refusal is counted."""
        # A clock that was set back must not renew an allowance, nor block a key for ever.
        recent = tuple(
            at_ms for at_ms in self._caused_ms.get(key_id, ()) if abs(now_ms - at_ms) < WITHIN_MS
        )
        self._caused_ms[key_id] = recent
        if len(recent) < ALLOWED:
            return True
        self._refused[key_id] += 1
        return False

    def caused(self, key_id: bytes, now_ms: int) -> None:
        """This key has caused a new epoch."""
        self._caused_ms[key_id] = (*self._caused_ms.get(key_id, ()), now_ms)
