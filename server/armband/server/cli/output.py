"""What a command says: data on stdout, notes on stderr, nothing else anywhere.

No text of a record can steer the terminal that shows it.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

from armband.shared.harmless import shown, shown_json, shown_line


class Output:
    """The two streams of one run.

    Attributes:
        as_json: whether ``--json`` was given: then stdout holds JSON lines only.
    """

    def __init__(self, as_json: bool, stdout: TextIO | None = None, stderr: TextIO | None = None):
        self.as_json = as_json
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr

    @property
    def is_screen(self) -> bool:
        """Whether notes are read by a person at a terminal: then progress may be painted."""
        return self._stderr.isatty()

    def json(self, value: Any) -> None:
        """One JSON document on a line of its own, at once."""
        print(shown_json(msgspec.json.encode(value).decode()), file=self._stdout, flush=True)

    def line(self, text: str) -> None:
        """A line of data, at once: a reader at a pipe gets it when it is said."""
        print(shown(text), file=self._stdout, flush=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows in columns; a Chinese character takes two cells."""
        lines = [[shown_line(cell) for cell in line] for line in (heads, *rows)]
        widths = [max(cells(line[index]) for line in lines) for index in range(len(heads))]
        for line in lines:
            padded = (
                text + " " * (width - cells(text)) for text, width in zip(line, widths, strict=True)
            )
            self.line("  ".join(padded).rstrip())

    def note(self, text: str) -> None:
        """A line for the person who runs the command."""
        print(shown(text), file=self._stderr, flush=True)

    def progress(self, done: int, total: int, what: str) -> None:
        """Paint progress on a screen; silent elsewhere."""
        if not self.is_screen:
            return
        width = 30
        filled = width * done // total if total else width
        bar = "#" * filled + "-" * (width - filled)
        end = "\n" if done >= total else ""
        print(f"\r[{bar}] {done:,} of {total:,} {what}", end=end, file=self._stderr, flush=True)


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def moment(ms: int) -> str:
    """A moment in UTC milliseconds, for people: in this machine's time."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")
