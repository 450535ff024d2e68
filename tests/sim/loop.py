"""An event loop with virtual time and a seeded order of what is ready.

Waiting costs nothing: when nothing is ready, time jumps to the next timer. Which of the ready
callbacks runs first is drawn from the seed, so that one seed is one schedule, under any hash seed.
When nothing is ready and no timer is set, nothing can ever happen again: that is a `Deadlock`.

It stands on private parts of `asyncio.BaseEventLoop` (``_ready``, ``_scheduled``, ``_selector``,
``_run_once``, ``_clock_resolution``); ``test_loop.py`` holds them on each Python.
"""

from __future__ import annotations

import asyncio
import random
from asyncio import base_events
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
MAX_TURNS = 2_000_000
# No stub names it; test_loop.py holds it.
_one_turn = vars(base_events.BaseEventLoop)["_run_once"]


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


class _VirtualSelector:
    """Waiting for I/O is where real loops sleep; here it moves the clock."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Deadlock(self._loop.describe())
        if timeout > 0:
            self._loop.virtual_s += timeout
        return []


class SimulatedLoop(base_events.BaseEventLoop):
    """One seed, one schedule. ``virtual_s`` is the time, ``problems`` what asyncio complains of."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, seed: int, *, shuffle: bool = True) -> None:
        super().__init__()
        # A float cannot hold nanoseconds after a year; timers this close are due together.
        self._clock_resolution = 1e-6
        self.virtual_s = 0.0
        self.turns = 0
        self.problems: list[dict[str, Any]] = []
        self._order = random.Random(seed) if shuffle else None
        self._selector = _VirtualSelector(self)
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

    def _run_once(self) -> None:
        self.turns += 1
        if self.turns > MAX_TURNS:
            raise Livelock(f"{self.turns} turns at {self.virtual_s:.3f} s")
        if self._scheduled:
            # A timer within the resolution runs now; whoever it wakes must see that its time came.
            due_s = self._scheduled[0].when()
            if due_s <= self.virtual_s + self._clock_resolution:
                self.virtual_s = max(self.virtual_s, due_s)
        if self._order is not None and len(self._ready) > 1:
            ready = list(self._ready)
            self._order.shuffle(ready)
            self._ready.clear()
            self._ready.extend(ready)
        _one_turn(self)

    def _process_events(self, _events: list[Any]) -> None:
        """No I/O, no events."""

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
