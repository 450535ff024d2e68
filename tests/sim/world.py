"""A district in one seed: an office, terminals with people at them, and all that goes wrong."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from armband.client.model import Entry, LedgerQuery, Saved
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.handshake import invite_id
from armband.shared.ids import natural_record_id
from armband.shared.permissions import Role
from sim.machines import OFFICE, START_MS, OfficeMachine, Person, TerminalMachine
from sim.net import Network
from sim.trace import Trace

COMMUNITY = f"{OFFICE}/yangguang"
GRIDS = (f"{COMMUNITY}/a1/g1", f"{COMMUNITY}/a1/g2")
DOORS_PER_GRID = 6
PEOPLE = (
    Person("t1", "grid", GRIDS[0]),
    Person("t2", "grid", GRIDS[0]),
    Person("t3", "grid", GRIDS[1]),
    Person("t4", "community", COMMUNITY),
    Person("t5", "street", OFFICE),
)
YEAR_MS = 365 * 86_400_000


@dataclass(frozen=True, slots=True)
class Mix:
    """How much happens, and for how long, in virtual seconds."""

    length_s: float = 90.0
    pause_s: float = 3.0
    """Mean time between two things that one person does."""
    trouble_s: float = 4.0
    """Mean time between two things that go wrong."""
    settle_s: float = 600.0
    """Everything must be settled this long after the trouble ends."""
    restores: float = 0.0
    """Share of the office's crashes after which an older copy of its file is put back."""


ROUGH = Mix(length_s=60.0, pause_s=1.5, trouble_s=1.5)
MIXES = {"even": Mix(), "rough": ROUGH, "restore": replace(ROUGH, restores=0.5)}


class World:
    """Everything of one run."""

    def __init__(self, seed: int, folder: Path, mix: Mix) -> None:
        self.seed = seed
        self.mix = mix
        self.trace = Trace()
        self._rng = random.Random(f"{seed} world")
        self.net = Network(random.Random(f"{seed} net"), self.trace)
        self.office = OfficeMachine(folder, self.net, seed)
        self.terminals = [TerminalMachine(folder, self.net, person, seed) for person in PEOPLE]
        self.saved: dict[str, list[bytes]] = {person.name: [] for person in PEOPLE}
        self.crashes = 0

    async def begin(self) -> None:
        """Found the office, fill its register, enrol the terminals and start them."""
        await self.office.found()
        office = await self.office.start()
        await office.upsert(_register(), "office")
        for machine in self.terminals:
            person = machine.person
            code = await office.create_invite(
                person.unit, Role(person.role), person.name, START_MS + YEAR_MS
            )
            await office.take_invite(invite_id(code), machine.key.public)
            machine.clock.skew_ms = self._skew_ms()
            await self._start(machine)

    async def live(self) -> None:
        """Work and trouble, until the length of the mix is over."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + self.mix.length_s
        while loop.time() < end_s:
            await asyncio.sleep(self._rng.expovariate(1 / self.mix.trouble_s))
            await self._trouble()

    async def calm(self) -> None:
        """Nobody works any more, everything is up again, nothing goes wrong."""
        for machine in self.terminals:
            self.net.away[machine.name] = False
            await machine.crash()
            await machine.start()
        if self.office.office is None:
            await self.office.start()

    async def settled(self) -> bool:
        """Wait until every terminal has handed in all and knows all; False if not in time."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + self.mix.settle_s
        while loop.time() < end_s:
            if all(_is_settled(machine.terminal) for machine in self.terminals):
                # Frames that are still under way must not bring anything new.
                await asyncio.sleep(5)
                return all(_is_settled(machine.terminal) for machine in self.terminals)
            await asyncio.sleep(1)
        return False

    def statuses(self) -> dict[str, object]:
        """The sync line of every terminal."""
        return {m.name: m.terminal.status if m.terminal else None for m in self.terminals}

    async def end(self) -> None:
        """Stop every machine in an orderly way."""
        for machine in self.terminals:
            await machine.stop()
        await self.office.stop()

    # -- trouble ------------------------------------------------------------------------------

    async def _trouble(self) -> None:
        machine = self._rng.choice(self.terminals)
        what = self._rng.random()
        if what < 0.25:
            self.net.cut(machine.name)
        elif what < 0.45:
            self.net.away[machine.name] = not self.net.away.get(machine.name)
            self.net.cut(machine.name)
        elif what < 0.6:
            self.net.stall(machine.name)
            await asyncio.sleep(self._rng.uniform(0, 10))
            self.net.cut(machine.name)
        elif what < 0.75:
            await self._crash_terminal(machine)
        elif what < 0.9:
            await self._crash_office()
        else:
            machine.clock.skew_ms = self._skew_ms()

    async def _crash_terminal(self, machine: TerminalMachine) -> None:
        self.trace.add(machine.name, "crashes")
        self.crashes += 1
        await machine.crash()
        await asyncio.sleep(self._rng.uniform(0, 3))
        await self._start(machine)

    async def _crash_office(self) -> None:
        self.trace.add("office", "crashes")
        self.crashes += 1
        await self.office.crash()
        if self._rng.random() < self.mix.restores:
            if self.office.put_back():
                self.trace.add("office", "is restored from an older copy")
            else:
                self.office.back_up()
        await asyncio.sleep(self._rng.uniform(0, 5))
        await self.office.start()

    def _skew_ms(self) -> int:
        """Most clocks are a little wrong, some by minutes, a few by a year."""
        widest_ms = self._rng.choice((2_000, 2_000, 600_000, YEAR_MS))
        return self._rng.randint(-widest_ms, widest_ms)

    # -- people -------------------------------------------------------------------------------

    async def _start(self, machine: TerminalMachine) -> None:
        await machine.start()
        machine.beside(lambda terminal: _task(self._work(machine.name, terminal)))

    async def _work(self, name: str, terminal: Terminal) -> None:
        rng = random.Random(f"{self.seed} {name} {self.crashes}")
        while True:
            await asyncio.sleep(rng.expovariate(1 / self.mix.pause_s))
            for saved in await _do_something(terminal, rng):
                self.saved[name].append(saved.op)
                self.trace.add(name, "saves", saved.op)


