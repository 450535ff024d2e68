"""One connection from its opening to its end: drives a session, applies its effects in order.

Three tasks: one reads frames, one sends them, and the caller's own applies effects to the store,
one after the other. When any of them fails, the connection ends for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from armband.client.effects import (
    AdoptWelcome,
    ApplyFeed,
    ApplyReceipts,
    ApplyRollup,
    CheckBase,
    Effect,
    LoadWaiting,
    OfficeWrites,
    Refused,
    Send,
    TellHistory,
)
from armband.client.errors import BaseDiffers, ProtocolViolation
from armband.client.session import BATCH_BYTES, Session, State
from armband.client.sync_port import Replica
from armband.shared import limits, wire
from armband.shared.environment import Environment
from armband.shared.transport import Transport, TransportClosed

CLOSE_NORMAL = 1000
CLOSE_NO_WORD = 1006
INBOX_FRAMES = 4
"""Frames read ahead of the store; beyond that the socket is not read."""
WELCOME_TIMEOUT_S = 20.0
REPORT_DELAY_S = 1.0
"""Changes within this time go to the office as one report."""

LAST_WORD_S = 2.0
"""How long a terminal that leaves waits until its last report is sent."""

Command = Callable[[Session], list[Effect]]
Told = Callable[[Effect], None]
_History = asyncio.Future[list[wire.HistoryRow] | None]


class _Report:
    """Time to report to the office."""


_Item = bytes | BaseException | Command | _Report


class Conversation:
    """One connection.

    Args:
        transport: open.
        session: new.
        replica: the store.
        environment: the clock.
        told: called after each effect has been applied.

    Attributes:
        heard_ms: this terminal's clock when the office's last word was taken up.
    """

    def __init__(
        self,
        transport: Transport,
        session: Session,
        replica: Replica,
        environment: Environment,
        told: Told,
    ) -> None:
        self._transport = transport
        self._session = session
        self._replica = replica
        self._environment = environment
        self._told = told
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue()
        self._room = asyncio.Semaphore(INBOX_FRAMES)
        self.heard_ms = 0
        self._outbox: asyncio.Queue[wire.FromTerminal] = asyncio.Queue()
        self._asked: dict[int, _History] = {}
        self._woken = False
        self._report_timer: asyncio.TimerHandle | None = None

    @property
    def session(self) -> Session:
        """The state of the conversation."""
        return self._session

    # -- from other tasks -------------------------------------------------------------------

    def wake(self) -> None:
        """New operations are waiting; many calls make one look."""
        if not self._woken:
            self._woken = True
            self._inbox.put_nowait(self._look_again)

    def command(self, command: Command) -> None:
        """Run ``command`` on the session between two messages."""
        self._inbox.put_nowait(command)

    async def history(self, record: bytes) -> list[wire.HistoryRow] | None:
        """All operations on a record, from the office; None when it does not know the record.

        Raises:
            TransportClosed: the connection ended before the answer.
        """
        answer: _History = asyncio.get_running_loop().create_future()

        def ask(session: Session) -> list[Effect]:
            request, effects = session.ask_history(record)
            self._asked[request] = answer
            return effects

        self.command(ask)
        return await answer

    def _look_again(self, session: Session) -> list[Effect]:
        self._woken = False
        return session.wake()

    # -- the loop ---------------------------------------------------------------------------

    async def run(self, finished: Callable[[], bool], silence_s: float | None = None) -> None:
        """Converse until ``finished()`` is true after some message, then close.

        Raises:
            TransportClosed: the connection ended, or nothing was heard for ``silence_s``.
            ProtocolViolation: the office broke the protocol; closed with its code.
            StoreUnusable: the disk refuses; closed.
        """
        reader = asyncio.create_task(self._read(), name="link reader")
        writer = asyncio.create_task(self._write(), name="link writer")
        code, reason = CLOSE_NORMAL, ""
        for task in (reader, writer):
            task.add_done_callback(self._pass_on_failure)
        try:
            await self._greet()
            while not finished():
                await self._step_within(silence_s, "no word in time")
            await self._last_report()
        except ProtocolViolation as error:
            code, reason = error.code, error.problem
            raise
        finally:
            await self._end((reader, writer), code, reason)

    async def _greet(self) -> None:
        while self._session.state in (State.OPEN, State.GREETING):
            await self._step_within(WELCOME_TIMEOUT_S, "no welcome in time")

    async def _step_within(self, timeout_s: float | None, problem: str) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                item = await self._inbox.get()
        except TimeoutError:
            raise TransportClosed(CLOSE_NO_WORD, problem) from None
        await self._take(item)

    async def _take(self, item: _Item) -> None:
        if isinstance(item, BaseException):
            raise item
        if isinstance(item, _Report):
            effects: list[Effect] = [Send(await self._replica.report())]
        elif isinstance(item, bytes):
            self._room.release()
            self.heard_ms = self._environment.now_ms()
            effects = self._session.receive(item)
        else:
            effects = item(self._session)
        await self._apply_all(effects)

    async def _apply_all(self, effects: list[Effect]) -> None:
        queue = list(effects)
        while queue:
            effect = queue.pop(0)
            queue = [*await self._apply(effect), *queue]
            self._told(effect)

    async def _apply(self, effect: Effect) -> list[Effect]:
        replica, now_ms = self._replica, self._environment.now_ms
        match effect:
            case Send(message):
                self._outbox.put_nowait(message)
            case AdoptWelcome(welcome, new_epoch, clear_base):
                await replica.adopt_welcome(
                    welcome, new_epoch=new_epoch, clear_base=clear_base, now_ms=now_ms()
                )
            case LoadWaiting(after):
                batch = await replica.waiting(after, limits.MAX_BATCH_OPS, BATCH_BYTES)
                return self._session.offer(batch)
            case ApplyReceipts(receipts):
                await replica.apply_receipts(receipts, now_ms())
                self._report_soon()
            case ApplyFeed(feed, rows):
                await replica.apply_feed(feed, rows, now_ms())
            case CheckBase(caught):
                await self._check_base(caught)
            case ApplyRollup(subscription, parts):
                await replica.apply_rollup(subscription, parts)
            case TellHistory(request, rows):
                self._answer(request, rows)
            case OfficeWrites() | Refused():
                pass
        return []

    async def _check_base(self, caught: wire.CaughtUp) -> None:
        if not await self._replica.caught_up(caught, self._environment.now_ms()):
            await self._replica.rebuild()
            raise BaseDiffers(CLOSE_NORMAL, "base differs")
        self._report_soon()

    def _answer(self, request: int, rows: list[wire.HistoryRow] | None) -> None:
        answer = self._asked.pop(request, None)
        if answer is not None and not answer.done():
            answer.set_result(rows)

    def _report_soon(self) -> None:
        if self._report_timer is None and self._session.state is not State.REVOKED:
            loop = asyncio.get_running_loop()
            self._report_timer = loop.call_later(REPORT_DELAY_S, self._report_now)

    def _report_now(self) -> None:
        self._report_timer = None
        self._inbox.put_nowait(_Report())

    async def _last_report(self) -> None:
        """What the office lists of this terminal must not be what was true before it drained."""
        if self._report_timer is None:
            return
        self._outbox.put_nowait(await self._replica.report())
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORD_S):
                await self._outbox.join()

    # -- reading and sending ----------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            await self._room.acquire()
            self._inbox.put_nowait(await self._transport.receive())

    async def _write(self) -> None:
        while True:
            frame = wire.encode(await self._outbox.get())
            try:
                async with asyncio.timeout(limits.SEND_TIMEOUT_S):
                    await self._transport.send(frame)
                self._outbox.task_done()
            except TimeoutError:
                self._transport.abort()
                raise TransportClosed(CLOSE_NO_WORD, "a frame was not taken in time") from None

    def _pass_on_failure(self, task: asyncio.Task[None]) -> None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._inbox.put_nowait(failure)

    async def _end(self, tasks: tuple[asyncio.Task[None], ...], code: int, reason: str) -> None:
        if self._report_timer is not None:
            self._report_timer.cancel()
        for request in sorted(self._asked):
            answer = self._asked[request]
            if not answer.done():
                answer.set_exception(TransportClosed(CLOSE_NO_WORD, "the connection ended"))
        for task in tasks:
            task.cancel()
        # What they raised before has reached the inbox.
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._transport.close(code, reason)
