"""The sync line in words, as ``status`` and ``sync`` print it."""

from __future__ import annotations

from datetime import datetime

from armband.client.cli.output import Output
from armband.client.i18n import _
from armband.client.model import SyncStatus
from armband.shared.days import clock_of, day_of
from armband.shared.policy import Policy


def print_status(status: SyncStatus, output: Output) -> None:
    """As JSON, or one figure a line and then what is wrong."""
    print_figures(status, output)
    if not output.as_json:
        for problem in _problems(status):
            output.note(f"armband: {problem}")


def print_figures(status: SyncStatus, output: Output) -> None:
    """As JSON, or one figure a line."""
    if output.as_json:
        output.json(status)
        return
    figures = (
        (_("written"), status.written),
        (_("held by the office"), status.held),
        (_("in a backup"), status.stable),
        (_("waiting"), status.waiting),
        (_("refused"), status.refused),
        (_("conflicts"), status.conflicts),
        (_("last contact"), _moment(status.last_contact, status)),
        (_("records here"), checked_words(status)),
    )
    for name, value in figures:
        output.line(f"{name}: {value}")


def status_line(status: SyncStatus) -> str:
    """The sync line as one line."""
    words = _("written {written}, held {held}, waiting {waiting}, refused {refused}").format(
        written=status.written, held=status.held, waiting=status.waiting, refused=status.refused
    )
    if status.problem:
        return f"{words}  {status.problem}"
    return f"{words}  {_('connected') if status.connected else _('not connected')}"


def checked_words(status: SyncStatus) -> str:
    """When the records here were last compared with the office's, and whether they were equal."""
    if status.checked is None:
        return _("not compared with the office yet")
    at = _moment(status.checked, status)
    if status.agrees:
        return _("equal to the office's  {at}").format(at=at)
    return _("differ from the office's, being repaired  {at}").format(at=at)


def _moment(at_ms: int | None, status: SyncStatus) -> str:
    """A moment by the office's clock, to the second."""
    if at_ms is None:
        return _("never")
    policy = Policy(utc_offset_min=status.utc_offset_min)
    return f"{day_of(at_ms, policy)} {clock_of(at_ms, policy)}"


def moment_words(at_ms: int) -> str:
    """A moment on this machine's clock, to the second, where the office's is not known."""
    local = datetime.fromtimestamp(at_ms / 1000).astimezone()
    return local.isoformat(sep=" ", timespec="seconds")


def _problems(status: SyncStatus) -> list[str]:
    problems = []
    if status.revoked:
        problems.append(_("the office has revoked this terminal"))
    if status.fork:
        problems.append(_("this folder is a copy of another or an old one: enrol it anew"))
    if status.refused:
        problems.append(_("some records were refused: see the tray in the sync screen"))
    if status.problem:
        problems.append(status.problem)
    return problems
