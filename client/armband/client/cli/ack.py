"""``armband ack``: acknowledge a notice, or answer a call-up."""

from __future__ import annotations

import argparse

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Record the answer of whoever sits at this terminal."""
    asked = {
        "notice": arguments.notice,
        "answer": arguments.answer,
        "note": arguments.note,
    }
    done = ask(arguments.data, "ack", asked)
    if output.as_json:
        output.json(done)
    else:
        output.line(f"ack {done['id']}")
    return ExitCode.DONE
