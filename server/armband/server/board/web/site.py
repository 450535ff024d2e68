"""The socket of the board in a browser: a page by GET, and one line for login and live figures.

TLS always. Nothing but the empty page and the words of its login is given before the passphrase.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from armband.server.board.feed import PERIOD_S, BoardFeed
from armband.server.board.sheet import sheet_of
from armband.server.board.web import passphrase, talk
from armband.server.board.web.gate import Gate, Sessions
from armband.server.board.web.pages import (
    LIVE_PATH,
    headers_for,
    is_own_host,
    is_own_origin,
    read_pages,
)
from armband.server.board.words import Language
from armband.server.certificate import Certificate, tls_context
from armband.server.errors import BadRequest
from armband.server.exits import ControlRefused
from armband.shared.environment import Environment

FIRST_WORD_S = 20.0
SEND_S = 10.0
"""A page that does not read for so long is cut off."""
MAX_MESSAGE = 4096
"""Bytes of what a page says."""
MAX_LINES = 64
CLOSE_TIMEOUT_S = 2.0

_library_log = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.CRITICAL)


@dataclass
class _Viewer:
    """What one page looks at."""

    token: str
    unit: str
    language: Language
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class Site:
    """Serves one office's board."""

    def __init__(
        self,
        directory: Path,
        feed: BoardFeed,
        environment: Environment,
        *,
        unit: str,
        language: Language,
        idle_s: float,
        names: Collection[str],
        period_s: float = PERIOD_S,
    ) -> None:
        self._directory = directory
        self._feed = feed
        self._unit = unit
        self._period_s = period_s
        self._language: Language = language
        self._names = {name.lower() for name in ("localhost", *names)}
        self._pages = read_pages(language)
        self._gate = Gate()
        self._sessions = Sessions(environment, idle_s)
        self._checking = asyncio.Lock()
        self._lines = 0
        self._server: Server | None = None

    async def start(self, host: str, port: int, certificate: Certificate) -> str:
        """Listen; returns the page's address, with the port that was picked for 0.

        Raises:
            BadRequest: there is no passphrase.
            OSError: the address is in use or not this machine's.
        """
        passphrase.load(self._directory)
        self._server = await serve(
            self._serve,
            host,
            port,
            ssl=tls_context(certificate),
            compression=None,
            max_size=MAX_MESSAGE,
            open_timeout=FIRST_WORD_S,
            close_timeout=CLOSE_TIMEOUT_S,
            process_request=self._answer,
            server_header=None,
            logger=_library_log,
        )
        bound: Any = self._server.sockets[0].getsockname()
        shown = f"[{host}]" if ":" in host else host
        return f"https://{shown}:{bound[1]}/"

    async def stop(self) -> None:
        """Stop listening and close every line."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    # -- pages -----------------------------------------------------------------------------------

    def _answer(self, _connection: ServerConnection, request: Request) -> Response | None:
        """A page, a refusal, or None: the line may be opened."""
        host = request.headers.get("Host", "")
        if not is_own_host(host, self._names):
            return _plain(HTTPStatus.FORBIDDEN, "localhost", "the board is not called so\n")
        if request.method != "GET":
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, host, "the board is read by GET\n")
        if request.path == LIVE_PATH:
            if is_own_origin(request.headers.get("Origin", ""), host):
                return None
            return _plain(HTTPStatus.FORBIDDEN, host, "not for other pages\n")
        page = self._pages.get(request.path)
        if page is None:
            return _plain(HTTPStatus.NOT_FOUND, host, "there is no such page\n")
        return _response(HTTPStatus.OK, host, page.content_type, page.body)

    # -- the line --------------------------------------------------------------------------------

    async def _serve(self, connection: ServerConnection) -> None:
        if self._lines >= MAX_LINES:
            await connection.close(1013, "too many look at it")
            return
        self._lines += 1
        try:
            async with asyncio.timeout(FIRST_WORD_S):
                token = await self._let_in(connection)
            if token is not None:
                await self._show(connection, _Viewer(token, self._unit, self._language))
        except (ConnectionClosed, TimeoutError, ControlRefused):
            # Whoever says nothing, reads nothing or leaves, costs nothing more; nor does a board of
            # a unit that the office has lost.
            pass
        except ValueError:
            await connection.close(1008, "not understood")
        finally:
            self._lines -= 1

    async def _let_in(self, connection: ServerConnection) -> str | None:
        """The session's token after the right first word, None after a wrong one."""
        word = talk.heard(await connection.recv())
        now_s = asyncio.get_running_loop().time()
        match word:
            case talk.Resume():
                if self._lasts(word.token):
                    await _send(connection, talk.Welcome(word.token))
                    return word.token
                await _send(connection, talk.Ended())
            case talk.Login():
                address = str(connection.remote_address[0])
                wait_s = self._gate.wait_s(address, now_s)
                if not wait_s and await self._is_right(word.passphrase):
                    self._gate.passed(address)
                    token = self._sessions.begin(self._mark(), now_s)
                    await _send(connection, talk.Welcome(token))
                    return token
                await _send(connection, talk.Refused(-int(-wait_s // 1)))
            case _:
                raise ValueError("the first word is a login")
        return None

    async def _is_right(self, text: str) -> bool:
        # One at a time: each takes 64 MiB and a core for a fifth of a second.
        async with self._checking:
            try:
                known = passphrase.load(self._directory)
            except BadRequest:
                return False
            return await asyncio.to_thread(passphrase.matches, known, text)

    def _mark(self) -> str:
        """Which passphrase is in force; ``""`` when there is none."""
        try:
            return passphrase.load(self._directory).salt
        except BadRequest:
            return ""

    def _lasts(self, token: str) -> bool:
        return self._sessions.lasts(token, self._mark(), asyncio.get_running_loop().time())

    async def _show(self, connection: ServerConnection, viewer: _Viewer) -> None:
        """Sheets until the page leaves, logs out or nobody has been there for too long."""
        listening = asyncio.create_task(self._listen(connection, viewer))
        try:
            while not listening.done() and self._lasts(viewer.token):
                viewer.moved.clear()
                await _send(connection, await self._sheet(viewer))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._period_s):
                        await viewer.moved.wait()
            if not self._lasts(viewer.token):
                await _send(connection, talk.Ended())
        finally:
            listening.cancel()
            await asyncio.wait([listening])
        if not listening.cancelled() and (problem := listening.exception()) is not None:
            raise problem

    async def _listen(self, connection: ServerConnection, viewer: _Viewer) -> None:
        try:
            async for text in connection:
                word = talk.heard(text)
                self._sessions.touch(viewer.token, asyncio.get_running_loop().time())
                match word:
                    case talk.Show():
                        viewer.unit, viewer.language = word.unit or self._unit, word.language
                        viewer.moved.set()
                    case talk.Logout():
                        self._sessions.end(viewer.token)
                        viewer.moved.set()
                    case talk.Alive():
                        pass
                    case _:
                        raise ValueError("the page has logged in already")
        finally:
            viewer.moved.set()

    async def _sheet(self, viewer: _Viewer) -> talk.Shown:
        try:
            answer = await self._feed.board(viewer.unit)
        except ControlRefused:
            # No such unit, or none any more: back to where the board begins.
            viewer.unit = self._unit
            answer = await self._feed.board(viewer.unit)
        if answer.board is None:
            return talk.Shown(None)
        return talk.Shown(sheet_of(answer.board, viewer.language, reachable=answer.reachable))


async def _send(connection: ServerConnection, message: talk.ToPage) -> None:
    try:
        async with asyncio.timeout(SEND_S):
            await connection.send(talk.said(message))
    except TimeoutError:
        connection.transport.abort()
        raise


def _plain(status: HTTPStatus, host: str, text: str) -> Response:
    return _response(status, host, "text/plain; charset=utf-8", text.encode())


def _response(status: HTTPStatus, host: str, content_type: str, body: bytes) -> Response:
    headers = Headers(
        {
            **headers_for(host),
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
    )
    return Response(status.value, status.phrase, headers, body)
