"""A folder made a terminal's with the two real commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from support.commands import command
from support.real_office import Ran


def enrol_by_commands(
    office: Path,
    url: str,
    folder: Path,
    unit: str = "lianhu/yg",
    run: Callable[..., Ran] = command,
) -> None:
    """Invite at the office, enrol in ``folder``; under a running loop with ``run_command``."""
    invite = run(
        "armband-server", "invite", "--data", office, "--unit", unit, "--role", "grid", "--name",
        "张三", "--json",
    )  # fmt: skip
    assert invite.code == 0, invite.err
    done = run("armband", "enrol", invite.json["code"], "--url", url, "--data", folder)
    assert done.code == 0, done.err
