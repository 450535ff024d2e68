"""The terminal's screens. They talk to `armband.client.terminal.Terminal` and to nothing else.

This package must be imported before textual: with the Kitty keyboard protocol an IME's commit of
several characters arrives as garbage keys, and textual reads the switch at its first import.
"""

from __future__ import annotations

import os

os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
