"""An office that serves, a few terminals, and the day on which everything happens."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from armband.shared.days import at_clock
from armband.shared.policy import Policy
from support.commands import call_command
from support.real_office import Ran, server_process

OFFICE, COMMUNITY = "lianhu", "lianhu/yangguang"
GRID = f"{COMMUNITY}/a1/g1"
DAY, NEXT = "2022-03-31", "2022-04-01"
NOW = ""
"""The day of figures that count what is now."""

Line = Mapping[str, Any]
Figures = Counter[tuple[str, str]]
"""(day, metric) to what a story adds to it; the day is `NOW` for what is now."""


class StoryFailed(AssertionError):
    """A command ended otherwise than the story needs; the text says which and what it printed."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is played; the page's own numbers are not among what varies.

    Attributes:
        homes_per_microgrid: households registered in each of the 58 micro-grids.
    """

    homes_per_microgrid: int


SUITE = Scale(homes_per_microgrid=1)
FULL = Scale(homes_per_microgrid=50)


def moment(clock: str, day: str = DAY) -> int:
    """A time of the office's day, UTC milliseconds."""
    hour, _colon, minute = clock.partition(":")
    return at_clock(day, int(hour) * 60 + int(minute), Policy())


def done_well(ran: Ran, what: str, code: int = 0) -> Ran:
    """The command, when it ended with that exit code.

    Raises:
        StoryFailed: it did not.
    """
    if ran.code != code:
        raise StoryFailed(f"{what} ended with {ran.code}, not {code}: {ran.out}{ran.err}")
    return ran


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody at a terminal of their own."""

    person: str
    folder: Path

    def run(self, *words: str, code: int = 0, **environ: str) -> Ran:
        """``armband WORDS --data ...``."""
        ran = call_command("armband", *words, "--data", self.folder, **environ)
        return done_well(ran, " ".join(("armband", *words)), code)

    def ask(self, *words: str) -> Any:
        """What a command prints with ``--json``."""
        return self.run(*words, "--json").json

    def record(self, lines: Sequence[Line]) -> list[str]:
        """Record lines by ``--jsonl``; gives the records' ids, in the lines' order."""
        file = self.folder / "lines.jsonl"
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        file.write_text(text, encoding="utf-8")
        saved = self.ask("record", "--jsonl", str(file))["saved"]
        return [line["id"] for line in saved]

    def steps(self, kind: str, ids: Sequence[str], step: str, **fields: Any) -> None:
        """The same step of many records."""
        self.record([{"kind": kind, "id": record, "step": step, **fields} for record in ids])

    def sync(self) -> None:
        """Drain, and get what is new."""
        told = self.ask("sync", "--once")
        assert (told["waiting"], told["refused"]) == (0, 0), (self.person, told)


@dataclass
class Stage:
    """Everything that the stories need."""

    folder: Path
    scale: Scale
    url: str = ""
    posts: dict[str, Post] = field(default_factory=dict)
    homes: list[dict[str, Any]] = field(default_factory=list)
    """The registered households, as the office's export has them."""

    @property
    def office(self) -> Path:
        """The office's folder."""
        return self.folder / "office"

    def serve(self, stack: ExitStack) -> None:
        """Let the office listen until ``stack`` is closed."""
        self.url = stack.enter_context(server_process(self.office))

    def verb(self, *words: str | Path, code: int = 0) -> Ran:
        """``armband-server WORDS --data ...``."""
        ran = call_command("armband-server", *words, "--data", self.office)
        return done_well(ran, " ".join(map(str, ("armband-server", *words))), code)

    def enrol(self, key: str, person: str, role: str, unit: str) -> Post:
        """A terminal for somebody; it has what it may read."""
        invited = self.verb(
            "invite", "--unit", unit, "--role", role, "--name", person, "--json"
        ).json
        post = Post(person, self.folder / key)
        post.run("enrol", invited["code"], "--url", self.url)
        self.posts[key] = post
        return post

    def exported(self, kind: str, *words: str) -> list[dict[str, Any]]:
        """The rows of an export, as JSON lines."""
        out = self.verb("export", kind, "--format", "jsonl", *words).out
        rows = [json.loads(line) for line in out.splitlines()]
        return rows[:-1]  # the last holds the sum

    def sync(self, *keys: str) -> None:
        """Let the terminals exchange with the office, in order; all when none is named."""
        for key in keys or self.posts:
            self.posts[key].sync()


def adds(*parts: tuple[str, str, int]) -> Figures:
    """Figures from (day, metric, count)."""
    figures: Figures = Counter()
    for day, metric, count in parts:
        figures[day, metric] += count
    return figures
