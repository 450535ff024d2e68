"""``armband-server invite``: a one-time code with which one terminal enrols."""

from __future__ import annotations

import argparse
import io
from typing import Any

from armband.server.cli.options import add_common, duration_ms, name_text
from armband.server.cli.output import Output, moment
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk
from armband.server.exit_codes import ExitCode
from armband.shared.handshake import printed_code
from armband.shared.invitation import invitation_text
from armband.shared.permissions import Role

DEFAULT_EXPIRES = "15m"
"""A code is typed in at once. A longer time is a decision of whoever asks for it."""


def add_parser(subparsers: Any) -> None:
    """Add ``invite``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "invite",
        help="an enrolment code for one terminal",
        description="Print a code, and its QR, with which one terminal enrols once.",
    )
    add_common(parser)
    parser.add_argument(
        "--unit", required=True, metavar="CODE", help="what the terminal may see and write"
    )
    parser.add_argument(
        "--role",
        required=True,
        choices=[role.value for role in Role if role is not Role.SCRIPT],
        help="what the terminal may do",
    )
    parser.add_argument("--name", required=True, type=name_text, help="whose terminal it is")
    parser.add_argument(
        "--expires",
        type=duration_ms,
        default=duration_ms(DEFAULT_EXPIRES),
        metavar="TIME",
        help=f"how long the code is good, such as 30m, 24h, 7d (default: {DEFAULT_EXPIRES})",
    )


async def run(args: argparse.Namespace, out: Output) -> int:
    """Make the code; it is shown only this once."""
    wanted = {
        "unit": args.unit,
        "role": args.role,
        "name": args.name,
        "valid_ms": args.expires,
    }
    async with open_desk(args.data, real_environment()) as desk:
        invite = await desk.call("invite", wanted)
    if out.as_json:
        out.json(invite)
        return ExitCode.DONE
    code, url = invite["code"], invite.get("url", "")
    out.line(_qr(invitation_text(code, url)))
    out.line(f"code     {printed_code(code)}")
    out.line(f"for      {wanted['name']}, {invite['role']} in {invite['unit']}")
    out.line(f"expires  {moment(invite['expires'])}")
    out.line(f"on the terminal: armband enrol {code}" + (f" --url {url}" if url else ""))
    if not url:
        out.note("no server runs for this office: start it with armband-server run")
    return ExitCode.DONE


def _qr(text: str) -> str:
    # Imported here: only this command paints one.
    import segno

    picture = io.StringIO()
    segno.make(text, error="l", boost_error=False, micro=False).terminal(
        picture, compact=True, border=2
    )
    return picture.getvalue().rstrip("\n")
