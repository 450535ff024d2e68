"""The last checks at this checkpoint, with where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from armband.client.i18n import _
from armband.client.i18n.entries import person_of_check
from armband.client.i18n.words import join_words, option_label, temperature_text
from armband.client.model import Entry, LedgerQuery
from armband.client.tui.screens.ledger_rows import (
    CODE_TONES,
    COMMON_CODES,
    standing_cell,
    standing_width,
)
from armband.client.tui.text import Cell, Column, widest
from armband.client.tui.widgets.paged_list import PagedList
from armband.shared.days import clock_of, day_of
from armband.shared.kinds import CATALOGUE

if TYPE_CHECKING:
    from armband.client.tui.context import Context
    from armband.client.tui.screens.lane_places import CheckpointChoice

RECENT_MAX = 60
"""Checks that are looked at; more are in the ledger."""
_FIELDS = CATALOGUE["check"].fields


class RecentChecks(PagedList, can_focus=False):
    """A list that shows and is not moved in: the ledger is for that."""

    def __init__(self, context: Context, where: CheckpointChoice) -> None:
        super().__init__(
            self._recent,
            self._row,
            _columns,
            empty=lambda: _("No checks here yet."),
            id="lane-recent",
        )
        self._desk = context
        self._where = where
        self._doors: dict[str, str] = {}
        self.show_cursor = False

    def look_again(self) -> None:
        """Something may stand elsewhere now."""
        self.show(keep_place=True)

    async def _recent(self, offset: int, _limit: int) -> tuple[int, Sequence[object]]:
        if offset:
            return 0, ()
        page = await self._desk.terminal.ledger(LedgerQuery("check", with_void=True), 0, RECENT_MAX)
        here = [e for e in page.entries if e.view.text("checkpoint") == self._where.ref]
        for entry in here:
            await self._find_door(entry.view.text("resident"))
        return len(here), here

    async def _find_door(self, resident: str) -> None:
        """A resident's check does not say the door; the resident's record does."""
        if not resident or resident in self._doors:
            return
        entry = await self._desk.terminal.entry(bytes.fromhex(resident))
        household = entry.view.text("household") if entry else ""
        title = entry.names.get(household, "") if entry else ""
        self._doors[resident] = title.partition(" ")[0]

    def _row(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Entry)
        view = row.view
        policy = self._desk.terminal.identity.policy
        at = view.fields.get("at")
        tenths = view.fields.get("temp_tenths")
        fever = isinstance(tenths, int) and tenths >= policy.fever_tenths
        who, door = person_of_check(row), self._doors.get(view.text("resident"), "")
        if view.text("household") and not view.text("resident"):
            door, _blank, who = who.partition(" ")
            who = view.text("stranger_name") or who or door
        code, decision = view.text("code"), view.text("decision")
        remarks = [_("Fever")] if fever else []
        if view.void:
            remarks = [view.void]
        elif view.text("note"):
            remarks.append(view.text("note"))
        cells = [
            Cell(self._when(at), "quiet"),
            Cell(who, "strong"),
            Cell(door, "quiet"),
            Cell(
                temperature_text(tenths) if isinstance(tenths, int) else "", "bad" if fever else ""
            ),
            Cell(option_label(_FIELDS["code"], code), CODE_TONES.get(code, "")),
            Cell(option_label(_FIELDS["decision"], decision)),
            standing_cell(row),
            Cell(join_words(remarks), "bad" if fever else "quiet"),
        ]
        return [Cell(cell.text, "quiet") for cell in cells] if view.void else cells

    def _when(self, at: object) -> str:
        if not isinstance(at, int):
            return ""
        policy = self._desk.terminal.identity.policy
        if day_of(at, policy) == self._desk.terminal.today:
            return clock_of(at, policy)
        return day_of(at, policy)[5:]


def _columns() -> list[Column]:
    return [
        Column("", 8),
        Column("", 11, grow=2),
        Column("", 8, grow=1),
        Column("", 4, right=True),
        Column("", widest(_FIELDS["code"], COMMON_CODES)),
        Column("", widest(_FIELDS["decision"])),
        Column("", standing_width()),
        Column("", 8, grow=3),
    ]
