"""``armband-server run``: serve terminals and scripts until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from typing import Any

from armband.server.cli.memory import give_back_freed_memory
from armband.server.cli.options import add_common, host_and_port
from armband.server.cli.output import Output
from armband.server.cli.world import real_environment
from armband.server.exit_codes import ExitCode
from armband.server.private_log import write_log_to
from armband.server.service import serve_office

DEFAULT_LISTEN = "127.0.0.1:8443"


def add_parser(subparsers: Any) -> None:
    """Add ``run``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "run",
        help="run the office's server",
        description="Serve terminals and scripts until SIGINT or SIGTERM.",
    )
    add_common(parser)
    parser.add_argument(
        "--listen",
        type=host_and_port,
        default=host_and_port(DEFAULT_LISTEN),
        metavar="HOST:PORT",
        help=f"where to listen (default: {DEFAULT_LISTEN}); port 0 picks a free one",
    )
    parser.add_argument(
        "--health",
        type=host_and_port,
        metavar="HOST:PORT",
        help="tell monitoring how the office is, at /healthz and /metrics of this address, which "
        "must be the machine's own, such as 127.0.0.1:9464",
    )


async def run(args: argparse.Namespace, out: Output) -> int:
    """Serve until a signal comes."""
    give_back_freed_memory()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    write_log_to(sys.stderr, loop)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    host, port = args.listen
    async with serve_office(args.data, real_environment(), host, port, args.health) as service:
        if out.as_json:
            told = {"health": service.health_url} if service.health_url else {}
            out.json({"listening": service.url, **told})
        else:
            out.line(f"{service.office.name} ({service.office.code}) listens on {service.url}")
            if service.health_url:
                out.line(f"{service.health_url}/healthz and /metrics tell how it is")
            out.note("stop with Ctrl-C")
        await stop.wait()
        out.note("stopping")
    return ExitCode.DONE
