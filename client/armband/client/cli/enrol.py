"""``armband enrol CODE``."""

from __future__ import annotations

import argparse
import asyncio

from armband.client.cli.output import Output
from armband.client.enrolment import enrol, split_code
from armband.client.errors import Usage
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.websocket import checked_url, open_unpinned
from armband.client.world import real_environment


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Make the folder a terminal."""
    code, address = split_code(arguments.code)
    url = arguments.url or address
    if not url:
        raise Usage(_("say where the office is: CODE@HOST:PORT or --url wss://HOST:PORT"))
    enrolled = asyncio.run(
        enrol(
            arguments.data,
            code,
            checked_url(url),
            real_environment(),
            open_unpinned,
            again=arguments.again,
            encryption=arguments.encryption,
        )
    )
    if output.as_json:
        output.json(
            {
                "terminal": enrolled.terminal,
                "office": enrolled.office,
                "scope": enrolled.scope,
                "role": enrolled.role,
            }
        )
    else:
        output.line(
            _("{terminal} is a terminal of {office} now, for {scope}").format(
                terminal=enrolled.terminal,
                office=enrolled.office_name,
                scope=", ".join(enrolled.scope),
            )
        )
    return ExitCode.DONE
