"""What an import drags along: headless code never loads the screens, nor one side the other."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
# Their imports cost 50 ms and more each; a headless command must not pay for what it does not use.
HEAVY_AT_START = ("textual", "rich", "pypinyin", "zstandard", "python_calamine", "xlsxwriter")


def modules(portion: str) -> list[str]:
    folder = TOP / portion / "armband" / portion
    found = pkgutil.walk_packages([str(folder)], f"armband.{portion}.")
    return [f"armband.{portion}", *(module.name for module in found)]


def headless() -> list[str]:
    """Every module but the screens and the command that opens them."""
    screens = ("armband.client.tui", "armband.client.cli.screens")
    return [
        name
        for portion in ("client", "shared", "server")
        for name in modules(portion)
        if not name.startswith(screens) and not name.endswith("__main__")
    ]


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after ``code``."""
    tail = "\nimport sys, json\nsys.stderr.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def top_names(loaded: set[str]) -> set[str]:
    return {name.split(".")[0] for name in loaded}


def test_no_headless_module_loads_textual() -> None:
    loaded = loaded_by("\n".join(f"import {name}" for name in headless()))
    assert not {"textual", "rich"} & top_names(loaded)
    assert not [name for name in loaded if name.startswith("armband.client.tui")]


@pytest.mark.parametrize(
    ("portion", "others"),
    [("client", ("server",)), ("server", ("client",)), ("shared", ("client", "server"))],
)
def test_no_side_loads_another(portion: str, others: tuple[str, ...]) -> None:
    names = [name for name in modules(portion) if not name.endswith("__main__")]
    loaded = loaded_by("\n".join(f"import {name}" for name in names))
    for other in others:
        assert not [name for name in loaded if name.startswith(f"armband.{other}")]


def test_shared_loads_no_clock_no_loop_no_database() -> None:
    # Of its own accord: msgspec and the interpreter's start-up load what they need.
    base = loaded_by("import msgspec, re, hmac, dataclasses, typing, unicodedata, enum, datetime")
    loaded = loaded_by("\n".join(f"import {name}" for name in modules("shared")))
    added = top_names(loaded - base)
    assert not added & {"asyncio", "sqlite3", "random", "uuid", "socket", "logging", "ssl"}


@pytest.mark.parametrize("module", ["armband.client.cli", "armband.server.cli"])
def test_help_is_cheap(module: str) -> None:
    code = f"""
import sys
from {module} import main
sys.argv = ["armband", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    loaded = loaded_by(code)
    assert not set(HEAVY_AT_START) & top_names(loaded)
