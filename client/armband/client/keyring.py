"""The key of a terminal's encrypted store: ``store.key``, in the clear or under people's PINs.

A facade over DIR. What this process has unlocked it remembers until `lock`:

    `state`        what DIR asks for: nothing, or a PIN, and whose
    `unlock`       try a PIN; from then on `key_of` has the key
    `lock`         forget it (idle lock, another person's turn); the store has to be closed first
    `person_of`    who has unlocked it
    `key_of`       the key for everything that opens the store; None for a plain one
    `set_pin`, `remove_pin`, `remove_person`   change who may unlock; DIR is unlocked
    `reading_expired`   whether the last contact is too long ago for anything but handing in

The file is always replaced as a whole: before the new one is on the disk the old one is under the
name. Unlocking derives a key with Argon2id for 0.1 to 0.3 seconds: call it in a thread.
"""

from __future__ import annotations

import os
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import msgspec

from armband.client.errors import Locked, StoreKeyWrong, StoreUnusable
from armband.client.i18n import _
from armband.client.keywrap import KEY_BYTES, USUAL, Cost, Wrapped, cipher, unwrap, wrap
from armband.client.store.dbapi import is_plain
from armband.shared.environment import Environment
from armband.shared.ops import MAX_AUTHOR

RING_FILE = "store.key"
TERMINAL_KEY_FILE = "terminal.key"
STORE_FILE = "terminal.db"
VERSION = 1
SHORTEST_PIN = 6
OFFLINE_DAYS = 7
"""Days since the last contact after which a terminal with a PIN only hands in."""
FREE_TRIES, FIRST_WAIT_S, LONGEST_WAIT_S = 3, 2, 900
_NONCE, _SEALED = 12, b"armband-sealed-1"
_DAY_MS = 86_400_000


class Ring(msgspec.Struct, frozen=True):
    """The content of ``store.key``.

    Attributes:
        clear: the key in hex, while nobody has a PIN; else empty.
        people: person (as typed, such as an id or a name) to the wrapped key.
        failed, failed_at_ms: wrong PINs since the last right one, and when the newest was.
    """

    version: int = VERSION
    clear: str = ""
    people: dict[str, Wrapped] = {}
    failed: int = 0
    failed_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What DIR asks for. ``people``: who has a PIN, sorted; none: no PIN is asked for."""

    is_unlocked: bool
    people: tuple[str, ...]
    wait_s: int


_unlocked: dict[Path, tuple[bytes, str]] = {}
"""By folder: the key that this process may use, and who unlocked it. In memory alone."""


# -- pure ---------------------------------------------------------------------------------------


def wait_ms(ring: Ring, now_ms: int) -> int:
    """How long no PIN is listened to: doubling from the third wrong one, a quarter hour at most."""
    if ring.failed < FREE_TRIES:
        return 0
    doubled = FIRST_WAIT_S << min(ring.failed - FREE_TRIES, 16)
    whole = min(doubled, LONGEST_WAIT_S) * 1000
    # A clock that was put back must not make the wait longer than it is.
    return max(0, min(whole, ring.failed_at_ms + whole - now_ms))


def reading_expired(last_contact_ms: int | None, now_ms: int, days: int = OFFLINE_DAYS) -> bool:
    """Whether what is recorded may only be sent and exported, and not read any more.

    A terminal that never had a contact holds nothing of the office's and is not expired.
    """
    return last_contact_ms is not None and now_ms - last_contact_ms > days * _DAY_MS


# -- the file -----------------------------------------------------------------------------------


def has_ring(data_dir: Path) -> bool:
    """Whether DIR's store has a key."""
    return (data_dir / RING_FILE).exists()


def load(data_dir: Path) -> Ring:
    """The ring in DIR.

    Raises:
        StoreKeyWrong: it is missing or damaged.
    """
    path = data_dir / RING_FILE
    try:
        ring = msgspec.json.decode(path.read_bytes(), type=Ring)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise StoreKeyWrong.of(data_dir / STORE_FILE) from None
    if ring.version > VERSION:
        raise StoreUnusable(_("{file} is of a newer release: update armband").format(file=path))
    return ring


def save(data_dir: Path, ring: Ring) -> None:
    """Replace the ring; what the old file said is written over.

    Raises:
        OSError: the disk refuses; the old ring stays.
    """
    _replace(data_dir / RING_FILE, msgspec.json.format(msgspec.json.encode(ring)) + b"\n")


