"""Fixtures of the office's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.office_rig import Rig, office_rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A serving office with a few units."""
    async with office_rig(tmp_path) as made:
        yield made
