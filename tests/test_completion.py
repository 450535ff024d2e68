"""Shells complete both programs: the printed script, sourced by a real bash."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(sys.executable).parent
ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
complete -p "$1" | grep -q -- '-F'
$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(script: Path, *words: str) -> list[str]:
    done = subprocess.run(
        ["bash", "-euc", ASK, "bash", script, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to ask")
@pytest.mark.parametrize(
    ("program", "words", "wanted"),
    [
        ("armband", ["ro"], {"rollups", "roster", "rounds"}),
        ("armband", ["rollups", "--for"], {"--format"}),
        ("armband-server", ["re"], {"report", "restore", "revoke", "regrid", "recovery-key"}),
        ("armband-server", ["report", "--fr"], {"--freeze"}),
    ],
)
def test_bash_completes(program: str, words: list[str], wanted: set[str], tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    with script.open("w", encoding="utf-8") as file:
        subprocess.run([TOOLS / program, "completion", "bash"], stdout=file, check=True)
    assert wanted <= set(completed(script, program, *words))
