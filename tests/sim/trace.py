"""What happened in a simulation, as one digest: the same seed must give the same one."""

from __future__ import annotations

import asyncio
from collections import deque
from hashlib import blake2b

KEPT = 60


class Trace:
    """A running digest of events with their virtual times; the newest stay readable."""

    def __init__(self) -> None:
        self._digest = blake2b(digest_size=16)
        self.tail: deque[str] = deque(maxlen=KEPT)
        self.count = 0

    def add(self, who: str, what: str, detail: bytes = b"") -> None:
        """Note that ``who`` did ``what``, now."""
        now_us = round(asyncio.get_running_loop().time() * 1e6)
        line = f"{now_us} {who} {what}"
        self._digest.update(f"{line} {len(detail)}\n".encode())
        self._digest.update(detail)
        self.tail.append(f"{line} ({len(detail)} bytes)")
        self.count += 1

    def digest(self) -> str:
        """The digest of all that happened so far."""
        return self._digest.copy().hexdigest()
