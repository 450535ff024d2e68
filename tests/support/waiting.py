"""Every wait of the tests: on a named condition, with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(condition: Callable[[], object], what: str, timeout_s: float = 5.0) -> None:
    """Return once ``condition()`` is true.

    Raises:
        AssertionError: it was not within ``timeout_s``; the text says what was waited for.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while not condition():
        if loop.time() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        await asyncio.sleep(0.005)


async def within(awaitable: Awaitable[T], what: str, timeout_s: float = 5.0) -> T:
    """The result of ``awaitable``.

    Raises:
        AssertionError: there was none within ``timeout_s``.
    """
    try:
        return await asyncio.wait_for(awaitable, timeout_s)
    except TimeoutError:
        raise AssertionError(f"not within {timeout_s} s: {what}") from None


async def until_async(
    condition: Callable[[], Awaitable[object]], what: str, timeout_s: float = 5.0
) -> None:
    """Return once ``await condition()`` is true.

    Raises:
        AssertionError: it was not within ``timeout_s``.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while not await condition():
        if loop.time() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        await asyncio.sleep(0.005)
