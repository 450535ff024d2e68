"""``armband-server import``: take in a register of units, households, residents or staff."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.desk_office import DeskOffice
from armband.server.exit_codes import ExitCode
from armband.server.imports.build import TYPES, Source, Target, make_plan, read_source
from armband.server.imports.idkey import office_hasher
from armband.server.imports.moved import moved_in
from armband.server.imports.plan import Plan
from armband.server.imports.returnees import Ruling
from armband.server.imports.run import Report, run_plan


def add_parser(subparsers: Any) -> None:
    """Add ``import``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "import",
        help="take in a register",
        description="Take in a register: xlsx, xls, or csv in UTF-8 or GB18030. Importing a file "
        "again changes nothing; an import that broke off is completed by running it again.",
    )
    parser.add_argument("what", choices=TYPES, metavar="TYPE", help=", ".join(TYPES))
    parser.add_argument("file", type=Path, metavar="FILE", help="the register")
    parser.add_argument(
        "--under",
        metavar="UNIT",
        help="unit below which the units of the file hang (default: the office)",
    )
    parser.add_argument(
        "--map",
        type=Path,
        metavar="FILE",
        help='heads that are not known by themselves, as TOML or JSON: "户主名" = "head"',
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would happen and keep nothing"
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Read the file, send it to the office, report row by row."""
    environment = real_environment()
    with _no_collection():
        source = read_source(args.what, args.file, args.map)
    async with open_desk(args.data, environment) as desk:
        office = await DeskOffice.reach(desk)
        moved = await moved_in(office)
        target = Target(
            office=office.code,
            units=moved.units,
            moved=moved.records,
            under=args.under or office.code,
            hasher=office_hasher(args.data, environment.random_bytes),
            posts=await office.staff_posts() if args.what in ("households", "staff") else {},
            ruling=await office.ruling() if args.what == "returnees" else Ruling(),
        )
        plan = _plan(source, target)
        for note in plan.notes:
            out.note(note)
        report = await run_plan(
            plan,
            office,
            dry_run=args.dry_run,
            progress=lambda done, total: out.progress(done, total, "rows"),
        )
    if args.dry_run:
        out.note("dry run: nothing was kept")
    _print(report, args.file.name, out)
    return ExitCode.REFUSED if report.refused else ExitCode.DONE


def _plan(source: Source, target: Target) -> Plan:
    with _no_collection():
        plan = make_plan(source, target)
    # A plan is some 100,000 objects that live to the end: no use in visiting them again and again.
    gc.freeze()
    return plan


@contextmanager
def _no_collection() -> Iterator[None]:
    """Reading a register makes objects and drops none: the cycle collector would find nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _print(report: Report, name: str, out: Output) -> None:
    if out.as_json:
        out.json(report)
        return
    for line in report.lines:
        where = f"{line.sheet} row {line.row}" if line.sheet else f"row {line.row}"
        out.line(f"{where}: {line.outcome}: {line.reason}")
    counts = (
        f"{report.imported:,} imported, {report.unchanged:,} unchanged, {report.warned:,} warned, "
        f"{report.repeated:,} repeated, {report.refused:,} refused"
    )
    out.line(f"{name}: {report.rows:,} rows: {counts}")
