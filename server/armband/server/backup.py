"""A backup of an office: one file with everything that a restore needs, verified before it counts.

Within, it is a zip: ``backup.json`` (`Manifest`), the store (with its key when it is encrypted),
the certificate with its key (terminals pin it), the key of the people's ID numbers and the public
half of the recovery key. It is sealed (`sealed`) unless somebody insists: a plain one is as secret
as the office's folder.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from armband.server import certificate
from armband.server.errors import BackupUnsound, BadRequest
from armband.server.imports import idkey
from armband.server.model import OfficeRow
from armband.server.office.opening import STORE_FILE
from armband.server.recovery import PUBLIC_FILE
from armband.server.sealed import Seal, SealedReader, SealedWriter, Sealing
from armband.server.store.copies import copy_store, office_of
from armband.server.store.dbapi import is_plain
from armband.server.store.examine import Examined, examine
from armband.server.store_key import store_key

FORMAT = 2
PLAIN_FORMAT = 1
"""Of a backup without a key of the store in it."""
MANIFEST = "backup.json"
STORE_KEY = "store.key"
"""Within a backup of an encrypted store: its key."""
KEY_FILES = (certificate.CERTIFICATE_FILE, certificate.KEY_FILE, idkey.KEY_FILE, PUBLIC_FILE)
"""What stands beside the store and exists nowhere else; one that was never made is left out."""
FINDINGS_MAX = 5
LEFTOVERS = (".backup-", ".restore-", ".encrypt-")
"""How the folders begin in which copies are made."""
LEFTOVER_MS = 86_400_000
_LEVEL = 1
"""Of zlib: a third of the size for a tenth of the time of the best."""
_OWNER_ONLY = 0o600
Copier = Callable[[Path, Path], None]
"""Copies one moment of the store at the first path into a new file at the second."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    format: int
    office: str
    name: str
    seq: int
    made_ms: int


