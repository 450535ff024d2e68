"""Who may come in: hello, enrolment and tokens checked against the office."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from armband.server.commit.model import TerminalGrant
from armband.server.errors import InviteExpired, InviteRefused, InviteUsed
from armband.server.follower import Reader
from armband.server.model import Terminal, Touch
from armband.server.office import Office
from armband.server.session import Close, State
from armband.shared import handshake, tokens, wire
from armband.shared.ids import ID_BYTES
from armband.shared.permissions import Role


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the challenge of a connection bound its peer to."""

    nonce: bytes
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Admitted:
    """A peer that is in.

    Attributes:
        answer: the welcome, or the answer to an enrolment.
        key_id: of a terminal; empty for a script.
        token_id: of a script; empty for a terminal.
        cursor: where its feed starts.
        epoch: the office's when it came in.
        repushing: it knew another epoch and pushes all that it retains.
        expires_ms: when a script's token ends.
    """

    state: State
    answer: wire.Welcome | wire.Enrolled
    reader: Reader
    grant: TerminalGrant
    key_id: bytes = b""
    token_id: bytes = b""
    cursor: int = 0
    epoch: bytes = b""
    repushing: bool = False
    clock_offset_ms: int = 0
    expires_ms: int | None = None


async def admit(
    office: Office,
    greeting: Greeting,
    message: wire.Hello | wire.Enrol | wire.TokenHello,
    now_ms: int,
) -> Admitted | Close:
    """Check the first message of a peer."""
    match message:
        case wire.Hello():
            return await _terminal(office, greeting, message, now_ms)
        case wire.Enrol():
            return await _enrol(office, greeting, message)
        case wire.TokenHello():
            return await _script(office, message, now_ms)


async def _terminal(
    office: Office, greeting: Greeting, hello: wire.Hello, now_ms: int
) -> Admitted | Close:
    terminal = await office.terminal(hello.key_id)
    if terminal is None:
        return Close(
            wire.CLOSE_NOT_ALLOWED,
            "no terminal of this office has this key",
            wire.CAUSE_UNKNOWN_KEY,
        )
    if not _signed(terminal, greeting, hello):
        return Close(
            wire.CLOSE_SIGNATURE,
            "the signature is not this key's over this challenge and the office's certificate",
        )
    offset_ms = hello.now_ms - now_ms
    office.touch(hello.key_id, Touch(now_ms, hello.software, offset_ms))
    epoch = await _epoch(office, greeting, hello)
    # At this moment: whether the office has begun anew since, is for the gateway to see.
    office_epoch = office.epoch
    head = await office.head_of(hello.key_id)
    scope = () if terminal.revoked else terminal.scope
    same_base = hello.epoch == epoch and tuple(hello.scope) == scope
    welcome = wire.Welcome(
        protocol=hello.protocol,
        now_ms=now_ms,
        epoch=epoch,
        office=office.code,
        office_name=office.name,
        policy=office.policy,
        scope=list(scope),
        role=terminal.role.value,
        person=terminal.person,
        head_counter=head.counter,
        head=head.op,
        seq=office.seq,
        stable_seq=office.stable_seq,
        revoked=terminal.revoked,
    )
    return Admitted(
        state=State.REVOKED if terminal.revoked else State.TERMINAL,
        answer=welcome,
        reader=Reader(terminal.role, scope),
        grant=TerminalGrant(terminal.role, scope, terminal.revoked),
        key_id=hello.key_id,
        cursor=hello.cursor if same_base else 0,
        epoch=office_epoch,
        repushing=hello.epoch != epoch,
        clock_offset_ms=offset_ms,
    )


def _signed(terminal: Terminal, greeting: Greeting, hello: wire.Hello) -> bool:
    transcript = handshake.hello_transcript(greeting.nonce, greeting.fingerprint, hello)
    key = Ed25519PublicKey.from_public_bytes(terminal.public_key)
    try:
        key.verify(hello.signature, transcript)
    except InvalidSignature:
        return False
    return True


async def _epoch(office: Office, greeting: Greeting, hello: wire.Hello) -> bytes:
    """The epoch of this session: the office's, which a witness may change.

    A key that has changed it too often is told an epoch of its own: it alone pushes and fetches
    everything again, now and once more when it next comes and learns the office's.
    """
    if hello.epoch == office.epoch and await _forgotten(office, hello):
        reason = "a terminal has seen history that the office lacks"
        if await office.new_epoch(reason, hello.epoch, hello.key_id) == hello.epoch:
            return greeting.nonce[:ID_BYTES]
    return office.epoch


async def _forgotten(office: Office, hello: wire.Hello) -> bool:
    """Whether the terminal has seen history that this office does not have (any more)."""
    if max(hello.witness_seq, hello.cursor) > office.seq:
        return True
    if hello.witness_seq == 0:
        return False
    return await office.hist_at(hello.witness_seq) != hello.witness_hist


async def _enrol(office: Office, greeting: Greeting, enrol: wire.Enrol) -> Admitted | Close:
    try:
        invite = await office.invite(enrol.invite)
    except InviteRefused as error:
        return _refused(error)
    nonces = (greeting.nonce, enrol.nonce)

    def proof(side: str) -> bytes:
        return handshake.enrol_proof(
            invite.key, side, greeting.fingerprint, enrol.public_key, nonces
        )

    if not handshake.same(proof("terminal"), enrol.proof):
        return _refused(InviteRefused("wrong"))
    try:
        terminal = await office.take_invite(enrol.invite, enrol.public_key)
    except InviteRefused as error:
        return _refused(error)
    enrolled = wire.Enrolled(
        proof=proof("office"),
        office=office.code,
        office_name=office.name,
        terminal=terminal.name,
        scope=list(terminal.scope),
        role=terminal.role.value,
    )
    nobody = Reader(terminal.role, ())
    return Admitted(State.DONE, enrolled, nobody, TerminalGrant(terminal.role, ()))


def _refused(error: InviteRefused) -> Close:
    match error:
        case InviteUsed():
            code = wire.CLOSE_CODE_USED
        case InviteExpired():
            code = wire.CLOSE_CODE_EXPIRED
        case _:
            code = wire.CLOSE_CODE_REFUSED
    return Close(code, str(error))


async def _script(office: Office, hello: wire.TokenHello, now_ms: int) -> Admitted | Close:
    try:
        token = tokens.parse_token(hello.token)
    except ValueError as error:
        return Close(wire.CLOSE_NOT_ALLOWED, str(error))
    known = await office.check_token(token.id, token.secret)
    if known is None:
        return Close(wire.CLOSE_NOT_ALLOWED, "the token is unknown or has expired")
    scope = (known.unit,)
    welcome = wire.Welcome(
        protocol=hello.protocol,
        now_ms=now_ms,
        epoch=office.epoch,
        office=office.code,
        office_name=office.name,
        policy=office.policy,
        scope=list(scope),
        role=Role.SCRIPT.value,
        person="",
        head_counter=0,
        head=b"",
        seq=office.seq,
        stable_seq=office.stable_seq,
    )
    return Admitted(
        state=State.SCRIPT,
        answer=welcome,
        reader=Reader(Role.SCRIPT, scope),
        grant=TerminalGrant(Role.SCRIPT, scope),
        token_id=token.id,
        epoch=office.epoch,
        expires_ms=known.expires_ms,
    )
