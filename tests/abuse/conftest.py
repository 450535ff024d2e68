"""One office for all attacks: what one leaves behind must not help the next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from abuse.hostile import Target, prepared


@pytest.fixture(scope="package")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A served office with a worker, an insider, a revoked terminal and a token."""
    found = asyncio.run(prepared(tmp_path_factory.mktemp("abuse") / "office"))
    found.office.spawn()
    try:
        asyncio.run(found.office.ready())
        yield found
    finally:
        found.office.stop()
