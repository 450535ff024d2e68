"""A script's connection: hello with a token, then the figures as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from armband.client.closing import command_error
from armband.client.effects import ApplyRollup, Effect, Refused, Send
from armband.client.errors import OfficeUnreachable, ProtocolViolation
from armband.client.figures import Figures
from armband.client.i18n import _
from armband.client.link import SOFTWARE
from armband.client.script_session import ScriptSession
from armband.client.sync_port import Connect
from armband.shared import wire
from armband.shared.rollup_report import RollupReport
from armband.shared.transport import Transport, TransportClosed

FIRST_TIMEOUT_S = 30.0
"""From the connection to the first figures."""
CLOSE_NORMAL = 1000


async def read_with_token(
    connect: Connect, token: str, subscription: wire.Subscribe
) -> AsyncGenerator[RollupReport, None]:
    """The figures, then again with each change, until the connection ends.

    Raises:
        OfficeUnreachable: no connection, or it broke.
        NotAllowed: the token does not count, or not for this unit.
    """
    transport = await connect()
    session = ScriptSession(token, SOFTWARE, subscription)
    try:
        figures: Figures | None = None
        timeout_s: float | None = FIRST_TIMEOUT_S
        async with aclosing(_moments(transport, session, timeout_s)) as moments:
            async for effect in moments:
                if figures is None:
                    figures = _figures(session)
                figures.add(effect.parts)
                yield figures.report()
    except (TransportClosed, ProtocolViolation) as ended:
        raise command_error(ended, None) from None
    finally:
        await transport.close(CLOSE_NORMAL, "")


def _figures(session: ScriptSession) -> Figures:
    assert session.welcome is not None, "figures come after the welcome"
    asked = session.subscription
    office = session.welcome.office
    return Figures(office, asked.unit, asked.depth, asked.day_from, asked.day_to)


async def _moments(
    transport: Transport, session: ScriptSession, first_timeout_s: float | None
) -> AsyncGenerator[ApplyRollup, None]:
    timeout_s = first_timeout_s
    while True:
        try:
            async with asyncio.timeout(timeout_s):
                effects: list[Effect] = session.receive(await transport.receive())
                for effect in effects:
                    if isinstance(effect, Send):
                        await transport.send(wire.encode(effect.message))
        except TimeoutError:
            raise OfficeUnreachable(_("the office did not answer")) from None
        for effect in effects:
            if isinstance(effect, Refused):
                raise TransportClosed(effect.code, effect.reason)
            if isinstance(effect, ApplyRollup):
                timeout_s = None
                yield effect
