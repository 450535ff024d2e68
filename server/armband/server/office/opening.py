"""Making an office and opening one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from armband.server.errors import StoreExists, StoreMissing
from armband.server.model import OfficeRow
from armband.server.office.core import Office
from armband.server.store.database import Database
from armband.server.store.driver import open_database
from armband.server.store.port import Store
from armband.server.store.sqlite import SqliteStore, migrated, office_in
from armband.server.store_key import store_key
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Patch
from armband.shared.ids import ID_BYTES, natural_record_id
from armband.shared.kinds import UNIT, kind_named
from armband.shared.ops import CHAIN_START
from armband.shared.policy import Policy
from armband.shared.units import check_unit

STORE_FILE = "office.db"
OFFICE_AUTHOR = "office"


async def create_office(
    data_dir: Path, code: str, name: str, environment: Environment, policy: Policy | None = None
) -> None:
    """Make the store of a new office, with the unit record of the office itself.

    The unit records of an office have the id ``natural_record_id(office, "unit", code)``.

    Raises:
        InvalidUnit: ``code`` is no unit code.
        InvalidRecord: ``name`` is empty or too long.
        StoreExists: there is one already.
    """
    draft = _root_unit(check_unit(code), name)
    database = await open_database(_new_store(data_dir), store_key(data_dir))
    try:
        await migrated(database)
        store = SqliteStore(database, code)
        there = await _office_there(database)
        if there is None:
            await found_office(store, code, name, environment, policy)
        elif there.code != code or there.seq:
            raise StoreExists(f"{data_dir} holds the office {there.code!r} already")
        # Else a first try was cut off before the office had its first record: go on with it.
    except BaseException:
        await database.close()
        raise
    async with open_office(store, environment) as office:
        await office.log("init", f"office {code}", {})
        await office.upsert([draft], OFFICE_AUTHOR)


async def _office_there(database: Database) -> OfficeRow | None:
    with contextlib.suppress(StoreMissing):
        return await SqliteStore(database, await office_in(database)).office()
    return None


async def found_office(
    store: Store, code: str, name: str, environment: Environment, policy: Policy | None = None
) -> None:
    """Enter a new office into a store, without any record."""
    random = environment.random_bytes
    row = OfficeRow(
        code=code,
        name=name,
        policy=policy or Policy(),
        epoch=random(ID_BYTES),
        seq=0,
        hist=CHAIN_START,
        top=0,
        stable_seq=0,
        key_id=random(ID_BYTES),
    )
    await store.create(row)


def _root_unit(code: str, name: str) -> Draft:
    fields: Patch = {"name": name, "level": "office"}
    kind_named("unit").check_new({**fields, UNIT: code})
    return Draft("unit", natural_record_id(code, "unit", code), code, fields)


@asynccontextmanager
async def open_office(where: Path | Store, environment: Environment) -> AsyncIterator[Office]:
    """The office in a folder, whose lock the caller holds, or over a store that is open already.

    Raises:
        StoreMissing: there is none.
        StoreDamaged: its file cannot be used.
        StoreKeyWrong: its key is missing or another's.
    """
    store = await _open_store(where) if isinstance(where, Path) else where
    try:
        office = Office(store, environment, await store.office())
        await office.start()
    except BaseException:
        await store.close()
        raise
    try:
        yield office
    finally:
        await office.close()


def _new_store(data_dir: Path) -> Path:
    """The file of a new office; its folder is for the server's user alone."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data_dir / STORE_FILE


def _present_store(data_dir: Path) -> Path:
    path = data_dir / STORE_FILE
    if not path.is_file():
        raise StoreMissing(f"{data_dir} holds no office; armband-server init makes one")
    return path


async def _open_store(data_dir: Path) -> Store:
    database = await open_database(_present_store(data_dir), store_key(data_dir))
    try:
        await migrated(database)
        return SqliteStore(database, await office_in(database))
    except BaseException:
        await database.close()
        raise
