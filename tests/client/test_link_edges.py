"""The link against offices that misbehave: each is a script on a fake wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from armband.client import conversation, link
from armband.client.errors import NotAllowed, OfficeUnreachable, WrongCertificate
from armband.client.founding import make_terminal
from armband.client.i18n import CHINESE, ENGLISH, set_language
from armband.client.keys import Enrolment, Identity, key_from_seed, load_identity
from armband.client.link import Link
from armband.client.terminal import Terminal, open_terminal
from armband.shared import limits, wire
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.ops import CHAIN_START, set_digest
from armband.shared.policy import Policy
from armband.shared.transport import TransportClosed
from support.fake_wire import FakeTransport, fake_pair
from support.office_rig import START_MS
from support.terminals import PEM
from support.waiting import until, within

EPOCH = b"e" * 16
Script = Callable[[FakeTransport], Awaitable[None]]


@dataclass
class Stage:
    """A terminal whose office follows a script."""

    terminal: Terminal
    script: Script
    room_up: int = 64
    ends: list[FakeTransport] = field(default_factory=list)
    link: Link = field(init=False)

    async def connect(self) -> FakeTransport:
        ours, theirs = fake_pair(room_up=self.room_up)
        self.ends.append(ours)
        await self.script(ours)
        return theirs

    async def record(self, count: int) -> None:
        for n in range(count):
            draft = Draft("household", self.terminal.new_id(), "lianhu/yg", {"door": f"1-{n}"})
            await self.terminal.record([draft])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    enrolment = Enrolment("lianhu", "莲湖街道", "T001", "wss://x:1", "grid", ["lianhu/yg"])
    make_terminal(tmp_path, Identity(enrolment, key_from_seed(b"k" * 32), PEM))
    environment = Environment(lambda: START_MS, Random(1).randbytes)
    async with open_terminal(tmp_path, environment) as terminal:
        made = Stage(terminal, nothing)
        key = load_identity(tmp_path).key
        made.link = Link(terminal.replica, key, "lianhu", made.connect, environment)
        terminal.attach(made.link)
        yield made


async def nothing(_ours: FakeTransport) -> None:
    """An office that accepts and says nothing."""


async def say(ours: FakeTransport, *messages: wire.FromOffice) -> None:
    for message in messages:
        await ours.send(wire.encode(message))


CHALLENGE = wire.Challenge(1, 1, "lianhu", EPOCH, b"n" * 32, START_MS + 3_000)
WELCOME = wire.Welcome(
    1, START_MS + 3_000, EPOCH, "lianhu", "莲湖街道", Policy(), ["lianhu/yg"], "grid", "张三",
    0, b"", 0, 0,
)  # fmt: skip
CAUGHT_UP = wire.CaughtUp(0, CHAIN_START, set_digest([]), 0)


async def welcome(ours: FakeTransport) -> None:
    await say(ours, CHALLENGE, WELCOME, CAUGHT_UP)


async def test_a_silent_office_is_left_and_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "WELCOME_TIMEOUT_S", 0.05)
    stage.terminal.go_online()
    await until(lambda: len(stage.ends) >= 2, "another attempt")
    assert stage.ends[0].closed is not None
    assert "no welcome in time" in stage.terminal.status.problem


async def test_an_office_that_reads_nothing_is_cut(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT_S", 0.05)
    stage.script = welcome
    # The hello and one push fit into the line, the second push does not.
    stage.room_up = 2
    stage.terminal.go_online()
    await until(lambda: stage.terminal.status.connected, "a connection")
    await stage.record(3)
    await until(lambda: len(stage.ends) >= 2, "another attempt")
    assert stage.ends[0].aborted


async def test_what_the_office_says_before_it_closes_is_told(stage: Stage) -> None:
    async def refuse(ours: FakeTransport) -> None:
        await say(ours, CHALLENGE, wire.Refusal(wire.CLOSE_NOT_ALLOWED, "no such key"))
        await ours.close(wire.CLOSE_NOT_ALLOWED, "")

    stage.script = refuse
    stage.terminal.go_online()
    await until(lambda: stage.terminal.status.problem, "the problem is told")
    assert "no such key" in stage.terminal.status.problem
    # Only a person can cure it: no storm of attempts.
    assert len(stage.ends) == 1
    with pytest.raises(NotAllowed, match="no such key"):
        await within(stage.link.drain(), "an answer")


@pytest.mark.parametrize(
    ("state", "english", "chinese"),
    [
        (wire.OfficeState(False, "x", wire.CAUSE_FULL), "its disk is full", "街道的磁盘已满"),
        (wire.OfficeState(False, "x", wire.CAUSE_DAMAGED), "store is damaged", "数据库已损坏"),
        (wire.OfficeState(False, "x", wire.CAUSE_FAILED), "disk or program fails", "磁盘或程序"),
        (wire.OfficeState(False, "x", "of a newer office"), "disk or program fails", "磁盘或程序"),
        # Of an office that sends no cause yet.
        (wire.OfficeState(False, "the disk is full"), "its disk is full", "街道的磁盘已满"),
    ],
)
async def test_draining_gives_up_on_an_office_that_cannot_write(
    stage: Stage, state: wire.OfficeState, english: str, chinese: str
) -> None:
    async def full(ours: FakeTransport) -> None:
        await say(ours, CHALLENGE, WELCOME, state, CAUGHT_UP)

    stage.script = full
    await stage.record(1)
    with pytest.raises(OfficeUnreachable, match=f"cannot take records just now: .*{english}"):
        await within(stage.link.drain(), "an answer")
    set_language(CHINESE)
    try:
        with pytest.raises(OfficeUnreachable, match=f"街道暂时不能收记录：.*{chinese}") as told:
            await within(stage.link.drain(), "an answer")
    finally:
        set_language(ENGLISH)
    assert not any("a" <= letter <= "z" for letter in str(told.value))
    assert stage.terminal.status.waiting == 1


async def test_draining_gives_up_on_an_office_that_answers_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "SILENCE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(link, "DRAIN_ATTEMPTS", 2)
    stage.script = welcome
    await stage.record(1)
    with pytest.raises(OfficeUnreachable, match="no word in time"):
        await within(stage.link.drain(), "an answer")
    assert len(stage.ends) == 2


async def test_a_wrong_certificate_is_not_tried_again_and_again(stage: Stage) -> None:
    attempts = 0

    async def impostor(_ours: FakeTransport) -> None:
        nonlocal attempts
        attempts += 1
        raise WrongCertificate("not the office")

    stage.script = impostor
    stage.terminal.go_online()
    await until(lambda: stage.terminal.status.problem, "the problem is told")
    assert attempts == 1
    with pytest.raises(WrongCertificate):
        await within(stage.link.drain(), "an answer")


async def test_the_clocks_difference_is_measured_at_the_welcome(stage: Stage) -> None:
    stage.script = welcome
    stage.terminal.go_online()
    await until(lambda: stage.terminal.status.connected, "a connection")
    assert stage.terminal.status.clock_offset_ms == 3_000


async def test_a_base_that_never_agrees_does_not_make_a_storm(stage: Stage) -> None:
    async def other_digest(ours: FakeTransport) -> None:
        await say(ours, CHALLENGE, WELCOME, wire.CaughtUp(0, CHAIN_START, b"d" * 16, 5))

    stage.script = other_digest
    stage.terminal.go_online()
    await until(lambda: len(stage.ends) >= 3, "some attempts")
    assert stage.link._backoff._next_s >= 0.8
    await until(lambda: "fetched anew" in stage.terminal.status.problem, "the problem is told")


async def test_a_history_that_is_asked_for_when_the_connection_ends(stage: Stage) -> None:
    stage.script = welcome
    stage.terminal.go_online()
    await until(lambda: stage.terminal.status.connected, "a connection")

    async def cut_when_asked() -> None:
        ours = stage.ends[0]
        while True:
            message = wire.decode_from_terminal(await ours.receive())
            if isinstance(message, wire.HistoryRequest):
                ours.abort()
                return

    cutting = asyncio.create_task(cut_when_asked())
    with pytest.raises(OfficeUnreachable):
        await within(stage.link.history(b"r" * 16), "an end")
    await cutting
    with pytest.raises(TransportClosed):
        await stage.ends[0].send(b"")
