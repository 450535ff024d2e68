"""A serving office: store, gateway, socket and control socket, started and stopped in order."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armband.server.admin import Admin
from armband.server.certificate import load_certificate
from armband.server.control import ControlServer, Progress
from armband.server.desk import lock_or_client, plain, require_office
from armband.server.errors import BadRequest
from armband.server.exits import OfficeBusy
from armband.server.gateway import Gateway
from armband.server.health.figures import Figures
from armband.server.health.listener import HealthListener
from armband.server.listener import Listener
from armband.server.lock import OfficeLock
from armband.server.office import Office, open_office
from armband.shared.environment import Environment

_ANYWHERE = {"0.0.0.0": socket.AF_INET, "::": socket.AF_INET6}  # noqa: S104 - recognised, not used
_PROBES = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses for documentation (RFC 5737, RFC 3849): asked for the way, never sent anything."""


@dataclass(frozen=True, slots=True)
class Service:
    """A serving office.

    Attributes:
        url: where it listens.
        health_url: where it tells how it is; ``""`` when it was not asked to.
    """

    office: Office
    gateway: Gateway
    url: str
    health_url: str = ""


@asynccontextmanager
async def serve_office(
    directory: Path,
    environment: Environment,
    host: str,
    port: int,
    health: tuple[str, int] | None = None,
) -> AsyncIterator[Service]:
    """Serve the office in ``directory`` until the block is left.

    Args:
        health: host and port of this machine's own for ``/healthz`` and ``/metrics``.

    Raises:
        OfficeBusy: another process holds the office.
        StoreMissing: there is none.
        BadRequest: the address cannot be listened on.
    """
    require_office(directory)
    certificate = load_certificate(directory)
    async with AsyncExitStack() as stack:
        lock = OfficeLock(directory)
        server = await lock_or_client(directory, lock)
        if server is not None:
            await server.close()
            raise OfficeBusy(
                f"a server runs the office in {directory} already: process {lock.holder()}"
            )
        stack.callback(lock.release)
        office = await stack.enter_async_context(open_office(directory, environment))
        gateway = Gateway(office, environment)
        listener = Listener(
            gateway.serve,
            certificate,
            lambda address: gateway.door.refusals.add(address, "too many strangers"),
        )
        gateway.start()
        try:
            url = await listener.start(host, port)
        except OSError as error:
            await gateway.stop()
            raise BadRequest(f"cannot listen on {host}:{port}: {error.strerror}") from None
        stack.push_async_callback(listener.stop)
        stack.push_async_callback(gateway.stop)
        admin = Admin(office, environment)

        async def answer(verb: str, args: dict[str, Any], progress: Progress) -> Any:
            result = await admin.call(verb, args, progress)
            if verb == "invite":
                return {**plain(result), "url": _reachable(url, host)}
            return result

        control = ControlServer(directory, answer)
        await control.start()
        stack.push_async_callback(control.stop)
        yield Service(
            office, gateway, url, await _watched(stack, environment, office, gateway, health)
        )


async def _watched(
    stack: AsyncExitStack,
    environment: Environment,
    office: Office,
    gateway: Gateway,
    health: tuple[str, int] | None,
) -> str:
    if health is None:
        return ""
    clock = asyncio.get_running_loop().time
    figures = Figures(
        office, lambda: gateway.connections, lambda: gateway.hub.lag_s(clock()), environment.now_ms
    )
    listener = HealthListener(figures)
    host, port = health
    try:
        url = await listener.start(host, port)
    except ValueError as error:
        raise BadRequest(str(error)) from None
    except OSError as error:
        raise BadRequest(f"cannot listen on {host}:{port}: {error.strerror}") from None
    stack.push_async_callback(listener.stop)
    return url


def _reachable(url: str, host: str) -> str:
    """The address to print on an invitation: of this machine when the office listens on all."""
    family = _ANYWHERE.get(host)
    if family is None:
        return url
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_PROBES[family], 9))
        except OSError:
            return url
        own = str(probe.getsockname()[0])
    shown = f"[{own}]" if ":" in own else own
    return f"wss://{shown}:{url.rpartition(':')[2]}"
