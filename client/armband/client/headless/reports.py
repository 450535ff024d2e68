"""Lists that need several records: who has acknowledged, which households are told, who is sampled.

Each answers with what MessagePack and JSON carry; `ASKED` is what a command may ask the process
that holds the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import msgspec

from armband.client.acks import acknowledge
from armband.client.errors import ClientError
from armband.client.headless import ledgers, tray
from armband.client.headless.references import resolve
from armband.client.i18n import _
from armband.client.i18n.places import names_of
from armband.client.i18n.words import kind_label
from armband.client.model import Entry, LedgerQuery
from armband.client.terminal import Terminal
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Field, FieldType
from armband.shared.kinds.declare import View
from armband.shared.notice_report import (
    AckReport,
    Door,
    ToldReport,
    ack_report,
    doors_told,
    told_report,
)
from armband.shared.round_report import RosterLine, RoundReport, roster, round_report, side_by_side

_PAGE = 2000


async def views(terminal: Terminal, query: LedgerQuery) -> list[View]:
    """Every record of a ledger."""
    found: list[View] = []
    while True:
        page = await terminal.ledger(query, len(found), _PAGE)
        found += [entry.view for entry in page.entries]
        if not page.entries or len(found) >= page.total:
            return found


async def acks(terminal: Terminal, notice: View) -> AckReport:
    """Who has acknowledged a notice, and who has not, as far as this terminal knows."""
    return ack_report(
        notice,
        await views(terminal, LedgerQuery("staff")),
        await views(terminal, LedgerQuery("post")),
        await views(terminal, LedgerQuery("ack", about=notice.id.hex())),
        terminal.today,
    )


async def doors(terminal: Terminal, notice: View) -> list[Door]:
    """The households of this terminal's scope that a notice is for, by unit and door."""
    homes = await views(terminal, LedgerQuery("household", unit=notice.unit))
    visits = await views(terminal, LedgerQuery("visit", about=notice.id.hex()))
    return doors_told(notice, homes, visits)


async def told(terminal: Terminal, notice: View) -> ToldReport:
    """Which households have been told a notice."""
    return told_report(notice, await doors(terminal, notice))


async def people_of(terminal: Terminal, of: View, unit: str = "") -> list[RosterLine]:
    """Who should be sampled in a round, in this terminal's scope or in one unit of it."""
    place = unit or of.unit
    day = of.text("day")
    samples = await views(terminal, LedgerQuery("sample", day_from=day, day_to=day))
    homes = await views(terminal, LedgerQuery("household", unit=place))
    people = await views(terminal, LedgerQuery("resident", unit=place))
    own = [sample for sample in samples if sample.text("round") == of.id.hex()]
    # A whole street's takes seconds: the screens go on meanwhile.
    return await asyncio.to_thread(roster, place, homes, people, own)


async def rounds(terminal: Terminal) -> list[RoundReport]:
    """The figures of every round that this terminal reads, the newest first."""
    found = await views(terminal, LedgerQuery("round"))
    samples: dict[str, list[View]] = {}
    for day in dict.fromkeys(of.text("day") for of in found):
        for sample in await views(terminal, LedgerQuery("sample", day_from=day, day_to=day)):
            samples.setdefault(sample.text("round"), []).append(sample)
    homes = await views(terminal, LedgerQuery("household"))
    people = await views(terminal, LedgerQuery("resident"))
    everybody = await asyncio.to_thread(roster, terminal.identity.office, homes, people, ())
    return await asyncio.to_thread(side_by_side, found, everybody, samples)


# -- for commands -------------------------------------------------------------------------------


async def named(terminal: Terminal, kind: str, text: str) -> Entry:
    """The record that ``text`` names, or the newest when it is empty.

    Raises:
        ClientError: nothing fits, or several do.
    """
    if not text:
        page = await terminal.ledger(LedgerQuery(kind), 0, 1)
        if not page.entries:
            raise ClientError(_("there is no {kind} here").format(kind=kind_label(kind)))
        return page.entries[0]
    declared = Field("", FieldType.REF, ref=kind)
    try:
        return await resolve(terminal, kind, kind, declared, text)
    except InvalidRecord as error:
        raise ClientError(str(error)) from None


async def _readable(terminal: Terminal, report: object) -> dict[str, Any]:
    """A report with what a person needs to read it: its units' names and the office's clock."""
    found: dict[str, Any] = msgspec.to_builtins(report)
    units = dict.fromkeys(_units_in(found))
    names = names_of(units, await terminal.units(), terminal.identity.office)
    offset_min = terminal.identity.policy.utc_offset_min
    return {**found, "unit_names": names, "utc_offset_min": offset_min}


def _units_in(value: object) -> Iterator[str]:
    match value:
        case dict():
            if isinstance(unit := value.get("unit"), str):
                yield unit
            for part in value.values():
                yield from _units_in(part)
        case list():
            for part in value:
                yield from _units_in(part)


async def _acks(terminal: Terminal, args: Mapping[str, Any]) -> object:
    notice = (await named(terminal, "notice", str(args["notice"]))).view
    return await _readable(terminal, await acks(terminal, notice))


async def _told(terminal: Terminal, args: Mapping[str, Any]) -> object:
    text = str(args["notice"])
    if text:
        notice = (await named(terminal, "notice", text)).view
        return await _readable(terminal, await told(terminal, notice))
    # The newest of those that are for households; a call-up since then is for none.
    for notice in await views(terminal, LedgerQuery("notice")):
        if notice.fields.get("households") and not notice.void:
            return await _readable(terminal, await told(terminal, notice))
    raise ClientError(_("no notice here is for every household"))


async def _ack(terminal: Terminal, args: Mapping[str, Any]) -> object:
    notice = await named(terminal, "notice", str(args["notice"]))
    saved = await acknowledge(terminal, notice, str(args["answer"]), str(args["note"]))
    return {"id": saved.id.hex(), "notice": notice.view.id.hex(), "answer": str(args["answer"])}


async def _rounds(terminal: Terminal, args: Mapping[str, Any]) -> object:
    if not args["round"]:
        return await _readable(terminal, {"rounds": await rounds(terminal)})
    of = (await named(terminal, "round", str(args["round"]))).view
    report = round_report(of, await people_of(terminal, of))
    return await _readable(terminal, {"rounds": [report]})


ASKED: Mapping[str, Callable[[Terminal, Mapping[str, Any]], Awaitable[object]]] = {
    "acks": _acks,
    "told": _told,
    "ack": _ack,
    "rounds": _rounds,
    "tray": tray.listed,
    "retry": tray.sent_again,
    "ledger": ledgers.ledger,
    "todo": ledgers.todo,
}


async def answer(terminal: Terminal, args: Mapping[str, Any]) -> Any:
    """What a command asks: ``{"what", "args"}``."""
    return msgspec.to_builtins(await ASKED[str(args["what"])](terminal, args["args"]))
