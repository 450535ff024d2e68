"""A command as a user gives it, run in this process: the same words, codes and streams.

A process of its own costs a quarter of a second of start-up each time and shows nothing new once a
verb has been seen to work in one. What is about processes (locks, signals, kills) uses
`support.real_office.run_command`.
"""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from armband.client import i18n
from armband.client.cli import main as terminal_main
from armband.server.cli import main as office_main
from support.real_office import Ran, in_english, run_command

_MAINS = {"armband": terminal_main, "armband-server": office_main}
_seen_as_processes: set[tuple[str, str]] = set()


def call_command(program: str, *words: str | Path, **environ: str) -> Ran:
    """Run a command in this process; not for use while an event loop runs."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with _environment({**in_english(), **environ}), redirect_stdout(out), redirect_stderr(err):
        try:
            code = _MAINS[program]([str(word) for word in words])
        except SystemExit as leaving:
            # argparse ends the program by itself.
            code = leaving.code if isinstance(leaving.code, int) else 1
    return Ran(code, _text(out), _text(err))


def command(program: str, *words: str | Path, **environ: str) -> Ran:
    """Run a command: each verb as a real process once in a run of the tests, then in this one.

    Beside an event loop, or in a thread, it is always a process: a command has a loop of its own,
    and the streams and the environment are this whole process's.
    """
    verb = (program, str(words[0]))
    if verb in _seen_as_processes and _is_alone():
        return call_command(program, *words, **environ)
    _seen_as_processes.add(verb)
    return run_command(program, *words, **environ)


def _is_alone() -> bool:
    if threading.current_thread() is not threading.main_thread():
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return True
    return False


@contextmanager
def _environment(environ: dict[str, str]) -> Iterator[None]:
    language = i18n.language()
    with patch.dict(os.environ, environ, clear=True):
        try:
            yield
        finally:
            i18n.set_language(language)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
