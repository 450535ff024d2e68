"""The real clock and the real source of randomness."""

from __future__ import annotations

import secrets
import time

from armband.shared.environment import Environment


def real_environment() -> Environment:
    """What the commands take from the world."""
    return Environment(lambda: time.time_ns() // 1_000_000, secrets.token_bytes)
