"""Running the lines of ``record`` and ``check``: here, or at the process that holds the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from armband.client.cli.output import Output
from armband.client.errors import StoreHeld
from armband.client.exit_codes import ExitCode
from armband.client.handover import ask_holder
from armband.client.headless.outcome import Outcome
from armband.client.i18n import _
from armband.client.keyring import person_of
from armband.client.lock import hold
from armband.client.terminal import Terminal, open_terminal
from armband.client.world import real_environment
from armband.shared.ids import new_record_id

ATTEMPTS = 3
LEAVING_S = 5.0
"""How long a process that leaves may take to close its connection and its store."""
LOOK_EACH_S = 0.1
Work = Callable[[Terminal], Awaitable[Outcome]]


async def run_here_or_there(
    data_dir: Path, verb: str, args: Mapping[str, Any], work: Work
) -> Outcome:
    """Do ``work`` on the terminal in DIR, or hand it over as ``verb`` to who holds it.

    A holder that leaves before it answers may have saved some of the lines: the same lines with
    the same ids, once more at whoever holds the store then, make nothing twice.

    Raises:
        StoreHeld: somebody holds it and takes nothing over.
        NotEnrolled: DIR is no terminal's.
        StoreUnusable: the store is damaged, or the disk refuses.
    """
    for _attempt in range(ATTEMPTS):
        try:
            async with open_terminal(data_dir, real_environment()) as terminal:
                return await work(terminal)
        except StoreHeld as error:
            held = error
        try:
            # The holder's own person may be another one, or away: the author is who asks.
            whole = {**args, "person": person_of(data_dir)}
            return msgspec.convert(await ask_holder(data_dir, verb, whole), Outcome)
        except (ConnectionResetError, BrokenPipeError):
            await _left(data_dir)
        except OSError:
            raise held from None
    raise held


async def _left(data_dir: Path) -> None:
    """Wait until the holder that has left gives the store back, but not for ever."""
    for _look in range(round(LEAVING_S / LOOK_EACH_S)):
        try:
            with hold(data_dir):
                return
        except StoreHeld:
            await asyncio.sleep(LOOK_EACH_S)


def new_ids(count: int) -> list[str]:
    """Ids for new records, in hex: made here, so that lines can be handed over again."""
    world = real_environment()
    return [new_record_id(world.now_ms(), world.random_bytes(10)).hex() for _n in range(count)]


def print_outcome(outcome: Outcome, output: Output) -> ExitCode:
    """Say what became of each line."""
    if output.as_json:
        output.json(outcome)
    else:
        for saved in outcome.saved:
            output.line(f"{saved.kind} {saved.id}")
        for refused in outcome.refused:
            output.line(_("line {line}: {reason}").format(line=refused.line, reason=refused.reason))
    if outcome.problem:
        return ExitCode.STORE
    return ExitCode.REFUSED if outcome.refused else ExitCode.DONE
