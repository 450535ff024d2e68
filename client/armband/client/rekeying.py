"""The first PIN: the store gets another key, because the old one lay beside it in the clear."""

from __future__ import annotations

from pathlib import Path

from armband.client import keyring
from armband.client.keyring_file import Ring, save
from armband.client.keywrap import KEY_BYTES, USUAL, Cost, wrap
from armband.client.sealed import seal_terminal_key, unseal_terminal_key
from armband.client.store.dbapi import is_plain
from armband.client.store.encrypting import copy_rekeyed, take_place
from armband.shared.environment import Environment


def set_pin(
    data_dir: Path, person: str, pin: str, environment: Environment, cost: Cost = USUAL
) -> None:
    """As `keyring.set_pin`; with the first PIN the store's key becomes another one.

    The caller holds the terminal's lock, and nobody has the store open. Wherever it is cut off, the
    folder is as before, or the PIN is set.

    Raises:
        Locked, ValueError: see `keyring.set_pin`.
        NoCipher, StoreUnusable, OSError: the store cannot be copied, or the disk refuses.
    """
    pin, old = keyring.checked_pin(pin), keyring.key_of(data_dir)
    store = data_dir / keyring.STORE_FILE
    has_people = bool(keyring.state(data_dir, environment.now_ms()).people)
    if old is None or has_people or not store.exists() or is_plain(store):
        keyring.set_pin(data_dir, person, pin, environment, cost)
        return
    key = environment.random_bytes(KEY_BYTES)
    people = {person: wrap(key, pin, environment, person, cost)}
    fresh = copy_rekeyed(store, old, key)
    # What may have sealed it lies beside it in the clear: this shows nothing new.
    unseal_terminal_key(data_dir, old)
    # From here on the store itself says which of the two keys counts: `keyring` looks.
    save(data_dir, Ring(clear=old.hex(), people=people))
    take_place(fresh, store)
    seal_terminal_key(data_dir, key, environment)
    save(data_dir, Ring(people=people))
    keyring.note_unlocked(data_dir, key, person)
