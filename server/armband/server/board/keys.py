"""What the keys of a terminal mean to the board. Pure."""

from __future__ import annotations

import enum
import re


class Action(enum.Enum):
    """What somebody wants."""

    UP = "up"
    DOWN = "down"
    INTO = "into"
    OUT = "out"
    LANGUAGE = "language"
    QUIT = "quit"


_KEYS = {
    "\x1b[A": Action.UP,
    "\x1bOA": Action.UP,
    "\x1b[B": Action.DOWN,
    "\x1bOB": Action.DOWN,
    "\r": Action.INTO,
    "\n": Action.INTO,
    "\x1b[C": Action.INTO,
    "\x1bOC": Action.INTO,
    "\x7f": Action.OUT,
    "\b": Action.OUT,
    "\x1b": Action.OUT,
    "\x1b[D": Action.OUT,
    "\x1bOD": Action.OUT,
    "\x1bOQ": Action.LANGUAGE,
    "\x1b[12~": Action.LANGUAGE,
    "\x1b[[B": Action.LANGUAGE,
    "l": Action.LANGUAGE,
    "L": Action.LANGUAGE,
    "\x1b[21~": Action.QUIT,
    "\x03": Action.QUIT,
    "q": Action.QUIT,
    "Q": Action.QUIT,
}
"""F2 and F10 as the usual terminals send them; letters too, where no input method eats them."""
_KEY = re.compile(r"\x1b\[\[[A-E]|\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|.", re.DOTALL)


def actions(typed: str) -> list[Action]:
    """The actions in what came from the keyboard; keys without a meaning are left out."""
    return [_KEYS[key] for key in _KEY.findall(typed) if key in _KEYS]
