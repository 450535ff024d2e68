"""``armband-server restore FILE``: a backup in the office's place, under a new epoch."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.errors import BadRequest
from armband.server.exit_codes import ExitCode
from armband.server.exits import OfficeBusy
from armband.server.lock import OfficeLock
from armband.server.recovery import read_recovery_key
from armband.server.restore import Restored, restore_backup
from armband.shared.environment import Environment
from armband.shared.ids import ID_BYTES


def add_parser(subparsers: Any) -> None:
    """Add ``restore``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "restore",
        help="put a backup in the office's place",
        description="Verify FILE and put it into the office's folder; the server must be stopped. "
        "What was there is set aside in a folder of its own. Terminals hand in again what they "
        "keep. Exit code 1 when FILE is not sound, 5 when the office is in use.",
    )
    add_common(parser)
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--recovery-key",
        type=Path,
        metavar="FILE",
        help="the office's recovery key: needed where its folder is lost",
    )


async def run(args: argparse.Namespace, out: Output) -> int:
    """Restore, and say what to do next."""
    if not args.file.is_file():
        raise BadRequest(f"{args.file} is no file")
    named = args.recovery_key
    recovery = read_recovery_key(named) if named is not None else None
    done = await asyncio.to_thread(_restored, args.data, args.file, recovery, real_environment())
    office = done.office
    aside = str(done.set_aside) if done.set_aside is not None else None
    if out.as_json:
        out.json(
            {"office": office.code, "seq": office.seq, "made": done.made_ms, "set_aside": aside}
        )
        return ExitCode.DONE
    out.line(
        f"{office.name} ({office.code}) is as it was on {moment(done.made_ms)}, up to "
        f"{office.seq:,}, under a new epoch"
    )
    if aside is not None:
        out.line(f"What was there before lies in {aside}")
    out.note("start the server: terminals hand in again what they keep")
    out.note("terminals that were revoked since are trusted again, and those enrolled since are")
    out.note("unknown: look at armband-server terminals")
    return ExitCode.DONE


def _restored(
    directory: Path, file: Path, recovery: bytes | None, environment: Environment
) -> Restored:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = OfficeLock(directory)
    if not lock.try_acquire():
        raise OfficeBusy(
            f"the office in {directory} is in use by process {lock.holder()}: stop the server first"
        )
    try:
        epoch = environment.random_bytes(ID_BYTES)
        return restore_backup(directory, file, epoch, environment.now_ms(), recovery)
    finally:
        lock.release()
