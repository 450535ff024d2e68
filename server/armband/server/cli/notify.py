"""``armband-server notify``: a notice from the office, or one key that calls a team up."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.cli.options import add_common
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.desk_office import DeskOffice
from armband.server.errors import BadRequest, NotFound
from armband.server.exit_codes import ExitCode
from armband.shared.days import day_of
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.ids import new_record_id
from armband.shared.kinds.notice import SORT_OPTIONS
from armband.shared.kinds.post_roles import POST_OPTIONS

_POSTS = tuple(option.code for option in POST_OPTIONS)
_SORTS = tuple(option.code for option in SORT_OPTIONS)


def add_parser(subparsers: Any) -> None:
    """Add ``notify``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "notify",
        help="tell a unit something, or call a team up",
        description="A notice to all terminals below a unit. Each acknowledges it; armband-server "
        "acks lists who has not. A call-up rings at once.",
    )
    parser.add_argument("title", metavar="TITLE")
    parser.add_argument("text", nargs="?", default="", metavar="TEXT")
    parser.add_argument("--unit", default="", metavar="CODE", help="default: the whole office")
    parser.add_argument(
        "--posts", default="", metavar="POST,…", help=f"only to these: {', '.join(_POSTS)}"
    )
    parser.add_argument(
        "--call-up", action="store_const", const="call_up", dest="sort", help="call a team up"
    )
    parser.add_argument("--sort", choices=_SORTS, help="default: notice")
    parser.add_argument(
        "--households", action="store_true", help="to be told to every household of the unit"
    )
    parser.add_argument("--until", default="", metavar="DAY", help="its last day: 2022-03-31")
    parser.add_argument("--sender", default="", metavar="NAME", help="from whom it is")
    parser.set_defaults(sort="notice")
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Make the notice; it is on its way to every terminal that is connected."""
    environment = real_environment()
    async with open_desk(args.data, environment) as desk:
        office = await DeskOffice.reach(desk)
        unit = args.unit or office.code
        if args.unit and args.unit not in office.units:
            raise NotFound(f"the office has no unit {args.unit}")
        now_ms = environment.now_ms()
        record = new_record_id(now_ms, environment.random_bytes(10))
        fields: Patch = {
            "title": args.title,
            "sort": args.sort,
            "at": now_ms,
            "day": day_of(now_ms, office.policy),
        }
        for name in ("text", "until", "sender"):
            if getattr(args, name):
                fields[name] = getattr(args, name)
        if args.posts:
            fields["posts"] = [post.strip() for post in args.posts.split(",") if post.strip()]
        if args.households:
            fields["households"] = True
        (outcome,) = await office.upsert([Draft("notice", record, unit, fields)], dry_run=False)
    if outcome != "new":
        raise BadRequest(outcome)
    if out.as_json:
        out.json({"notice": record.hex(), "unit": unit})
    else:
        out.line(f"notice {record.hex()} to {unit}")
    return ExitCode.DONE
