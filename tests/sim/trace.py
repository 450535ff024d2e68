"""What happened in a simulation: one digest for "the same again", and a story for people."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b

ABOUT_MAX = 40
"""Events about the record in question that a story tells, the newest ones."""
LAST_MAX = 25
PAIR = 2
"""An event about one operation names it and its record; one about more names many records."""


@dataclass(frozen=True, slots=True)
class Event:
    """``about``: ids of records and operations that it concerns."""

    at_us: int
    who: str
    what: str
    about: tuple[bytes, ...]
    is_fault: bool

    def line(self, chosen: frozenset[bytes] = frozenset()) -> str:
        """As one line of a story, with those ids that are in question where there are many."""
        few = len(self.about) <= PAIR
        ids = " ".join(each.hex() for each in self.about if few or each in chosen)
        return f"{self.at_us / 1e6:9.3f} s  {self.who:<8} {self.what}  {ids}".rstrip()


class Trace:
    """Everything that happened, in order.

    Attributes:
        faults: how often each fault really happened, by kind.
        deeds: how often people and the office did what.
    """

    def __init__(self) -> None:
        self._digest = blake2b(digest_size=16)
        self.events: list[Event] = []
        self.faults: Counter[str] = Counter()
        self.deeds: Counter[str] = Counter()

    def add(self, who: str, what: str, detail: bytes = b"") -> None:
        """Note what only the digest needs to know, such as a frame."""
        self._note(f"{self._now_us()} {who} {what} {len(detail)}\n".encode() + detail)

    def tell(self, who: str, what: str, *about: bytes) -> None:
        """Note what belongs into the story."""
        self._happened(who, what, about, is_fault=False)

    def did(self, deed: str, who: str, what: str, *about: bytes) -> None:
        """Somebody did something of a kind that a run must have seen."""
        self.deeds[deed] += 1
        self.tell(who, what, *about)

    def fault(self, kind: str, who: str, what: str = "") -> None:
        """Something has gone wrong, really."""
        self.faults[kind] += 1
        self._happened(who, f"! {kind} {what}".rstrip(), (), is_fault=True)

    def digest(self) -> str:
        """The digest of all that happened so far."""
        return self._digest.copy().hexdigest()

    def story(self, problem: str) -> list[str]:
        """All faults, what concerns the ids that ``problem`` names, and the end."""
        told = [event for event in self.events if any(i.hex() in problem for i in event.about)]
        pairs = [event for event in told if len(event.about) <= PAIR]
        named = {each for event in pairs for each in event.about if each.hex() in problem}
        ids = frozenset(named or (each for event in pairs for each in event.about))
        about = [event for each in sorted(ids) for event in self._about(each)]
        faults = [event for event in self.events if event.is_fault]
        chosen = {
            id(event) for event in (*self.events[:1], *faults, *about, *self.events[-LAST_MAX:])
        }
        return [event.line(ids) for event in self.events if id(event) in chosen]

    def _about(self, wanted: bytes) -> list[Event]:
        """The newest events about one id."""
        return [event for event in self.events if wanted in event.about][-ABOUT_MAX:]

    def _happened(self, who: str, what: str, about: tuple[bytes, ...], *, is_fault: bool) -> None:
        event = Event(self._now_us(), who, what, about, is_fault)
        self.events.append(event)
        self._note(event.line(frozenset(about)).encode())

    def _note(self, raw: bytes) -> None:
        self._digest.update(raw)

    @staticmethod
    def _now_us() -> int:
        return round(asyncio.get_running_loop().time() * 1e6)
