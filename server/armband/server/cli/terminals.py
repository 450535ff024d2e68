"""``armband-server terminals``: who has enrolled, and what they last said of themselves."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode

_COLUMNS = (
    "terminal",
    "person",
    "role",
    "scope",
    "last seen",
    "waiting",
    "refused",
    "state",
    "note",
)


def add_parser(subparsers: Any) -> None:
    """Add ``terminals``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "terminals",
        help="list the terminals",
        description="List the terminals: whose they are, when they were last here, what waits.",
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """List them by name, revoked ones too."""
    async with open_desk(args.data, real_environment()) as desk:
        terminals = await desk.call("terminals")
    if out.as_json:
        out.json({"terminals": terminals})
    elif terminals:
        out.table(_COLUMNS, [row(terminal) for terminal in terminals])
    else:
        out.note("no terminal has enrolled yet: armband-server invite makes a code for one")
    return ExitCode.DONE


def row(terminal: dict[str, Any]) -> tuple[str, ...]:
    """A terminal of the verb ``terminals`` as a row of the table."""
    seen = terminal["last_seen"]
    return (
        terminal["terminal"],
        terminal["person"],
        terminal["role"],
        " ".join(terminal["scope"]),
        moment(seen) if seen is not None else "never",
        str(terminal["waiting"]),
        str(terminal["refused"]),
        _state(terminal),
        _note(terminal),
    )


def _state(terminal: dict[str, Any]) -> str:
    if terminal["revoked"] is not None:
        return f"revoked {moment(terminal['revoked'])}"
    return "trusted"


def _note(terminal: dict[str, Any]) -> str:
    """What somebody has to look into; nothing in good order."""
    notes: list[str] = []
    if terminal["forks"]:
        notes.append(f"forked {terminal['forks']}x: enrol it anew")
    if terminal["epochs_refused"]:
        notes.append(f"claimed lost history {terminal['epochs_refused']}x too often")
    return "; ".join(notes)