@dataclass(frozen=True, slots=True)
class Held:
    """What a backup said of itself when it was taken apart; ``key`` is that of its store."""

    manifest: Manifest
    key: bytes | None


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is verified and on the disk.

    Attributes:
        office: its row as the backup holds it.
        counts: what is in it, by name.
        size: of the file in bytes.
    """

    file: Path
    office: OfficeRow
    counts: dict[str, int]
    size: int


def write_backup(
    directory: Path,
    file: Path,
    now_ms: int,
    copy: Copier | None = None,
    sealing: Sealing | None = None,
) -> Backup:
    """Back up the office in ``directory`` into ``file``; changes nothing in the office.

    What is verified is the very file: the store is taken out of it again and looked at as the
    doctor does. Only a sound one gets the name ``file``, in the place of an older one. Nothing
    plain is written outside the folder, and within it only where the store is plain too.

    Args:
        copy: how the store is copied; with its own key by default.
        sealing: for whom it is sealed; None: it can be read by whoever has it.

    Raises:
        BackupUnsound: the copy is damaged or does not add up; ``file`` is as it was.
        StoreError: the store cannot be read.
        OSError: the disk refuses.
    """
    remove_leftovers(directory, now_ms)
    key = store_key(directory)
    copy = copy or partial(copy_store, key=key)
    seal = sealing.seal() if sealing is not None else None
    with (
        tempfile.TemporaryDirectory(prefix=".backup-", dir=directory) as scratch,
        tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as beside,
    ):
        folder, part = Path(scratch), Path(beside) / "part"
        store = folder / STORE_FILE
        copy(directory / STORE_FILE, store)
        store.chmod(_OWNER_ONLY)
        with open(part, "xb", opener=_owner_only) as raw:
            _pack(raw, seal, directory, store, now_ms)
        store.unlink()
        sync(part)
        with part.open("rb") as raw:
            content = raw if seal is None else io.BufferedReader(SealedReader(raw, seal))
            held = unpack(content, file.name, folder)
        office, found = verified(store, held.key)
        size = part.stat().st_size
        part.replace(file)
    sync(file.parent)
    return Backup(file, office, found.counts, size)


def remove_leftovers(directory: Path, now_ms: int) -> None:
    """Delete copies that a process has left which was killed, once nobody can be at them still."""
    for name in LEFTOVERS:
        for left in sorted(directory.glob(f"{name}*")):
            if now_ms - left.stat().st_mtime * 1000 > LEFTOVER_MS:
                shutil.rmtree(left, ignore_errors=True)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, _OWNER_ONLY)


def verified(store: Path, key: bytes | None = None) -> tuple[OfficeRow, Examined]:
    """The office in a store that is a copy, once everything in it adds up.

    Raises:
        BackupUnsound: it does not; says why.
    """
    found = examine(store, key)
    problems = [*found.file, *found.chains, *found.records]
    if problems:
        listed = "; ".join(problems[:FINDINGS_MAX])
        more = f"; and {len(problems) - FINDINGS_MAX} more" if len(problems) > FINDINGS_MAX else ""
        raise BackupUnsound(f"the copy is not sound: {listed}{more}")
    return office_of(store, key), found


def _pack(raw: BinaryIO, seal: Seal | None, directory: Path, store: Path, now_ms: int) -> None:
    if seal is None:
        _zip(raw, directory, store, now_ms)
        return
    writer = SealedWriter(raw, seal)
    _zip(cast("BinaryIO", writer), directory, store, now_ms)
    writer.finish()


def _zip(target: BinaryIO, directory: Path, store: Path, now_ms: int) -> None:
    key = store_key(directory) if not is_plain(store) else None
    office = _office_or_unsound(store, key)
    # An older release would put an encrypted store in place and not know its key.
    version = PLAIN_FORMAT if key is None else FORMAT
    manifest = Manifest(version, office.code, office.name, office.seq, now_ms)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
        packed.writestr(_entry(MANIFEST), msgspec.json.encode(manifest))
        if key is not None:
            packed.writestr(_entry(STORE_KEY), key)
        for name in (STORE_FILE, *KEY_FILES):
            source = store if name == STORE_FILE else directory / name
            if not source.exists():
                continue
            with (
                source.open("rb") as content,
                packed.open(_entry(name), "w", force_zip64=True) as entry,
            ):
                shutil.copyfileobj(content, entry, 1 << 20)


def _office_or_unsound(store: Path, key: bytes | None) -> OfficeRow:
    try:
        return office_of(store, key)
    except Exception as error:
        raise BackupUnsound(f"the copy cannot be read: {error}") from error


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = _OWNER_ONLY << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def unpack(content: BinaryIO, name: str, folder: Path) -> Held:
    """Take everything out of a backup into ``folder``; every byte is compared with its checksum.

    Args:
        content: of the backup, unsealed.
        name: what to call it in messages.

    Raises:
        BadRequest: it is no backup of an office, or a newer release has made it.
        BackupUnsound: it is damaged.
    """
    try:
        with zipfile.ZipFile(content) as packed:
            manifest = msgspec.json.decode(packed.read(MANIFEST), type=Manifest)
            if manifest.format > FORMAT:
                raise BadRequest(
                    f"{name} has format {manifest.format}, this release reads up to {FORMAT}"
                )
            inside = set(packed.namelist())
            # Never on the disk: the store in ``folder`` stays encrypted.
            key = packed.read(STORE_KEY) if STORE_KEY in inside else None
            for entry in sorted({STORE_FILE} | (set(KEY_FILES) & inside)):
                with (
                    packed.open(entry) as source,
                    open(folder / entry, "xb", opener=_owner_only) as target,
                ):
                    shutil.copyfileobj(source, target, 1 << 20)
    except (KeyError, msgspec.MsgspecError, UnicodeDecodeError):
        raise BadRequest(f"{name} is no backup of an office") from None
    except zipfile.BadZipFile as error:
        content.seek(0)
        if zipfile.is_zipfile(content):
            raise BackupUnsound(f"{name} is damaged: {error}") from None
        raise BadRequest(f"{name} is no backup of an office, or is cut off") from None
    except (EOFError, zlib.error, RuntimeError) as error:
        # What damaged bytes come to in `zipfile`: cut off, not packed data, or an entry that calls
        # itself encrypted or packed in an unknown way.
        raise BackupUnsound(f"{name} is damaged: {error}") from None
    return Held(manifest, key)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
