"""The two local sockets, by which commands reach the office and the open terminal.

What comes in is answered with a frame, or ends that connection; nothing else may come of it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, cast

import msgspec

from armband.client.handover import HandoverServer
from armband.server import admin_args
from armband.server.control import ControlServer
from armband.server.errors import BadRequest
from fuzz.engine import Target
from fuzz.packed import change_value, nest

_FORMS: dict[str, type[msgspec.Struct]] = {
    "upsert": admin_args.UpsertArgs,
    "records": admin_args.RecordsArgs,
    "rollup": admin_args.RollupArgs,
    "invite": admin_args.InviteArgs,
    "token": admin_args.TokenArgs,
    "take": admin_args.TakeArgs,
}


class _Writer:
    """The sending half of a socket; keeps what is sent."""

    def __init__(self) -> None:
        self.sent = b""
        self._pair = socket.socketpair()

    def write(self, raw: bytes) -> None:
        self.sent += raw

    async def drain(self) -> None:
        """Room there always is."""

    def get_extra_info(self, _name: str) -> socket.socket:
        """Whoever is asked at the other end is this process."""
        return self._pair[0]

    def close(self) -> None:
        """Give the sockets back."""
        for end in self._pair:
            end.close()


async def _verb(verb: str, args: dict[str, Any], _progress: object) -> object:
    if verb not in _FORMS:
        raise BadRequest(f"no verb is called {verb!r}")
    try:
        return msgspec.convert(args, _FORMS[verb])
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from None


async def _hand_over(args: Any) -> object:
    return dict(args)["lines"]


async def _converse(raw: bytes) -> None:
    control = ControlServer(Path(), _verb)
    # Serving goes on while it listens, which needs no socket here.
    control._server = cast("asyncio.Server", object())
    handover = HandoverServer(Path(), {"record": _hand_over})
    serves = (control._serve, handover._serve)
    for serve in serves:
        reader, writer = asyncio.StreamReader(), _Writer()
        reader.feed_data(raw)
        reader.feed_eof()
        task: Awaitable[None] = serve(reader, cast("asyncio.StreamWriter", writer))
        await asyncio.create_task(cast("Any", task))
        sent = writer.sent
        while sent:
            size = int.from_bytes(sent[:4], "big")
            answer = msgspec.msgpack.decode(sent[4 : 4 + size])
            assert {"result"} == set(answer) or {"error", "code"} == set(answer), answer
            sent = sent[4 + size :]


def run(raw: bytes) -> None:
    """A request; the length before it is right."""
    asyncio.run(_converse(len(raw).to_bytes(4, "big") + raw))


def _seeds() -> list[bytes]:
    record, day = bytes(16), "2022-06-12"
    draft = {"kind": "household", "id": record, "unit": "lianhu/yg", "fields": {"door": "1-1-1"}}
    requests: list[dict[str, Any]] = [
        {"verb": "upsert", "args": {"drafts": [draft], "author": "王", "dry_run": True}},
        {"verb": "records", "args": {"kind": "visit", "after": ["lianhu", record], "limit": 9}},
        {"verb": "rollup", "args": {"unit": "lianhu", "day_from": day, "day_to": day, "depth": 2}},
        {"verb": "invite", "args": {"unit": "lianhu", "role": "grid", "name": "x", "valid_ms": 9}},
        {"verb": "take", "args": {"content": b"armband-unsent\x00\x01"}},
        {"verb": "record", "args": {"lines": [{"line": 1, "kind": "visit", "fields": {}}]}},
        {"verb": "nothing", "args": {}},
    ]
    return [msgspec.msgpack.encode(request) for request in requests]


TARGET = Target(
    run,
    _seeds,
    (change_value, change_value, nest),
    (b"\xa4verb", b"\xa4args", b"\xd7\xff", b"\xc7", b"\xa1\xff", b"\xc4\x00"),
    ("armband.server.control", "armband.server.admin_args", "armband.client.handover"),
)
