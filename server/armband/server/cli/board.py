"""``armband-server board``: the office's live board, in this terminal or in a browser."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import signal
import socket
import sys
from typing import Any

import msgspec

from armband.server.board.feed import BoardFeed
from armband.server.board.gather import SILENT_AFTER_MS
from armband.server.board.model import Board
from armband.server.board.screen import BoardScreen
from armband.server.board.words import LANGUAGES
from armband.server.certificate import load_certificate
from armband.server.cli.options import add_common, duration_ms, host_and_port
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.desk import open_desk, require_office
from armband.server.errors import BadRequest
from armband.server.exit_codes import ExitCode

DEFAULT_LISTEN = "127.0.0.1:8444"
DEFAULT_IDLE_MS = 12 * 3_600_000


def add_parser(subparsers: Any) -> None:
    """Add ``board``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "board",
        help="the live board, here or in a browser",
        description="Show the live board of the running server on this whole terminal; with --web "
        "serve it to browsers, over TLS with the office's certificate, behind a passphrase. With "
        "--json print one board and end.",
    )
    parser.add_argument("--unit", default="", metavar="CODE", help="begin there (the office)")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="default: zh")
    parser.add_argument(
        "--silent",
        type=duration_ms,
        default=SILENT_AFTER_MS,
        metavar="TIME",
        help="a terminal is silent after so long without a sign (default: 4h)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--web", action="store_true", help="serve it to browsers")
    what.add_argument(
        "--set-passphrase",
        action="store_true",
        help="ask for the passphrase of the board in a browser; whoever is in has to log in anew",
    )
    parser.add_argument(
        "--listen",
        type=host_and_port,
        default=host_and_port(DEFAULT_LISTEN),
        metavar="HOST:PORT",
        help=f"with --web: where (default: {DEFAULT_LISTEN})",
    )
    parser.add_argument(
        "--host-name",
        action="append",
        default=[],
        metavar="NAME",
        help="with --web: a name by which browsers reach this machine, beside its own and numbers",
    )
    parser.add_argument(
        "--idle",
        type=duration_ms,
        default=DEFAULT_IDLE_MS,
        metavar="TIME",
        help="with --web: log a page out after so long without anybody at it (default: 12h)",
    )
    add_common(parser)


async def run(args: argparse.Namespace, out: Output) -> int:
    """Set the passphrase, print one board, serve browsers, or show it here until it is left."""
    require_office(args.data)
    if args.set_passphrase:
        return _set_passphrase(args, out)
    if args.web:
        return await _serve(args, out)
    if args.json:
        async with open_desk(args.data, real_environment()) as desk:
            asked = {"unit": args.unit, "silent_after_ms": args.silent}
            out.json(msgspec.convert(await desk.call("board", asked), Board))
        return ExitCode.DONE
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadRequest("the board needs a terminal: --json prints it, --web serves it")
    feed = BoardFeed(args.data, args.silent)
    try:
        await BoardScreen(feed, args.unit, args.lang, sys.stdout).run(sys.stdin.fileno())
    finally:
        await feed.close()
    return ExitCode.DONE


def _set_passphrase(args: argparse.Namespace, out: Output) -> int:
    from armband.server.board.web import passphrase  # only browsers need it

    if sys.stdin.isatty():
        text = getpass.getpass("Passphrase of the board: ")
        if getpass.getpass("Once more: ") != text:
            raise BadRequest("the two are not the same")
    else:
        text = sys.stdin.readline().rstrip("\r\n")
    passphrase.save(args.data, passphrase.hashed(text, real_environment()))
    out.note("the passphrase is set; who was logged in has to log in again")
    return ExitCode.DONE


async def _serve(args: argparse.Namespace, out: Output) -> int:
    from armband.server.board.web.site import Site  # only browsers need it

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    feed = BoardFeed(args.data, args.silent)
    site = Site(
        args.data,
        feed,
        real_environment(),
        unit=args.unit,
        language=args.lang,
        idle_s=args.idle / 1000,
        names=[socket.gethostname(), *args.host_name],
    )
    host, port = args.listen
    try:
        if not (await feed.board(args.unit)).reachable:
            out.note("the office's server does not answer yet: armband-server run starts it")
        try:
            url = await site.start(host, port, load_certificate(args.data))
        except OSError as error:
            raise BadRequest(f"cannot listen on {host}:{port}: {error.strerror}") from None
        if args.json:
            out.json({"listening": url})
        else:
            out.line(f"the board is at {url}")
            out.note("stop with Ctrl-C")
        await stop.wait()
    finally:
        await site.stop()
        await feed.close()
    return ExitCode.DONE
