"""``armband-server report``: the daily report (日报), to print, to freeze and to sign."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from armband.server.cli.options import add_common, name_text, user_name
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.errors import BadRequest
from armband.server.exit_codes import ExitCode
from armband.server.reports.layout import Language
from armband.server.reports.model import DayReport
from armband.server.reports.text import text_of
from armband.server.reports.workbook import write_workbook
from armband.shared.policy import Policy

FORMATS = ("text", "xlsx", "json")


def add_parser(subparsers: Any) -> None:
    """Add ``report``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "report",
        help="the daily report: print, freeze, compare",
        description="Print the report of a day. --freeze fixes its figures with the point of the "
        "history that they are true at and a checksum; from then on the report shows the frozen "
        "figures, and beside them what later corrections made of them. Exit code 1 when the day is "
        "frozen already.",
    )
    parser.add_argument("--day", default="", metavar="DAY", help="such as 2022-03-31 (today)")
    parser.add_argument("--unit", default="", metavar="CODE", help="of this unit (the office)")
    parser.add_argument("--freeze", action="store_true", help="fix the day's figures")
    parser.add_argument(
        "--again", action="store_true", help="with --freeze: another edition of a frozen day"
    )
    parser.add_argument("--by", type=name_text, metavar="NAME", help="who freezes it")
    parser.add_argument("--format", choices=FORMATS, default="", help="default: text")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="default: zh")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="file to write (default: standard output)"
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Print one report, frozen first if that is asked for."""
    form = args.format or ("json" if args.json else "text")
    if form == "xlsx" and args.out is None:
        raise BadRequest("a workbook is no text for a screen: name a file with --out")
    if args.again and not args.freeze:
        raise BadRequest("--again goes with --freeze")
    call: dict[str, Any] = {"unit": args.unit, "day": args.day}
    if args.freeze:
        call |= {"author": args.by or user_name(), "again": args.again}
    async with open_desk(args.data, real_environment()) as desk:
        found = await desk.call("freeze" if args.freeze else "report", call)
        about = await desk.call("office")
    report = msgspec.convert(found, DayReport)
    offset_min = msgspec.convert(about["policy"], Policy).utc_offset_min
    _write(report, form, args.lang, offset_min, args.out, out)
    return ExitCode.DONE


def _write(
    report: DayReport,
    form: str,
    language: Language,
    utc_offset_min: int,
    file: Path | None,
    out: Output,
) -> None:
    text = (
        msgspec.json.encode(report).decode() + "\n"
        if form == "json"
        else text_of(report, language, utc_offset_min)
    )
    if file is None:
        out.line(text.removesuffix("\n"))
        return
    part = file.with_name(f".{file.name}.part")
    try:
        if form == "xlsx":
            write_workbook(report, language, utc_offset_min, part)
        else:
            part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise BadRequest(f"{file}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            os.unlink(part)
    out.note(f"{file}: {report.unit_name} {report.day}")
