"""``armband-server backup FILE``: a verified copy of the office, and the promise that it is one."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from armband.server.backup import write_backup
from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.errors import BadRequest
from armband.server.exit_codes import ExitCode
from armband.server.recovery import PUBLIC_FILE, RECOVERY_FILE, make_recovery_key, sealing_of
from armband.server.sealed import Sealing


def add_parser(subparsers: Any) -> None:
    """Add ``backup``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "backup",
        help="back the office up into a file, verified",
        description="Copy the whole office into FILE while the server runs, open the copy, check "
        "it as the doctor does, and only then call what is in it backed up: terminals are told. "
        "FILE is sealed: it is opened with the office's recovery key, or where it was made. Exit "
        "code 1 when the copy is not sound: then FILE is as it was, and nothing is promised.",
    )
    add_common(parser)
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--plain",
        action="store_true",
        help="do not seal it: whoever has FILE can read everything",
    )


async def run(args: argparse.Namespace, out: Output) -> int:
    """Back up, then promise."""
    file = _writable(args.file)
    environment = real_environment()
    async with open_desk(args.data, environment) as desk:
        # In this process: a server that runs goes on committing meanwhile.
        about = await desk.call("office")
        made_ms = environment.now_ms()
        sealing = None if args.plain else _sealing(args.data, about["office"], out)
        made = await asyncio.to_thread(write_backup, args.data, file, made_ms, sealing=sealing)
        office = made.office
        told = await desk.call("stable", {"seq": office.seq, "hist": office.hist})
    if out.as_json:
        out.json(
            {
                "file": str(file),
                "office": office.code,
                "seq": office.seq,
                "stable_seq": told["stable_seq"],
                "at": made_ms,
                "bytes": made.size,
                "sealed": not args.plain,
                "counts": made.counts,
            }
        )
        return ExitCode.DONE
    counts = ", ".join(f"{count:,} {name}" for name, count in made.counts.items())
    out.line(f"{file}: {office.name} ({office.code}) up to {office.seq:,}; {counts}")
    kept = "as secret as a key" if args.plain else "away from its recovery key"
    out.line(f"verified; {made.size:,} bytes. Keep it on another machine, and {kept}.")
    return ExitCode.DONE


def _sealing(directory: Path, code: str, out: Output) -> Sealing:
    """How the office seals; one that is older than sealing gets its recovery key now."""
    random_bytes = real_environment().random_bytes
    if not (directory / PUBLIC_FILE).exists():
        make_recovery_key(directory, directory / RECOVERY_FILE, code, random_bytes)
        out.note(f"{directory / RECOVERY_FILE} opens the backups: keep it elsewhere")
    sealing = sealing_of(directory, random_bytes)
    assert sealing is not None, "its public half has just been looked at"
    return sealing


def _writable(file: Path) -> Path:
    """Look before the office is copied; the path in full."""
    whole = file.absolute()
    if whole.is_dir() or not whole.parent.is_dir():
        raise BadRequest(f"{file} cannot be written: name a file in a folder that is there")
    return whole
