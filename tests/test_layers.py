"""Each contract of the layers breaks when somebody breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PORTIONS = ("client", "server", "shared")
VIOLATIONS = {
    "independent": ("client/armband/client/planted.py", "import armband.server"),
    "pure": ("shared/armband/shared/planted.py", "import asyncio"),
    "sql": ("server/armband/server/planted.py", "import sqlite3"),
    "sockets": (
        "client/armband/client/planted.py",
        "from websockets.asyncio.client import connect",
    ),
    "screens": ("client/armband/client/tui/planted.py", "import armband.client.store.store"),
    "engine": ("client/armband/client/lane/planted.py", "import armband.client.tui"),
    "sans-io": ("server/armband/server/commit/planted.py", "import asyncio"),
    "textual": ("client/armband/client/planted.py", "from textual.app import App"),
}


def _contracts() -> list[str]:
    config = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["id"] for contract in config["tool"]["importlinter"]["contracts"]]


def _lint(top: Path, contract: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(str(top / portion) for portion in PORTIONS)
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--contract", contract],
        cwd=top,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_has_a_violation_here() -> None:
    assert sorted(_contracts()) == sorted(VIOLATIONS)


@pytest.mark.parametrize("contract", sorted(VIOLATIONS))
def test_a_planted_violation_breaks_the_contract(contract: str, tmp_path: Path) -> None:
    for portion in PORTIONS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TOP / portion, tmp_path / portion, ignore=ignored)
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    place, line = VIOLATIONS[contract]
    (tmp_path / place).write_text(line + "\n", encoding="utf-8")

    broken = _lint(tmp_path, contract)

    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "planted" in broken.stdout
