"""The commands of ``armband``. The program's entry: the only real clock and randomness."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from armband.client.cli.arguments import parser
from armband.client.cli.output import Output
from armband.client.errors import ClientError
from armband.client.exit_codes import ExitCode
from armband.client.i18n import detect_language, set_language
from armband.client.world import default_data_dir

INTERRUPTED = 130
"""What a shell expects of a program that ended by Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code of the contract."""
    set_language(detect_language(os.environ))
    parsed = parser().parse_args(arguments)
    if not hasattr(parsed, "data"):
        parsed.data = default_data_dir(os.environ)
    output = Output(getattr(parsed, "json", False))
    try:
        return int(_run(parsed, output))
    except ClientError as error:
        output.note(f"armband: {error}")
        return int(error.exit_code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has left (`| head`): what it wanted it has. Python would complain at
        # exit about what is still in the buffer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)


def _run(parsed: argparse.Namespace, output: Output) -> ExitCode:
    """Each command is a module, imported when it is asked for; textual only with the screens."""
    module = import_module(f"armband.client.cli.{parsed.command or 'screens'}")
    run: Callable[[argparse.Namespace, Output], ExitCode] = module.run
    return run(parsed, output)
