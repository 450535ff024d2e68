"""How many examples a property gets: few in the suite, which runs often, many when asked."""

from __future__ import annotations

import os

VARIABLE = "ARMBAND_EXAMPLES"
"""Multiplies the examples of every property: ``ARMBAND_EXAMPLES=20 ./scripts/test tests/shared``.

Each run draws other examples, so that many short runs find what one long one does; what once failed
is pinned with ``@example``.
"""


def examples(few: int) -> int:
    """The number for ``max_examples``."""
    return few * int(os.environ.get(VARIABLE, "1"))
