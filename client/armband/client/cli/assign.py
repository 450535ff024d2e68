"""``armband assign``."""

from __future__ import annotations

import argparse
import asyncio

from armband.client.cli.output import Output
from armband.client.errors import Usage
from armband.client.exit_codes import ExitCode
from armband.client.headless.references import resolve
from armband.client.i18n import _
from armband.client.people import assign, homes_of
from armband.client.terminal import Terminal, open_terminal
from armband.client.world import real_environment
from armband.shared.kinds import CATALOGUE
from armband.shared.units import is_within


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Give households to a liaison."""
    if not arguments.households and not arguments.orphans:
        raise Usage(_("say which households, or --orphans"))
    changed = asyncio.run(_assign(arguments))
    if output.as_json:
        output.json({"changed": changed})
    else:
        output.line(_("{count} households changed").format(count=changed))
    return ExitCode.DONE


async def _assign(arguments: argparse.Namespace) -> int:
    async with open_terminal(arguments.data, real_environment()) as terminal:
        liaison = None if arguments.liaison == "-" else await _liaison(terminal, arguments.liaison)
        homes = await _homes(terminal, arguments)
        return await assign(terminal, homes, liaison)


async def _liaison(terminal: Terminal, text: str) -> str:
    declared = CATALOGUE["household"].fields["liaison"]
    return (await resolve(terminal, "household", "liaison", declared, text)).view.id.hex()


async def _homes(terminal: Terminal, arguments: argparse.Namespace) -> list[bytes]:
    declared = CATALOGUE["visit"].fields["household"]
    homes = [
        (await resolve(terminal, "visit", "household", declared, text)).view.id
        for text in arguments.households
    ]
    if arguments.orphans:
        homes += [
            home.entry.view.id
            for home in await homes_of(terminal, "")
            if not arguments.unit or is_within(home.entry.view.unit, arguments.unit)
        ]
    return homes
