"""Every adapter of the port, empty but for one office."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from armband.server.store.database import Database
from armband.server.store.driver import open_database
from armband.server.store.port import Store
from armband.server.store.sqlite import SqliteStore, migrated
from sim.database import SimDatabase
from support.commit_world import OFFICE, office_row

ADAPTERS = ("sqlite on its thread", "sqlite in place")


@pytest.fixture(params=ADAPTERS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "office.db"
    opened: Database
    if request.param == ADAPTERS[0]:
        opened = await open_database(path)
    else:
        opened = SimDatabase(path, Random(1), delay_max_s=0)
    await migrated(opened)
    yield opened
    await asyncio.sleep(0)
    await opened.close()


@pytest.fixture
async def store(database: Database) -> Store:
    store = SqliteStore(database, OFFICE)
    await store.create(office_row())
    return store
