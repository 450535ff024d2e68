"""``armband roster``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.i18n.places import names_of
from armband.client.i18n.words import stretch_text
from armband.client.roster import Post, Watch, roster
from armband.client.terminal import open_terminal
from armband.client.world import real_environment
from armband.shared.policy import Policy


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Say who stands where, who comes next, and where nobody will until the end of tomorrow."""
    posts, names, policy, today = asyncio.run(_read(arguments.data))
    if output.as_json:
        output.json({"checkpoints": posts})
        return ExitCode.DONE
    for post in posts:
        for line in _lines(post, names[post.unit], policy, today):
            output.line(line)
    if not posts:
        output.line(_("No checkpoint here."))
    return ExitCode.DONE


async def _read(data_dir: Path) -> tuple[list[Post], dict[str, str], Policy, str]:
    environment = real_environment()
    async with open_terminal(data_dir, environment) as terminal:
        posts = await roster(terminal, environment.now_ms())
        identity, units = terminal.identity, await terminal.units()
        names = names_of((post.unit for post in posts), units, identity.office)
        return posts, names, identity.policy, terminal.today


def _lines(post: Post, unit: str, policy: Policy, today: str) -> list[str]:
    def stretch(from_ms: int, to_ms: int) -> str:
        return stretch_text(from_ms, to_ms, policy, today)

    def watch(item: Watch) -> str:
        begun = "" if item.begun else f" ({_('not begun')})"
        return f"{item.who or '?'} {stretch(item.from_ms, item.to_ms)}{begun}"

    lines = [f"{post.name}  {unit}"]
    lines += [f"  {_('Now')}: {watch(item)}" for item in post.now] or [
        f"  {_('Now')}: {_('nobody')}"
    ]
    if post.next is not None:
        lines.append(
            f"  {_('Next')}: {stretch(post.next.from_ms, post.next.to_ms)} {post.next.who}"
        )
    lines += [f"  {_('Nobody')}: {stretch(begin, end)}" for begin, end in post.gaps]
    lines += [f"  {_('Note not read')}: {item.who}: {item.note}" for item in post.unread]
    return lines