def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.ensure_future(work)


def _is_settled(terminal: Terminal | None) -> bool:
    if terminal is None:
        return False
    status = terminal.status
    return status.connected and not status.catching_up and status.waiting == 0


def _register() -> list[Draft]:
    places = {COMMUNITY: "community", f"{COMMUNITY}/a1": "area", **dict.fromkeys(GRIDS, "grid")}
    drafts = [Draft("unit", natural_record_id(OFFICE, "unit", OFFICE), OFFICE, {
        "name": "莲湖街道办事处", "level": "office"})]  # fmt: skip
    for code, level in places.items():
        fields: Patch = {"name": code.rpartition("/")[2], "level": level}
        drafts.append(Draft("unit", natural_record_id(OFFICE, "unit", code), code, fields))
    for grid in GRIDS:
        for number in range(DOORS_PER_GRID):
            door = f"1-1-{number + 1}01"
            record = natural_record_id(OFFICE, "household", grid, door)
            drafts.append(Draft("household", record, grid, {"door": door, "people": 3}))
    return drafts


async def _do_something(terminal: Terminal, rng: random.Random) -> list[Saved]:
    doors = (await terminal.ledger(LedgerQuery("household"), 0, 100)).entries
    what = rng.random()
    if what < 0.15 or not doors:
        return await terminal.record([_check(terminal, rng)])
    door = rng.choice(doors)
    if what < 0.5:
        return await terminal.record([_visit(terminal, rng, door)])
    if what < 0.8:
        return [await terminal.change(door.view.id, _edit(rng))]
    if what < 0.87:
        return await _take_back(terminal, rng)
    if what < 0.95:
        return await _settle_one(terminal, rng)
    return [await terminal.change(door.view.id, {"unit": rng.choice(GRIDS)})]


def _check(terminal: Terminal, rng: random.Random) -> Draft:
    fields: Patch = {
        "code": rng.choice(("green", "yellow", "red")),
        "decision": rng.choice(("passed", "referred")),
        "temp_tenths": rng.randint(360, 385),
        "stranger_phone": f"1000000000{rng.randint(0, 9)}",
    }
    return Draft("check", terminal.new_id(), terminal.identity.scope[0], fields)


def _visit(terminal: Terminal, rng: random.Random, door: Entry) -> Draft:
    fields: Patch = {
        "household": door.view.id.hex(),
        "channel": rng.choice(("door", "phone", "wechat")),
        "outcome": rng.choice(("met", "no_answer")),
    }
    return Draft("visit", terminal.new_id(), door.view.unit, fields)


def _edit(rng: random.Random) -> Patch:
    patch: Patch = {}
    if rng.random() < 0.6:
        patch["people"] = rng.randint(1, 9)
    if rng.random() < 0.5 or not patch:
        patch["phone"] = f"1000000{rng.randint(0, 9999):04}"
    return patch


async def _take_back(terminal: Terminal, rng: random.Random) -> list[Saved]:
    kind = rng.choice(("visit", "check"))
    mine = (await terminal.ledger(LedgerQuery(kind), 0, 50)).entries
    return [await terminal.void(rng.choice(mine).view.id, "错")] if mine else []


async def _settle_one(terminal: Terminal, rng: random.Random) -> list[Saved]:
    open_ones = await terminal.conflicts()
    if not open_ones:
        return []
    conflict = rng.choice(open_ones)
    chosen = rng.choice(conflict.choices)
    return [await terminal.change(conflict.record, {conflict.field: chosen.value})]
