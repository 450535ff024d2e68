"""``armband-server token``: a token with which scripts read one unit's roll-ups."""

from __future__ import annotations

import argparse
from typing import Any

from armband.server.certificate import load_certificate
from armband.server.cli.options import add_common, duration_ms
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode
from armband.shared.tokens import Token, token_text

DEFAULT_EXPIRES = "90d"


def add_parser(subparsers: Any) -> None:
    """Add ``token``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "token",
        help="a token for scripts that read roll-ups",
        description="Print a read-only token for the roll-ups of one unit. It is shown only now.",
    )
    add_common(parser)
    parser.add_argument("--unit", required=True, metavar="CODE", help="what scripts may read")
    parser.add_argument(
        "--expires",
        type=duration_ms,
        default=duration_ms(DEFAULT_EXPIRES),
        metavar="TIME",
        help=f"how long it is good, such as 24h, 90d (default: {DEFAULT_EXPIRES})",
    )


async def run(args: argparse.Namespace, out: Output) -> int:
    """Make the token."""
    async with open_desk(args.data, real_environment()) as desk:
        made = await desk.call("token", {"unit": args.unit, "valid_ms": args.expires})
    fingerprint = load_certificate(args.data).fingerprint
    text = token_text(Token(made["id"], made["secret"], fingerprint))
    if out.as_json:
        out.json({"token": text, "expires": made["expires"], "unit": made["unit"]})
    else:
        out.line(text)
        out.note(f"reads {made['unit']} until {moment(made['expires'])}; it is not shown again")
    return ExitCode.DONE
