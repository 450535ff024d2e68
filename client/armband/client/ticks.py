"""Lists to tick off, one key for each row: a round's people, a notice's doors, a day's services."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from armband.client.headless.reports import doors, people_of, views
from armband.client.i18n import N_, _
from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import id_from_hex
from armband.shared.kinds import kind_named
from armband.shared.kinds.declare import View
from armband.shared.notice_report import CHANNELS
from armband.shared.service_round import stops

NONE = "none"
"""The status of what was taken back."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One of the keys of a list: what it records, and how the row reads then."""

    key: str
    code: str
    label: str
    settles: bool = True
    """Whether the row is done with it."""


@dataclass(frozen=True, slots=True)
class TickRow:
    """One person or door.

    ``record`` is the hex id of what was recorded, ``about`` that of whom it is about; ``extra``
    are the further fields of a new record.
    """

    about: str
    unit: str
    door: str
    name: str
    people: int
    status: str
    record: str
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What makes it the same row after another look."""
        return self.about, self.extra


class TickList:
    """A list and what its keys record."""

    kinds: ClassVar[frozenset[str]]
    """Records of which kinds change it."""
    marks: ClassVar[tuple[Mark, ...]]
    whole: ClassVar[Mark | None] = None
    """The key that records a whole household at once, where a list has one."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is about."""

    @property
    def shut(self) -> str:
        """Why nothing may be ticked off now, in the user's language; ``""`` when it may."""
        return ""

    @abstractmethod
    async def rows(self, unit: str) -> list[TickRow]:
        """Every row of a unit (``""``: of this terminal's scope), as recorded now."""

    @abstractmethod
    def draft(self, row: TickRow, code: str) -> Draft:
        """The record of a row that has none."""

    async def tick(self, row: TickRow, code: str) -> None:
        """Record a row's status, or correct what is recorded; `NONE` takes it back."""
        if row.record:
            await self.terminal.change(id_from_hex(row.record), {"status": code})
        elif code != NONE:
            await self.terminal.record([self.draft(row, code)])

    async def tick_all(self, rows: Sequence[TickRow], code: str) -> None:
        """Record the same of several rows, all or none; each keeps a record of its own."""
        drafts = [self.draft(row, code) for row in rows]
        changed = [
            Draft(draft.kind, id_from_hex(row.record), "", {"status": code})
            if row.record
            else draft
            for row, draft in zip(rows, drafts, strict=True)
        ]
        if changed:
            await self.terminal.record(changed)

    def household_of(self, row: TickRow, rows: Sequence[TickRow]) -> list[TickRow]:
        """The rows of a row's household of which nothing is recorded."""
        household = dict(row.extra).get("household")
        return [
            other
            for other in rows
            if household and dict(other.extra).get("household") == household and not other.status
        ]

    def is_done(self, status: str) -> bool:
        """Whether nothing is left to do with a row of this status."""
        return any(mark.code == status and mark.settles for mark in self.marks)

    def _natural(self, kind: str, unit: str, fields: Patch) -> Draft:
        """One record of a row, whoever makes it."""
        record = kind_named(kind).natural_id(self.terminal.identity.office, unit, fields)
        return Draft(kind, record or self.terminal.new_id(), unit, fields)


