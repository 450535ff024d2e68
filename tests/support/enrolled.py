"""A folder made a terminal's with the two real commands."""

from __future__ import annotations

from pathlib import Path

from support.commands import command


def enrol_by_commands(office: Path, url: str, folder: Path, unit: str = "lianhu/yg") -> None:
    """Invite at the office, enrol in ``folder``."""
    invite = command(
        "armband-server", "invite", "--data", office, "--unit", unit, "--role", "grid", "--name",
        "张三", "--json",
    )  # fmt: skip
    assert invite.code == 0, invite.err
    done = command("armband", "enrol", invite.json["code"], "--url", url, "--data", folder)
    assert done.code == 0, done.err
