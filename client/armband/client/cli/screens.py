"""``armband`` without a command: the screens."""

from __future__ import annotations

import argparse
from pathlib import Path

from armband.client.cli.output import Output
from armband.client.cli.until_told import run_until_told
from armband.client.door import Door
from armband.client.errors import Revoked, StoreDamaged
from armband.client.exit_codes import ExitCode
from armband.client.holding import hold_online
from armband.client.keyring import lock
from armband.client.wiping import end_of_revoked
from armband.client.world import real_environment


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Open the screens on the terminal in DIR; after a repair that lost nothing, once more."""
    while True:
        door = Door(arguments.data, real_environment())
        if door.is_shut and not _unlocked(door):
            return ExitCode.DONE
        try:
            damage, repair = run_until_told(_show(arguments.data))
        except Revoked:
            raise end_of_revoked(arguments.data) from None
        if not damage:
            return ExitCode.DONE
        if not repair:
            raise StoreDamaged(damage)
        if _repaired(arguments.data, output) is not ExitCode.DONE:
            # What could not be saved stands on the terminal: screens would hide it.
            return ExitCode.REFUSED
        # Whoever pressed the key need not be who unlocked it.
        lock(arguments.data)


def _unlocked(door: Door) -> bool:
    from armband.client.tui.unlocking import UnlockApp

    return bool(run_until_told(UnlockApp(door).run_async()))


def _repaired(data_dir: Path, output: Output) -> ExitCode:
    from armband.client.cli.doctor import tell_repaired
    from armband.client.doctor import look
    from armband.client.doctor import repair as repair_store

    found = look(data_dir)
    return tell_repaired(found, repair_store(data_dir, real_environment()), output)


async def _show(data_dir: Path) -> tuple[str, bool]:
    """What was found damaged, if anything, and whether to repair it."""
    environment = real_environment()
    async with hold_online(data_dir, environment) as (terminal, _link):
        # Imported here, and nowhere else outside of tui: textual is not for headless commands.
        from armband.client.tui.app import ArmbandApp

        terminal.go_online()
        app = ArmbandApp(terminal, environment, Door(data_dir, environment))
        await app.run_async()
        if app.is_revoked:
            raise Revoked
        return app.damage, app.repair_wanted
