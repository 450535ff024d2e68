"""Lines that are handed over while the holder of the store leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from armband.client.cli import lines
from armband.client.cli.lines import new_ids, run_here_or_there
from armband.client.errors import StoreHeld
from armband.client.founding import make_terminal
from armband.client.handover import CHECK, HandoverServer
from armband.client.headless.checking import check_lines
from armband.client.headless.outcome import Outcome
from armband.client.keys import Enrolment, Identity, key_from_seed
from armband.client.lock import hold
from armband.client.terminal import Terminal, open_terminal
from armband.client.world import real_environment
from support.terminals import PEM
from support.waiting import until, within

TYPED = ["36.5 g", "王五 36.6 g"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    enrolment = Enrolment("lianhu", "莲湖街道", "T001", "wss://127.0.0.1:1", "grid", ["lianhu/yg"])
    make_terminal(tmp_path, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    return tmp_path


async def hand_over(folder: Path) -> Outcome:
    ids = new_ids(len(TYPED))
    args = {"lines": TYPED, "checkpoint": "", "ids": ids}

    async def here(terminal: Terminal) -> Outcome:
        return await check_lines(terminal, TYPED, "", ids)

    return await run_here_or_there(folder, CHECK, args, here)


async def test_a_holder_that_leaves_after_saving_makes_nothing_twice(folder: Path) -> None:
    saved = asyncio.Event()

    async def holder() -> None:
        async with open_terminal(folder, real_environment()) as terminal:

            async def save_and_never_answer(args: Mapping[str, Any]) -> Any:
                await check_lines(terminal, args["lines"], "", args["ids"])
                saved.set()
                await asyncio.Event().wait()

            async with HandoverServer(folder, {CHECK: save_and_never_answer}):
                await saved.wait()
            assert terminal.status.written == len(TYPED)

    leaving = asyncio.create_task(holder())
    await until((folder / "terminal.sock").exists, "somebody holds the store")
    outcome = await within(hand_over(folder), "the lines are saved", 10)
    await leaving
    assert len(outcome.saved) == len(TYPED)
    async with open_terminal(folder, real_environment()) as terminal:
        assert terminal.status.written == len(TYPED)


async def test_a_holder_that_answers_nobody_is_named(folder: Path) -> None:
    with hold(folder), pytest.raises(StoreHeld):
        await hand_over(folder)


async def test_a_holder_that_hangs_up_and_stays_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LEAVING_S", 0.1)

    async def hang_up(_args: Mapping[str, Any]) -> Any:
        raise ConnectionResetError

    with hold(folder):
        async with HandoverServer(folder, {CHECK: hang_up}):
            with pytest.raises(StoreHeld):
                await within(hand_over(folder), "an end")


async def test_what_the_holder_answers_is_the_outcome(folder: Path) -> None:
    async with open_terminal(folder, real_environment()) as terminal:

        async def check(args: Mapping[str, Any]) -> Any:
            return msgspec.to_builtins(await check_lines(terminal, args["lines"], "", args["ids"]))

        async with HandoverServer(folder, {CHECK: check}):
            outcome = await hand_over(folder)
        assert [one.kind for one in outcome.saved] == ["check", "check"]
        assert terminal.status.written == 2
