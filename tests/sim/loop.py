"""An event loop with virtual time and a seeded order of what is ready.

Waiting costs nothing: when nothing is ready, time jumps to the next timer. Which of the ready
callbacks runs first is drawn from the seed, so that one seed is one schedule, under any hash seed.
When nothing is ready and no timer is set, nothing can ever happen again: that is a `Deadlock`.

It stands on private parts of `asyncio.BaseEventLoop` and its handles (``_ready``, ``_scheduled``,
``_run_once``, ``_timer_handle_cancelled``, ``_when``, ``_cancelled``, ``_run``); ``test_loop.py``
holds them on each Python. A schedule takes thousands of turns, and nothing here polls: a turn and
its handles are written anew because asyncio's own cost a fifth of a run.
"""

from __future__ import annotations

import asyncio
import random
from asyncio import base_events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from heapq import heappop, heappush
from typing import Any, TypeVar

T = TypeVar("T")
MAX_TURNS = 2_000_000
RESOLUTION_S = 1e-6
"""A float cannot hold nanoseconds after a year; timers this close are due together."""


class Deadlock(AssertionError):
    """Nothing is ready and no timer is set, but the run is not over."""


class Livelock(AssertionError):
    """More turns of the loop than any honest run takes."""


class NumberedTask(asyncio.Task[Any]):
    """A task whose hash is its number: sets of tasks, as in TaskGroup, have one order."""

    _count = 0

    def __init__(self, coro: Coroutine[Any, Any, Any], **options: Any) -> None:
        NumberedTask._count += 1
        self.number = NumberedTask._count
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        return self.number


class _Call(asyncio.Handle):
    """A handle without the questions about debugging."""

    __slots__ = ()

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: SimulatedLoop,
        context: Context | None,
    ) -> None:
        self._context = copy_context() if context is None else context
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = None
        self._source_traceback = None


class _Timer(asyncio.TimerHandle):
    """A timer that compares with its like only."""

    __slots__ = ()

    def __init__(
        self,
        when: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: SimulatedLoop,
        context: Context | None,
    ) -> None:
        self._context = copy_context() if context is None else context
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = None
        self._source_traceback = None
        self._when = when
        self._scheduled = True

    def __lt__(self, other: asyncio.TimerHandle) -> bool:
        return self._when < other._when  # type: ignore[attr-defined]  # no stub names it


class SimulatedLoop(base_events.BaseEventLoop):
    """One seed, one schedule. ``virtual_s`` is the time, ``problems`` what asyncio complains of."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[_Timer]
    _stopping: bool

    def __init__(self, seed: int, *, shuffle: bool = True) -> None:
        super().__init__()
        self.virtual_s = 0.0
        self.turns = 0
        self.problems: list[dict[str, Any]] = []
        self._order = random.Random(seed) if shuffle else None
        self.set_task_factory(self._numbered)
        self.set_exception_handler(lambda _loop, context: self.problems.append(context))

    def time(self) -> float:
        return self.virtual_s

    def describe(self) -> str:
        """What every task waits for."""
        waiting = sorted(
            (task.get_name(), repr(task.get_coro())) for task in asyncio.all_tasks(self)
        )
        return f"at {self.virtual_s:.3f} s nothing can happen; waiting: {waiting}"

    def run_in_executor(  # type: ignore[override]  # the loop's own has more type variables
        self, _executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Without threads: the work is done at once, its result comes with the next turn."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _numbered(
        self, _loop: asyncio.AbstractEventLoop, coro: Any, **options: Any
    ) -> NumberedTask:
        return NumberedTask(coro, loop=self, **options)

    def call_soon(  # type: ignore[override]  # as below
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = _Call(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_at(  # type: ignore[override]  # as below
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = _Timer(when, callback, args, self, context)
        heappush(self._scheduled, timer)
        return timer

    def call_later(  # type: ignore[override]  # the loop's own ties the arguments to the callback
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.virtual_s + delay, callback, *args, context=context)

    def _timer_handle_cancelled(self, _handle: asyncio.TimerHandle) -> None:
        """It stays until its time comes: there is no timer here that nobody waits for."""

    def _run_once(self) -> None:
        self.turns += 1
        if self.turns > MAX_TURNS:
            raise Livelock(f"{self.turns} turns at {self.virtual_s:.3f} s")
        ready, scheduled = self._ready, self._scheduled
        if len(ready) > 1 and self._order is not None:
            shuffled = list(ready)
            self._order.shuffle(shuffled)
            ready.clear()
            ready.extend(shuffled)
        while scheduled and scheduled[0]._cancelled:
            heappop(scheduled)._scheduled = False
        if not ready and not self._stopping:
            if not scheduled:
                raise Deadlock(self.describe())
            self.virtual_s = max(self.virtual_s, scheduled[0]._when)
        while scheduled and scheduled[0]._when < self.virtual_s + RESOLUTION_S:
            timer = heappop(scheduled)
            timer._scheduled = False
            # Whoever it wakes must see that its time has come.
            self.virtual_s = max(self.virtual_s, timer._when)
            ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _write_to_self(self) -> None:
        raise AssertionError("a thread woke the simulated loop; nothing may run beside it")


def simulate(
    seed: int,
    main: Callable[[], Coroutine[Any, Any, T]],
    *,
    limit_s: float = 3600.0,
    shuffle: bool = True,
) -> T:
    """Run ``main`` to its end in virtual time.

    Raises:
        TimeoutError: it took more than ``limit_s`` virtual seconds.
        Deadlock, Livelock: see there.
        AssertionError: asyncio complained, as of a task that was dropped or an exception unseen.
    """
    NumberedTask._count = 0
    loop = SimulatedLoop(seed, shuffle=shuffle)
    runner = asyncio.Runner(loop_factory=lambda: loop)
    with runner:
        result = runner.run(asyncio.wait_for(main(), limit_s))
    if loop.problems:
        raise AssertionError(f"seed {seed}: {loop.problems}")
    return result
