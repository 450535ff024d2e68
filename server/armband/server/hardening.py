"""What the program asks of the system before it touches anything."""

from __future__ import annotations

import os
import resource


def harden() -> None:
    """Files for their owner only, whatever the umask was; no core dumps: they hold people."""
    os.umask(0o077)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
