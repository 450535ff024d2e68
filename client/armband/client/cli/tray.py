"""``armband tray``: what the office kept aside, and why; mending it and sending it again."""

from __future__ import annotations

import argparse
from typing import Any

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.cli.record import typed_fields
from armband.client.cli.tables import table
from armband.client.errors import Usage
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.words import field_label, kind_label, moment_text
from armband.shared.policy import Policy

_SHORT = 12
"""Digits of an id in the list; so many name one operation."""


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """List the tray; with ``--retry`` send one again, or all.

    Exit codes: 0 listed or all sent again, 1 some are still not right or not there.
    """
    fields = typed_fields(arguments.fields)
    if arguments.retry is None:
        if fields:
            raise Usage(_("FIELD=VALUE goes with --retry ID"))
        return _tell(ask(arguments.data, "tray", {}), output)
    done = ask(arguments.data, "retry", {"op": arguments.retry, "fields": fields})
    return _tell_sent(done, output)


def _tell(report: dict[str, Any], output: Output) -> ExitCode:
    if output.as_json:
        output.json(report)
        return ExitCode.DONE
    rows = report["refused"]
    if not rows:
        output.line(_("Nothing was refused."))
        return ExitCode.DONE
    policy = Policy(utc_offset_min=report["utc_offset_min"])
    cells = [
        (
            row["op"][:_SHORT],
            moment_text(row["at"], policy, ""),
            kind_label(row["kind"]),
            row["title"],
            f"{row['words']}  {row['detail']}".rstrip(),
        )
        for row in rows
    ]
    for line in table([("ID", field_label("ack", "at"), _("Kind"), _("Record"), _("Why")), *cells]):
        output.line(line)
    output.note(_("To mend one and send it again: armband tray --retry ID FIELD=VALUE"))
    return ExitCode.DONE


def _tell_sent(done: dict[str, Any], output: Output) -> ExitCode:
    is_whole = not any(row["problem"] for row in done["sent"])
    if output.as_json:
        output.json(done)
        return ExitCode.DONE if is_whole else ExitCode.REFUSED
    for row in done["sent"]:
        old, new = row["op"][:_SHORT], row["again"][:_SHORT]
        if row["problem"]:
            output.note(
                _("{id} stays in the tray: {problem}").format(id=old, problem=row["problem"])
            )
        else:
            output.line(_("{id} is sent again as {again}").format(id=old, again=new))
    if not done["sent"]:
        output.line(_("Nothing was refused."))
    return ExitCode.DONE if is_whole else ExitCode.REFUSED
