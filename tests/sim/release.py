"""Terminals of earlier releases, which speak an earlier protocol and do not know what came later.

There is one protocol so far. In a simulation the office speaks two more, and some terminals one or
two less than the office: today's terminal behind a transport that

- lets it know of no newer protocol than its release's, so that it says that one in its hello,
- takes out of its frames and of the office's what was added since the first release (`KNOWN`),
- adds what a later release might add: an element at the end of each message, setting and row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from armband.shared import wire
from armband.shared.errors import BadFrame
from armband.shared.transport import Transport

NAMES = ("this release", "previous protocol", "protocol before the previous")
"""By how many protocols a release is older."""
FIRST_TAGS = frozenset({1, *range(20, 29)})
"""Messages of the office that the first protocol has. What has a tag that is not here must name
its protocol in `SINCE`, and must not be sent to who speaks an older one."""
SINCE: dict[int, int] = {}
LATER = ("of a later release", {"is": 1})
_CHALLENGE, _PUSH, _WELCOME, _RECEIPTS, _FEED = 1, 5, 20, 22, 23
_POLICY, _NEWEST, _ITEMS, _BODY = 6, 2, 1, 4
KNOWN = {_PUSH: 4}
"""Elements of a message that the first release knew, where some have come since."""
KNOWN_SETTINGS = 3


@contextmanager
def several_protocols() -> Iterator[None]:
    """For the time of the block there are as many protocols as releases."""
    before = wire.PROTOCOL
    wire.PROTOCOL = max(before, wire.OLDEST_PROTOCOL + len(NAMES) - 1)
    try:
        yield
    finally:
        wire.PROTOCOL = before


def protocol_of(release: int) -> int:
    """What a release speaks that is older by so many protocols."""
    return max(wire.OLDEST_PROTOCOL, wire.PROTOCOL - release)


def is_known(message: wire.FromOffice, protocol: int) -> bool:
    """Whether who speaks this protocol can read this message of the office."""
    tag = message.__struct_config__.tag
    assert isinstance(tag, int)
    return tag in FIRST_TAGS or SINCE[tag] <= protocol


class EarlierRelease:
    """A terminal's end of a connection. See `armband.shared.transport.Transport`."""

    def __init__(self, inner: Transport, protocol: int) -> None:
        self._inner = inner
        self._protocol = protocol
        self.fingerprint = inner.fingerprint
        self.peer = inner.peer

    async def send(self, frame: bytes) -> None:
        message = msgspec.msgpack.decode(frame)
        await self._inner.send(msgspec.msgpack.encode(message[: KNOWN.get(message[0])]))

    async def receive(self) -> bytes:
        frame = await self._inner.receive()
        # A frame that was cut in the middle is not for us to judge.
        with suppress(msgspec.MsgspecError, BadFrame):
            return msgspec.msgpack.encode(self._as_read([*msgspec.msgpack.decode(frame)]))
        return frame

    async def close(self, code: int, reason: str) -> None:
        await self._inner.close(code, reason)

    def abort(self) -> None:
        self._inner.abort()

    def _as_read(self, message: list[Any]) -> list[Any]:
        tag = message[0]
        if tag == _CHALLENGE:
            message[_NEWEST] = min(message[_NEWEST], self._protocol)
        elif tag == _WELCOME:
            message[_POLICY] = message[_POLICY][:KNOWN_SETTINGS]
        elif tag == _RECEIPTS:
            message[_ITEMS] = [[*item, *LATER] for item in message[_ITEMS]]
        elif tag == _FEED:
            rows = msgspec.msgpack.decode(wire.unpack(message[_BODY]))
            raw = msgspec.msgpack.encode([[*row, *LATER] for row in rows])
            message[_BODY] = wire.pack(raw)
        return [*message, *LATER]
