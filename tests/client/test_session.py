"""The terminal's side of the protocol, without an event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from armband.client.effects import (
    AdoptWelcome,
    ApplyFeed,
    ApplyReceipts,
    ApplyRollup,
    CheckBase,
    Effect,
    LoadWaiting,
    OfficeWrites,
    Refused,
    Send,
    TellHistory,
)
from armband.client.errors import ProtocolViolation
from armband.client.hello import Opening
from armband.client.keys import TerminalKey, key_from_seed
from armband.client.session import ALLOWED, MAX_ROLLUP_PARTS, Session, State
from armband.client.sync_port import Batch, RollupPart, SyncPoint
from armband.shared import limits, wire
from armband.shared.handshake import hello_transcript
from armband.shared.ops import CHAIN_START, WireOp
from armband.shared.policy import Policy
from support.playbook import Playbook

EPOCH, OTHER_EPOCH = b"e" * 16, b"f" * 16
HIST = b"h" * 16
NONCE = b"n" * 32
FINGERPRINT = b"F" * 32
SCOPE = ("lianhu/yg",)
KEY = key_from_seed(b"k" * 32)
RECORD = b"r" * 16
CHALLENGE = wire.Challenge(1, 1, "lianhu", EPOCH, NONCE, 1_000)


def point(cursor: int = 0, epoch: bytes = EPOCH, scope: Sequence[str] = SCOPE) -> SyncPoint:
    return SyncPoint(epoch, cursor, cursor, HIST if cursor else b"", tuple(scope))


def session_at(start: SyncPoint, key: TerminalKey = KEY) -> Session:
    return Session(Opening(start, "lianhu", FINGERPRINT, "test", lambda: 5_000), key)


def welcome(**changes: Any) -> wire.Welcome:
    fields: dict[str, Any] = {
        "protocol": 1,
        "now_ms": 2_000,
        "epoch": EPOCH,
        "office": "lianhu",
        "office_name": "莲湖街道",
        "policy": Policy(),
        "scope": list(SCOPE),
        "role": "grid",
        "person": "张三",
        "head_counter": 0,
        "head": b"",
        "seq": 40,
        "stable_seq": 0,
    }
    return wire.Welcome(**{**fields, **changes})


def feed(from_seq: int, to_seq: int, rows: Sequence[wire.FeedRow] = ()) -> wire.Feed:
    return wire.Feed(from_seq, to_seq, HIST, wire.pack_list(list(rows)), [])


def caught_up(seq: int) -> wire.CaughtUp:
    return wire.CaughtUp(seq, HIST, b"d" * 16, 0)


def receipts(*counters: int) -> wire.Receipts:
    items = [wire.Receipt(counter, wire.STATUS_ACCEPTED, 40 + counter, 1) for counter in counters]
    return wire.Receipts(items, 50, HIST, 0)


def batch(counter: int, count: int = 1) -> Batch:
    return Batch(CHAIN_START, counter, [WireOp(n, n, b"p") for n in range(count)])


def offer(found: Batch | None) -> Callable[[Session], list[Effect]]:
    return lambda session: session.offer(found)


def live(start: SyncPoint | None = None) -> Session:
    """A session that has caught up and has nothing to push."""
    session = session_at(start or point(7))
    with Playbook(session) as play:
        play >> CHALLENGE << Send
        play >> welcome() << AdoptWelcome << LoadWaiting(0)
        play >> offer(None)
        play >> caught_up(start.cursor if start else 7) << CheckBase
    return session


# -- hello and welcome ------------------------------------------------------------------------


def test_the_hello_says_how_far_the_terminal_has_come_and_is_signed() -> None:
    session = session_at(point(7))
    (effect,) = session.receive(wire.encode(CHALLENGE))
    assert isinstance(effect, Send)
    hello = effect.message
    assert isinstance(hello, wire.Hello)
    assert (hello.epoch, hello.cursor, hello.witness_seq) == (EPOCH, 7, 7)
    assert (hello.witness_hist, hello.scope, hello.now_ms) == (HIST, list(SCOPE), 5_000)
    assert hello.key_id == KEY.key_id
    transcript = hello_transcript(NONCE, FINGERPRINT, hello)
    assert hello.signature == KEY.sign(transcript)


def test_an_office_that_speaks_only_other_protocols_is_left() -> None:
    session = session_at(point())
    with pytest.raises(ProtocolViolation, match="protocol 2 to 3") as caught:
        session.receive(wire.encode(wire.Challenge(2, 3, "lianhu", EPOCH, NONCE, 0)))
    assert caught.value.code == wire.CLOSE_PROTOCOL


@pytest.mark.parametrize(("newest", "spoken"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_the_newest_protocol_that_both_speak_is_spoken(
    newest: int, spoken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PROTOCOL", 3)
    [effect] = session_at(point()).receive(
        wire.encode(wire.Challenge(1, newest, "lianhu", EPOCH, NONCE, 0))
    )
    assert isinstance(effect, Send)
    assert isinstance(effect.message, wire.Hello)
    assert effect.message.protocol == spoken


def test_another_office_behind_the_same_certificate_is_left() -> None:
    session = session_at(point())
    with pytest.raises(ProtocolViolation, match="office 'elsewhere'"):
        session.receive(wire.encode(wire.Challenge(1, 1, "elsewhere", EPOCH, NONCE, 0)))


@pytest.mark.parametrize(
    ("changes", "new_epoch", "clear_base"),
    [
        ({}, False, False),
        ({"scope": ["lianhu/yg/g1"]}, False, True),
        ({"epoch": OTHER_EPOCH}, True, True),
    ],
)
def test_the_base_is_cleared_for_a_new_epoch_and_for_a_new_scope(
    changes: dict[str, Any], new_epoch: bool, clear_base: bool
) -> None:
    told = welcome(**changes)
    with Playbook(session_at(point(7))) as play:
        play >> CHALLENGE << Send
        play >> told << AdoptWelcome(told, new_epoch, clear_base) << LoadWaiting(0)
        play >> offer(None)
        # The feed starts where both sides have worked out that it starts.
        start = 0 if clear_base else 7
        play >> feed(start, 9) << ApplyFeed(feed(start, 9), [])


def test_a_revoked_terminal_hands_in_what_it_holds_and_takes_nothing() -> None:
    with Playbook(session_at(point(7))) as play:
        play >> CHALLENGE << Send
        play >> welcome(revoked=True, scope=[]) << AdoptWelcome << LoadWaiting(0)
        play >> offer(batch(1)) << Send << LoadWaiting(1)
        play >> offer(None)
        play >> receipts(1) << ApplyReceipts
        with pytest.raises(ProtocolViolation, match="Feed is out of place"):
            play >> feed(0, 9)


# -- what a state does not take ---------------------------------------------------------------

ONE_OF_EACH: tuple[wire.FromOffice, ...] = (
    CHALLENGE,
    welcome(),
    wire.Enrolled(b"p" * 32, "lianhu", "", "", [], ""),
    receipts(1),
    feed(7, 8),
    caught_up(7),
    wire.RollupFrame(1, 1, 1, True, False, b"\x00"),
    wire.HistoryReply(1, False, b""),
    wire.OfficeState(True),
)


def in_state(state: State) -> Session:
    session = live()
    session.state = state
    return session


OUT_OF_PLACE = [
    pytest.param(state, message, id=f"{state.name}-{type(message).__name__}")
    for state in State
    for message in ONE_OF_EACH
    if type(message) not in ALLOWED[state]
]


@pytest.mark.parametrize(("state", "message"), OUT_OF_PLACE)
def test_a_message_out_of_its_place_ends_the_connection(
    state: State, message: wire.FromOffice
) -> None:
    session = in_state(state)
    with pytest.raises(ProtocolViolation, match="out of place") as caught:
        session.receive(wire.encode(message))
    assert caught.value.code == wire.CLOSE_PROTOCOL
    assert session.state is State.DONE


@pytest.mark.parametrize("frame", [b"", b"\xc1", b"\x93\x17", wire.encode(feed(7, 8))[:-3]])
def test_a_damaged_frame_ends_the_connection(frame: bytes) -> None:
    session = live()
    with pytest.raises(ProtocolViolation) as caught:
        session.receive(frame)
    assert caught.value.code == wire.CLOSE_BAD_FRAME
    assert session.state is State.DONE


def test_a_feed_whose_body_is_damaged_does_not_move_the_cursor() -> None:
    session = live()
    with pytest.raises(ProtocolViolation) as caught:
        session.receive(wire.encode(wire.Feed(7, 8, HIST, b"\x01damaged", [])))
    assert caught.value.code == wire.CLOSE_BAD_FRAME


# -- feed -------------------------------------------------------------------------------------


def test_feed_frames_are_taken_only_from_the_cursor_on() -> None:
    row = wire.FeedRow(9, b"state")
    with Playbook(live()) as play:
        play >> feed(7, 9, [row]) << ApplyFeed(feed(7, 9, [row]), [row])
        play >> feed(9, 12) << ApplyFeed(feed(9, 12), [])


@pytest.mark.parametrize(("from_seq", "to_seq"), [(8, 9), (6, 9), (0, 9), (7, 6)])
def test_a_feed_with_a_gap_or_a_repeat_ends_the_connection(from_seq: int, to_seq: int) -> None:
    with pytest.raises(ProtocolViolation, match="at cursor 7"):
        live().receive(wire.encode(feed(from_seq, to_seq)))


def test_caught_up_at_another_seq_than_the_cursor_ends_the_connection() -> None:
    session = live()
    with pytest.raises(ProtocolViolation, match="the cursor is 7"):
        session.receive(wire.encode(caught_up(8)))


# -- pushing ----------------------------------------------------------------------------------


def test_new_operations_are_pushed_and_the_window_holds() -> None:
    wake = Session.wake
    with Playbook(live()) as play:
        play >> wake << LoadWaiting(0)
        for n in range(1, limits.PUSH_WINDOW):
            push = wire.Push(CHAIN_START, n, wire.pack_list(batch(n).wires))
            play >> offer(batch(n)) << Send(push) << LoadWaiting(n)
        # The window is full now: nothing is loaded until an answer comes.
        play >> offer(batch(limits.PUSH_WINDOW)) << Send
        play >> wake
        play >> receipts(2) << ApplyReceipts << LoadWaiting(limits.PUSH_WINDOW)
        play >> offer(None)
        assert not play.session.all_answered


def test_a_push_is_answered_when_each_of_its_operations_is() -> None:
    with Playbook(live()) as play:
        play >> Session.wake << LoadWaiting(0)
        play >> offer(batch(1, count=3)) << Send << LoadWaiting(3)
        play >> offer(None)
        play >> receipts(1, 2) << ApplyReceipts
        assert not play.session.all_answered
        play >> receipts(3) << ApplyReceipts
        assert play.session.all_answered


def test_a_wake_while_operations_are_loaded_looks_once_more() -> None:
    with Playbook(live()) as play:
        play >> Session.wake << LoadWaiting(0)
        play >> Session.wake
        play >> offer(None) << LoadWaiting(0)
        play >> offer(None)


def test_a_wake_before_the_welcome_waits_for_it() -> None:
    with Playbook(session_at(point())) as play:
        play >> Session.wake
        play >> CHALLENGE << Send
        play >> Session.wake
        play >> welcome() << AdoptWelcome << LoadWaiting(0)


# -- roll-ups, history, the rest --------------------------------------------------------------


def rollup(sub: int, seq: int, *, reset: bool = False, more: bool = False) -> wire.RollupFrame:
    body = wire.RollupBody("2022-06-12", [], [], wire.CoverageRow(0, 1, []))
    return wire.RollupFrame(sub, seq, 1, reset, more, wire.pack_rollup(body))


def part(frame: wire.RollupFrame) -> RollupPart:
    return RollupPart(frame, wire.unpack_rollup(frame.body))


SUBSCRIPTION = wire.Subscribe(1, "lianhu/yg", 1)


def following() -> Session:
    session = live()
    assert session.follow(SUBSCRIPTION) == [Send(SUBSCRIPTION)]
    return session


def test_frames_of_one_moment_are_passed_on_together() -> None:
    first, last = rollup(1, 9, reset=True, more=True), rollup(1, 9)
    with Playbook(following()) as play:
        play >> first
        play >> last << ApplyRollup(SUBSCRIPTION, (part(first), part(last)))
        play >> rollup(1, 10) << ApplyRollup


def test_frames_of_a_subscription_that_was_given_up_are_passed_over() -> None:
    with Playbook(following()) as play:
        play >> (lambda session: session.unfollow(1)) << Send(wire.Unsubscribe(1))
        play >> rollup(1, 9)
        play >> (lambda session: session.unfollow(1))


def test_a_moment_without_an_end_ends_the_connection() -> None:
    session = following()
    frame = wire.encode(rollup(1, 9, more=True))
    for _n in range(MAX_ROLLUP_PARTS - 1):
        assert session.receive(frame) == []
    with pytest.raises(ProtocolViolation, match="more than"):
        session.receive(frame)


def test_a_history_is_asked_for_and_told_by_its_number() -> None:
    session = live()
    number, effects = session.ask_history(RECORD)
    assert effects == [Send(wire.HistoryRequest(number, RECORD))]
    row = wire.HistoryRow(1, b"o" * 16, 1, 1, False, b"payload")
    with Playbook(session) as play:
        reply = wire.HistoryReply(number, True, wire.pack_list([row]))
        play >> reply << TellHistory(number, [row])
        play >> wire.HistoryReply(number, False, b"") << TellHistory(number, None)


def test_the_office_says_whether_it_writes_and_why_it_closes() -> None:
    with Playbook(live()) as play:
        play >> wire.OfficeState(False, "no room", "full") << OfficeWrites(False, "no room", "full")
        play >> wire.OfficeState(True) << OfficeWrites(True, "")
        play >> wire.Refusal(wire.CLOSE_EPOCH, "again") << Refused(wire.CLOSE_EPOCH, "again")
        with pytest.raises(ProtocolViolation):
            play >> receipts(1)
