"""An inquiry's page: who, since when, the timeline of places; a line adds one, a key a contact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.errors import ClientError
from armband.client.i18n import _
from armband.client.i18n.words import kind_label, option_label
from armband.client.model import Entry, LedgerQuery
from armband.client.timeline import Contact, contacts_in, read_stay
from armband.client.tui.context import Context
from armband.client.tui.problems import invalid_words, problem_words
from armband.client.tui.screens.pages import open_fields
from armband.client.tui.screens.pick import Choice, LinesDialog, PickDialog
from armband.client.tui.screens.record_page import RecordPage
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE
from armband.shared.text_values import clock_text

KIND, RETURNEE = CATALOGUE["inquiry"], CATALOGUE["returnee"]
MOST_STAYS, MOST_CONTACTS = 500, 200


class InquiryScreen(RecordPage):
    """Facts above, places below in the order in which they were visited."""

    CSS_PATH = "inquiry.tcss"
    CONCERNS = frozenset({"inquiry", "stay", "returnee"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "add", "Add place", id="1-add", tooltip="Day, times, place; with whom"),
        Binding("2", "contact", "Follow contact", id="2-contact", tooltip="Somebody named there"),
        Binding("enter", "correct", "Correct", id="3-correct", tooltip="The place at the cursor"),
        Binding("3", "fields", "All fields", id="4-fields", tooltip="Correct, void, history"),
        Binding("4", "next_step", "Close/reopen", id="5-step"),
        Binding("escape", "leave", "Back", id="9-leave"),
    ]

    def __init__(self, context: Context, record: bytes) -> None:
        super().__init__(context, record)
        self.stays: list[Entry] = []
        self._contacts: list[Entry] = []

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Who is asked."""
        name = self.entry.view.text("name") if self.entry else ""
        return f"{kind_label('inquiry')}  {name}".rstrip()

    def body(self) -> ComposeResult:
        """Facts, how much there is, the places."""
        yield FactList(id="inquiry-facts")
        yield Static("", id="inquiry-told", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            _columns,
            empty=lambda: _("No place yet: 1 adds the first."),
            same=lambda row: row.view.id if isinstance(row, Entry) else None,
            id="inquiry-places",
        )
        yield Heading(rows)
        yield rows

    async def read(self) -> None:
        """The record, its places, the contacts that are followed."""
        terminal, about = self.context.terminal, self.record.hex()
        self.entry = await terminal.entry(self.record)
        stays = await terminal.ledger(LedgerQuery("stay", about=about), 0, MOST_STAYS)
        self.stays = sorted(stays.entries, key=_when)
        found = await terminal.ledger(LedgerQuery("returnee", about=about), 0, MOST_CONTACTS)
        self._contacts = list(found.entries)
        self.show()

    def show(self) -> None:
        """Facts, how much there is, the places."""
        self.show_place()
        self.refresh_bindings()
        if self.entry is None:
            return
        self.query_one(FactList).facts = self._facts(self.entry)
        state = option_label(KIND.fields["state"], self.entry.view.text("state"))
        told = _("{places} places   {contacts} contacts followed")
        counts = told.format(places=len(self.stays), contacts=len(self._contacts))
        self.query_one("#inquiry-told", Static).update(f"{state}   {counts}")
        self.query_one(PagedList).show(keep_place=True)

    def _facts(self, entry: Entry) -> list[tuple[str, Cell]]:
        def words(*names: str) -> str:
            fields = entry.view.fields
            texts = (self.context.words(KIND.fields[n], fields.get(n), entry.names) for n in names)
            return "  ".join(text for text in texts if text)

        facts = [
            (_("Who"), Cell(words("name", "phone", "id_tail", "address", "work"), "strong")),
            (_("Why"), Cell(words("why", "since", "onset", "symptoms"))),
        ]
        state = RETURNEE.fields["state"]
        named = [
            f"{e.view.text('name')} {option_label(state, e.view.text('state'))}"
            for e in self._contacts
        ]
        if named:
            facts.append((_("Followed"), Cell(";  ".join(named))))
        if entry.view.text("note"):
            facts.append((_("Note"), Cell(entry.view.text("note"))))
        return facts

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        return len(self.stays), self.stays[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Entry)
        fields = row.view.fields
        clocks = [
            clock_text(minute) if isinstance(minute := fields.get(name), int) else ""
            for name in ("begins_min", "ends_min")
        ]
        followed = sum(e.view.text("stay") == row.view.id.hex() for e in self._contacts)
        mark = f"  [{followed}]" if followed else ""
        return [
            Cell(row.view.text("day")[5:]),
            Cell("-".join(clock for clock in clocks if clock), "quiet"),
            Cell(row.view.text("place"), "strong"),
            Cell(row.view.text("people").replace("\n", " ") + mark),
        ]

    # -- actions ------------------------------------------------------------------------------

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Adding and steps need the right to write."""
        return action not in {"add", "contact", "next_step"} or self.may_change

    def action_add(self) -> None:
        """A place in one line; then the next, until Escape."""
        today = self.context.terminal.today
        day = self.stays[-1].view.text("day") if self.stays else today

        def note() -> str:
            words = _("3-31 0830-0915 place; with whom and telephone. Without a day: {day}.")
            return words.format(day=day[5:])

        def problem(text: str) -> str:
            try:
                read_stay(text, day, today)
            except InvalidRecord as error:
                return invalid_words(error)
            return ""

        def take(text: str) -> str:
            nonlocal day
            stay = read_stay(text, day, today)
            day = str(stay["day"])
            start(self, partial(self._add, stay, partial(dialog.put_back, text)), group="save")
            return note()

        dialog = LinesDialog(_("Where, from when to when?"), note(), problem, take)
        self.app.push_screen(dialog)

    async def _add(self, patch: Patch, put_back: Callable[[], None]) -> None:
        terminal = self.context.terminal
        assert self.entry is not None
        fields: Patch = {**patch, "inquiry": self.record.hex()}
        try:
            await terminal.record([Draft("stay", terminal.new_id(), self.entry.view.unit, fields)])
        except InvalidRecord as error:
            self.notify(invalid_words(error), severity="error")
            put_back()
        except ClientError as error:
            self.notify(problem_words(error), severity="error")
            put_back()

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_correct()

    def action_correct(self) -> None:
        """The place under the cursor."""
        row = self.query_one(PagedList).current
        if isinstance(row, Entry):
            open_fields(self.app, self.context, row.view.id)

    def action_contact(self) -> None:
        """Follow somebody who was named at the place under the cursor."""
        row = self.query_one(PagedList).current
        if not isinstance(row, Entry):
            self._follow(None, Contact("", ""))
            return
        known = {e.view.text("name") for e in self._contacts}
        named = [c for c in contacts_in(row.view.text("people")) if c.name not in known]
        if len(named) < 2:
            self._follow(row, named[0] if named else Contact("", ""))
            return

        async def find(text: str) -> Sequence[Choice[Contact]]:
            return [Choice(c, c.name or c.phone, c.phone) for c in named if text in c.name]

        def chosen(contact: Contact | None) -> None:
            if contact is not None:
                self._follow(row, contact)

        self.app.push_screen(PickDialog(_("Whom to follow?"), find), chosen)

    def _follow(self, stay: Entry | None, contact: Contact) -> None:
        from armband.client.tui.screens.edit import EditScreen

        assert self.entry is not None
        known: Patch = {"source": "contact", "risk": "contact", "inquiry": self.record.hex()}
        known["arrived"] = stay.view.text("day") if stay else self.context.terminal.today
        if stay is not None:
            known |= {"stay": stay.view.id.hex(), "came_from": stay.view.text("place")}
        said = {"name": contact.name, "phone": contact.phone}
        known |= {name: value for name, value in said.items() if value}
        task = f"contact/{self.record.hex()}/{contact.name or contact.phone}"
        unit = self.entry.view.unit
        screen = EditScreen(self.context, "returnee", unit=unit, known=known, task=task)
        self.app.push_screen(screen)


def _when(entry: Entry) -> tuple[str, int]:
    begins = entry.view.fields.get("begins_min")
    return entry.view.text("day"), begins if isinstance(begins, int) else 0


def _columns() -> list[Column]:
    return [
        Column(_("Date"), 6),
        Column(_("Hours"), 11),
        Column(_("Where"), 20, grow=2),
        Column(_("With whom"), 20, grow=2),
    ]
