"""``python -m armband.server``."""

from __future__ import annotations

import sys

from armband.server.cli import main

if __name__ == "__main__":
    sys.exit(main())
