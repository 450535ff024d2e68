"""A terminal's own operations as a test's oracle keeps them; running what never waits."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from armband.shared.ops import Payload

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine over the inline database, which never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waited")


@dataclass
class Own:
    """An own operation as the oracle knows it."""

    id: bytes
    counter: int
    hlc: int
    payload: Payload
    state: str = "waiting"
    seq: int = 0
    eff: int = 0
    covered: bool = False
    put_away: bool = False

    @property
    def shown(self) -> bool:
        alive = self.state == "waiting" or (self.state == "held" and not self.covered)
        return alive and not self.put_away

    @property
    def in_tray(self) -> bool:
        return self.state == "refused" and not self.put_away
