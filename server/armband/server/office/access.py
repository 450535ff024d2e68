"""Who may come in: terminals with their keys, enrolment codes, scripts' tokens."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from armband.server.account import current_actor
from armband.server.audit_log import Details, Entry, LogRow
from armband.server.model import Invite, Terminal, TerminalChanged, Token, Touch
from armband.server.store.port import Store
from armband.shared import tokens
from armband.shared.environment import Environment
from armband.shared.handshake import CODE_BYTES, code_from_bytes, code_key, invite_id, same
from armband.shared.ops import key_id_of
from armband.shared.permissions import Role

_COUNTS = ("written", "waiting", "refused", "conflicts")


class Access:
    """The part of an office that knows who may come in; its terminals are kept in memory."""

    def __init__(
        self,
        store: Store,
        environment: Environment,
        touches: dict[bytes, Touch],
        changed: Callable[[TerminalChanged], None],
    ) -> None:
        self._store = store
        self._environment = environment
        self._touches = touches
        self._changed = changed
        self._terminals: dict[bytes, Terminal] = {}

    async def load(self) -> None:
        """Take the terminals from the store."""
        self._terminals = {found.key_id: found for found in await self._store.terminals()}

    async def terminal(self, key_id: bytes) -> Terminal | None:
        """The terminal that holds this key."""
        return self._terminals.get(key_id)

    async def terminals(self) -> list[Terminal]:
        """All terminals, revoked ones too, by name."""
        return sorted(self._terminals.values(), key=lambda terminal: terminal.name)

    async def forks(self) -> dict[bytes, int]:
        """How many branches each forked chain has beside its main one, by key id."""
        return await self._store.forks()

    async def log(self, action: str, subject: str, details: Details) -> None:
        """Add a row to the audit log, by whoever stands behind what runs now.

        Raises:
            StoreError: the disk refuses.
        """
        entry = Entry(self._environment.now_ms(), current_actor(), action, subject, details)
        await self._store.log(entry)

    async def logged(self, after: int, limit: int) -> list[LogRow]:
        """Rows of the audit log after the one of this number, the oldest first."""
        return await self._store.logged(after, limit)

    async def revoke(self, key_id: bytes) -> Terminal:
        """Trust this key no more, from the next commit on.

        Raises:
            NotFound: no terminal has it.
        """
        return self._listed(await self._store.revoke(key_id, self._environment.now_ms()))

    async def assign(self, key_id: bytes, role: Role, scope: tuple[str, ...]) -> Terminal:
        """Give a terminal another role and other units; its connection begins anew with them.

        Raises:
            NotFound: no terminal has it.
        """
        return self._listed(await self._store.assign(key_id, role, scope))

    def touch(self, key_id: bytes, touch: Touch) -> None:
        """Note what a terminal says of itself; it reaches the disk with the next commit."""
        terminal = self._terminals.get(key_id)
        if terminal is not None:
            self._terminals[key_id] = touched(terminal, touch)
            waiting = self._touches.get(key_id)
            self._touches[key_id] = touch if waiting is None else joined(waiting, touch)

    async def create_invite(self, unit: str, role: Role, person: str, expires_ms: int) -> str:
        """A new enrolment code (16 letters, see `handshake.code_from_bytes`), shown only now."""
        code = code_from_bytes(self._environment.random_bytes(CODE_BYTES))
        invite = Invite(invite_id(code), code_key(code), unit, role, person, expires_ms)
        await self._store.add_invite(invite, self._environment.now_ms())
        return code

    async def invite(self, invite_id: bytes) -> Invite:
        """An invite to check a proof against.

        Raises:
            InviteRefused: unknown; used (`InviteUsed`); expired (`InviteExpired`).
        """
        return await self._store.invite(invite_id, self._environment.now_ms())

    async def take_invite(self, invite_id: bytes, public_key: bytes) -> Terminal:
        """Use an invite up and list the key, in one transaction.

        Raises:
            InviteRefused: unknown, used or expired by now.
        """
        now_ms = self._environment.now_ms()
        key_id = key_id_of(public_key)
        return self._listed(await self._store.take_invite(invite_id, key_id, public_key, now_ms))

    async def create_token(self, unit: str, expires_ms: int) -> tuple[bytes, bytes]:
        """A script's token for one unit: (id, secret), see `shared.tokens`; kept hashed."""
        token_id = self._environment.random_bytes(tokens.ID_BYTES)
        secret = self._environment.random_bytes(tokens.SECRET_BYTES)
        token = Token(token_id, unit, expires_ms)
        now_ms = self._environment.now_ms()
        await self._store.add_token(token, tokens.secret_hash(secret), now_ms)
        return token_id, secret

    async def check_token(self, token_id: bytes, secret: bytes) -> Token | None:
        """The token, if the secret is right and it has not expired."""
        found = await self._store.token(token_id)
        if found is None or not same(found[1], tokens.secret_hash(secret)):
            return None
        return found[0] if found[0].expires_ms > self._environment.now_ms() else None

    def _listed(self, terminal: Terminal) -> Terminal:
        """A terminal was enrolled, assigned or revoked; what it said of itself last is kept."""
        known = self._terminals.get(terminal.key_id)
        if known is not None:
            terminal = msgspec.structs.replace(
                known, revoked_ms=terminal.revoked_ms, role=terminal.role, scope=terminal.scope
            )
        self._terminals[terminal.key_id] = terminal
        self._changed(TerminalChanged(terminal))
        return terminal


def touched(terminal: Terminal, touch: Touch) -> Terminal:
    """A terminal after what it has just said of itself."""
    said = {
        "last_seen_ms": touch.last_seen_ms,
        "software": touch.software,
        "clock_offset_ms": touch.clock_offset_ms,
    }
    if touch.report is not None:
        said.update({name: getattr(touch.report, name) for name in _COUNTS})
    return msgspec.structs.replace(
        terminal, **{name: value for name, value in said.items() if value is not None}
    )


def joined(first: Touch, second: Touch) -> Touch:
    """Two touches as one: what the second does not say stands as the first said it."""
    offset = second.clock_offset_ms
    return Touch(
        second.last_seen_ms,
        second.software if second.software is not None else first.software,
        offset if offset is not None else first.clock_offset_ms,
        second.report if second.report is not None else first.report,
    )
