"""Answers to the lane's questions, told apart from a line that is typed ahead.

A question may come up while the next line is being typed, or a scanner may send one. So a digit
answers only when it stands alone: no key within `TYPING_GAP_S` before it continues a line begun
earlier, and none follows it for `ANSWER_SILENCE_S`; or Enter follows it at once.
"""

from __future__ import annotations

from armband.client.lane import LaneCheck, decide
from armband.client.tui.lane_queue import Question
from armband.client.tui.lane_words import DECISIONS, answered_decision

ANSWER_SILENCE_S = 0.3
TYPING_GAP_S = 0.4


def answered(question: Question, text: str) -> LaneCheck | None:
    """The check that a typed answer means, or None when it is no answer."""
    text = text.strip()
    if question.is_decision:
        decision = answered_decision(text)
        return decide(question.candidates[0], decision) if decision in DECISIONS else None
    if len(text) == 1 and text.isdigit() and 0 < int(text) <= len(question.candidates):
        return question.candidates[int(text) - 1]
    return None


class TypedAside:
    """What was in the line when a question came up, kept until it is answered."""

    def __init__(self) -> None:
        self.text = ""
        self._last_key_s = 0.0

    def since_last_key(self, now_s: float) -> float:
        """Seconds since the key before this one; remembers this one."""
        since, self._last_key_s = now_s - self._last_key_s, now_s
        return since

    def put(self, text: str) -> None:
        """Keep what stands in the line, behind what is kept already."""
        self.text += text

    def take(self) -> str:
        """What was kept; it is kept no more."""
        text, self.text = self.text, ""
        return text

    def continues(self, text: str, since_s: float) -> bool:
        """Whether a first key belongs to the line that was being typed, and not to the question."""
        return bool(self.text) and len(text) == 1 and since_s < TYPING_GAP_S
