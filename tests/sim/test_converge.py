"""The product's own office and terminals, in simulated trouble, come to one and the same truth."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.run import run_seed
from sim.world import MIXES, Mix

STORIES = [("even", seed) for seed in (1, 2, 3)] + [
    *(("rough", seed) for seed in (116, 157, 163)),
    *(("restore", seed) for seed in (2, 7)),
]


@pytest.mark.parametrize(("mix", "seed"), STORIES)
def test_after_all_trouble_everybody_agrees(mix: str, seed: int, tmp_path: Path) -> None:
    outcome = run_seed(seed, tmp_path, MIXES[mix])
    assert not outcome.problems, f"seed {seed}: {outcome.problems}\n" + "\n".join(outcome.tail)
    assert outcome.saved > 20


def _digest_in_another_process(seed: int, hash_seed: str, folder: Path) -> str:
    code = (
        "import sys; from pathlib import Path; from sim.run import run_seed;"
        "from sim.world import Mix; print(run_seed(int(sys.argv[1]), Path(sys.argv[2]), Mix(30))"
        ".digest)"
    )
    folder.mkdir()
    top = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code, str(seed), str(folder)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(top)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_one_seed_is_one_story_under_any_hash_seed(tmp_path: Path) -> None:
    first = _digest_in_another_process(3, "1", tmp_path / "a")
    second = _digest_in_another_process(3, "2", tmp_path / "b")
    assert first == second
    assert len(first) == 32


def test_the_checks_see_a_lost_operation(tmp_path: Path) -> None:
    outcome = run_seed(1, tmp_path, Mix(30), sabotage="forget one operation at the office")
    assert any(problem.startswith("I1 ") for problem in outcome.problems)
