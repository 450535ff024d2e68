"""A board out of an open office: what the verb ``board`` answers.

Open cases are kept in memory and follow the commits, so that a board that is asked for every second
reads no ledger; roll-up cells are read again only when something was committed or the day is over.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from armband.server.board.model import TREND_DAYS, Board, OpenCase, Seen, Source, build_board
from armband.server.model import Committed, OfficeEvent, PolicyChanged, RollupCells
from armband.server.office import Office
from armband.shared.days import add_days
from armband.shared.environment import Environment
from armband.shared.kinds import CATALOGUE, View
from armband.shared.kinds.case_flow import OPEN_STATES
from armband.shared.merge import decode_state, view
from armband.shared.policy import Policy

PAGE_RECORDS = 1000
MAX_KEPT = 32
"""Units whose cells are kept; more boards than that are not looked at at once."""
SILENT_AFTER_MS = 4 * 3_600_000
_CASE = CATALOGUE["case"]


class BoardArgs(msgspec.Struct, forbid_unknown_fields=True):
    """Whose board, and after how long without a sign a terminal is silent."""

    unit: str = ""
    silent_after_ms: Annotated[int, msgspec.Meta(gt=0)] = SILENT_AFTER_MS


class BoardRoom:
    """Builds boards of one office."""

    def __init__(self, office: Office, environment: Environment) -> None:
        self._office = office
        self._environment = environment
        self._open: dict[bytes, View] = {}
        self._moved: dict[bytes, View] | None = {}
        """While the ledger is read for the first time: what was committed meanwhile."""
        self._begun = False
        self._cells: dict[tuple[str, int, str], RollupCells] = {}

    async def board(self, unit: str, silent_after_ms: int) -> Board:
        """The board of a unit that the office has."""
        office = self._office
        await self._read_cases()
        today = office.today
        cells = await self._cells_of(unit, today)
        terminals = [
            Seen(one.name, one.scope, one.enrolled_ms, one.last_seen_ms, one.waiting)
            for one in await office.terminals()
            if not one.revoked
        ]
        source = Source(
            office=office.code,
            unit=unit,
            units=office.units,
            now_ms=self._environment.now_ms(),
            utc_offset_min=office.policy.utc_offset_min,
            seq=cells.seq,
            writable=office.writable,
            days=_days(today),
            cells=cells.cells,
            coverage=cells.coverage,
            cases=[open_case(found, office.policy) for found in self._open.values()],
            terminals=terminals,
            silent_after_ms=silent_after_ms,
        )
        return build_board(source)

    async def _cells_of(self, unit: str, today: str) -> RollupCells:
        key = (unit, self._office.seq, today)
        if (kept := self._cells.get(key)) is not None:
            return kept
        cells = await self._office.rollup_cells(unit, 1, _days(today)[0], today)
        self._cells = {other: kept for other, kept in self._cells.items() if other[1:] == key[1:]}
        if len(self._cells) < MAX_KEPT:
            self._cells[key] = cells
        return cells

    async def _read_cases(self) -> None:
        """Read the open cases once; later they follow the commits."""
        if not self._begun:
            self._begun = True
            self._office.listen(self._happened)
        while self._moved is not None:
            # Whoever asks meanwhile reads the same; the first one who ends puts it in place.
            found = await self._ledger()
            if self._moved is not None:
                for record, later in {**found, **self._moved}.items():
                    self._place(record, later)
                self._moved = None

    async def _ledger(self) -> dict[bytes, View]:
        found: dict[bytes, View] = {}
        after: tuple[str, bytes] | None = None
        while True:
            page = await self._office.records_page("case", self._office.code, after, PAGE_RECORDS)
            found.update((seen.id, seen) for seen in page.views)
            after = page.after
            if after is None:
                return found

    def _happened(self, event: OfficeEvent) -> None:
        if isinstance(event, PolicyChanged):
            self._cells.clear()
        if not isinstance(event, Committed):
            return
        for row in event.rows:
            if row.kind != "case":
                continue
            later = view(decode_state(row.state))
            if self._moved is not None:
                self._moved[row.record] = later
            else:
                self._place(row.record, later)

    def _place(self, record: bytes, later: View) -> None:
        if is_open(later):
            self._open[record] = later
        else:
            self._open.pop(record, None)


def is_open(case: View) -> bool:
    """Whether a case counts and is not over."""
    return not case.void and not case.same_as and case.text("state") in OPEN_STATES


def open_case(case: View, policy: Policy) -> OpenCase:
    """What the board shows of a case: nothing of what it says about people."""
    duties = _CASE.duties_of(case, policy)
    at_ms = case.fields.get("at")
    return OpenCase(
        unit=case.unit,
        category=case.text("category"),
        state=case.text("state"),
        at_ms=at_ms if isinstance(at_ms, int) else 0,
        priority=case.text("priority"),
        due_ms=min((duty.due_ms for duty in duties), default=None),
    )


def _days(today: str) -> list[str]:
    return [add_days(today, back) for back in range(1 - TREND_DAYS, 1)]
