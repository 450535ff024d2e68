"""The commands of ``armband``. The program's entry: the only real clock and randomness."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module

from armband.client.cli.arguments import parser
from armband.client.cli.output import Output
from armband.client.errors import ClientError
from armband.client.exit_codes import ExitCode
from armband.client.hardening import harden
from armband.client.i18n import _, detect_language, set_language
from armband.client.world import default_data_dir
from armband.shared.faults import fault_name
from armband.shared.normal import is_unicode

DEBUG_VARIABLE = "ARMBAND_DEBUG"
_MODULES = {"list": "ledger"}
"""Commands whose module has another name: a module ``list`` would hide the built-in one here."""
INTERRUPTED = 130
"""What a shell expects of a program that ended by Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code of the contract. Shows no traceback unless asked to."""
    set_language(detect_language(os.environ))
    harden()
    _print_anything()
    words = list(sys.argv[1:] if arguments is None else arguments)
    for word in words:
        if not is_unicode(word):
            Output(False).note(_("armband: {word!r} is not in UTF-8").format(word=word))
            return int(ExitCode.USAGE)
    parsed = parser().parse_args(words)
    if not hasattr(parsed, "data"):
        parsed.data = default_data_dir(os.environ)
    output = Output(getattr(parsed, "json", False))
    try:
        return int(_run(parsed, output))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has left (`| head`): what it wanted it has. Python would complain at
        # exit about what is still in the buffer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)
    except Exception as error:
        problem, code = _explained(error)
        output.note(f"armband: {problem}")
        return int(code)


def _explained(error: Exception) -> tuple[str, ExitCode]:
    """The line that the user gets to read, and the exit code."""
    match error:
        case ClientError():
            return str(error), error.exit_code
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            return f"{place}{error.strerror or error}", ExitCode.STORE
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exc()
    fault = _("a fault in armband ({error}); set {variable}=1 to see where")
    return fault.format(error=fault_name(error), variable=DEBUG_VARIABLE), ExitCode.REFUSED


def _print_anything() -> None:
    """A stream that has no Chinese (an old locale) shows escapes and does not stop the command.

    In JSON these are escapes of JSON too.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(parsed: argparse.Namespace, output: Output) -> ExitCode:
    """Each command is a module, imported when it is asked for; textual only with the screens."""
    name = (parsed.command or "screens").replace("-", "_")
    if (parsed.data / "wiping").exists():
        from armband.client.wiping import go_on

        go_on(parsed.data)
    if name not in ("enrol", "completion") and (parsed.data / "store.key").exists():
        # Imported here: a terminal without a key needs nothing of it.
        from armband.client.cli.pin import unlock

        unlock(parsed.data, name)
    module = import_module(f"armband.client.cli.{_MODULES.get(name, name)}")
    run: Callable[[argparse.Namespace, Output], ExitCode] = module.run
    return run(parsed, output)
