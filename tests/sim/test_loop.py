from __future__ import annotations

import asyncio
import gc
import time
from asyncio import base_events

import pytest

from sim.loop import Deadlock, SimulatedLoop, simulate


def test_the_private_parts_it_stands_on_are_there() -> None:
    loop = SimulatedLoop(1)
    try:
        assert hasattr(loop, "_ready")
        turn = vars(base_events.BaseEventLoop)["_run_once"].__code__
        own = {"_ready", "_scheduled", "_stopping", "_when", "_cancelled", "_run"}
        assert own <= {*turn.co_names, *turn.co_varnames}
        handle, timer = loop.call_soon(print), loop.call_at(9.0, print)
        theirs = (asyncio.Handle(print, (), loop), asyncio.TimerHandle(9.0, print, (), loop))
        for mine, other in zip((handle, timer), theirs, strict=True):
            assert _slots(mine) == _slots(other)
    finally:
        loop.close()


def _slots(handle: asyncio.Handle) -> set[str]:
    """What asyncio's own code has set of a handle."""
    names = {name for kind in type(handle).__mro__ for name in vars(kind).get("__slots__", ())}
    return {name for name in names if hasattr(handle, name)} - {"__weakref__"}


def test_a_year_of_waiting_takes_no_time() -> None:
    async def main() -> float:
        await asyncio.sleep(365 * 86_400)
        return asyncio.get_running_loop().time()

    started = time.monotonic()
    assert simulate(1, main, limit_s=1e9) == pytest.approx(365 * 86_400)
    assert time.monotonic() - started < 2


def test_timeouts_queues_and_events_follow_virtual_time() -> None:
    async def main() -> list[str]:
        seen: list[str] = []
        queue: asyncio.Queue[str] = asyncio.Queue(1)
        done = asyncio.Event()

        async def produce() -> None:
            for word in ("a", "b", "c"):
                await asyncio.sleep(10)
                await queue.put(word)
            done.set()

        task = asyncio.create_task(produce())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.get(), 9.9)
        try:
            async with asyncio.timeout(5):
                seen.append(await queue.get())
                await asyncio.sleep(100)
        except TimeoutError:
            seen.append(f"late {asyncio.get_running_loop().time():.1f}")
        while not (done.is_set() and queue.empty()):
            seen.append(await queue.get())
        await task
        return seen

    assert simulate(3, main) == ["a", "late 14.9", "b", "c"]


def _order(seed: int) -> list[int]:
    async def main() -> list[int]:
        seen: list[int] = []

        async def step(number: int) -> None:
            for _ in range(3):
                seen.append(number)
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as group:
            for number in range(6):
                group.create_task(step(number))
        return seen

    return simulate(seed, main)


def test_one_seed_is_one_order_and_seeds_differ() -> None:
    assert _order(7) == _order(7)
    assert len({tuple(_order(seed)) for seed in range(8)}) > 4


def test_nothing_left_to_happen_is_a_deadlock() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    loop = SimulatedLoop(1)
    try:
        with pytest.raises(Deadlock, match="nothing can happen"):
            loop.run_until_complete(main())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
    finally:
        loop.close()


def test_a_run_that_never_ends_is_cut() -> None:
    async def main() -> None:
        while True:  # noqa: ASYNC110 - the run that never ends
            await asyncio.sleep(1)

    with pytest.raises(TimeoutError):
        simulate(1, main, limit_s=50)


def test_an_exception_nobody_looked_at_fails_the_run() -> None:
    async def main() -> None:
        async def broken() -> None:
            raise ValueError("lost")

        task = asyncio.create_task(broken())
        await asyncio.sleep(1)
        del task
        gc.collect()

    with pytest.raises(AssertionError, match="lost"):
        simulate(1, main)


def test_work_for_threads_is_done_without_them() -> None:
    async def main() -> int:
        return await asyncio.to_thread(lambda: 6 * 7)

    assert simulate(1, main) == 42
