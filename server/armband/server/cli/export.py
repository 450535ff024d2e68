"""``armband-server export``: the records of a kind as a ledger."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, BinaryIO

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.desk_office import DeskOffice
from armband.server.errors import BadRequest
from armband.server.exit_codes import ExitCode
from armband.server.exports.run import Query, export_to
from armband.server.exports.words import LANGUAGES
from armband.server.exports.writers import FORMATS
from armband.shared.kinds import CATALOGUE, kind_named


def add_parser(subparsers: Any) -> None:
    """Add ``export``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "export",
        help="write records as a ledger",
        description="Write the records of one kind. The last line holds the number of rows and a "
        "SHA-256 over all that stands before it, so that a cut file shows.",
    )
    parser.add_argument("kind", choices=list(CATALOGUE), metavar="KIND", help=", ".join(CATALOGUE))
    parser.add_argument("--unit", default="", metavar="CODE", help="only records in this unit")
    parser.add_argument(
        "--from", dest="day_from", default="", metavar="DAY", help="first day, such as 2022-03-31"
    )
    parser.add_argument("--to", dest="day_to", default="", metavar="DAY", help="last day")
    parser.add_argument("--format", choices=FORMATS, default="csv", help="default: csv")
    parser.add_argument(
        "--heads", choices=LANGUAGES, default="zh", help="language of heads and labels"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="file to write (default: standard output)"
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Write the ledger; says on stderr how many rows it has."""
    query = Query(
        kind=kind_named(args.kind),
        unit=args.unit,
        day_from=args.day_from,
        day_to=args.day_to,
        form=args.format,
        language=args.heads,
    )
    if args.json and args.out is None:
        raise BadRequest("--json reports about a file: name it with --out, or use --format jsonl")
    target: Path | BinaryIO = args.out or sys.stdout.buffer
    async with open_desk(args.data, real_environment()) as desk:
        office = await DeskOffice.reach(desk)
        rows = await export_to(office, query, target)
        told = {"kind": query.kind.name, "unit": query.unit or office.code, "rows": rows}
        await desk.call("exported", told)
    if out.as_json:
        out.json({"kind": args.kind, "rows": rows, "file": str(args.out)})
    else:
        where = f" in {args.out}" if args.out else ""
        out.note(f"{rows:,} rows of {query.kind.plural.lower()}{where}")
    return ExitCode.DONE
