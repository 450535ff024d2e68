"""A backup of an office: one file with everything that a restore needs, verified before it counts.

The file is a zip: ``backup.json`` (`Manifest`), the store, the certificate with its key (terminals
pin it) and the key of the people's ID numbers. It is as secret as the office's folder. A file that
begins with anything but a zip's mark is another format, such as an encrypted one of a later
release.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from armband.server import certificate
from armband.server.errors import BackupUnsound, BadRequest
from armband.server.imports import idkey
from armband.server.model import OfficeRow
from armband.server.office.opening import STORE_FILE
from armband.server.store.copies import copy_store, office_of
from armband.server.store.examine import Examined, examine

FORMAT = 1
MANIFEST = "backup.json"
KEY_FILES = (certificate.CERTIFICATE_FILE, certificate.KEY_FILE, idkey.KEY_FILE)
"""What stands beside the store and exists nowhere else; one that was never made is left out."""
FINDINGS_MAX = 5
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


def write_backup(directory: Path, file: Path, now_ms: int, copy: Copier = copy_store) -> Backup:
    """Back up the office in ``directory`` into ``file``; changes nothing in the office.

    What is verified is the very file: the store is taken out of it again and looked at as the
    doctor does. Only a sound one gets the name ``file``, in the place of an older one.

    Raises:
        BackupUnsound: the copy is damaged or does not add up; ``file`` is as it was.
        StoreError: the store cannot be read.
        OSError: the disk refuses.
    """
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as scratch:
        folder = Path(scratch)
        store, part = folder / STORE_FILE, folder / "part"
        copy(directory / STORE_FILE, store)
        _pack(part, store, directory, now_ms)
        store.unlink()
        sync(part)
        unpack(part, folder)
        office, found = verified(store)
        part.chmod(_OWNER_ONLY)
        size = part.stat().st_size
        part.replace(file)
    sync(file.parent)
    return Backup(file, office, found.counts, size)


def verified(store: Path) -> tuple[OfficeRow, Examined]:
    """The office in a store that is a copy, once everything in it adds up.

    Raises:
        BackupUnsound: it does not; says why.
    """
    found = examine(store)
    problems = [*found.file, *found.chains, *found.records]
    if problems:
        listed = "; ".join(problems[:FINDINGS_MAX])
        more = f"; and {len(problems) - FINDINGS_MAX} more" if len(problems) > FINDINGS_MAX else ""
        raise BackupUnsound(f"the copy is not sound: {listed}{more}")
    return office_of(store), found


def _pack(part: Path, store: Path, directory: Path, now_ms: int) -> None:
    office = _office_or_unsound(store)
    manifest = Manifest(FORMAT, office.code, office.name, office.seq, now_ms)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
        packed.writestr(_entry(MANIFEST), msgspec.json.encode(manifest))
        for name in (STORE_FILE, *KEY_FILES):
            source = store if name == STORE_FILE else directory / name
            if not source.exists():
                continue
            with (
                source.open("rb") as content,
                packed.open(_entry(name), "w", force_zip64=True) as target,
            ):
                shutil.copyfileobj(content, target, 1 << 20)


def _office_or_unsound(store: Path) -> OfficeRow:
    try:
        return office_of(store)
    except Exception as error:
        raise BackupUnsound(f"the copy cannot be read: {error}") from error


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = _OWNER_ONLY << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def unpack(file: Path, folder: Path) -> Manifest:
    """Take everything out of a backup into ``folder``; every byte is compared with its checksum.

    Raises:
        BadRequest: it is no backup of an office, or a newer release has made it.
        BackupUnsound: it is damaged.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = msgspec.json.decode(packed.read(MANIFEST), type=Manifest)
            if manifest.format > FORMAT:
                raise BadRequest(
                    f"{file.name} has format {manifest.format}, this release reads up to {FORMAT}"
                )
            names = {STORE_FILE} | (set(KEY_FILES) & set(packed.namelist()))
            for name in sorted(names):
                with packed.open(name) as content, (folder / name).open("xb") as target:
                    shutil.copyfileobj(content, target, 1 << 20)
                (folder / name).chmod(_OWNER_ONLY)
    except (KeyError, msgspec.MsgspecError, UnicodeDecodeError):
        raise BadRequest(f"{file.name} is no backup of an office") from None
    except zipfile.BadZipFile as error:
        if zipfile.is_zipfile(file):
            raise BackupUnsound(f"{file.name} is damaged: {error}") from None
        raise BadRequest(f"{file.name} is no backup of an office, or is cut off") from None
    except (EOFError, zlib.error, RuntimeError) as error:
        # What damaged bytes come to in `zipfile`: cut off, not packed data, or an entry that calls
        # itself encrypted or packed in an unknown way.
        raise BackupUnsound(f"{file.name} is damaged: {error}") from None
    return manifest


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
