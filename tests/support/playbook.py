"""A sans-I/O session read like a play: ``>>`` is what it hears, ``<<`` what it must ask for next.

    with Playbook(session) as play:
        play >> challenge << Send
        play >> welcome << AdoptWelcome << LoadWaiting(0)

``<<`` takes an effect (compared), or a class (any of it). Leaving the block with an effect that
nobody expected fails, and so does hearing something before all effects were named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from armband.client.effects import Effect
from armband.client.session import Session
from armband.shared import wire


class Playbook:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.pending: list[Effect] = []

    def __enter__(self) -> Playbook:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            self._nothing_pending()

    def _nothing_pending(self) -> None:
        assert self.pending == [], f"nobody expected {self.pending}"

    def __rshift__(self, heard: wire.FromOffice | Callable[[Session], list[Effect]]) -> Playbook:
        self._nothing_pending()
        if callable(heard):
            self.pending = heard(self.session)
        else:
            self.pending = self.session.receive(wire.encode(heard))
        return self

    def __lshift__(self, expected: Any) -> Playbook:
        assert self.pending, f"expected {expected}, and nothing came"
        found = self.pending.pop(0)
        if isinstance(expected, type):
            assert type(found) is expected, f"expected a {expected.__name__}, got {found}"
        else:
            assert found == expected, f"\nexpected {expected}\n     got {found}"
        return self
