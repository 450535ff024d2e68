"""``armband-server doctor``: look for damage in the office's store, and for a disk nearly full."""

from __future__ import annotations

import argparse
import asyncio
import shutil
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.desk import require_office
from armband.server.exit_codes import ExitCode
from armband.server.office.opening import STORE_FILE
from armband.server.store.examine import Examined, examine
from armband.server.store_key import store_key

LITTLE_ROOM = 512 * 1024 * 1024
"""Bytes of free disk below which the doctor says so."""
_DAMAGED = (
    "What to do: stop the server and put the newest backup in place (armband-server restore FILE): "
    "it sets the damaged store aside, and terminals hand in again what the backup lacks. Then send "
    "what was set aside to whoever looks after the program."
)
_DIFFERENT = (
    "What to do: keep a copy of this folder and report it. The operations are the evidence; what "
    "does not follow from them is listed above."
)


def add_parser(subparsers: Any) -> None:
    """Add ``doctor``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "doctor",
        help="look for damage",
        description="Check the file, the chains of operations, the history, every figure and every "
        "record, and the room on the disk. Changes nothing; works beside a running server. Exit "
        "code 5 when the file is damaged, 1 when something else does not add up.",
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Examine the office."""
    require_office(args.data)
    path = args.data / STORE_FILE
    found = await asyncio.to_thread(examine, path, store_key(args.data))
    free, size = shutil.disk_usage(args.data).free, path.stat().st_size
    if out.as_json:
        parts = {"file": found.file, "records": found.records, "chains": found.chains}
        room = {"free_bytes": free, "store_bytes": size}
        out.json({"sound": found.is_sound, **parts, "counts": found.counts, **room})
    else:
        _tell(found, free, size, out)
    if found.file:
        return ExitCode.STORE
    return ExitCode.DONE if found.is_sound else ExitCode.REFUSED


def _tell(found: Examined, free: int, size: int, out: Output) -> None:
    for what, problems in (
        ("the file", found.file),
        ("records and figures", found.records),
        ("chains", found.chains),
    ):
        for problem in problems:
            out.line(f"{what}: {problem}")
    counts = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
    out.line(f"{counts or 'nothing could be counted'}; {size >> 20:,} MiB, {free >> 20:,} MiB free")
    if found.counts.get("forks"):
        out.note("forks: a terminal's folder was copied or put back; enrol that terminal anew")
    if free < LITTLE_ROOM:
        out.note("there is little room left on the disk: make some before it is full")
    if found.file:
        out.note(_DAMAGED)
    elif not found.is_sound:
        out.note(_DIFFERENT)
    else:
        out.line("The office is sound.")
