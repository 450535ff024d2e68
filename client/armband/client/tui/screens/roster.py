"""The roster (值班): who stands where now, who comes next, where nobody will, notes not read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.i18n import _
from armband.client.i18n.words import stretch_text
from armband.client.roster import HandOver, Post, Watch, roster
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.shared.days import clock_of, day_of


class RosterScreen(DeskScreen):
    """Checkpoints above; below, what stands under the cursor in full."""

    CSS_PATH = "roster.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+o", "open", "Open the shift", id="1-open", tooltip="Begin, end, read the note"
        ),
        Binding("ctrl+n", "new", "New shift", id="2-new", tooltip="Plan a shift here"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._posts: list[Post] = []

    def place_words(self) -> str:
        """The roster, and the day."""
        return f"{_('Roster')}  {self.context.terminal.today}"

    def body(self) -> ComposeResult:
        """List, then details."""
        rows = PagedList(
            self._load,
            self._paint,
            _columns,
            empty=lambda: _("No checkpoint here."),
            id="roster-rows",
        )
        yield Heading(rows)
        yield rows
        yield Static("", id="roster-rule", markup=False)
        yield FactList(id="roster-facts")

    def on_mount(self) -> None:
        """Show the list."""
        self.query_one(PagedList).focus()
        self.query_one(PagedList).show()

    def retranslate(self) -> None:
        """Show the words of the language in use, below the list too."""
        super().retranslate()
        self._moved()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """A shift or a checkpoint has changed."""
        if message.kinds & {"shift", "checkpoint", "staff"}:
            self.query_one(PagedList).show(keep_place=True)

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        if offset == 0:
            now_ms = self.context.environment.now_ms()
            self._posts = await roster(self.context.terminal, now_ms)
        return len(self._posts), self._posts[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Post)
        here = ", ".join(item.who or "?" for item in row.now)
        late = any(not item.begun for item in row.now)
        words = f"{here} ({_('not begun')})" if late else here
        now = Cell(words, "wait" if late else "good") if row.now else Cell(_("nobody"), "bad")
        nxt = row.next
        coming = Cell(f"{self._clock(nxt.from_ms)} {nxt.who}") if nxt else Cell("-", "quiet")
        gap = self._stretch(*row.gaps[0]) if row.gaps else _("covered")
        note = Cell(str(len(row.unread)), "wait") if row.unread else Cell("-", "quiet")
        tone = "bad" if row.gaps else "good"
        return [Cell(row.name, "strong"), now, coming, Cell(gap, tone), note]

    def _clock(self, at_ms: int) -> str:
        terminal = self.context.terminal
        policy, today = terminal.identity.policy, terminal.today
        day, clock = day_of(at_ms, policy), clock_of(at_ms, policy)[:5]
        return clock if day == today else f"{day[5:]} {clock}"

    def _stretch(self, from_ms: int, to_ms: int) -> str:
        terminal = self.context.terminal
        return stretch_text(from_ms, to_ms, terminal.identity.policy, terminal.today)

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    @on(PagedList.Moved)
    def _moved(self) -> None:
        post = self.query_one(PagedList).current
        facts = self._facts(post) if isinstance(post, Post) else []
        self.query_one("#roster-facts", FactList).facts = facts

    def _facts(self, post: Post) -> list[tuple[str, Cell]]:
        def watch(item: Watch) -> Cell:
            begun = "" if item.begun else f"  {_('not begun')}"
            words = f"{item.who or '?'}  {self._stretch(item.from_ms, item.to_ms)}{begun}"
            return Cell(words, "good" if item.begun else "wait")

        def note(item: HandOver) -> Cell:
            return Cell(f"{item.who} {self._clock(item.ended_ms)}: {item.note}", "wait")

        facts = [(_("Now"), watch(item)) for item in post.now]
        if post.next is not None:
            words = f"{post.next.who}  {self._stretch(post.next.from_ms, post.next.to_ms)}"
            facts.append((_("Next"), Cell(words)))
        facts += [(_("Nobody"), Cell(self._stretch(*gap), "bad")) for gap in post.gaps]
        facts += [(_("Note not read"), note(item)) for item in post.unread]
        return facts

    def action_open(self) -> None:
        """The shift that asks for something: a note to read, one that stands, the next."""
        post = self.query_one(PagedList).current
        if not isinstance(post, Post):
            return
        shifts = [note.shift for note in post.unread] + [watch.shift for watch in post.now]
        if post.next is not None:
            shifts.append(post.next.shift)
        if not shifts:
            self.app.bell()
            return
        from armband.client.tui.screens.detail import DetailScreen

        self.app.push_screen(DetailScreen(self.context, bytes.fromhex(shifts[0])))

    def action_new(self) -> None:
        """Plan a shift at the checkpoint under the cursor."""
        from armband.client.tui.screens.edit import EditScreen

        post = self.query_one(PagedList).current
        known = {"checkpoint": post.checkpoint} if isinstance(post, Post) else {}
        self.app.push_screen(EditScreen(self.context, "shift", known=dict(known)))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)


def _columns() -> list[Column]:
    return [
        Column(_("Checkpoint"), 12, grow=2),
        Column(_("Now"), 12, grow=2),
        Column(_("Next"), 14, grow=1, drop=2),
        Column(_("Nobody until tomorrow night"), 22, grow=1),
        Column(_("Notes"), 5, drop=1),
    ]
