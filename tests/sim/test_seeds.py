"""The product's own office and terminals, in simulated trouble, keep every promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.mixes import MIXES, Mix
from sim.run import run_seed

HERE = Path(__file__).resolve().parent


def _pinned() -> list[tuple[str, int]]:
    lines = (HERE / "seeds.txt").read_text("utf-8").splitlines()
    words = [line.split() for line in lines if line and not line.startswith("#")]
    return [(mix, int(seed)) for mix, seed, *_why in words]


@pytest.mark.parametrize(("mix", "seed"), _pinned())
def test_no_invariant_breaks(mix: str, seed: int, tmp_path: Path) -> None:
    outcome = run_seed(seed, tmp_path, MIXES[mix])
    assert not outcome.problems, f"{outcome.problems[:4]}\n" + "\n".join(outcome.story)
    assert outcome.deeds["receipt accepted"] > 10
    assert len(outcome.faults) > 5


def _digest_in_another_process(seed: int, hash_seed: str, folder: Path) -> str:
    code = (
        "import sys; from pathlib import Path;"
        "from sim.run import run_seed; from sim.mixes import Mix;"
        "print(run_seed(int(sys.argv[1]), Path(sys.argv[2]), Mix(length_s=12)).digest)"
    )
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(seed), str(folder)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_one_seed_is_one_story_under_any_hash_seed(tmp_path: Path) -> None:
    """I26."""
    first = _digest_in_another_process(3, "1", tmp_path / "a")
    second = _digest_in_another_process(3, "2", tmp_path / "b")
    assert first == second
    assert len(first) == 32


def test_another_seed_is_another_story(tmp_path: Path) -> None:
    short = Mix(length_s=6)
    first, second = (run_seed(seed, tmp_path / str(seed), short) for seed in _folders(tmp_path))
    assert first.digest != second.digest


def _folders(top: Path) -> tuple[int, int]:
    for seed in (1, 2):
        (top / str(seed)).mkdir()
    return (1, 2)
