"""A list of any length: only the pages around what is seen are in memory, only seen rows drawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from armband.client.tui.text import TONES, Cell, Column, row_strip, row_text
from armband.client.tui.work import start

PAGE_ROWS = 200
PAGES_KEPT = 6

Load = Callable[[int, int], Awaitable[tuple[int, Sequence[object]]]]
"""(offset, limit) to (total, rows)."""


class PagedList(ScrollView, can_focus=True):
    """A list with a cursor over rows that are loaded page by page.

    ``load`` is called in a worker; ``paint`` turns a row into cells and must be quick.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--cursor",
        "list--empty",
        *(f"list--{tone}" for tone in TONES),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("home", "edge(False)", show=False),
        Binding("end", "edge(True)", show=False),
        Binding("enter", "choose", show=False),
    ]
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """Enter on a row."""

        list: PagedList
        index: int
        row: object

    @dataclass
    class Moved(Message):
        """The cursor stands on another row, or the rows have changed."""

        list: PagedList
        index: int
        row: object | None

        def can_replace(self, message: Message) -> bool:
            """Only the newest place matters."""
            return isinstance(message, PagedList.Moved) and message.list is self.list

    @dataclass
    class PageLoaded(Message):
        """A page has arrived from the loader."""

        generation: int
        page: int
        total: int
        rows: Sequence[object]

    def __init__(
        self,
        load: Load,
        paint: Callable[[object, int], Sequence[Cell]],
        columns: Callable[[], Sequence[Column]],
        *,
        empty: Callable[[], str] = lambda: "",
        same: Callable[[object], object] | None = None,
        id: str | None = None,  # noqa: A002 textual's name
    ) -> None:
        """Make a list.

        Args:
            load: ``(offset, limit)`` to the total and the rows; called in a worker.
            paint: a row and its number to its cells.
            columns: asked anew when the language changes.
            empty: what to say when there is no row.
            same: what makes a row the same row after the list was asked anew in its place: the
                cursor follows it, and it stays where it is on the screen.
            id: textual's.
        """
        super().__init__(id=id)
        self._load = load
        self._same = same
        self._keeps_place = False
        self._paint = paint
        self._columns_of = columns
        self._columns: Sequence[Column] = ()
        self._empty = empty
        self._pages: dict[int, Sequence[object]] = {}
        self._asked: set[int] = set()
        self._generation = 0
        self._tones: dict[str, Style] = {}
        self.total = 0
        self.show_cursor = True
        self.loaded = False
        """Whether the first page of the present question has arrived."""

    # -- what to show -------------------------------------------------------------------------

    def show(self, load: Load | None = None, *, keep_place: bool = False) -> None:
        """Ask again, with another loader if given. Old rows stay until the new ones arrive."""
        if load is not None:
            self._load = load
        if not keep_place:
            self.scroll_to(0, 0, animate=False, force=True)
            self.set_reactive(PagedList.cursor, 0)
        self._keeps_place = keep_place
        self._generation += 1
        self._asked.clear()
        self.loaded = False
        wanted = {self._first_visible() // PAGE_ROWS, self.cursor // PAGE_ROWS}
        for page in sorted(wanted):
            self._ask(page)

    def forget(self) -> None:
        """Drop the rows at once and begin at the top: the next ones are others."""
        self.set_reactive(PagedList.cursor, 0)
        self.scroll_to(0, 0, animate=False, force=True)
        self._pages.clear()
        self.total = 0
        self.loaded = False
        self.virtual_size = Size(0, 0)
        self._columns = self._columns_of()
        self.refresh()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self._columns = self._columns_of()
        self.refresh()

    def on_mount(self) -> None:
        """Draw columns; the screen asks for rows with `show`."""
        self._columns = self._columns_of()

    @property
    def heading(self) -> str:
        """The columns' titles over the rows."""
        titles = [column.title for column in self._columns_of()]
        return row_text(titles, self._columns_of(), max(1, self.scrollable_content_region.width))

    def row(self, index: int) -> object | None:
        """A row that is in memory."""
        rows = self._pages.get(index // PAGE_ROWS, ())
        place = index % PAGE_ROWS
        return rows[place] if place < len(rows) else None

    @property
    def current(self) -> object | None:
        """The row under the cursor."""
        return self.row(self.cursor)

    # -- pages --------------------------------------------------------------------------------

    def _first_visible(self) -> int:
        return max(0, round(self.scroll_offset.y))

    def _ask(self, page: int) -> None:
        if page in self._asked or page < 0:
            return
        self._asked.add(page)
        start(self, partial(self._fetch, self._generation, page))

    async def _fetch(self, generation: int, page: int) -> None:
        if generation != self._generation:
            return
        total, rows = await self._load(page * PAGE_ROWS, PAGE_ROWS)
        self.post_message(self.PageLoaded(generation, page, total, rows))

    def on_paged_list_page_loaded(self, message: PageLoaded) -> None:
        """Take a page in, unless the question has changed since."""
        message.stop()
        if message.generation != self._generation:
            return
        moved_by = 0
        if not self.loaded:
            moved_by = self._moved_by(message.page, message.rows)
            self._pages.clear()
            self.loaded = True
        self._pages[message.page] = message.rows
        here = self.cursor // PAGE_ROWS
        while len(self._pages) > PAGES_KEPT:
            far = max(self._pages, key=lambda page: abs(page - here))
            del self._pages[far]
            self._asked.discard(far)
        self.total = message.total
        self.virtual_size = Size(0, message.total)
        last = max(0, message.total - 1)
        if moved_by:
            self.scroll_to(0, self.scroll_offset.y + moved_by, animate=False, force=True)
        self.cursor = min(self.cursor + moved_by, last)
        self.refresh()
        self.post_message(self.Moved(self, self.cursor, self.current))

    def _moved_by(self, page: int, rows: Sequence[object]) -> int:
        """How many rows further down the row under the cursor stands in a page read anew."""
        current = self.current
        if self._same is None or not self._keeps_place or current is None:
            return 0
        here = self._same(current)
        for place, row in enumerate(rows):
            if self._same(row) == here:
                return page * PAGE_ROWS + place - self.cursor
        return 0

    # -- drawing ------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One row of the window."""
        width = self.scrollable_content_region.width
        index = self._first_visible() + y
        if index >= self.total:
            if y == 0 and self.loaded and self.total == 0:
                style = self.get_component_rich_style("list--empty")
                return row_strip([Cell(self._empty())], [Column("", width)], width, style, {})
            return Strip.blank(width, self.rich_style)
        row = self.row(index)
        if row is None:
            self._ask(index // PAGE_ROWS)
            return Strip.blank(width, self.rich_style)
        base = self.rich_style
        if index == self.cursor and self.show_cursor:
            base = self.get_component_rich_style("list--cursor")
        return row_strip(self._paint(row, index), self._columns, width, base, self._tone_styles())

    def _tone_styles(self) -> dict[str, Style]:
        if not self._tones:
            for tone in TONES:
                whole = self.get_component_rich_style(f"list--{tone}", partial=True)
                self._tones[tone] = Style(color=whole.color, bold=whole.bold)
        return self._tones

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        self._tones.clear()
        super().notify_style_update()

    # -- moving -------------------------------------------------------------------------------

    def validate_cursor(self, cursor: int) -> int:
        """Stay within the rows."""
        return max(0, min(cursor, self.total - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Keep the cursor in sight and say where it is."""
        if old == new:
            return
        self.scroll_to_region(
            Region(0, new, 1, 1), animate=False, force=True, immediate=True, x_axis=False
        )
        self.refresh()
        self.post_message(self.Moved(self, new, self.current))

    def action_move(self, rows: int) -> None:
        """Up or down by rows."""
        self.cursor += rows

    def action_turn(self, pages: int) -> None:
        """Up or down by a window."""
        self.cursor += pages * max(1, self.size.height - 1)

    def action_edge(self, last: bool) -> None:
        """To the first or last row."""
        self.cursor = self.total - 1 if last else 0

    def action_choose(self) -> None:
        """Say that this row is meant."""
        row = self.current
        if row is not None:
            self.post_message(self.Chosen(self, self.cursor, row))

    def on_click(self, event: events.Click) -> None:
        """A mouse may be used; nothing needs one."""
        index = self._first_visible() + event.y
        if index < self.total:
            self.cursor = index
            if event.chain > 1:
                self.action_choose()


class Heading(Widget):
    """The row of titles over a `PagedList`."""

    DEFAULT_CSS = "Heading { height: 1; width: 100%; }"

    def __init__(self, rows: PagedList) -> None:
        super().__init__()
        self._rows = rows

    def on_mount(self) -> None:
        """A scrollbar makes the rows narrower, and the titles with them."""
        self.watch(self._rows, "show_vertical_scrollbar", self.refresh_titles, init=False)

    def refresh_titles(self) -> None:
        """Lay the titles out anew, once the rows have been."""
        self.call_after_refresh(self.refresh)

    def render(self) -> str:
        """The titles, laid out as the rows are."""
        return self._rows.heading

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        self.refresh()
