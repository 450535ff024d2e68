"""``/healthz`` and ``/metrics`` over plain HTTP, for this machine alone."""

from __future__ import annotations

import logging
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from armband.server.addresses import is_loopback
from armband.server.health.exposition import CONTENT_TYPE
from armband.server.health.figures import Figures

OPEN_TIMEOUT_S = 5.0
_PLAIN = "text/plain; charset=utf-8"
# Whoever breaks off a request is no event.
_library_log = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.CRITICAL)


class HealthListener:
    """Answers monitoring; nothing else is served there, and nobody from outside reaches it."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._server: Server | None = None

    async def start(self, host: str, port: int) -> str:
        """Listen; the address with the port that was picked for 0.

        Raises:
            ValueError: the address is not this machine's own.
            OSError: it cannot be listened on.
        """
        if not is_loopback(host):
            raise ValueError(f"{host} can be reached from outside; figures are for this machine")
        self._server = await serve(
            _no_websockets,
            host,
            port,
            process_request=self._answer,
            open_timeout=OPEN_TIMEOUT_S,
            server_header=None,
            compression=None,
            logger=_library_log,
        )
        bound = self._server.sockets[0].getsockname()
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{bound[1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, _connection: ServerConnection, request: Request) -> Response:
        match request.path.partition("?")[0]:
            case "/healthz":
                problem = self._figures.problem
                if problem:
                    return _response(HTTPStatus.SERVICE_UNAVAILABLE, _PLAIN, f"{problem}\n")
                return _response(HTTPStatus.OK, _PLAIN, "ok\n")
            case "/metrics":
                return _response(HTTPStatus.OK, CONTENT_TYPE, await self._figures.text())
            case _:
                return _response(HTTPStatus.NOT_FOUND, _PLAIN, "there are /healthz and /metrics\n")


async def _no_websockets(connection: ServerConnection) -> None:
    await connection.close()


def _response(status: HTTPStatus, kind: str, text: str) -> Response:
    body = text.encode()
    headers = Headers(
        {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
        }
    )
    return Response(status.value, status.phrase, headers, body)
