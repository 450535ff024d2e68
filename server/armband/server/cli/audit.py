"""``armband-server audit``: recount everything from the records and compare with what is stored."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode


def add_parser(subparsers: Any) -> None:
    """Add ``audit``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "audit",
        help="recount everything and compare",
        description="Recount every figure from the records, check the history chain, and print "
        "each difference. Exit code 1 when there is one.",
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Audit the office."""
    async with open_desk(args.data, real_environment()) as desk:
        report = await desk.call("audit")
    differences = report["differences"]
    if out.as_json:
        out.json(report)
    else:
        for difference in differences:
            out.line("; ".join(f"{name} {value}" for name, value in difference.items()))
        out.line(
            f"{report['records']:,} records, {report['cells']:,} cells, "
            f"{report['operations']:,} operations: {len(differences)} differences"
        )
    return ExitCode.REFUSED if differences else ExitCode.DONE
