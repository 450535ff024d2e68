"""``python -m armband.client``: the same as the command ``armband``."""

import sys

from armband.client.cli import main

sys.exit(main())
