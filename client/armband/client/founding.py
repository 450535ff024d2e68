"""A folder becomes a terminal: first its empty store, then the files that say whose it is.

In this order, because from then on a folder without its store is one that has lost it.
"""

from __future__ import annotations

from pathlib import Path

from armband.client import keyring, keys
from armband.client.model import Identity
from armband.client.store.dbapi import require_cipher
from armband.client.store.fresh import make_store, rename
from armband.client.store.store import STORE_FILE
from armband.client.world import real_environment
from armband.shared.environment import Environment
from armband.shared.policy import Policy


def make_terminal(
    data_dir: Path, identity: keys.Identity, environment: Environment | None = None
) -> None:
    """Make DIR a terminal's; the caller has seen that nobody's work lies in it.

    Raises:
        StoreUnusable: the disk refuses.
        OSError: the same.
    """
    first = first_identity(identity.enrolment)
    key: bytes | None = None
    if identity.enrolment.encryption != keys.OFF:
        require_cipher()
        key = keyring.make(data_dir, environment or real_environment())
    make_store(data_dir / STORE_FILE, identity.key.key_id, first, key)
    keys.save_identity(data_dir, identity)


def rename_terminal(data_dir: Path, identity: keys.Identity) -> None:
    """Give an enrolled DIR with the same key what a new enrolment settled; its store stays.

    Raises:
        StoreUnusable: the disk refuses, or the store is damaged.
        OSError: the disk refuses.
    """
    rename(data_dir / STORE_FILE, identity.enrolment.terminal, keys.store_key(data_dir))
    keys.save_identity(data_dir, identity)


def first_identity(enrolment: keys.Enrolment) -> Identity:
    """Who the terminal is before the office's first welcome."""
    return Identity(
        office=enrolment.office,
        office_name=enrolment.office_name,
        terminal=enrolment.terminal,
        person="",
        role=enrolment.role,
        scope=tuple(enrolment.scope),
        policy=Policy(),
    )
