"""The key of a terminal's encrypted store: ``store.key``, in the clear or under people's PINs.

A facade over DIR. What this process has unlocked it remembers until `lock`:

    `state`        what DIR asks for: nothing, or a PIN, and whose
    `unlock`       try a PIN; from then on `key_of` has the key
    `lock`         forget it (idle lock, another person's turn); the store has to be closed first
    `person_of`    who has unlocked it
    `key_of`       the key for everything that opens the store; None for a plain one
    `set_pin`, `remove_person`   change who may unlock; DIR is unlocked
    `reading_expired`   whether the last contact is too long ago for anything but handing in

The file is always replaced as a whole: before the new one is on the disk the old one is under the
name. Unlocking derives a key with Argon2id for a quarter of a second: call it in a thread.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import msgspec

from armband.client.errors import Locked, StoreKeyWrong, StoreUnusable
from armband.client.guesses import OFFLINE_DAYS, reading_expired, wait_ms
from armband.client.i18n import _
from armband.client.keyring_file import RING_FILE, STORE_FILE, Ring, has_ring, load, save
from armband.client.keywrap import KEY_BYTES, USUAL, Cost, unwrap, wrap
from armband.client.sealed import (
    MARK,
    TERMINAL_KEY_FILE,
    is_sealed,
    seal,
    seal_terminal_key,
    unsealed,
)
from armband.client.store.dbapi import is_plain, opens
from armband.shared.environment import Environment
from armband.shared.ops import MAX_AUTHOR

__all__ = [
    "OFFLINE_DAYS",
    "RING_FILE",
    "SHORTEST_PIN",
    "STORE_FILE",
    "TERMINAL_KEY_FILE",
    "Ring",
    "State",
    "checked_pin",
    "has_ring",
    "is_sealed",
    "key_of",
    "load",
    "lock",
    "make",
    "may_set",
    "note_unlocked",
    "opened",
    "person_of",
    "person_problem",
    "reading_expired",
    "remove_person",
    "seal",
    "set_pin",
    "state",
    "unlock",
]

SHORTEST_PIN = 6


@dataclass(frozen=True, slots=True)
class State:
    """What DIR asks for. ``people``: who has a PIN, sorted; none: no PIN is asked for."""

    is_unlocked: bool
    people: tuple[str, ...]
    wait_s: int


_unlocked: dict[Path, tuple[bytes, str]] = {}
"""By folder: the key that this process may use, and who unlocked it. In memory alone."""


# -- what this process has unlocked -------------------------------------------------------------


def make(data_dir: Path, environment: Environment) -> bytes:
    """The key of DIR's store, made if there is none yet; in the clear until somebody sets a PIN."""
    if not has_ring(data_dir):
        _check_no_store_is_lost(data_dir)
        save(data_dir, Ring(clear=environment.random_bytes(KEY_BYTES).hex()))
    key = key_of(data_dir)
    assert key is not None, "there is a ring"
    return key


def _check_no_store_is_lost(data_dir: Path) -> None:
    """A new key would not open an encrypted store, and hide that the old one is missing."""
    store = data_dir / STORE_FILE
    if store.exists() and store.stat().st_size and not is_plain(store):
        raise StoreKeyWrong.of(store)


def _settled(data_dir: Path) -> Ring:
    """The ring, and what a change of the store's key that was cut off came to.

    While the key is changed the ring holds the old one in the clear and the new one under the PIN;
    the store says which of them it has.
    """
    ring = load(data_dir)
    if not (ring.clear and ring.people):
        return ring
    if opens(data_dir / STORE_FILE, _from_hex(data_dir, ring.clear)):
        return Ring(clear=ring.clear)
    return msgspec.structs.replace(ring, clear="")


def _from_hex(data_dir: Path, digits: str) -> bytes:
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreKeyWrong.of(data_dir / STORE_FILE)
    return key


