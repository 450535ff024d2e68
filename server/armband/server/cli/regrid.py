"""``armband-server regrid``: units move, merge or split."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode
from armband.server.regrid.plan import read_plan
from armband.server.regrid.run import regrid
from armband.server.regrid.work_out import Outcome, Told


def add_parser(subparsers: Any) -> None:
    """Add ``regrid``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "regrid",
        help="move, merge or split units",
        description="Carry out a re-gridding plan: a table (csv, xlsx) with the columns from, to, "
        "and doors, name, level where they are needed. Without doors the whole unit goes, with all "
        "below it; doors are ranges such as 3-1..3-2, or single ones, joined by ';'. Standing "
        "records move; dated work stays where it was done; what still comes for an old unit is "
        "filed to the new one. A run that broke off is completed by running it again.",
    )
    parser.add_argument("plan", type=Path, metavar="PLAN", help="the table")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would happen and change nothing"
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Work it out, tell it, and do it unless it is a dry run."""
    rows = read_plan(args.plan)
    async with open_desk(args.data, real_environment()) as desk:
        outcome = await regrid(
            desk,
            rows,
            dry_run=args.dry_run,
            progress=lambda done, total: out.progress(done, total, "records"),
        )
    if args.dry_run:
        out.note("dry run: nothing was changed")
    if out.as_json:
        out.json(outcome)
    else:
        _print(outcome, out)
    return ExitCode.DONE


def _print(outcome: Outcome, out: Output) -> None:
    out.line(_summary(outcome))
    for move in outcome.moves:
        counts = ", ".join(f"{count} {kind}" for kind, count in move.records.items())
        out.line(f"  {move.unit} -> {move.to}: {counts}")
    for unit in outcome.units_made:
        out.line(f"  new unit {unit}")
    for unit in outcome.units_closed:
        out.line(f"  closed {unit}: its name stays for old figures")
    for door in outcome.same_doors:
        out.line(f"  door twice: {door}; merge the two records")
    for terminal in outcome.terminals:
        out.line(f"  {terminal.terminal} ({terminal.person}): {_unsent(terminal)}")


def _summary(outcome: Outcome) -> str:
    return (
        f"{outcome.households:,} household{'s' * (outcome.households != 1)}, "
        f"{outcome.unsent:,} terminal{'s' * (outcome.unsent != 1)} with unsent work"
    )


def _unsent(terminal: Told) -> str:
    if terminal.waiting is None:
        return "has never been here; what it holds is not known"
    return f"{terminal.waiting} unsent; then works in {' '.join(terminal.scope)}"