def _replace(path: Path, content: bytes) -> None:
    half = path.with_name(path.name + ".half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    old = os.open(path, os.O_RDWR) if path.exists() else -1
    try:
        half.replace(path)
        _sync_folder(path.parent)
        if old >= 0:
            with suppress(OSError):
                os.pwrite(old, bytes(os.fstat(old).st_size), 0)
                os.fsync(old)
    finally:
        if old >= 0:
            os.close(old)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_sealed(path: Path) -> bool:
    """Whether the file can only be read with the store's key."""
    return path.exists() and path.read_bytes().startswith(_SEALED)


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


def state(data_dir: Path, now_ms: int) -> State:
    """What DIR asks for.

    Raises:
        StoreKeyWrong: its ring cannot be read.
    """
    if not has_ring(data_dir):
        return State(True, (), 0)
    ring = load(data_dir)
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
    ring = load(data_dir)
    if not ring.clear:
        raise Locked(_("this terminal is locked: give the PIN, or set ARMBAND_PIN"))
    try:
        key = bytes.fromhex(ring.clear)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreKeyWrong.of(data_dir / STORE_FILE)
    return key


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
    ring, pin = load(data_dir), _plain(pin)
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
    _unlocked[data_dir.absolute()] = found[0]
    return found[0][1]


def _plain(pin: str) -> str:
    """An input method's full-width digits are the same digits."""
    return unicodedata.normalize("NFKC", pin)


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
    return person not in load(data_dir).people or person == person_of(data_dir)


def set_pin(
    data_dir: Path, person: str, pin: str, environment: Environment, cost: Cost = USUAL
) -> None:
    """Give a person a PIN, or another one; the first one takes the key out of the clear.

    Raises:
        Locked: DIR is not unlocked.
        ValueError: the PIN is too short.
        OSError: the disk refuses; everything is as before.
    """
    pin = _plain(pin)
    if len(pin) < SHORTEST_PIN:
        raise ValueError(f"a PIN has at least {SHORTEST_PIN} characters")
    key = key_of(data_dir)
    if key is None:
        raise StoreUnusable(
            _("this terminal's store is not encrypted: a PIN would protect nothing")
        )
    ring = load(data_dir)
    people = {**ring.people, person: wrap(key, pin, environment, person, cost)}
    # The key of the terminal goes first: a crash between leaves both readable without a PIN.
    seal_terminal_key(data_dir, key, environment)
    save(data_dir, Ring(people=people))
    # Whoever sets the first PIN sits here.
    _unlocked[data_dir.absolute()] = (key, person_of(data_dir) or person)


def remove_person(data_dir: Path, person: str) -> None:
    """Take a person's PIN away; the last one's leaves the key in the clear again.

    Raises:
        Locked: DIR is not unlocked, or nobody of that name has a PIN.
    """
    key = key_of(data_dir)
    ring = load(data_dir)
    if key is None or person not in ring.people:
        raise Locked(_("nobody called {person} has a PIN here").format(person=person))
    people = {name: box for name, box in ring.people.items() if name != person}
    save(data_dir, Ring(people=people, clear="" if people else key.hex()))
    if not people:
        lock(data_dir)


# -- the terminal's own key ---------------------------------------------------------------------


def seal_terminal_key(data_dir: Path, key: bytes, environment: Environment) -> None:
    """Take the terminal's Ed25519 key out of the clear; it stays sealed from then on.

    Raises:
        OSError: the disk refuses; it is as it was.
    """
    path = data_dir / TERMINAL_KEY_FILE
    content = path.read_bytes() if path.exists() else b""
    if content and not content.startswith(_SEALED):
        _replace(path, seal(content, key, environment))


def seal(content: bytes, key: bytes, environment: Environment) -> bytes:
    """Bytes of a file that only who has the store's key can read."""
    nonce = environment.random_bytes(_NONCE)
    sealed: bytes = cipher(_sealing(key)).encrypt(nonce, content, _SEALED)
    return _SEALED + nonce + sealed


def opened(content: bytes, data_dir: Path) -> bytes:
    """The content of a file of DIR that may be sealed.

    Raises:
        Locked: DIR is not unlocked.
        ValueError: it is damaged, or sealed with another key.
    """
    if not content.startswith(_SEALED):
        return content
    from cryptography.exceptions import InvalidTag

    key = key_of(data_dir)
    body = content[len(_SEALED) :]
    try:
        if key is None:
            raise StoreKeyWrong.of(data_dir / STORE_FILE)
        plain: bytes = cipher(_sealing(key)).decrypt(body[:_NONCE], body[_NONCE:], _SEALED)
    except InvalidTag:
        raise ValueError("sealed with another key") from None
    return plain


def _sealing(key: bytes) -> bytes:
    return blake2b(b"terminal.key", key=key, digest_size=KEY_BYTES).digest()
