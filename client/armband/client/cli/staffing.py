"""``armband staffing``."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable

from armband.client.cli.output import Output
from armband.client.exit_codes import ExitCode
from armband.client.i18n import OPTION, _, pgettext
from armband.client.i18n.words import join_words
from armband.client.people import report
from armband.client.terminal import open_terminal
from armband.client.world import real_environment
from armband.shared.kinds.post_roles import POST_OPTIONS
from armband.shared.staffing import Holder, Staffing, Team

LOADS_SHOWN = 20
_ROLE = {option.code: option.label for option in POST_OPTIONS}


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Print the staffing report of what this terminal holds."""
    found = asyncio.run(_report(arguments))
    if output.as_json:
        output.json(found)
    else:
        for line in lines(found):
            output.line(line)
    return ExitCode.DONE


async def _report(arguments: argparse.Namespace) -> Staffing:
    async with open_terminal(arguments.data, real_environment()) as terminal:
        return await report(terminal, arguments.unit)


def role_words(roles: Iterable[str]) -> str:
    """Roles as people call them."""
    return join_words([pgettext(OPTION, _ROLE[role]) if role in _ROLE else role for role in roles])


def part_words(parts: Iterable[str]) -> str:
    """The three of a 3+N as people call them."""
    named = {
        "worker": _("community worker"),
        "property": _("property management"),
        "party": _("Party member"),
    }
    return join_words([named[part] for part in parts])


def lines(found: Staffing) -> Iterable[str]:
    """The report as text, what is missing first."""
    yield _("Posts vacant: {count}").format(count=found.vacant)
    for team in found.grids:
        if team.vacant:
            yield f"  {team.name} {team.unit}: {role_words(team.vacant)}"
    yield _("3+N incomplete:")
    for gap in found.gaps:
        if gap.missing:
            told = _("missing {parts}; N = {count}")
            yield f"  {gap.name}: " + told.format(parts=part_words(gap.missing), count=gap.others)
    yield _("Three-person teams:")
    for team in found.teams:
        yield f"  {team.name}: {_team_words(team)}"
    yield _("In no grid yet: {names}").format(names=_names(found.no_grid))
    yield _("Time is over: {names}").format(names=_names(found.expired))
    yield _("Reserve: {names}").format(names=_names(found.reserve))
    yield _("Compounds without a manager:")
    for place in found.unmanaged:
        yield f"  {place.name}: {place.partner or _('no partner')}"
    told = _("Households: {count}, without a liaison: {orphans}, liaisons with too many: {over}")
    yield told.format(count=found.households, orphans=found.without_liaison, over=found.overloaded)
    for load in found.loads[:LOADS_SHOWN]:
        yield f"  {load.name or load.staff[:8]} {load.households}"


def _team_words(team: Team) -> str:
    held = [f"{role_words([holder.role])} {holder.name}" for holder in team.holders]
    gone = [_("no {role}").format(role=role_words([role])) for role in team.vacant]
    return join_words([*held, *gone])


def _names(people: Iterable[Holder]) -> str:
    return join_words([person.name for person in people]) or "-"
