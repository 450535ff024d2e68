"""Lines that were entered, worked off one after the other while typing goes on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from armband.client.errors import ClientError
from armband.client.lane import (
    Fault,
    Incomplete,
    LaneCheck,
    LaneOutcome,
    NeedsChoice,
    NeedsDecision,
    Ready,
    Wrong,
    settle,
)
from armband.client.model import Saved
from armband.client.terminal import Terminal
from armband.client.tui.problems import problem_words
from armband.shared.errors import InvalidRecord


@dataclass(frozen=True, slots=True)
class Line:
    """An entered line; ``outcome`` is what the screen showed for it, if it had been looked up."""

    text: str
    outcome: LaneOutcome | None = None


@dataclass(frozen=True, slots=True)
class UndoLast:
    """Void the check that was saved last."""

    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """What stops the lane: a decision about one check, or a choice between several."""

    line: Line
    candidates: tuple[LaneCheck, ...]
    reasons: tuple[str, ...] = ()

    @property
    def is_decision(self) -> bool:
        """Whether somebody must decide, rather than choose who is meant."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class Kept:
    """A check that is on the disk."""

    saved: Saved
    check: LaneCheck


@dataclass(frozen=True, slots=True)
class CameBack:
    """A line that was not saved. ``problem`` is empty when somebody took it back."""

    line: Line
    problem: str = ""
    fault: Fault | None = None
    part: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """A check that was voided."""

    check: LaneCheck


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """No check of this sitting is left to undo."""


News = Kept | CameBack | Undone | NothingToUndo | Question


class LaneQueue:
    """One worker over the entered lines, in their order.

    Args:
        terminal: the engine.
        look_up: a line's text to its outcome.
        save: a whole check to its record.
        tell: hears of everything that happens.
    """

    def __init__(
        self,
        terminal: Terminal,
        look_up: Callable[[str], Awaitable[LaneOutcome]],
        save: Callable[[LaneCheck], Awaitable[Saved]],
        tell: Callable[[News], None],
    ) -> None:
        self._terminal = terminal
        self._look_up = look_up
        self._save = save
        self._tell = tell
        self._items: deque[Line | UndoLast] = deque()
        self._kept: list[Kept] = []
        self._answer: asyncio.Future[LaneCheck | None] | None = None
        self.question: Question | None = None
        self.running = False

    def __len__(self) -> int:
        return len(self._items)

    def texts(self) -> list[str]:
        """The lines that are not saved yet."""
        return [item.text for item in self._items if isinstance(item, Line)]

    def put(self, item: Line | UndoLast) -> None:
        """Add to the end."""
        self._items.append(item)

    def answer(self, check: LaneCheck | None) -> None:
        """Answer the question; None takes the line back."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(check)

    async def run(self) -> None:
        """Work off what is there; what is put meanwhile too. A second runner has nothing to do."""
        if self.running:
            return
        self.running = True
        try:
            while self._items:
                item = self._items[0]
                if isinstance(item, Line):
                    news = await self._enter(item)
                else:
                    news = await self._undo(item)
                self._items.popleft()
                self._tell(news)
        finally:
            self.running = False

    async def _enter(self, line: Line) -> News:
        try:
            outcome = line.outcome or await self._look_up(line.text)
            if isinstance(outcome, NeedsChoice):
                chosen = await self._ask(Question(line, outcome.candidates))
                if chosen is None:
                    return CameBack(line)
                outcome = settle(chosen, self._terminal.identity.policy)
            if isinstance(outcome, NeedsDecision):
                decided = await self._ask(Question(line, (outcome.check,), outcome.reasons))
                if decided is None:
                    return CameBack(line)
                outcome = Ready(decided)
            match outcome:
                case Wrong(fault, part):
                    return CameBack(line, fault=fault, part=part)
                case Incomplete(missing, _):
                    return CameBack(line, missing=missing)
                case Ready(check):
                    kept = Kept(await self._save(check), check)
                    self._kept.append(kept)
                    return kept
        except (InvalidRecord, ClientError) as error:
            return CameBack(line, problem=problem_words(error))
        raise AssertionError(f"an outcome without a case: {outcome}")

    async def _ask(self, question: Question) -> LaneCheck | None:
        self.question = question
        self._answer = asyncio.get_running_loop().create_future()
        self._tell(question)
        try:
            return await self._answer
        finally:
            self.question = None
            self._answer = None

    async def _undo(self, undo: UndoLast) -> News:
        if not self._kept:
            return NothingToUndo()
        kept = self._kept[-1]
        try:
            await self._terminal.void(kept.saved.id, undo.reason)
        except (InvalidRecord, ClientError) as error:
            return CameBack(Line(""), problem=problem_words(error))
        self._kept.pop()
        return Undone(kept.check)
