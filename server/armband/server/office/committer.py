"""The one task that commits: it takes all that is waiting into one transaction, again and again.

There is no linger timer: while one group is being synced to the disk, the next one gathers. Answers
go out only after the commit. When the disk refuses, terminals' batches stay in the queue, the
office says that it cannot write, and the group is tried again with a growing pause.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from armband.server.commit.decide import Answer, Decision, Submission, needs
from armband.server.commit.model import Upsert
from armband.server.commit.rows import Changes
from armband.server.errors import OfficeCannotWrite, StoreError
from armband.server.health.timings import Timings
from armband.server.model import Committed, OfficeRow, Touch, WritableChanged
from armband.server.store.port import Store
from armband.shared import wire
from armband.shared.environment import Environment
from armband.shared.policy import Policy
from armband.shared.regridding import Forwards

MAX_GROUP_OPS = 1000
"""Operations in one transaction; more wait for the next one."""
MAX_QUEUED_OPS = 20_000
"""Operations that may wait; a submitter beyond that waits for room."""
RETRY_FIRST_S = 0.2
RETRY_MAX_S = 5.0


@dataclass(slots=True)
class _Waiting:
    submission: Submission
    answer: asyncio.Future[Answer]

    @property
    def size(self) -> int:
        """How many operations it may become."""
        submission = self.submission
        return len(submission.drafts if isinstance(submission, Upsert) else submission.ops)


class Committer:
    """The queue in front of the store, and the task that empties it.

    Attributes:
        row: the office's row as of the newest commit.
        writable, reason: whether the disk takes records, and if not, why.
        touches: what terminals said of themselves, to be written with the next group.
        forwards: which units have moved, as of the newest commit.
        times: how long the transactions of groups took.
    """

    def __init__(
        self,
        store: Store,
        environment: Environment,
        row: OfficeRow,
        publish: Callable[[Committed | WritableChanged], None],
    ) -> None:
        self.row = row
        self.writable = True
        self.reason = ""
        self.cause = ""
        self.touches: dict[bytes, Touch] = {}
        self.forwards = Forwards()
        self.times = Timings()
        self._store = store
        self._environment = environment
        self._publish = publish
        self._queue: deque[_Waiting] = deque()
        self._queued_ops = 0
        self._door = asyncio.Lock()
        self._room = asyncio.Event()
        self._work = asyncio.Event()
        self._closing = asyncio.Event()
        self._retry_s = RETRY_FIRST_S
        self._singly = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def queued_ops(self) -> int:
        """Operations that wait."""
        return self._queued_ops

    def start(self) -> None:
        """Begin to commit."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="committer")

    async def submit(self, submission: Submission) -> Answer:
        """Wait for room, for the commit, and return the answer.

        Raises:
            OfficeCannotWrite: the office closes; for an `Upsert` also when the disk refuses.
        """
        waiting = _Waiting(submission, asyncio.get_running_loop().create_future())
        # The lock is fair: submissions keep their order while they wait for room.
        async with self._door:
            while self._queued_ops >= MAX_QUEUED_OPS and not self._closing.is_set():
                self._room.clear()
                await self._room.wait()
            if self._closing.is_set():
                raise OfficeCannotWrite("the office is closing")
            self._queue.append(waiting)
            self._queued_ops += waiting.size
            self._work.set()
        return await waiting.answer

    def note_stable(self, stable_seq: int) -> bool:
        """A verified backup holds so much, says the disk; whether that is news."""
        is_news = stable_seq > self.row.stable_seq
        if is_news:
            self.row = dataclasses.replace(self.row, stable_seq=stable_seq)
        return is_news

    def note_policy(self, policy: Policy) -> None:
        """These settings are on the disk, and in force for every group that is decided now."""
        self.row = dataclasses.replace(self.row, policy=policy)

    async def close(self) -> None:
        """Commit what is waiting, if the disk allows it, and stop."""
        self._closing.set()
        self._room.set()
        self._work.set()
        if self._task is not None:
            await self._task
        if self.touches:
            with contextlib.suppress(StoreError):
                await self._store.touch(self._taken_touches())

    async def _run(self) -> None:
        try:
            await self._commit_until_closed()
        except Exception as error:
            # A fault of this program: nobody may wait for ever for an answer that will not come.
            self._closing.set()
            self._set_writable(f"the committer failed: {error!r}")
            self._give_up()
            raise

    async def _commit_until_closed(self) -> None:
        while True:
            await self._work.wait()
            group = self._next_group()
            if group:
                await self._commit(group)
            elif not self.writable:
                await self._probe()
            elif self._closing.is_set():
                return
            else:
                self._work.clear()
            if self._closing.is_set() and not self.writable:
                self._give_up()
                return

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        limit = 0 if self._singly else MAX_GROUP_OPS
        while self._queue and (not group or size + self._queue[0].size <= limit):
            waiting = self._queue.popleft()
            size += waiting.size
            group.append(waiting)
        self._singly = max(0, self._singly - 1)
        self._queued_ops -= size
        self._room.set()
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        submissions = [waiting.submission for waiting in group]
        now_ms = self._environment.now_ms()
        touches = self._taken_touches()
        clock = asyncio.get_running_loop().time
        began_s = clock()
        try:
            decision, changes = await self._store.commit(
                needs(submissions, self.row.key_id, self.forwards),
                lambda loaded: Decision(loaded, submissions, now_ms, self.forwards),
                touches,
            )
        except StoreError as error:
            for key_id, touch in touches.items():
                self.touches.setdefault(key_id, touch)
            await self._put_back(group, error)
        except Exception as error:
            self._fail(group, error)
        else:
            self.times.observe(clock() - began_s)
            try:
                self._committed(changes)
            finally:
                for waiting, answer in zip(group, decision.answers, strict=True):
                    if not waiting.answer.done():
                        waiting.answer.set_result(answer)

    def _fail(self, group: list[_Waiting], error: Exception) -> None:
        """Something is wrong with a submission, not with the disk: it must not stop the others.

        To find out which it is, the group is tried again one by one.
        """
        if len(group) > 1:
            self._requeue(group)
            self._singly = len(group)
        elif not group[0].answer.done():
            group[0].answer.set_exception(error)

    def _committed(self, changes: Changes) -> None:
        before = self.row
        after = changes.office
        self.row = dataclasses.replace(before, seq=after.seq, hist=after.hist, top=after.top)
        if not self.writable:
            self._set_writable("")
        if after.seq > before.seq:
            self._publish(
                Committed(
                    from_seq=before.seq,
                    to_seq=after.seq,
                    hist=after.hist,
                    rows=tuple(row for row in changes.records if row.unit),
                    cells=changes.cells,
                    now_ms=changes.now_ms,
                    units=any(row.kind == "unit" for row in changes.records),
                )
            )

    async def _put_back(self, group: list[_Waiting], error: StoreError) -> None:
        """Terminals' batches wait at the head of the queue; a command is told at once.

        Also those whose terminal has left meanwhile: without them, a batch that stands behind them
        would lack its predecessor, and look like the chain of a copied file.
        """
        batches = [waiting for waiting in group if not isinstance(waiting.submission, Upsert)]
        for waiting in group:
            if isinstance(waiting.submission, Upsert) and not waiting.answer.done():
                waiting.answer.set_exception(OfficeCannotWrite(str(error)))
        self._requeue(batches)
        self._set_writable(str(error), error.cause)
        await self._pause()

    def _requeue(self, group: list[_Waiting]) -> None:
        self._queue.extendleft(reversed(group))
        self._queued_ops += sum(waiting.size for waiting in group)

    async def _probe(self) -> None:
        """Nothing is waiting, and the disk refused last: find out whether it still does."""
        try:
            await self._store.probe()
        except StoreError as error:
            self._set_writable(str(error), error.cause)
            await self._pause()
        else:
            self._set_writable("")

    async def _pause(self) -> None:
        """Wait before the next try, but not for longer than the office is open."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._retry_s):
                await self._closing.wait()
        self._retry_s = min(2 * self._retry_s, RETRY_MAX_S)

    def _set_writable(self, reason: str, cause: str = wire.CAUSE_FAILED) -> None:
        """The disk takes records when there is no reason why not."""
        changed = (self.writable, self.reason) != (not reason, reason)
        self.writable, self.reason = not reason, reason
        self.cause = cause if reason else ""
        if self.writable:
            self._retry_s = RETRY_FIRST_S
        if changed:
            self._publish(WritableChanged(self.writable, self.reason))

    def _give_up(self) -> None:
        while self._queue:
            waiting = self._queue.popleft()
            if not waiting.answer.done():
                waiting.answer.set_exception(OfficeCannotWrite(self.reason))

    def _taken_touches(self) -> dict[bytes, Touch]:
        touches = dict(self.touches)
        self.touches.clear()
        return touches
