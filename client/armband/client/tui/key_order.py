"""Keys take effect in the order in which they were pressed.

Textual hands each key to the focused widget at once, and looks up bindings only when the widget has
passed the key on: of a burst (a scanner, a fast typist on a busy machine) the letters behind Enter
would be typed before Enter acts, and all of them go to the field that had the focus at the
beginning. Here a key is handed on only when the one before it is done: a probe that follows each
key through the same queues comes back when that is so.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from textual import events
from textual.message import Message

ROUNDS = 2
"""Of probes: the first comes back behind the key, the second behind what the key set off."""
PATIENCE_S = 0.25
"""A probe is lost with a screen that closes; then the next key waits no longer than this."""

Typed = events.Key | events.Paste


@dataclass
class KeyProbe(Message):
    """Follows key ``number`` from the focused widget up to the app."""

    number: int
    round: int


class KeyOrder:
    """Which key is under way, and which wait behind it."""

    def __init__(self) -> None:
        self.number = 0
        self._busy = False
        self._waiting: deque[Typed] = deque()

    def begin(self, event: Typed) -> bool:
        """Whether the key may be handed on now; else it waits."""
        if self._busy:
            self._waiting.append(event)
            return False
        self._busy = True
        self.number += 1
        return True

    @property
    def is_waiting(self) -> bool:
        """Whether keys wait behind the one under way."""
        return bool(self._waiting)

    def done(self, number: int) -> Typed | None:
        """Key ``number`` is done: the next one to hand on."""
        if number != self.number or not self._busy:
            return None
        self._busy = False
        return self._waiting.popleft() if self._waiting else None
