"""The fuzzer itself: finds what is behind branches, each time the same way, and makes it short."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from fuzz import targets
from fuzz.engine import Fuzzer, Target, run_once
from fuzz.packed import join_frames, split_frames
from fuzz.probes import Coverage

MODULE = "fuzzed_by_a_test"
SOURCE = '''
"""A parser with a bug behind branches."""
from __future__ import annotations


def parse(raw: bytes) -> int:
    """Deep in here is a bug."""
    depth = 1 if raw[:1] == b"A" else 0
    if depth and raw[1:2] == b"R":
        assert raw[2:3] != b"M", "found"
    return depth
'''


@pytest.fixture
def coverage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Coverage]:
    (tmp_path / f"{MODULE}.py").write_text(textwrap.dedent(SOURCE))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    probes = Coverage((MODULE,))
    probes.install()
    yield probes
    sys.modules.pop(MODULE, None)


def target(coverage: Coverage) -> Target:
    parse = importlib.import_module(MODULE).parse
    return Target(parse, lambda: [b"----"], (), tuple(coverage.words), (MODULE,))


def searched(coverage: Coverage, seed: int, runs: int) -> Fuzzer:
    fuzzer = Fuzzer(target(coverage), coverage, Random(seed))
    fuzzer.start()
    fuzzer.search(float("inf"), runs)
    return fuzzer


def test_it_finds_a_bug_behind_branches_and_makes_it_short(coverage: Coverage) -> None:
    fuzzer = searched(coverage, 1, 8_000)
    (crash,) = fuzzer.crashes.values()
    assert crash.raw == b"ARM"
    assert crash.mark.startswith("AssertionError in fuzzed_by_a_test.parse")


def test_the_same_seed_searches_the_same(coverage: Coverage) -> None:
    first = searched(coverage, 2, 1_500)
    second = searched(coverage, 2, 1_500)
    assert first.corpus == second.corpus
    assert first.seen == second.seen


def test_a_module_with_probes_does_what_it_did(coverage: Coverage) -> None:
    parse = target(coverage).run
    assert [parse(raw) for raw in (b"", b"A", b"AR", b"ARX")] == [0, 1, 1, 1]
    assert parse.__doc__ == "Deep in here is a bug."


def test_what_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(_raw: bytes) -> None:
        while True:
            pass

    monkeypatch.setattr("fuzz.engine.SLOW_S", 0.05)
    crash = run_once(Target(hang, list, (), (), ()), b"x")
    assert crash is not None
    assert crash.mark == "TooSlow"


def test_frames_of_an_input() -> None:
    frames = [b"one", b"", b"three"]
    assert split_frames(join_frames(frames)) == frames
    assert split_frames(join_frames(frames)[:-2]) == [b"one", b"", b"thr"]


def test_what_is_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "CORPUS", tmp_path)
    path = targets.keep("lane", b"raw", "KeyError in parse.parse:9")
    targets.keep("lane", b"raw", "KeyError in parse.parse:9")
    assert targets.kept("lane") == {path.name: b"raw"}
    assert targets.told("lane") == {path.name: "KeyError in parse.parse:9"}
