"""``armband export-unsent FILE``."""

from __future__ import annotations

import argparse

from armband.client.carrying import export_unsent
from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.world import real_environment


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Write what waits into a file."""
    done = export_unsent(arguments.data, arguments.file, real_environment())
    if output.as_json:
        output.json({"operations": done.operations, "bytes": done.size})
    elif done.operations:
        output.line(
            _("{count} operations are in {file}").format(count=done.operations, file=arguments.file)
        )
        output.note(
            _("At the office: armband-server take FILE. Here they wait until the next sync.")
        )
    else:
        output.line(_("Nothing waits: no file was made."))
    return ExitCode.DONE