def state(data_dir: Path, now_ms: int) -> State:
    """What DIR asks for.

    Raises:
        StoreKeyWrong: its ring cannot be read.
    """
    if not has_ring(data_dir):
        return State(True, (), 0)
    ring = _settled(data_dir)
    is_open = bool(ring.clear) or data_dir.absolute() in _unlocked
    return State(is_open, tuple(sorted(ring.people)), -(-wait_ms(ring, now_ms) // 1000))


def key_of(data_dir: Path) -> bytes | None:
    """The key of DIR's store; None where it has none.

    Raises:
        Locked: a PIN is needed first.
        StoreKeyWrong: the ring cannot be read.
    """
    if not has_ring(data_dir):
        return None
    known = _unlocked.get(data_dir.absolute())
    if known is not None:
        return known[0]
    ring = _settled(data_dir)
    if not ring.clear:
        raise Locked(_("this terminal is locked: give the PIN, or set ARMBAND_PIN"))
    return _from_hex(data_dir, ring.clear)


def person_of(data_dir: Path) -> str:
    """Who has unlocked DIR in this process; ``""`` where nobody has to."""
    return _unlocked.get(data_dir.absolute(), (b"", ""))[1]


def unlock(data_dir: Path, person: str, pin: str, environment: Environment) -> str:
    """Try a PIN. Returns whose it is: with ``person`` empty, each person's is tried.

    Raises:
        Locked: it is wrong (counted, on the disk), or comes too soon after wrong ones; or it is
            the PIN of several people and nobody said whose.
        StoreKeyWrong: the ring cannot be read.
        OSError: a wrong try cannot be noted.
    """
    ring, pin = _settled(data_dir), _plain(pin)
    if ring.clear:
        return person
    wait = -(-wait_ms(ring, environment.now_ms()) // 1000)
    if wait:
        raise Locked(_("too many wrong PINs: try again in {count} s").format(count=wait), wait)
    # Counted before it is tried: pulling the plug gives no free guess.
    failed = msgspec.structs.replace(
        ring, failed=ring.failed + 1, failed_at_ms=environment.now_ms()
    )
    save(data_dir, failed)
    found: list[tuple[bytes, str]] = []
    for name in [person] if person else sorted(ring.people):
        try:
            key = unwrap(ring.people[name], pin, name) if name in ring.people else None
        except ValueError:
            raise StoreKeyWrong.of(data_dir / STORE_FILE) from None
        if key is not None:
            found.append((key, name))
    if not found:
        raise Locked(_("this is not the PIN"), -(-wait_ms(failed, environment.now_ms()) // 1000))
    save(data_dir, msgspec.structs.replace(ring, failed=0, failed_at_ms=0))
    if len(found) > 1:
        raise Locked(_("several people have this PIN: say who you are (ARMBAND_PERSON)"))
    # In the clear after a change of the store's key that was cut off.
    seal_terminal_key(data_dir, found[0][0], environment)
    _unlocked[data_dir.absolute()] = found[0]
    return found[0][1]


def _plain(pin: str) -> str:
    """An input method's full-width digits are the same digits."""
    return unicodedata.normalize("NFKC", pin)


def note_unlocked(data_dir: Path, key: bytes, person: str) -> None:
    """This person sits here now, and this is the store's key."""
    _unlocked[data_dir.absolute()] = (key, person)


def lock(data_dir: Path) -> None:
    """Forget the key; whoever has the store open closes it first."""
    _unlocked.pop(data_dir.absolute(), None)


def person_problem(person: str) -> str:
    """What is wrong with somebody's name, ``""`` when it is good: it stands in all they record."""
    if not person.strip() or len(person) > MAX_AUTHOR or not person.isprintable():
        return _("a name has 1 to {count} characters").format(count=MAX_AUTHOR)
    return ""


def may_set(data_dir: Path, person: str) -> bool:
    """Whether who sits here may give this person a PIN: a new one, or they themselves."""
    return person not in _settled(data_dir).people or person == person_of(data_dir)


def set_pin(
    data_dir: Path, person: str, pin: str, environment: Environment, cost: Cost = USUAL
) -> None:
    """Give a person a PIN, or another one; the first one takes the key out of the clear.

    Raises:
        Locked: DIR is not unlocked.
        ValueError: the PIN is too short.
        OSError: the disk refuses; everything is as before.
    """
    pin = checked_pin(pin)
    key = key_of(data_dir)
    if key is None:
        raise StoreUnusable(
            _("this terminal's store is not encrypted: a PIN would protect nothing")
        )
    ring = _settled(data_dir)
    people = {**ring.people, person: wrap(key, pin, environment, person, cost)}
    # The key of the terminal goes first: a crash between leaves both readable without a PIN.
    seal_terminal_key(data_dir, key, environment)
    save(data_dir, Ring(people=people))
    # Whoever sets the first PIN sits here.
    _unlocked[data_dir.absolute()] = (key, person_of(data_dir) or person)


def checked_pin(pin: str) -> str:
    """The PIN as it is compared.

    Raises:
        ValueError: it is too short.
    """
    pin = _plain(pin)
    if len(pin) < SHORTEST_PIN:
        raise ValueError(f"a PIN has at least {SHORTEST_PIN} characters")
    return pin


def remove_person(data_dir: Path, person: str) -> None:
    """Take a person's PIN away; the last one's leaves the key in the clear again.

    Raises:
        Locked: DIR is not unlocked, or nobody of that name has a PIN.
    """
    key = key_of(data_dir)
    ring = _settled(data_dir)
    if key is None or person not in ring.people:
        raise Locked(_("nobody called {person} has a PIN here").format(person=person))
    people = {name: box for name, box in ring.people.items() if name != person}
    save(data_dir, Ring(people=people, clear="" if people else key.hex()))
    if not people:
        lock(data_dir)


def opened(content: bytes, data_dir: Path) -> bytes:
    """The content of a file of DIR that may be sealed.

    Raises:
        Locked: DIR is not unlocked.
        ValueError: it is damaged, or sealed with another key.
    """
    if not content.startswith(MARK):
        return content
    key = key_of(data_dir)
    if key is None:
        raise StoreKeyWrong.of(data_dir / STORE_FILE)
    return unsealed(content, key)
