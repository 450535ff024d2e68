"""A district in one seed: an office, terminals with people at them, and all that goes wrong."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from armband.client.terminal import Terminal
from armband.server.errors import OfficeCannotWrite, StoreError
from armband.shared.drafts import Draft
from armband.shared.handshake import invite_id
from armband.shared.permissions import Role
from sim.beside import Beside
from sim.faults import TROUBLES
from sim.inspector import Inspector
from sim.mixes import NEEDS_PATIENCE, Mix
from sim.names import OFFICE, PEOPLE, START_MS, YEAR_MS, register
from sim.net import Network
from sim.office_machine import OfficeMachine
from sim.oracle import Reader
from sim.people import do_something
from sim.release import NAMES
from sim.terminal_machine import TerminalMachine
from sim.trace import Trace
from sim.wiretap import Wiretap

KEPT = 0.7
"""Share of the kinds of trouble that a seed has."""
IMPATIENT = 0.3
"""Share of the seeds in which everything must settle within the promised minute."""


class World:
    """Everything of one run.

    Attributes:
        originals: the machines that were there at the beginning; `machines` has the clones too.
        rolled_back: receipted operations that a restore of the office's file has undone.
    """

    def __init__(self, seed: int, folder: Path, mix: Mix) -> None:
        self.seed = seed
        self.mix = mix
        self.trace = Trace()
        self._rng = random.Random(f"{seed} world")
        self.net = Network(random.Random(f"{seed} net"), self.trace)
        self.office = OfficeMachine(folder, self.net, seed)
        self.wiretap = Wiretap(self.trace, self.office.peek, self._notice_damage)
        self.net.tap = self.wiretap
        self.originals = [TerminalMachine(folder, self.net, who, seed, None) for who in PEOPLE]
        self.machines = list(self.originals)
        self.inspector = Inspector(self.wiretap, self.machines)
        self.rolled_back: dict[bytes, bytes] = {}
        self.first_epoch = b""
        self.calm = False
        self._troubles: dict[int, asyncio.Task[None]] = {}
        self._count = 0

    # -- beginning and work --------------------------------------------------------------------

    async def begin(self) -> None:
        """Found the office, fill its register, enrol the terminals and start them."""
        await self.office.found()
        office = await self.office.start()
        self.first_epoch = office.epoch
        await office.upsert(register(), "office")
        for machine in self.machines:
            person = machine.person
            code = await office.create_invite(
                person.unit, Role(person.role), person.name, START_MS + YEAR_MS
            )
            await office.take_invite(invite_id(code), machine.key.public)
            machine.clock.skew_ms = self._skew_ms()
            await self.start(machine)

    async def live(self) -> None:
        """Work and trouble, until the length of the mix is over and every trouble has ended."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + self.mix.length_s
        kinds, weights = self._swarm()
        watching = Beside()
        watching.run(self.inspector.watch())
        while loop.time() < end_s:
            await asyncio.sleep(self._rng.expovariate(1 / self.mix.trouble_s))
            (kind,) = self._rng.choices(kinds, weights=weights)
            self._begin_trouble(kind)
        self.calm = True
        await asyncio.gather(*self._troubles.values())
        for machine in self.machines:
            await machine.rest()
        await watching.end()
        self.net.heal()
        self.trace.tell("world", "all trouble is over")

    def _swarm(self) -> tuple[list[str], list[float]]:
        """The kinds of trouble of this seed, with their weights: not all in each, so that rare
        ones meet; and in some none that makes a terminal give up for minutes."""
        kept = [kind for kind in sorted(self.mix.weights) if self._rng.random() < KEPT]
        if self._rng.random() < IMPATIENT:
            kept = [kind for kind in kept if kind not in NEEDS_PATIENCE]
        kinds = kept or ["cut"]
        return kinds, [self.mix.weights.get(kind, 1.0) for kind in kinds]

    def _begin_trouble(self, kind: str) -> None:
        self._count += 1
        number = self._count
        rng = random.Random(f"{self.seed} trouble {number}")
        task = asyncio.ensure_future(TROUBLES[kind](self, rng))
        self._troubles[number] = task

    def _skew_ms(self) -> int:
        """Most clocks are a little wrong, some by minutes."""
        widest_ms = self._rng.choice((2_000, 2_000, 2_000, 600_000))
        return self._rng.randint(-widest_ms, widest_ms)

    def _notice_damage(self, name: str) -> bool:
        """A terminal says that its base differs: whether we know why."""
        machine = next(each for each in self.machines if each.name == name)
        was_damaged, machine.damaged = machine.damaged, False
        return was_damaged

    # -- for the troubles ----------------------------------------------------------------------

    def some_machine(self, rng: random.Random) -> TerminalMachine:
        """Any terminal, clones too."""
        return rng.choice(self.machines)

    async def start(self, machine: TerminalMachine) -> None:
        """Bring a terminal up, with its person at work."""
        terminal = await machine.start()
        if machine.release:
            self.trace.fault(NAMES[machine.release], machine.name)
        self.trace.tell(machine.name, "is up")
        if not self.calm:
            machine.beside.run(self._work(machine, terminal))

    async def office_down(self) -> None:
        """Kill the office; what it has receipted must be on its disk."""
        await self.office.crash()
        self.trace.tell("office", "is down")
        self._look_for_lost("after a crash of the office")

    async def office_up(self) -> None:
        """Start the office again."""
        office = await self.office.start()
        self.trace.tell("office", f"is up: epoch {office.epoch.hex()[:6]}, seq {office.seq}")

    def restored(self, *, keeps_promise: bool = False) -> None:
        """The office's file is an older one: what it had receipted since is not on it.

        Args:
            keeps_promise: it is the newest backup, which must hold all that was called backed up.
        """
        there = self.ops_at_office()
        self.wiretap.problems += self.office.backups.restored(there, keeps_promise=keeps_promise)
        for op, key_id in list(self.wiretap.acked.items()):
            if op not in there:
                self.rolled_back[op] = self.wiretap.acked.pop(op)
                self.trace.tell("office", f"has lost an operation of {key_id.hex()[:6]}", op)
        self.wiretap.allowed.clear()

    def clerk(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Something that the office's people do, in its process."""
        self.office.beside.run(self._clerks_work(work))

    async def _clerks_work(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except (OfficeCannotWrite, StoreError) as error:
            self.trace.tell("office", f"cannot: {error}")

    async def import_drafts(self, drafts: Sequence[Draft]) -> list[str]:
        """Bring drafts into the office; what became of each."""
        assert self.office.office is not None
        return await self.office.office.upsert(drafts, "office")

    def now_allowed(self, key_id: bytes, role: str, scope: tuple[str, ...]) -> None:
        """The office's decision on a terminal is on its disk."""
        self.wiretap.allowed[key_id] = Reader(role, scope)
        self.trace.tell("office", f"has decided on {key_id.hex()[:6]}: {role} {' '.join(scope)}")

    # -- what is there -------------------------------------------------------------------------

    def ops_at_office(self) -> set[bytes]:
        """The ids of all operations in the office's file."""
        with self.office.connection() as held:
            rows = held.execute(
                "SELECT id FROM ops WHERE office = ?1 UNION "
                "SELECT id FROM quarantine WHERE office = ?1",
                (OFFICE,),
            ).fetchall()
        return {op for (op,) in rows}

    def _look_for_lost(self, when: str) -> None:
        """I1: what was receipted is in the log, whatever has happened."""
        lost = self.wiretap.acked.keys() - self.ops_at_office()
        for op in sorted(lost):
            self.wiretap.problems.append(f"I1 {when}: {op.hex()} is receipted and gone")

    # -- people --------------------------------------------------------------------------------

    async def _work(self, machine: TerminalMachine, terminal: Terminal) -> None:
        rng = random.Random(f"{self.seed} {machine.name} {machine.starts}")
        while True:
            await asyncio.sleep(rng.expovariate(1 / self.mix.pause_s))
            deed, saved = await do_something(terminal, rng)
            for each in saved:
                machine.saved[each.op] = each.id
                self.trace.did(deed, machine.name, f"saves: {deed}", each.op, each.id)

    async def end(self) -> None:
        """Stop every machine in an orderly way."""
        for machine in self.machines:
            await machine.stop()
        await self.office.stop()
