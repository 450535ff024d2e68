"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import argparse
import getpass
import os
import re
from pathlib import Path

from armband.server.store_key import KEY_VARIABLE
from armband.shared.normal import clean

DATA_VARIABLE = "ARMBAND_SERVER_DATA"
MAX_NAME = 60
MAX_LISTED = 10_000
_DURATION = re.compile(r"([1-9][0-9]{0,5})([mhdw])")
_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def add_common(parser: argparse.ArgumentParser, *, with_json: bool = True) -> None:
    """``--data`` and, where data is printed, ``--json``."""
    parser.add_argument(
        "--data",
        type=Path,
        default=default_data_dir(),
        metavar="DIR",
        help=f"the office's folder (default: ${DATA_VARIABLE} or {default_data_dir()})",
    )
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help=f"the key of an encrypted store (default: ${KEY_VARIABLE} or what init was told)",
    )
    if with_json:
        parser.add_argument("--json", action="store_true", help="print JSON")


def default_data_dir() -> Path:
    """Where an office lives when nobody says otherwise."""
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else Path.home() / ".local" / "share" / "armband-server"


def user_name() -> str:
    """The account that runs the command; ``office`` where the machine knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "office"


def duration_ms(text: str) -> int:
    """A length of time as typed: ``30m``, ``24h``, ``90d``, ``2w``."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no length of time: a number and m, h, d or w, such as 24h"
        )
    return int(match[1]) * _UNIT_MS[match[2]]


def name_text(text: str) -> str:
    """A name as it is shown everywhere: one line, nothing invisible."""
    name = clean(text)
    if not 1 <= len(name) <= MAX_NAME:
        raise argparse.ArgumentTypeError(f"a name has 1 to {MAX_NAME} characters")
    return name


def positive(text: str) -> int:
    """A number of things to list."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MAX_LISTED:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MAX_LISTED}")
    return int(text)


def host_and_port(text: str) -> tuple[str, int]:
    """An address to listen on: ``HOST:PORT``, ``[IPV6]:PORT`` or ``:PORT``."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no address: HOST:PORT with a port from 0 to 65535"
        )
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - asked for with an empty host
