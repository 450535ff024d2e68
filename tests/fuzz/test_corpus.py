"""Every input that once broke something, again; and a short search of each target."""

from __future__ import annotations

from random import Random

import pytest

from fuzz import targets
from fuzz.engine import Fuzzer

KEPT = [(name, file) for name in targets.MODULES for file in targets.kept(name)]


@pytest.mark.parametrize(("name", "file"), KEPT, ids=[f"{name}/{file}" for name, file in KEPT])
def test_what_once_broke_something_breaks_nothing(name: str, file: str) -> None:
    targets.load(name).run(targets.kept(name)[file])


@pytest.mark.parametrize("name", targets.MODULES)
def test_each_kept_input_says_what_it_broke(name: str) -> None:
    assert targets.kept(name).keys() == targets.told(name).keys()
    assert all(what.strip() for what in targets.told(name).values())


class _NoProbes:
    """Without coverage every input looks like the last one."""

    def clear(self) -> None:
        """Nothing was passed."""

    def features(self) -> list[tuple[int, int]]:
        return []


@pytest.mark.parametrize("name", targets.MODULES)
def test_a_short_search_breaks_nothing(name: str) -> None:
    fuzzer = Fuzzer(targets.load(name), _NoProbes(), Random(1))
    fuzzer.start()
    fuzzer.search(float("inf"), 25)
    assert not fuzzer.crashes, [crash.text for crash in fuzzer.crashes.values()]
