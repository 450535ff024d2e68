#!/usr/bin/env python3
"""A unit's last days as a chart (SVG) and a table on stdout: an example to copy.

    weekly_summary.py --out week.svg                   of the terminal enrolled on this machine
    ARMBAND_URL=wss://office:8443 ARMBAND_TOKEN=... weekly_summary.py lianhu --last 2022-03-31

Exit codes: 0 done, 2 wrong use, 3 the office cannot be reached, 4 not allowed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from pathlib import Path

from armband.client.api import ClientError, RollupReport, Row, connect

METRICS = {
    "checks.total": "核验人次",
    "visits.total": "走访",
    "cases.opened": "事件",
    "checks.fever": "发热",
}
STYLE = (
    "text{font:13px sans-serif}.count{text-anchor:middle;font-size:11px}"
    ".day{text-anchor:middle}rect{fill:#b3261e}line{stroke:#999}"
)
WIDTH, CHART, HEAD, FOOT, LEFT = 720, 110, 26, 24, 110


def bars(rows: Sequence[Row], metric: str, label: str, top: int) -> list[str]:
    """One metric's days as bars with their numbers; the scale is its own."""
    counts = [row.metrics.get(metric, 0) for row in rows]
    most = max(*counts, 1)
    step = (WIDTH - LEFT) / len(rows)
    floor = top + CHART - 18
    drawn = [f'<text x="8" y="{floor}" class="label">{escape(label)}</text>']
    for at, count in enumerate(counts):
        height = round((CHART - 44) * count / most)
        left = LEFT + step * at
        x, width, middle = left + step * 0.15, step * 0.7, left + step / 2
        y = floor - height
        drawn.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}"/>')
        drawn.append(f'<text x="{middle:.1f}" y="{y - 4}" class="count">{count:,}</text>')
    drawn.append(f'<line x1="{LEFT}" y1="{floor}" x2="{WIDTH}" y2="{floor}"/>')
    return drawn


def chart(report: RollupReport, rows: Sequence[Row]) -> str:
    """All metrics below each other, the days at the foot."""
    height = HEAD + CHART * len(METRICS) + FOOT
    step = (WIDTH - LEFT) / len(rows)
    title = f"{rows[-1].name} {rows[0].day} - {rows[-1].day} (seq {report.as_of.seq})"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" style="fill:#fff"/>',
        f'<text x="8" y="18">{escape(title)}</text>',
    ]
    for at, (metric, label) in enumerate(METRICS.items()):
        parts += bars(rows, metric, label, HEAD + CHART * at)
    for at, row in enumerate(rows):
        middle = LEFT + step * (at + 0.5)
        parts.append(f'<text x="{middle:.1f}" y="{height - 8}" class="day">{row.day[5:]}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> int:
    """Fetch, print, draw."""
    parser = argparse.ArgumentParser(description="A unit's last days as a table and a chart.")
    parser.add_argument("unit", nargs="?", default="", help="a unit code (default: the own unit)")
    parser.add_argument("--last", default="", help="YYYY-MM-DD (default: the office's today)")
    parser.add_argument("--days", type=int, default=7, help="how many (7)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to draw the chart")
    parser.add_argument("--data", type=Path, default=None, help="the terminal's folder")
    arguments = parser.parse_args()
    try:
        office = connect(arguments.data)
        last = arguments.last or office.rollups(arguments.unit, depth=0).rows[0].day
        first = date.fromisoformat(last) - timedelta(days=arguments.days - 1)
        report = office.rollups(arguments.unit, depth=0, day_from=first.isoformat(), day_to=last)
    except ValueError:
        print(f"weekly_summary: {arguments.last} is no day: YYYY-MM-DD", file=sys.stderr)
        return 2
    except ClientError as error:
        print(f"weekly_summary: {error}", file=sys.stderr)
        return int(error.exit_code)
    print("day", *METRICS, sep="\t")
    for row in report.rows:
        print(row.day, *(row.metrics.get(metric, 0) for metric in METRICS), sep="\t")
    if arguments.out is not None:
        arguments.out.write_text(chart(report, report.rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
