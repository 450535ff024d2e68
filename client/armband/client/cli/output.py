"""What a command says: data on stdout, notes on stderr, nothing else anywhere.

No text of a record can steer the terminal that shows it.
"""

from __future__ import annotations

import sys
from typing import Any, TextIO

import msgspec

from armband.shared.harmless import shown, shown_json


class Output:
    """The two streams of one run.

    Attributes:
        as_json: whether ``--json`` was given: then stdout holds JSON lines only.
    """

    def __init__(
        self, as_json: bool, stdout: TextIO | None = None, stderr: TextIO | None = None
    ) -> None:
        self.as_json = as_json
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr

    def json(self, value: Any) -> None:
        """One JSON document on a line of its own, at once."""
        print(shown_json(msgspec.json.encode(value).decode()), file=self._stdout, flush=True)

    def line(self, text: str) -> None:
        """A line of data, at once: a reader at a pipe gets it when it is said."""
        print(shown(text), file=self._stdout, flush=True)

    def note(self, text: str) -> None:
        """A line for the person who runs the command."""
        print(shown(text), file=self._stderr, flush=True)
