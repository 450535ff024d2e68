"""Handing frames to a peer that may not take them: never longer than the deadline."""

from __future__ import annotations

import asyncio

from armband.server.session import Close
from armband.shared import limits, wire
from armband.shared.transport import Transport, TransportClosed

MAX_REASON = 500
"""Characters of `wire.Words`."""


async def put(transport: Transport, frame: bytes) -> None:
    """Send one frame, or cut the connection when the peer does not take it in time.

    Raises:
        TransportClosed: the connection is gone.
    """
    try:
        async with asyncio.timeout(limits.SEND_TIMEOUT_S):
            await transport.send(frame)
    except TimeoutError:
        transport.abort()
        raise TransportClosed(wire.CLOSE_SLOW, "frames were not taken in time") from None


async def say_goodbye(transport: Transport, close: Close) -> None:
    """Say why, and close.

    Raises:
        TransportClosed: the connection is gone already.
    """
    refusal = wire.Refusal(close.code, close.reason[:MAX_REASON], close.cause)
    await put(transport, wire.encode(refusal))
    try:
        async with asyncio.timeout(limits.SEND_TIMEOUT_S):
            await transport.close(close.code, close.reason)
    except TimeoutError:
        transport.abort()
