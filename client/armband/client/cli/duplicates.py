"""``armband duplicates``."""

from __future__ import annotations

import argparse
import asyncio

from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.i18n import N_, _
from armband.client.i18n.words import kind_label
from armband.client.people import possible_duplicates
from armband.client.terminal import open_terminal
from armband.client.world import real_environment
from armband.shared import duplicates
from armband.shared.duplicates import Group
from armband.shared.masks import masked_phone

_WHY = {
    duplicates.SAME_DOOR: N_("same door"),
    duplicates.SAME_PHONE: N_("same name and telephone"),
    duplicates.SAME_TAIL: N_("same name and ID tail"),
    duplicates.SAME_NAME: N_("same name at one door"),
    duplicates.SOUNDS_ALIKE: N_("sounds alike at one door"),
    duplicates.CIRCLE: N_("merged in a circle"),
}


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """List what may be one, of all that this terminal holds."""
    groups = asyncio.run(_groups(arguments))
    if output.as_json:
        output.json({"groups": groups})
        return ExitCode.DONE
    for group in groups:
        output.line(_(_WHY[group.why]))
        for like in group.records:
            words = (kind_label(like.kind), like.name, like.door, masked_phone(like.phone))
            told = " ".join(word for word in words if word)
            output.line(f"  {told}  {like.unit}  id={like.id}")
    if groups:
        output.note(
            _("armband: to merge: armband record KIND id=ID same_as=ID of the one that stays")
        )
    return ExitCode.DONE


async def _groups(arguments: argparse.Namespace) -> list[Group]:
    async with open_terminal(arguments.data, real_environment()) as terminal:
        return await possible_duplicates(terminal, arguments.unit)
