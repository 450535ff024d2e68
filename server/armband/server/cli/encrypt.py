"""``armband-server encrypt``: give the store of an office that stands a key."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import require_office
from armband.server.encrypting import Encrypted, encrypt_store
from armband.server.exit_codes import ExitCode
from armband.server.lock import OfficeLock
from armband.server.store.dbapi import KEY_BYTES
from armband.server.store_key import KeyPlace, key_path, make_or_read_key


def add_parser(subparsers: Any) -> None:
    """Add ``encrypt``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "encrypt",
        help="give the store of an office a key",
        description="Encrypt the office's store on a copy that is checked before it takes the "
        "store's place; the server must be stopped. The key is made in --key-file (default: "
        "store.key in DIR) unless there is one. Exit code 5 when the office is in use.",
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Encrypt, and say where the key is."""
    require_office(args.data)
    path = key_path(args.data, None)
    done = await asyncio.to_thread(_encrypted, args, KeyPlace(path, b""))
    if out.as_json:
        out.json({"office": done.office.code, "seq": done.office.seq, "key_file": str(path)})
        return ExitCode.DONE
    out.line(f"{done.office.name} ({done.office.code}) is encrypted; its key is {path}")
    out.note("without the key the store is lost: keep backups and their recovery key elsewhere")
    out.note("the plain file is deleted, not wiped; older plain copies and backups still exist")
    return ExitCode.DONE


def _encrypted(args: argparse.Namespace, place: KeyPlace) -> Encrypted:
    lock = OfficeLock(args.data)
    if not lock.try_acquire():
        raise lock.busy()
    try:
        random = real_environment().random_bytes(KEY_BYTES)
        key = make_or_read_key(place.path, random)
        return encrypt_store(args.data, KeyPlace(place.path, key))
    finally:
        lock.release()
