"""``armband-server``: each verb is a module of this package, imported only when it is used.

A verb's module has ``add_parser(subparsers)``, which adds the sub-command of its name, and
``async def run(args, out) -> int``, which returns the exit code.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from armband.server.cli.output import Output
from armband.server.exit_codes import ExitCode
from armband.server.exits import exit_code_of
from armband.server.hardening import harden
from armband.server.store_key import KEY_VARIABLE
from armband.shared.errors import ArmbandError
from armband.shared.faults import fault_name
from armband.shared.normal import is_unicode

PROGRAM = "armband-server"
DEBUG_VARIABLE = "ARMBAND_DEBUG"


@dataclass(frozen=True, slots=True)
class Verb:
    """A sub-command: the module that does it, and its line in the list of commands."""

    module: str
    help: str


VERBS: Mapping[str, Verb] = {
    "init": Verb("init", "make a new office"),
    "run": Verb("serve", "run the office's server"),
    "invite": Verb("invite", "an enrolment code for one terminal"),
    "token": Verb("token", "a token for scripts that read roll-ups"),
    "import": Verb("import_", "take in a register of units, households or staff"),
    "export": Verb("export", "write records as a ledger"),
    "board": Verb("board", "the live board, here or in a browser"),
    "report": Verb("report", "the daily report: print, freeze, compare"),
    "terminals": Verb("terminals", "list the terminals"),
    "revoke": Verb("revoke", "trust a terminal no more"),
    "take": Verb("take", "take in a file of unsent work"),
    "tray": Verb("tray", "list what was refused"),
    "notify": Verb("notify", "tell a unit something, or call a team up"),
    "acks": Verb("acks", "who has acknowledged a notice, and who has not"),
    "encrypt": Verb("encrypt", "give the store of an office a key"),
    "recovery-key": Verb("recovery_key", "make a new key that opens the backups to come"),
    "backup": Verb("backup", "back the office up into a file, verified"),
    "restore": Verb("restore", "put a backup in the office's place"),
    "staffing": Verb("staffing", "who serves where, and what is vacant"),
    "policy": Verb("policy", "show or set thresholds, terms and the table of measures"),
    "retention": Verb("retention", "how long each kind is kept, why, what is past its term"),
    "regrid": Verb("regrid", "move, merge or split units"),
    "audit": Verb("audit", "recount everything and compare"),
    "doctor": Verb("doctor", "look for damage"),
    "completion": Verb("completion", "print what a shell needs to complete commands"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Never shows a traceback unless asked to."""
    harden()
    _print_anything()
    words = list(sys.argv[1:] if argv is None else argv)
    for word in words:
        if not is_unicode(word):
            Output(False).note(f"{PROGRAM}: {word!r} is not in UTF-8")
            return ExitCode.USAGE
    try:
        return _run(words)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else ExitCode.USAGE
    except BrokenPipeError:
        # The reader of a pipe has had enough; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.REFUSED
    except (Exception, KeyboardInterrupt) as error:
        problem, code = _explained(error)
        Output(False).note(f"{PROGRAM}: {problem}")
        return code


def _print_anything() -> None:
    """A stream that has no Chinese (an old locale) shows escapes and does not stop the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(words: list[str]) -> int:
    verb = next((word for word in words if not word.startswith("-")), None)
    module = _module_of(verb)
    args = _parser(verb, module).parse_args(words)
    assert module is not None, "the parser requires a verb"
    if getattr(args, "key_file", None) is not None:
        os.environ[KEY_VARIABLE] = str(args.key_file.absolute())
    with _runner(args.verb) as runner:
        code: int = runner.run(module.run(args, Output(getattr(args, "json", False))))
        return code


def _explained(error: BaseException) -> tuple[str, ExitCode]:
    """The line that a person gets to read, and the exit code."""
    match error:
        case ArmbandError():
            return str(error), exit_code_of(error)
        case KeyboardInterrupt():
            return "stopped", ExitCode.REFUSED
        case ConnectionError():
            return str(error), ExitCode.UNREACHABLE
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            return f"{place}{error.strerror or error}", ExitCode.STORE
        case _:
            if os.environ.get(DEBUG_VARIABLE):
                traceback.print_exc()
            hint = f"set {DEBUG_VARIABLE}=1 to see where"
            return f"a fault in {PROGRAM} ({fault_name(error)}); {hint}", ExitCode.REFUSED


def _module_of(verb: str | None) -> ModuleType | None:
    known = VERBS.get(verb) if verb is not None else None
    return importlib.import_module(f"{__name__}.{known.module}") if known is not None else None


def _parser(verb: str | None, module: ModuleType | None) -> argparse.ArgumentParser:
    """The whole list of verbs, but only the wanted one with its options."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="The office's side of Armband.", allow_abbrev=False
    )
    subparsers: Any = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    for name, entry in VERBS.items():
        if name == verb and module is not None:
            module.add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=entry.help)
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """All verbs with all their options: slow, for who needs to see everything."""
    parser = argparse.ArgumentParser(prog=PROGRAM, allow_abbrev=False)
    subparsers: Any = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    for entry in VERBS.values():
        importlib.import_module(f"{__name__}.{entry.module}").add_parser(subparsers)
    return parser


def _runner(verb: str) -> asyncio.Runner:
    """The event loop: uvloop for the server where it is installed (half the work a message)."""
    if verb == "run":
        try:
            import uvloop
        except ImportError:
            pass
        else:
            return asyncio.Runner(loop_factory=uvloop.new_event_loop)
    return asyncio.Runner()
