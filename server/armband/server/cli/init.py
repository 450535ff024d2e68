"""``armband-server init``: make a new office."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from armband.server.certificate import CERTIFICATE_FILE, KEY_FILE, make_certificate
from armband.server.cli.options import add_common, name_text
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.errors import StoreExists
from armband.server.exit_codes import ExitCode
from armband.server.lock import OfficeLock
from armband.server.office import create_office
from armband.server.office.opening import STORE_FILE
from armband.server.recovery import PUBLIC_FILE, RECOVERY_FILE, make_recovery_key
from armband.server.store.dbapi import KEY_BYTES, is_plain
from armband.server.store_key import KeyPlace, key_path, make_or_read_key, use_key
from armband.shared.units import check_unit


def add_parser(subparsers: Any) -> None:
    """Add ``init``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "init",
        help="make a new office",
        description="Make an office's store, its certificate and its keys in a folder.",
    )
    add_common(parser)
    parser.add_argument(
        "--office", required=True, metavar="CODE", help="its unit code, such as lianhu"
    )
    parser.add_argument("--name", required=True, type=name_text, help="its name, such as 莲湖街道")
    parser.add_argument(
        "--encrypt",
        action="store_true",
        help="encrypt the store; its key is made in --key-file (default: store.key in DIR)",
    )

    parser.add_argument(
        "--recovery-key",
        type=Path,
        metavar="FILE",
        help="where to write the key that opens backups (default: recovery-key.txt in DIR)",
    )


async def run(args: argparse.Namespace, out: Output) -> int:
    """Make the office; an existing one is never touched."""
    environment = real_environment()
    code = check_unit(args.office)
    recovery = args.recovery_key or args.data / RECOVERY_FILE
    args.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = OfficeLock(args.data)
    if not lock.try_acquire():
        raise lock.busy()
    try:
        for name in (CERTIFICATE_FILE, KEY_FILE):
            if (args.data / name).exists():
                raise StoreExists(f"{args.data / name} is there already: choose another folder")
        if args.encrypt and is_plain(args.data / STORE_FILE):
            raise StoreExists(f"there is an office in {args.data}: armband-server encrypt")
        if args.encrypt:
            path = key_path(args.data, None)
            key = make_or_read_key(path, environment.random_bytes(KEY_BYTES))
            use_key(args.data, KeyPlace(path, key))
        await create_office(args.data, code, args.name, environment)
        if not (args.data / PUBLIC_FILE).exists():
            make_recovery_key(args.data, recovery, code, environment.random_bytes)
        certificate = make_certificate(args.data, code, environment.now_ms())
    finally:
        lock.release()
    fingerprint = certificate.fingerprint.hex()
    if out.as_json:
        out.json(
            {
                "office": code,
                "name": args.name,
                "fingerprint": fingerprint,
                "recovery_key": str(recovery),
            }
        )
    else:
        out.line(f"made {args.name} ({code}) in {args.data}")
        out.note(f"certificate SHA-256 {fingerprint}")
        out.note(f"{recovery} opens the backups: keep it elsewhere, and delete it there")
        if not args.encrypt:
            out.note("the store is not encrypted: the disk should be (or init --encrypt)")
        out.note(f"next: armband-server run --data {args.data}")
    return ExitCode.DONE
