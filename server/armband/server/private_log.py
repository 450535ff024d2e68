"""The server's log: what happened and where in the program, never what was in a record."""

from __future__ import annotations

import asyncio
import logging
import traceback
from types import TracebackType
from typing import Any, TextIO

from armband.shared.faults import fault_name
from armband.shared.harmless import shown

_ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
log = logging.getLogger(__name__)


class PrivateFormatter(logging.Formatter):
    """Lines that no text can steer a terminal by; errors as their places, without messages."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the places of the error if there is one."""
        return shown(super().format(record))

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 - the library's name
        """Each error of the chain with its places. Its message may hold somebody's name."""
        error, lines = ei[1], []
        while error is not None:
            places = traceback.extract_tb(error.__traceback__)
            lines += [f"  {place.filename}:{place.lineno} {place.name}" for place in places]
            lines.append(fault_name(error))
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


def write_log_to(stream: TextIO, loop: asyncio.AbstractEventLoop) -> None:
    """Write warnings and errors to ``stream``, those of forgotten tasks too."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    loop.set_exception_handler(_unheard)


def _unheard(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """asyncio's own handler would print the task with the error and its message."""
    log.error("%s", context.get("message", "an error"), exc_info=context.get("exception"))