class RoundTicks(TickList):
    """Who is to be sampled in a round."""

    kinds = frozenset({"sample", "resident", "household"})
    marks = (
        Mark("space", "sampled", N_("Sampled")),
        Mark("r", "refused", N_("Declined")),
        Mark("e", "exempt", N_("Exempt")),
        Mark("a", "absent", N_("Absent")),
    )
    whole = Mark("h", "sampled", N_("Home"))

    def __init__(self, terminal: Terminal, of: View) -> None:
        super().__init__(terminal)
        self._of = of

    @property
    def title(self) -> str:
        """The round's name."""
        return self._of.text("name")

    @property
    def shut(self) -> str:
        """A round has to be started; after its end what came late is still taken."""
        if self._of.text("state") == "planned":
            return _("This round has not been started.")
        return ""

    async def rows(self, unit: str) -> list[TickRow]:
        """Everybody of the roster."""
        return [
            TickRow(
                line.id,
                line.unit,
                line.door,
                line.name,
                line.people,
                line.status,
                line.sample,
                (("kind", line.kind), ("household", line.household)),
            )
            for line in await people_of(self.terminal, self._of, unit)
        ]

    def draft(self, row: TickRow, code: str) -> Draft:
        """A sample of a person, or of a household's people."""
        told = dict(row.extra)
        fields: Patch = {"round": self._of.id.hex(), "status": code, told["kind"]: row.about}
        if told["household"]:
            fields["household"] = told["household"]
        if told["kind"] == "household":
            fields["people"] = min(row.people, 50)
        return self._natural("sample", row.unit, fields)


class DoorTicks(TickList):
    """Which households are told a notice."""

    kinds = frozenset({"visit", "household"})
    marks = (
        Mark("space", "door", N_("Door")),
        Mark("p", "phone", N_("Phone")),
        Mark("w", "wechat", N_("WeChat")),
        Mark("n", "no_answer", N_("No answer"), settles=False),
    )

    def __init__(self, terminal: Terminal, notice: View) -> None:
        super().__init__(terminal)
        self._notice = notice

    @property
    def title(self) -> str:
        """The notice's title."""
        return self._notice.text("title")

    async def rows(self, unit: str) -> list[TickRow]:
        """Every door of the notice."""
        found = await doors(self.terminal, self._notice)
        return [
            TickRow(door.id, door.unit, door.door, door.head, 1, door.status, door.visit)
            for door in found
            if not unit or f"{door.unit}/".startswith(f"{unit}/")
        ]

    def draft(self, row: TickRow, code: str) -> Draft:
        """A visit that tells the notice; after "no answer" at the door."""
        met = code in CHANNELS
        fields: Patch = {
            "household": row.about,
            "channel": code if met else "door",
            "outcome": "met" if met else code,
            "purpose": "publicity",
            "notice": self._notice.id.hex(),
        }
        return Draft("visit", self.terminal.new_id(), row.unit, fields)

    async def tick(self, row: TickRow, code: str) -> None:
        """A visit of its own each time; taken back, it is voided."""
        if code == NONE:
            if row.record:
                await self.terminal.void(id_from_hex(row.record), _("ticked by mistake"))
            return
        await self.terminal.record([self.draft(row, code)])


class StopTicks(TickList):
    """The day's services at doors."""

    kinds = frozenset({"delivery", "service", "household"})
    marks = (
        Mark("space", "done", N_("Done")),
        Mark("m", "missed", N_("Not done"), settles=False),
    )

    @property
    def title(self) -> str:
        """The day."""
        return self.terminal.today

    async def rows(self, unit: str) -> list[TickRow]:
        """Waste to be fetched and services of every day."""
        terminal, day = self.terminal, self.terminal.today
        found = stops(
            await views(terminal, LedgerQuery("household", unit=unit)),
            await views(terminal, LedgerQuery("service", unit=unit)),
            await views(terminal, LedgerQuery("delivery", unit=unit, day_from=day, day_to=day)),
            day,
        )
        return [
            TickRow(
                stop.household,
                stop.unit,
                stop.door,
                stop.head,
                1,
                stop.status,
                stop.record,
                (("sort", stop.sort), ("service", stop.service)),
            )
            for stop in found
        ]

    def draft(self, row: TickRow, code: str) -> Draft:
        """A delivery of today."""
        told = dict(row.extra)
        fields: Patch = {
            "household": row.about,
            "sort": told["sort"],
            "status": code,
            "day": self.terminal.today,
        }
        if told["service"]:
            fields["service"] = told["service"]
        return self._natural("delivery", row.unit, fields)


def left(rows: Sequence[TickRow], ticks: TickList) -> list[TickRow]:
    """The rows with which something is still to be done."""
    return [row for row in rows if not ticks.is_done(row.status)]
