"""The real world of one run of a command: clock, randomness, and where the terminal's folder is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from armband.shared.environment import Environment

DATA_VARIABLE = "ARMBAND_DATA"


def real_environment() -> Environment:
    """The machine's clock and randomness."""
    return Environment(lambda: time.time_ns() // 1_000_000, os.urandom)


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """``ARMBAND_DATA``, else ``armband`` in the user's XDG data folder."""
    given = environ.get(DATA_VARIABLE)
    if given:
        return Path(given)
    # A relative XDG path is invalid and must be ignored (XDG Base Directory Specification).
    base = environ.get("XDG_DATA_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".local" / "share"
    return root / "armband"
