"""The port to the network: whole binary frames, either way.

The product's transports are websockets (client and server each have a thin adapter); the tests and
the simulator bring their own. Session and gateway code knows only this.
"""

from __future__ import annotations

from typing import Protocol

from armband.shared.errors import ArmbandError


class TransportClosed(ArmbandError):
    """The connection is gone. ``code`` is the websocket close code, 1006 when there was none."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed ({code}) {reason}")
        self.code = code
        self.reason = reason


class Transport(Protocol):
    """One connection."""

    @property
    def peer(self) -> str:
        """The other side's address, for logs."""

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the office's certificate (DER) on this connection; empty without TLS."""

    async def send(self, frame: bytes) -> None:
        """Hand one frame over; returns when there is room again.

        Raises:
            TransportClosed: the connection is gone.
        """

    async def receive(self) -> bytes:
        """The next frame.

        Raises:
            TransportClosed: the connection is gone.
        """

    async def close(self, code: int, reason: str) -> None:
        """Close in an orderly way; does not raise when the connection is gone already."""

    def abort(self) -> None:
        """Cut the connection at once, whatever is unsent."""
