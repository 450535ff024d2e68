"""``armband-server init``: make a new office."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.certificate import CERTIFICATE_FILE, KEY_FILE, make_certificate
from armband.server.cli.options import add_common, name_text
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.errors import StoreExists
from armband.server.exit_codes import ExitCode
from armband.server.lock import OfficeLock
from armband.server.office import create_office
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


async def run(args: argparse.Namespace, out: Output) -> int:
    """Make the office; an existing one is never touched."""
    environment = real_environment()
    code = check_unit(args.office)
    args.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = OfficeLock(args.data)
    if not lock.try_acquire():
        raise lock.busy()
    try:
        for name in (CERTIFICATE_FILE, KEY_FILE):
            if (args.data / name).exists():
                raise StoreExists(f"{args.data / name} is there already: choose another folder")
        await create_office(args.data, code, args.name, environment)
        certificate = make_certificate(args.data, code, environment.now_ms())
    finally:
        lock.release()
    fingerprint = certificate.fingerprint.hex()
    if out.as_json:
        out.json({"office": code, "name": args.name, "fingerprint": fingerprint})
    else:
        out.line(f"made {args.name} ({code}) in {args.data}")
        out.note(f"certificate SHA-256 {fingerprint}")
        out.note(f"next: armband-server run --data {args.data}")
    return ExitCode.DONE
