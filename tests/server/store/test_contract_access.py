"""What every adapter keeps of those who may come in."""

from __future__ import annotations

import pytest

from armband.server.errors import InviteExpired, InviteRefused, InviteUsed, NotFound
from armband.server.model import Invite, Token, Touch
from armband.server.store.port import Store
from armband.shared import wire
from armband.shared.ops import key_id_of
from armband.shared.permissions import Role
from support.commit_store import push
from support.commit_world import NOW_MS, Author

INVITE = Invite(b"invite 1", b"k" * 32, "lianhu/yg", Role.GRID, "张三", NOW_MS + 1000)
PUBLIC = b"p" * 32
KEY = key_id_of(PUBLIC)


async def test_an_invite_makes_one_terminal(store: Store) -> None:
    await store.add_invite(INVITE, NOW_MS)
    assert await store.invite(INVITE.id, NOW_MS) == INVITE
    terminal = await store.take_invite(INVITE.id, KEY, PUBLIC, NOW_MS + 1)
    assert (terminal.name, terminal.person, terminal.role) == ("T001", "张三", Role.GRID)
    assert (terminal.scope, terminal.public_key) == (("lianhu/yg",), PUBLIC)
    assert await store.terminals() == [terminal]
    with pytest.raises(InviteUsed):
        await store.invite(INVITE.id, NOW_MS)
    with pytest.raises(InviteRefused, match="used already"):
        await store.take_invite(INVITE.id, b"x" * 16, b"x" * 32, NOW_MS)
    assert len(await store.terminals()) == 1


async def test_an_invite_expires(store: Store) -> None:
    await store.add_invite(INVITE, NOW_MS)
    with pytest.raises(InviteExpired):
        await store.invite(INVITE.id, INVITE.expires_ms)
    with pytest.raises(InviteRefused, match="expired"):
        await store.take_invite(INVITE.id, KEY, PUBLIC, INVITE.expires_ms)
    with pytest.raises(InviteRefused, match="unknown"):
        await store.take_invite(b"nothing!", KEY, PUBLIC, NOW_MS)
    assert await store.terminals() == []


async def test_a_key_is_listed_once(store: Store) -> None:
    for number in (b"invite 1", b"invite 2"):
        invite = Invite(number, b"k" * 32, "lianhu/yg", Role.GRID, "张三", NOW_MS + 1000)
        await store.add_invite(invite, NOW_MS)
    await store.take_invite(b"invite 1", KEY, PUBLIC, NOW_MS)
    with pytest.raises(InviteRefused, match="listed already"):
        await store.take_invite(b"invite 2", KEY, PUBLIC, NOW_MS)
    assert await store.invite(b"invite 2", NOW_MS) is not None, "it is not used up"


async def test_a_revoked_key_is_known_to_the_next_commit(store: Store) -> None:
    zhang = Author("zhang")
    await store.add_invite(INVITE, NOW_MS)
    await store.take_invite(INVITE.id, zhang.key_id, PUBLIC, NOW_MS)
    door = {"unit": "lianhu/yg", "door": "1"}
    assert (await push(store, zhang.op(1, {**door})))[0].status == wire.STATUS_ACCEPTED
    terminal = await store.revoke(zhang.key_id, NOW_MS + 5)
    assert terminal.revoked_ms == NOW_MS + 5
    assert (await store.revoke(zhang.key_id, NOW_MS + 9)).revoked_ms == NOW_MS + 5
    assert (await push(store, zhang.op(2, {**door})))[0].reason == wire.REASON_REVOKED
    with pytest.raises(NotFound):
        await store.revoke(b"nobody's key....", NOW_MS)


async def test_a_terminal_is_given_other_units(store: Store) -> None:
    await store.add_invite(INVITE, NOW_MS)
    await store.take_invite(INVITE.id, KEY, PUBLIC, NOW_MS)
    scope = ("lianhu/yg/g2", "lianhu/yg/g3")
    terminal = await store.assign(KEY, Role.LIAISON, scope)
    assert (terminal.role, terminal.scope, terminal.person) == (Role.LIAISON, scope, "张三")
    assert await store.terminals() == [terminal]
    with pytest.raises(NotFound):
        await store.assign(b"nobody's key....", Role.GRID, scope)


async def test_what_a_terminal_says_of_itself_is_kept(store: Store) -> None:
    await store.add_invite(INVITE, NOW_MS)
    await store.take_invite(INVITE.id, KEY, PUBLIC, NOW_MS)
    await store.touch({KEY: Touch(NOW_MS + 1, "armband 0.1", -70, wire.Report(9, 2, 1, 0))})
    await store.touch({KEY: Touch(NOW_MS + 2), b"unknown": Touch(NOW_MS)})
    (terminal,) = await store.terminals()
    assert (terminal.last_seen_ms, terminal.software) == (NOW_MS + 2, "armband 0.1")
    assert (terminal.clock_offset_ms, terminal.written, terminal.waiting) == (-70, 9, 2)


async def test_a_token_is_found_by_its_id(store: Store) -> None:
    token = Token(b"token 01", "lianhu/yg", NOW_MS + 1000)
    await store.add_token(token, b"h" * 32, NOW_MS)
    assert await store.token(token.id) == (token, b"h" * 32)
    assert await store.token(b"token 02") is None
