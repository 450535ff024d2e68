"""``armband todo``: Today as a table and for scripts."""

from __future__ import annotations

import argparse

from armband.client.cli.asking import ask
from armband.client.cli.output import Output
from armband.client.cli.tables import table
from armband.client.errors import Usage
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.shared.harmless import shown_line


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """What is to be done here, the most urgent first, as on Today."""
    if arguments.limit < 1:
        raise Usage(_("--limit is a number of rows, at least 1"))
    report = ask(arguments.data, "todo", {"all": arguments.all, "limit": arguments.limit})
    if output.as_json:
        output.json(report)
        return ExitCode.DONE
    if not report["tasks"]:
        output.line(_("Nothing is to be done."))
        return ExitCode.DONE
    names = ("what_words", "about", "unit_name", "due_words")
    rows = [[shown_line(task[name]) for name in names] for task in report["tasks"]]
    for line in table([[_("To do"), _("Concerns"), _("unit"), _("Until")], *rows]):
        output.line(line)
    total = sum(report["counts"].values())
    if total > len(rows):
        words = _("{shown} of {total}; --limit shows more")
        output.note(words.format(shown=len(rows), total=total))
    return ExitCode.DONE
