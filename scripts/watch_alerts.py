#!/usr/bin/env python3
"""Say when a fever is found or a case's clock was missed: an example to copy.

    watch_alerts.py                                    of the terminal enrolled on this machine
    ARMBAND_URL=wss://office:8443 ARMBAND_TOKEN=... watch_alerts.py lianhu --state alerts.json

One line of JSON for each alarm, on stdout: pipe it into whatever rings. With --state it keeps in a
file what it has told, and goes on from there after it was stopped: nothing is missed or told twice.
Without, what is there at the start is no news. Exit codes: 0 stopped with Ctrl-C, 2 wrong use,
3 the office cannot be reached, 4 not allowed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from armband.client.api import ClientError, RollupReport, connect

ALARMS = {
    "checks.fever": "fever at a checkpoint",
    "visits.fever": "fever at a door",
    "followups.fever": "fever at a follow-up",
    "cases.escalated": "a case's clock has run out, or it was handed on",
}
Counts = dict[str, int]
"""``day unit metric`` to how often."""


def counts_of(report: RollupReport) -> Counts:
    """What there is of each alarm."""
    return {
        f"{row.day} {row.unit} {metric}": row.metrics[metric]
        for row in report.rows
        for metric in ALARMS
        if metric in row.metrics
    }


def alarms(told: Mapping[str, int], report: RollupReport) -> Iterator[str]:
    """A line for each count that has grown."""
    names = {row.unit: row.name for row in report.rows}
    for key, count in counts_of(report).items():
        more = count - told.get(key, 0)
        if more > 0:
            day, unit, metric = key.split(" ")
            where = {"day": day, "unit": unit, "name": names[unit]}
            what = {"metric": metric, "what": ALARMS[metric], "more": more, "count": count}
            line = {**where, **what, "seq": report.as_of.seq, "at": report.as_of.at}
            yield json.dumps(line, ensure_ascii=False)


def kept(state: Path | None) -> Counts | None:
    """What an earlier run has told; None when there was none."""
    if state is None or not state.exists():
        return None
    told: Counts = json.loads(state.read_text(encoding="utf-8"))
    return told


def keep(state: Path | None, told: Counts) -> None:
    """Keep what was told; the file is always whole."""
    if state is not None:
        part = state.with_name(f"{state.name}.part")
        part.write_text(json.dumps(told), encoding="utf-8")
        part.replace(state)


def main() -> int:
    """Watch until told to stop."""
    parser = argparse.ArgumentParser(description="Say when a fever is found or a clock missed.")
    parser.add_argument("unit", nargs="?", default="", help="a unit code (default: the own unit)")
    parser.add_argument("--state", type=Path, metavar="FILE", help="where to keep what was told")
    parser.add_argument("--data", type=Path, default=None, help="the terminal's folder")
    arguments = parser.parse_args()
    told = kept(arguments.state)
    try:
        for report in connect(arguments.data).watch(arguments.unit, depth=0):
            for line in alarms(told, report) if told is not None else ():
                print(line, flush=True)
            told = counts_of(report)
            keep(arguments.state, told)
    except KeyboardInterrupt:
        return 0
    except ClientError as error:
        print(f"watch_alerts: {error}", file=sys.stderr)
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
