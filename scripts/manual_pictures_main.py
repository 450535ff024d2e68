"""Puts the pictures of the screens into the manuals, after ``<!-- picture NAME -->``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SNAPSHOTS = TOP / "tests" / "tui" / "snapshots"
_PICTURE = re.compile(r"<!-- picture ([a-z-]+) -->\n(?:```text\n.*?\n```\n)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Manual:
    """A manual and the language of its pictures."""

    path: Path
    language: str


MANUALS = (
    Manual(TOP / "client" / "MANUAL.md", "en"),
    Manual(TOP / "client" / "MANUAL.zh-CN.md", "zh_CN"),
)


def pictured(text: str, language: str) -> str:
    """The text with the picture of each marker as the snapshots have it.

    Raises:
        OSError: there is no snapshot of that name.
    """

    def taken(found: re.Match[str]) -> str:
        name = found.group(1)
        screen = (SNAPSHOTS / f"{name}-80x24-{language}.txt").read_text("utf-8").rstrip("\n")
        return f"<!-- picture {name} -->\n```text\n{_without_gap(screen)}\n```\n"

    return _PICTURE.sub(taken, text)


def _without_gap(screen: str) -> str:
    """More than two empty rows are two: a page has less room than a screen."""
    return re.sub(r"\n(?:[ ]*\n){3,}", "\n\n\n", screen)


def main() -> None:
    """Write both manuals."""
    for manual in MANUALS:
        before = manual.path.read_text("utf-8")
        manual.path.write_text(pictured(before, manual.language), "utf-8")


if __name__ == "__main__":
    main()
