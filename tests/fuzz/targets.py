"""All targets, by name. Each is imported when it is asked for, so that probes come first."""

from __future__ import annotations

import importlib
from pathlib import Path

from fuzz.engine import Target

CORPUS = Path(__file__).parent / "corpus"
INDEX = "what.txt"
MODULES = {
    "frames": "fuzz.target_frames",
    "session-office": "fuzz.target_office",
    "session-terminal": "fuzz.target_terminal",
    "lane": "fuzz.target_lane",
    "imports": "fuzz.target_imports",
    "texts": "fuzz.target_texts",
    "sockets": "fuzz.target_control",
}


def load(name: str) -> Target:
    """A target."""
    target = importlib.import_module(MODULES[name]).TARGET
    assert isinstance(target, Target)
    return target


def kept(name: str) -> dict[str, bytes]:
    """The inputs that once broke something, by file name."""
    folder = CORPUS / name
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.name: path.read_bytes() for path in files if path.name != INDEX}


def told(name: str) -> dict[str, str]:
    """What each kept input broke, by file name: the lines of the index, ``FILE: WHAT``."""
    index = CORPUS / name / INDEX
    lines = index.read_text("utf-8").splitlines() if index.exists() else []
    return dict(line.split(": ", 1) for line in lines if line)


def keep(name: str, raw: bytes, mark: str) -> Path:
    """Put an input into the corpus."""
    slug = "-".join(mark.lower().replace(":", " ").replace(".", " ").replace("_", "").split())
    path = CORPUS / name / slug
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    if path.name not in told(name):
        with (path.parent / INDEX).open("a", encoding="utf-8") as index:
            index.write(f"{path.name}: {mark}\n")
    return path
