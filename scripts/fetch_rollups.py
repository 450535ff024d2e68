#!/usr/bin/env python3
"""Fetch a unit's roll-ups and print them as CSV: an example to copy into your own scripts.

    fetch_rollups.py                                  of the terminal enrolled on this machine
    fetch_rollups.py lianhu/yangguang --day 2022-03-05
    ARMBAND_URL=wss://office:8443 ARMBAND_TOKEN=... fetch_rollups.py lianhu

It prints data on stdout and notes on stderr. Exit codes: 0 done, 2 usage, 3 the office cannot be
reached, 4 not allowed: the same as `armband rollups`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from armband.client.api import ClientError, connect

METRICS = ("checks.total", "checks.persons", "checks.fever", "visits.total", "households.total")


def main() -> int:
    """Fetch, print, and say by the exit code how it went."""
    parser = argparse.ArgumentParser(description="Print a unit's roll-ups as CSV.")
    parser.add_argument("unit", nargs="?", default="", help="a unit code (default: the own unit)")
    parser.add_argument("--day", default="", help="YYYY-MM-DD (default: the office's today)")
    parser.add_argument("--depth", type=int, default=1, help="levels below the unit")
    parser.add_argument("--data", type=Path, default=None, help="the terminal's folder")
    arguments = parser.parse_args()
    try:
        office = connect(arguments.data)
        report = office.rollups(arguments.unit, day=arguments.day, depth=arguments.depth)
    except ClientError as error:
        print(f"fetch_rollups: {error}", file=sys.stderr)
        return int(error.exit_code)
    table = csv.writer(sys.stdout)
    table.writerow(["day", "unit", "name", *METRICS])
    for row in report.rows:
        table.writerow([row.day, row.unit, row.name, *(row.metrics.get(m, 0) for m in METRICS)])
    covered = report.coverage
    print(f"as of seq {report.as_of.seq}; {covered.reported} of {covered.expected} grids reported",
          file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
