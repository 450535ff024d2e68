"""The office's side of the protocol as a table: what a state takes, and what it refuses."""

from __future__ import annotations

import pytest

from armband.server.session import (
    ALLOWED,
    Admit,
    Close,
    Commit,
    Follow,
    Note,
    Nothing,
    Session,
    State,
    TellHistory,
    Unfollow,
)
from armband.shared import limits, wire
from armband.shared.ops import WireOp

ID = bytes(16)


def hello(protocol: int = wire.PROTOCOL, cursor: int = 0) -> wire.Hello:
    return wire.Hello(protocol, 1, "test", ID, 0, b"", cursor, 0, b"", [], b"s" * 64)


def enrol() -> wire.Enrol:
    return wire.Enrol(wire.PROTOCOL, bytes(8), bytes(32), bytes(32), bytes(32))


def push(*ops: WireOp) -> wire.Push:
    return wire.Push(ID, 1, wire.pack_list(list(ops or (WireOp(1, 1, b"x"),))))


MESSAGES: list[wire.FromTerminal] = [
    hello(),
    enrol(),
    wire.TokenHello(wire.PROTOCOL, "test", "token"),
    push(),
    wire.Subscribe(1, "lianhu/a", 0),
    wire.Unsubscribe(1),
    wire.HistoryRequest(1, ID),
    wire.Report(0, 0, 0, 0),
]


def session_in(state: State, scope: tuple[str, ...] = ("lianhu/a",)) -> Session:
    session = Session()
    if state is not State.GREETED:
        session.receive(hello())
    if state not in (State.GREETED, State.CHECKING):
        session.enter(state, scope)
    return session


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_state_takes_what_its_row_allows_and_nothing_else(
    state: State, message: wire.FromTerminal
) -> None:
    session = session_in(state)
    demand = session.receive(message)
    if type(message) in ALLOWED[state]:
        assert not isinstance(demand, Close)
    else:
        assert isinstance(demand, Close)
        assert demand.code == wire.CLOSE_PROTOCOL
        assert type(message).__name__ in demand.reason
        assert session.state is State.DONE


def test_every_message_of_a_terminal_is_in_the_table() -> None:
    known = {type(message) for message in MESSAGES}
    assert known == set(wire.FromTerminal.__args__)
    assert set(ALLOWED) == set(State)


def test_each_message_makes_its_demand() -> None:
    session = session_in(State.TERMINAL)
    op = WireOp(7, 9, b"payload")
    assert session.receive(push(op)) == Commit(ID, 1, [op])
    subscribe = wire.Subscribe(3, "lianhu/a/g1", 2, "2022-05-01", "2022-05-02")
    assert session.receive(subscribe) == Follow(subscribe)
    assert session.receive(wire.Unsubscribe(3)) == Unfollow(3)
    assert session.receive(wire.HistoryRequest(5, ID)) == TellHistory(5, ID, allowed=True)
    report = wire.Report(1, 2, 3, 4)
    assert session.receive(report) == Note(report)
    assert session_in(State.GREETED).receive(enrol()) == Admit(enrol())


@pytest.mark.parametrize("protocol", [0, wire.PROTOCOL + 1])
def test_a_protocol_that_is_not_spoken_is_named(protocol: int) -> None:
    demand = Session().receive(hello(protocol))
    assert isinstance(demand, Close)
    assert demand.code == wire.CLOSE_PROTOCOL
    assert str(protocol) in demand.reason


def test_after_a_refusal_nothing_is_taken_any_more() -> None:
    session = session_in(State.TERMINAL)
    session.receive(hello())
    assert isinstance(session.receive(push()), Close)


@pytest.mark.parametrize(
    "bad",
    [
        wire.Push(ID, 1, wire.pack_list([])),
        wire.Push(ID, 1, b"\x07nonsense"),
        wire.Push(ID, (1 << 63) - 1, wire.pack_list([WireOp(1, 1, b"x")])),
        push(WireOp(-1, 1, b"x")),
        push(WireOp(1 << 63, 1, b"x")),
        push(WireOp(1, -1, b"x")),
        wire.Subscribe(1, "lianhu/a", 0, "2022-05-01", ""),
        wire.Subscribe(1, "lianhu/a", 0, "yesterday", "today"),
        wire.Subscribe(1, "lianhu/a", 0, "2022-05-02", "2022-05-01"),
        wire.Subscribe(1, "lianhu/a", 0, "0001-01-01", "9999-12-31"),
    ],
)
def test_what_no_terminal_would_send_is_a_bad_frame(bad: wire.FromTerminal) -> None:
    demand = session_in(State.TERMINAL).receive(bad)
    assert isinstance(demand, Close)
    assert demand.code == wire.CLOSE_BAD_FRAME


def test_a_cursor_that_no_store_holds_is_a_bad_frame() -> None:
    demand = Session().receive(hello(cursor=1 << 63))
    assert isinstance(demand, Close)
    assert demand.code == wire.CLOSE_BAD_FRAME


@pytest.mark.parametrize("unit", ["lianhu", "lianhu/b"])
def test_a_terminal_sees_the_totals_of_its_whole_office(unit: str) -> None:
    demand = session_in(State.TERMINAL).receive(wire.Subscribe(1, unit, 0))
    assert isinstance(demand, Follow)


@pytest.mark.parametrize(
    ("state", "unit"),
    [
        (State.SCRIPT, "lianhu"),
        (State.SCRIPT, "lianhu/b"),
        (State.SCRIPT, "lianhu/ab"),
        (State.SCRIPT, ""),
        (State.TERMINAL, "lianhu2"),
        (State.TERMINAL, ""),
    ],
)
def test_roll_ups_outside_the_scope_are_not_allowed(state: State, unit: str) -> None:
    demand = session_in(state).receive(wire.Subscribe(1, unit, 0))
    assert isinstance(demand, Close)
    assert demand.code == wire.CLOSE_NOT_ALLOWED


def test_subscriptions_are_counted_but_a_changed_one_is_no_new_one() -> None:
    session = session_in(State.TERMINAL)
    for sub in range(limits.MAX_SUBSCRIPTIONS):
        assert isinstance(session.receive(wire.Subscribe(sub, "lianhu/a", 0)), Follow)
    assert isinstance(session.receive(wire.Subscribe(0, "lianhu/a", 1)), Follow)
    session.receive(wire.Unsubscribe(1))
    assert isinstance(session.receive(wire.Subscribe(99, "lianhu/a", 0)), Follow)
    demand = session.receive(wire.Subscribe(100, "lianhu/a", 0))
    assert isinstance(demand, Close)
    assert demand.code == wire.CLOSE_LIMIT


def test_a_revoked_terminal_hands_in_and_gets_nothing() -> None:
    session = session_in(State.REVOKED, scope=())
    assert isinstance(session.receive(push()), Commit)
    assert session.receive(wire.Subscribe(1, "lianhu", 0)) == Nothing()
    assert session.receive(wire.HistoryRequest(1, ID)) == TellHistory(1, ID, allowed=False)
