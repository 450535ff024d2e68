"""The set-up's decisions, with stand-ins for Python, pip and uv."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
TOOLS = ("sh", "head", "cat", "cksum", "grep", "rm", "mkdir", "touch")
GOOD = "exit 0"
OLD = '[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1'


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, with a PATH that has only plain tools."""
    shutil.copytree(TOP / "scripts", tmp_path / "scripts")
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def stand_in(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def sh(house: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [house / "bin" / "sh", "-c", f". scripts/lib.sh; {command}"],
        cwd=house,
        env={"PATH": str(house / "bin"), "CALLS": str(house / "calls")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_refused_with_what_would_be_right(house: Path) -> None:
    stand_in(house / "bin" / "python3", OLD)
    done = sh(house, "set_up run")
    assert done.returncode == 1
    assert "Python 3.11, 3.12 or 3.13" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert not (house / ".venv").exists()


def test_a_shim_that_only_has_the_name_is_passed_over(house: Path) -> None:
    stand_in(house / "bin" / "python3.12", "exit 127")
    stand_in(house / "bin" / "python3.11", GOOD)
    assert sh(house, "find_python").stdout.strip() == str(house / "bin" / "python3.11")


def _fake_venv(house: Path) -> None:
    # Notes each call; like the real ones it does what `-m pip` and `-c` ask.
    stand_in(house / ".venv" / "bin" / "python", 'echo "$*" >>"$CALLS"')


def test_what_is_set_up_is_not_set_up_again(house: Path) -> None:
    _fake_venv(house)
    assert sh(house, "set_up dev").returncode == 0
    assert "--require-hashes -r scripts/requirements-dev.lock" in (house / "calls").read_text()
    (house / "calls").unlink()

    assert sh(house, "set_up dev && set_up run").returncode == 0
    assert not (house / "calls").exists()


def test_a_changed_lock_is_installed(house: Path) -> None:
    _fake_venv(house)
    sh(house, "set_up run")
    (house / "calls").unlink()
    with (house / "scripts" / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")

    assert sh(house, "set_up run").returncode == 0
    assert "requirements.lock" in (house / "calls").read_text()


def test_armband_itself_is_installed_without_the_network(house: Path) -> None:
    _fake_venv(house)
    sh(house, "set_up run")
    itself = [line for line in (house / "calls").read_text().splitlines() if "-e ." in line]
    assert len(itself) == 1
    assert "--no-index" in itself[0]
    assert "--no-build-isolation" in itself[0]


def test_uv_is_used_when_it_is_there(house: Path) -> None:
    _fake_venv(house)
    stand_in(house / "bin" / "uv", 'echo "uv $*" >>"$CALLS"')
    assert sh(house, "set_up run").returncode == 0
    calls = (house / "calls").read_text()
    assert "uv pip install" in calls
    assert "-m pip install" not in calls


def test_no_network_is_said_and_leaves_nothing_that_looks_done(house: Path) -> None:
    stand_in(
        house / ".venv" / "bin" / "python",
        'case "$*" in *"pip install"*) echo "cannot resolve" >&2; exit 1;; esac',
    )
    done = sh(house, "set_up run")
    assert done.returncode == 1
    assert "cannot resolve" in done.stderr
    assert "network" in done.stderr
    assert not (house / ".venv" / "armband-setup").exists()
