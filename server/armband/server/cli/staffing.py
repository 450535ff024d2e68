"""``armband-server staffing``: posts and vacancies, 3+N, liaisons and their households."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import Desk, open_desk
from armband.server.desk_office import PAGE_RECORDS, DeskOffice
from armband.server.errors import UnknownUnit
from armband.server.exit_codes import ExitCode
from armband.shared.staffing import KINDS, Roster, Staffing, staffing


def add_parser(subparsers: Any) -> None:
    """Add ``staffing``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "staffing",
        help="posts and vacancies, 3+N, liaisons and their households",
        description="Work out who serves where: the five posts of each grid, the 3+N, the "
        "three-person teams, who is in no grid, households without a liaison.",
    )
    parser.add_argument("--unit", default="", metavar="CODE", help="only this unit")
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Print the report; the same as ``armband staffing`` gives of the same records."""
    async with open_desk(args.data, real_environment()) as desk:
        found = await staffing_of(desk, args.unit)
    if out.as_json:
        out.json(found)
        return ExitCode.DONE
    for grid in found.grids:
        out.line(f"{grid.unit} {grid.name}: vacant {', '.join(grid.vacant) or '-'}")
    for gap in found.gaps:
        out.line(f"{gap.unit} {gap.name}: 3+N lacks {', '.join(gap.missing) or '-'}")
    for team in found.teams:
        out.line(f"{team.unit} {team.name}: team lacks {', '.join(team.vacant) or '-'}")
    out.line(
        f"{found.vacant} posts vacant, {len(found.no_grid)} people in no grid, "
        f"{len(found.expired)} whose time is over, {found.without_liaison:,} of "
        f"{found.households:,} households without a liaison, {found.overloaded} liaisons with "
        "too many"
    )
    return ExitCode.DONE


async def staffing_of(desk: Desk, unit: str) -> Staffing:
    """The report of a unit; of the office when none is named.

    Raises:
        UnknownUnit: the office has none of that code.
    """
    office = await DeskOffice.reach(desk)
    if unit and unit not in office.units:
        raise UnknownUnit(f"--unit {unit}: no such unit")
    roster = Roster((await desk.call("office"))["today"], office.units)
    for kind in KINDS:
        after: tuple[str, bytes] | None = None
        while True:
            page = await office.records(kind, office.code, after, PAGE_RECORDS)
            roster.take(page.views)
            after = page.after
            if after is None:
                break
    return staffing(roster, unit or office.code)
