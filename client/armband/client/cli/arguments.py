"""What the commands of ``armband`` take. Imports nothing slow: ``--help`` is instant."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from armband.client.cli.report_arguments import add_reports
from armband.client.i18n import _

FORMATS = ("table", "json", "jsonl", "csv")


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; the chosen one's name is in ``command`` (None: the screens)."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=argparse.SUPPRESS,
        help=_("the terminal's folder (default: ARMBAND_DATA, else ~/.local/share/armband)"),
    )
    json = argparse.ArgumentParser(add_help=False)
    json.add_argument("--json", action="store_true", help=_("print JSON"))
    top = argparse.ArgumentParser(
        prog="armband",
        description=_("Field check-ins for a street office. Without a command: the screens."),
        parents=[common],
    )
    commands = top.add_subparsers(dest="command", metavar=_("COMMAND"))
    _enrol(commands, [common, json])
    _record(commands, [common, json])
    _check(commands, [common, json])
    _sync(commands, [common, json])
    commands.add_parser(
        "status", parents=[common, json], help=_("what is written, held, waiting, refused")
    )
    commands.add_parser(
        "roster", parents=[common, json], help=_("who stands where, and where nobody will")
    )
    _rollups(commands, [common, json])
    add_reports(commands, [common, json])
    _people(commands, [common, json])
    _tray(commands, [common, json])
    _lists(commands, [common, json])
    _doctor(commands, [common, json])
    _pin(commands, [common])
    _export_unsent(commands, [common, json])
    completion = commands.add_parser(
        "completion", help=_("print what a shell needs to complete commands")
    )
    completion.add_argument("shell", choices=("bash", "zsh"))
    return top


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_Parents = list[argparse.ArgumentParser]


def _enrol(commands: _Commands, parents: _Parents) -> None:
    enrol = commands.add_parser(
        "enrol", parents=parents, help=_("make this folder a terminal of an office")
    )
    enrol.add_argument(
        "code", metavar="CODE[@HOST:PORT]", help=_("the enrolment code that the office printed")
    )
    enrol.add_argument("--url", help=_("the office's address: wss://HOST:PORT"))
    enrol.add_argument(
        "--again",
        action="store_true",
        help=_("the office does not know this terminal any more: keep its key and its work"),
    )
    enrol.add_argument(
        "--encryption",
        choices=("on", "off"),
        default="on",
        help=_("encrypt the store (on), or leave it plain (off)"),
    )


def _record(commands: _Commands, parents: _Parents) -> None:
    record = commands.add_parser(
        "record",
        parents=parents,
        help=_("record without a screen"),
        description=_(
            "One record as KIND FIELD=VALUE ..., or many as JSON objects, one a line. A household "
            "or person may be given as people call it: household=3-2-502. With id=ID of a record "
            "that is here, that record is corrected."
        ),
    )
    record.add_argument("kind", nargs="?", metavar="KIND", help=_("visit, household, check ..."))
    record.add_argument("fields", nargs="*", metavar="FIELD=VALUE")
    record.add_argument(
        "--jsonl", metavar="FILE", help=_("JSON objects with kind and fields, - for stdin")
    )


def _check(commands: _Commands, parents: _Parents) -> None:
    check = commands.add_parser(
        "check",
        parents=parents,
        help=_("record checks, one lane line each"),
        description=_("Who, temperature and colour in any order, as in the lane: 'lxt 36.5 g'."),
    )
    check.add_argument("lines", nargs="+", metavar="LINE", help=_("- reads them from stdin"))
    check.add_argument(
        "--checkpoint",
        metavar="NAME",
        help=_("the checkpoint (default: the one chosen in the lane)"),
    )


def _sync(commands: _Commands, parents: _Parents) -> None:
    sync = commands.add_parser("sync", parents=parents, help=_("exchange with the office"))
    sync.add_argument("--once", action="store_true", help=_("drain, get what is new, and leave"))


def _rollups(commands: _Commands, parents: _Parents) -> None:
    rollups = commands.add_parser("rollups", parents=parents, help=_("the figures of a unit"))
    rollups.add_argument("--unit", metavar="CODE", default="", help=_("default: the own unit"))
    rollups.add_argument("--day", metavar="D", help=_("YYYY-MM-DD (default: the office's today)"))
    rollups.add_argument("--from", dest="day_from", metavar="D")
    rollups.add_argument("--to", dest="day_to", metavar="D")
    rollups.add_argument(
        "--depth", type=int, default=1, metavar="N", help=_("levels below the unit (default 1)")
    )
    rollups.add_argument("--watch", action="store_true", help=_("go on with each change"))
    rollups.add_argument(
        "--since",
        type=int,
        default=-1,
        metavar="SEQ",
        help=_("only what is newer than this as_of.seq"),
    )
    rollups.add_argument("--format", choices=FORMATS, default=None)
    rollups.add_argument("--url", help=_("the office, where no terminal is enrolled (ARMBAND_URL)"))
    rollups.add_argument("--token", help=_("a script's token (ARMBAND_TOKEN)"))


def _people(commands: _Commands, parents: _Parents) -> None:
    staffing = commands.add_parser(
        "staffing", parents=parents, help=_("posts, vacancies, 3+N, liaisons and their households")
    )
    staffing.add_argument("--unit", metavar="CODE", default="", help=_("default: the own unit"))
    assign = commands.add_parser(
        "assign",
        parents=parents,
        help=_("give households to a liaison"),
        description=_(
            "Households as people call them, 3-2-502, or by id; with --orphans all that have no "
            "liaison in the unit."
        ),
    )
    assign.add_argument(
        "liaison", metavar="LIAISON", help=_("by name, telephone or id; - for none")
    )
    assign.add_argument("households", nargs="*", metavar="HOUSEHOLD")
    assign.add_argument("--orphans", action="store_true", help=_("all without a liaison"))
    assign.add_argument("--unit", metavar="CODE", default="", help=_("only in this unit"))
    duplicates = commands.add_parser(
        "duplicates", parents=parents, help=_("records that may be of one person or door")
    )
    duplicates.add_argument("--unit", metavar="CODE", default="", help=_("only in this unit"))


def _tray(commands: _Commands, parents: _Parents) -> None:
    tray = commands.add_parser(
        "tray", parents=parents, help=_("what the office refused; mend it and send it again")
    )
    tray.add_argument(
        "--retry", metavar="ID|all", help=_("send one again, with FIELD=VALUE over it, or all")
    )
    tray.add_argument("fields", nargs="*", metavar="FIELD=VALUE")


def _lists(commands: _Commands, parents: _Parents) -> None:
    todo = commands.add_parser(
        "todo", parents=parents, help=_("what is to be done, the most urgent first")
    )
    todo.add_argument("--all", action="store_true", help=_("everybody's tasks, not only mine"))
    todo.add_argument("--limit", type=int, default=200, metavar="N", help=_("rows (default 200)"))
    ledger = commands.add_parser(
        "list", parents=parents, help=_("the records of a kind, masked as on the screens")
    )
    ledger.add_argument("kind", metavar="KIND", help=_("visit, household, check ..."))
    ledger.add_argument("--unit", metavar="CODE", default="", help=_("only in this unit"))
    ledger.add_argument("--from", dest="day_from", metavar="D", default="")
    ledger.add_argument("--to", dest="day_to", metavar="D", default="")
    ledger.add_argument(
        "--search",
        metavar="WORDS",
        default="",
        help=_("a name, initials, a door, the end of a telephone"),
    )
    ledger.add_argument(
        "--limit", type=int, default=200, metavar="N", help=_("rows (default 200), 0 for all")
    )
    ledger.add_argument("--format", choices=FORMATS, default=None)


def _pin(commands: _Commands, parents: _Parents) -> None:
    pin = commands.add_parser(
        "pin", parents=parents, help=_("set, change or remove the PIN that opens this terminal")
    )
    pin.add_argument("act", choices=("set", "change", "remove"))
    pin.add_argument(
        "--person",
        metavar="NAME",
        help=_("whose PIN (ARMBAND_PERSON; default: the terminal's)"),
    )


def _doctor(commands: _Commands, parents: _Parents) -> None:
    doctor = commands.add_parser(
        "doctor", parents=parents, help=_("look for damage in this folder's store")
    )
    doctor.add_argument(
        "--repair",
        action="store_true",
        help=_("set a damaged store aside and begin a new one with what was not sent yet"),
    )


def _export_unsent(commands: _Commands, parents: _Parents) -> None:
    export = commands.add_parser(
        "export-unsent",
        parents=parents,
        help=_("write what waits into a file, to be carried to the office"),
    )
    export.add_argument("file", metavar="FILE", type=Path)
