"""The demo's entry: reads the arguments, sets the stage, plays, and clears everything away."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from scripts.demo_headless import headless
from scripts.demo_office import DemoFailed
from scripts.demo_stage import demo_folder, note
from scripts.demo_tour import tour

INTERRUPTED = 130
DAY_S = 20.0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The arguments of ``./scripts/demo``."""
    parser = argparse.ArgumentParser(
        prog="./scripts/demo",
        description="An office with an invented community on this machine, and a terminal on it.",
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="play a working day through 23 terminals and print the roll-up as JSON",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=DAY_S,
        metavar="N",
        help=f"length of the played day (default {DAY_S:g})",
    )
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the screens")
    parser.add_argument("--keep", action="store_true", help="keep the demo's data, in .demo/")
    return parser.parse_args(arguments)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no length: seconds from 1 to 3600")
    return seconds


async def _main(options: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with demo_folder(keep=options.keep) as folder:
        if options.headless:
            return await headless(folder, options.seconds)
        return await tour(folder, options.lang)


def main(arguments: list[str]) -> int:
    """0 when all went well, 1 when something did not add up, 130 when it was interrupted."""
    options = parse(arguments)
    if not options.headless and not sys.stdin.isatty():
        note("The screens need a terminal; without one: ./scripts/demo --headless")
        return 2
    try:
        return asyncio.run(_main(options))
    except DemoFailed as failed:
        note(f"The demo failed: {failed}")
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        note("Stopped.")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
