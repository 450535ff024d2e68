"""Records that look like the one being typed, so that nothing is entered twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from armband.client.i18n import _
from armband.client.i18n.duties import about_words
from armband.client.i18n.words import kind_label
from armband.client.model import Entry, LedgerQuery
from armband.client.terminal import Terminal
from armband.client.tui.context import Context
from armband.client.tui.text import Cell, Column
from armband.client.tui.widgets.paged_list import PagedList
from armband.client.tui.work import start
from armband.shared.fields import Field, FieldType, Search
from armband.shared.kinds import CATALOGUE, Kind
from armband.shared.masks import masked_phone

SHOWN_MAX = 4
DELAY_S = 0.15
"""From a key to the search. A burst of keys is one search."""
_ENOUGH = {Search.NAME: 2, Search.PHONE: 4, Search.DOOR: 3, Search.ID_TAIL: 4}
"""Characters of a field from which on a search for them says something."""
_PEOPLE = ("resident", "household")


async def lookalikes(terminal: Terminal, kind: Kind, texts: Mapping[str, str]) -> list[Entry]:
    """Records that agree with what is typed, those that agree in most fields first.

    Records of the same kind, and people and doors; by name, telephone, door and ID number, and by
    the person, door or shop that is chosen.
    """
    found: dict[bytes, Entry] = {}
    agree: dict[bytes, int] = {}
    for name, declared in kind.fields.items():
        for query in _queries(kind, declared, texts.get(name, "")):
            page = await terminal.ledger(query, 0, SHOWN_MAX)
            for entry in page.entries:
                found.setdefault(entry.view.id, entry)
                agree[entry.view.id] = agree.get(entry.view.id, 0) + 1
    return sorted(found.values(), key=lambda entry: -agree[entry.view.id])[:SHOWN_MAX]


def _queries(kind: Kind, declared: Field, text: str) -> list[LedgerQuery]:
    if declared.type is FieldType.REF:
        target = CATALOGUE.get(declared.ref)
        if not text.startswith("=") or target is None or not target.names_others:
            return []
        return [LedgerQuery(kind.name, about=text[1:].partition(" ")[0])]
    if len(text) < _ENOUGH.get(declared.search, len(text) + 1):
        return []
    return [LedgerQuery(name, text=text) for name in dict.fromkeys((kind.name, *_PEOPLE))]


class Lookalikes(Vertical):
    """A short list below a form; not there while nothing looks alike."""

    DEFAULT_CSS = """
    Lookalikes { height: auto; display: none; }
    Lookalikes.-some { display: block; }
    Lookalikes PagedList { height: auto; max-height: 4; }
    """

    class Shown(Message):
        """Something looks alike, or nothing does any more."""

    def __init__(self, context: Context, kind: Kind) -> None:
        super().__init__()
        self._desk = context
        self._kind = kind
        self._found: Sequence[Entry] = ()
        self._typed: Mapping[str, str] = {}
        self._timer: Timer | None = None
        self.rows = PagedList(self._load, self._paint, _columns)

    def compose(self) -> ComposeResult:
        """What it is, and the records."""
        yield Static("", classes="lookalikes-head", markup=False)
        yield self.rows

    def on_mount(self) -> None:
        """Say what it is."""
        self.retranslate()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        words = _("Already here? F9 goes to these; Enter opens one instead.")
        self.query_one(Static).update(words)

    def look(self, texts: Mapping[str, str]) -> None:
        """Search for what is typed now, soon."""
        if texts == self._typed:
            return
        self._typed = dict(texts)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DELAY_S, self._search_now)

    def _search_now(self) -> None:
        start(self, partial(self._search, self._typed), exclusive=True, group="alike")

    async def _search(self, texts: Mapping[str, str]) -> None:
        found = await lookalikes(self._desk.terminal, self._kind, texts)
        if not self.rows.is_attached:
            # The form has gone meanwhile; its widgets go before its work is cancelled.
            return
        self._found = found
        self.set_class(bool(self._found), "-some")
        self.rows.styles.height = max(1, len(self._found))
        self.rows.show()
        self.post_message(self.Shown())

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        return len(self._found), self._found[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Entry)
        terminal = self._desk.terminal
        about = about_words(row, terminal.identity.policy, terminal.today)
        return [
            Cell(kind_label(row.view.kind), "quiet"),
            Cell(about, "wait"),
            Cell(masked_phone(row.view.text("phone")), "quiet"),
        ]


def _columns() -> list[Column]:
    return [Column("", 8), Column("", 20, grow=3), Column("", 11)]
