"""What the commands about notices and rounds of testing take."""

from __future__ import annotations

import argparse
from typing import TypeAlias

from armband.client.i18n import _

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
ANSWERS = ("seen", "coming", "cannot")


def add_reports(commands: _Commands, parents: list[argparse.ArgumentParser]) -> None:
    """``ack``, ``acks``, ``told`` and ``rounds``."""
    ack = commands.add_parser("ack", parents=parents, help=_("acknowledge a notice"))
    _notice(ack)
    ack.add_argument("--answer", choices=ANSWERS, default="seen", help=_("default: seen"))
    ack.add_argument("--note", default="", metavar="TEXT")
    acks = commands.add_parser(
        "acks", parents=parents, help=_("who has acknowledged a notice, and who has not")
    )
    _notice(acks)
    told = commands.add_parser(
        "told", parents=parents, help=_("which households have been told a notice")
    )
    _notice(told)
    rounds = commands.add_parser(
        "rounds", parents=parents, help=_("rounds of testing, and who is missing in one")
    )
    rounds.add_argument(
        "round", nargs="?", default="", metavar="ROUND", help=_("its name or id (default: all)")
    )


def _notice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "notice",
        nargs="?",
        default="",
        metavar="NOTICE",
        help=_("its title or id (default: the newest)"),
    )
