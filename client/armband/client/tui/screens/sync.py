"""Sync and inbox: the honest line in full, conflicts to settle, the tray of what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.errors import ClientError
from armband.client.headless.tray import refused_title
from armband.client.i18n import _, ngettext
from armband.client.i18n.refusals import refused_words
from armband.client.i18n.words import field_label, kind_label, moment_text
from armband.client.model import Conflict, Refused, SyncStatus
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved, StatusMoved
from armband.client.tui.problems import problem_words
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.pick import Choice, PickDialog
from armband.client.tui.screens.settle import SettleScreen
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start

CLOCK_DOUBT_MS = 300_000
"""From this offset on the office doubts the clock of a terminal."""


class SyncScreen(DeskScreen):
    """Facts about sync above, what waits for a person below."""

    CSS_PATH = "sync.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Settle / mend", id="1-open", tooltip="Settle or mend and send"),
        Binding("delete", "aside", "Set aside", id="2-aside", tooltip="Out of the tray, kept"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._items: list[Conflict | Refused] = []
        self._titles: dict[bytes, str] = {}

    def place_words(self) -> str:
        """Sync and inbox."""
        return _("Sync and inbox")

    def body(self) -> ComposeResult:
        """Facts, heading, list."""
        yield FactList(id="sync-facts")
        yield Static("", id="sync-head", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            _columns,
            empty=lambda: _("Nothing waits for you: no conflict, nothing refused."),
            id="sync-inbox",
        )
        yield Heading(rows)
        yield rows

    def on_mount(self) -> None:
        """Show what is known."""
        self.query_one(PagedList).focus()
        self._show_status(self.context.terminal.status)
        self._read_again()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._show_status(self.context.terminal.status)
        self._show_count()

    def on_status_moved(self, message: StatusMoved) -> None:
        """The sync line has changed, and with it perhaps the tray."""
        self._show_status(message.status)
        self._read_again()

    def on_records_moved(self, _message: RecordsMoved) -> None:
        """A conflict may have come or gone."""
        self._read_again()

    def _read_again(self) -> None:
        start(self, self._read, exclusive=True, group="read")

    async def _read(self) -> None:
        terminal = self.context.terminal
        tray = await terminal.tray()
        self._titles = {refused.op: await refused_title(terminal, refused) for refused in tray}
        self._items = [*await terminal.conflicts(), *tray]
        self._show_count()
        self.query_one(PagedList).show(keep_place=True)

    def _show_count(self) -> None:
        count = len(self._items)
        words = ngettext("{count} waits for you", "{count} wait for you", count)
        self.query_one("#sync-head", Static).update(words.format(count=count))

    # -- facts --------------------------------------------------------------------------------

    def _show_status(self, status: SyncStatus) -> None:
        self.query_one(FactList).facts = [
            (_("Written here"), Cell(str(status.written))),
            (_("Held by the office"), Cell(str(status.held), "good")),
            (_("In a backup"), Cell(str(status.stable))),
            (_("Waiting"), Cell(str(status.waiting), "wait" if status.waiting else "")),
            (_("Refused"), Cell(str(status.refused), "bad" if status.refused else "")),
            (_("Office"), self._link(status)),
            (_("Last contact"), Cell(self._contact(status))),
            (_("Records here"), self._checked(status)),
            (_("This terminal"), Cell(self._who())),
        ]

    def _link(self, status: SyncStatus) -> Cell:
        words, tone = _link_words(status)
        return Cell(words, tone)

    def _contact(self, status: SyncStatus) -> str:
        return _("never") if status.last_contact is None else self._moment(status.last_contact)

    def _checked(self, status: SyncStatus) -> Cell:
        if status.checked is None:
            return Cell(_("not compared with the office yet"), "quiet")
        at = self._moment(status.checked)
        if status.agrees:
            return Cell(_("equal to the office's  {at}").format(at=at), "good")
        return Cell(_("differ from the office's, being repaired  {at}").format(at=at), "wait")

    def _moment(self, at_ms: int) -> str:
        terminal = self.context.terminal
        return moment_text(at_ms, terminal.identity.policy, terminal.today)

    def _who(self) -> str:
        identity = self.context.terminal.identity
        parts = (identity.person, identity.office_name, ", ".join(identity.scope))
        return "  ".join(part for part in parts if part)

    # -- inbox --------------------------------------------------------------------------------

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        return len(self._items), self._items[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        if isinstance(row, Conflict):
            label = field_label(row.kind, row.field)
            return [
                Cell(_("Conflict"), "wait"),
                Cell(kind_label(row.kind)),
                Cell(row.title, "strong"),
                Cell(f"{label}: {_('{count} values').format(count=len(row.choices))}"),
            ]
        assert isinstance(row, Refused)
        return [
            Cell(_("Refused"), "bad"),
            Cell(kind_label(row.kind)),
            Cell(self._titles.get(row.op, row.unit), "strong"),
            Cell(f"{refused_words(row.reason)}  {row.detail}".rstrip()),
        ]

    def action_open(self) -> None:
        """Settle a conflict, or mend what was refused."""
        row = self.query_one(PagedList).current
        if isinstance(row, Conflict):
            self.app.push_screen(SettleScreen(self.context, row.record))
        elif isinstance(row, Refused):
            from armband.client.tui.screens.edit import EditScreen

            self.app.push_screen(EditScreen(self.context, row.kind, refused=row))

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_aside(self) -> None:
        """Out of the tray, once confirmed; it stays in the store."""
        row = self.query_one(PagedList).current
        if not isinstance(row, Refused):
            self.app.bell()
            return

        async def find(_typed: str) -> Sequence[Choice[bool]]:
            return [
                Choice(False, _("No, leave it in the tray")),
                Choice(True, _("Yes, set it aside"), _("it is kept, but never sent")),
            ]

        def chosen(sure: bool | None) -> None:
            if sure:
                start(self, partial(self._set_aside, row.op))

        self.app.push_screen(PickDialog(_("Set it aside without sending it again?"), find), chosen)

    async def _set_aside(self, op: bytes) -> None:
        try:
            await self.context.terminal.set_aside(op)
        except ClientError as error:
            self.notify(problem_words(error), severity="error")
        self._read_again()


def _link_words(status: SyncStatus) -> tuple[str, str]:
    """The connection in a sentence, the gravest thing first."""
    minutes = round(abs(status.clock_offset_ms) / 60_000)
    off = _("Connected. This terminal's clock is {minutes} minutes off: set it right.")
    offline = _("Offline. Recording goes on; everything is sent by itself later.")
    cases = (
        (
            status.revoked,
            _("This terminal is revoked: what it sends is only kept for review."),
            "bad",
        ),
        (status.fork, _("This file was copied or restored. Enrol this terminal anew."), "bad"),
        (not status.connected, f"{offline} {status.problem}".rstrip(), "wait"),
        (
            not status.office_writable,
            _("Connected, but {problem}. Everything is sent later.").format(problem=status.problem),
            "bad",
        ),
        (abs(status.clock_offset_ms) > CLOCK_DOUBT_MS, off.format(minutes=minutes), "bad"),
        (status.catching_up, _("Connected, catching up"), "wait"),
    )
    for holds, words, tone in cases:
        if holds:
            return words, tone
    return _("Connected"), "good"


def _columns() -> list[Column]:
    return [
        Column(_("What"), 9),
        Column(_("Kind"), 12),
        Column(_("Record"), 16, grow=2),
        Column(_("Why"), 20, grow=3),
    ]
