"""The wire: every message between a terminal, a script and the office. PROTOCOL.md describes it.

A websocket message is binary and holds one of these Structs as a MessagePack array whose first
element is the tag. Bodies that hold many things travel packed: one byte (0 plain, 1 zstd), then
the MessagePack of a list.

Evolution: new fields go at the end and have a default; a field is never retyped, reordered or
reused; a new message gets a new tag. An older reader ignores elements that it does not know.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from armband.shared import limits
from armband.shared.errors import BadFrame
from armband.shared.ops import WireOp
from armband.shared.policy import Policy

PROTOCOL = 1
OLDEST_PROTOCOL = max(1, PROTOCOL - 2)
"""The office takes the two before its own. A message with a new tag must not reach a peer that
speaks an older protocol: `tests/sim/release.py` says what each knows."""
SCHEMA = 1
"""Version of the kinds' declarations. A newer one is carried, never refused."""

Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
IdOrNone = Annotated[bytes, msgspec.Meta(max_length=16)]
"""Empty for none."""
Code = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=500)]
Body = Annotated[bytes, msgspec.Meta(max_length=limits.MAX_FRAME)]
Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 62) - 1)]
"""Sequences, counters and stamps; with room to add to one and still fit into a database."""
Version = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Moment = Annotated[int, msgspec.Meta(ge=-(1 << 52), le=1 << 52)]
"""UTC milliseconds; a clock may be wrong by a lot, but fits into a database."""
OfficeTime = Annotated[int, msgspec.Meta(ge=0, le=(1 << 47) - 1)]
"""UTC milliseconds of the office's clock: always a day of the calendar (up to the year 6429)."""
CodeNumber = Annotated[int, msgspec.Meta(ge=0, le=9_999)]
"""A STATUS_ or CLOSE_ code, also one of a newer release."""


# From the office, at once after the connection opens.
class Challenge(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """The office's first word: which protocols it speaks, and what a hello must sign."""

    oldest: Version
    newest: Version
    office: Code
    epoch: Id
    nonce: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    now_ms: OfficeTime


def common_protocol(challenge: Challenge) -> int | None:
    """The newest protocol that both sides speak; None when there is none."""
    spoken = min(PROTOCOL, challenge.newest)
    return spoken if spoken >= max(OLDEST_PROTOCOL, challenge.oldest) else None


# From the terminal or the script.
class Hello(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """A terminal says who it is and how far it has come.

    ``signature`` is Ed25519 over `handshake.hello_transcript`. ``epoch`` is empty before the first
    welcome. ``cursor`` is the seq up to which the base is complete; ``witness_*`` the newest point
    of the office's history that the terminal has seen.
    """

    protocol: Version
    schema: Version
    software: Words
    key_id: Id
    now_ms: Moment
    epoch: IdOrNone
    cursor: Number
    witness_seq: Number
    witness_hist: IdOrNone
    scope: Annotated[list[Code], msgspec.Meta(max_length=limits.MAX_SCOPE_UNITS)]
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


class Enrol(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """A new terminal proves that it holds an enrolment code, without showing it."""

    protocol: Version
    invite: Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
    public_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    nonce: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    proof: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class TokenHello(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """A script says hello with its token."""

    protocol: Version
    software: Words
    token: Words


class Push(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """Consecutive operations of the terminal's chain: packed list of `ops.WireOp`.

    ``prev_dropped``: the terminal keeps the operation before the first no longer, because a backup
    holds it or a damaged disk lost it; an office that lacks it takes these as a branch: nobody can
    push it again.
    """

    prev: Id
    counter: Annotated[int, msgspec.Meta(ge=1, le=(1 << 62) - 1)]
    body: Body
    prev_dropped: bool = False


class Subscribe(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """Roll-ups of a unit and ``depth`` levels below; empty days mean the office's today."""

    sub: Number
    unit: Code
    depth: Annotated[int, msgspec.Meta(ge=0, le=12)]
    day_from: Code = ""
    day_to: Code = ""


class Unsubscribe(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """No more roll-ups of this subscription."""

    sub: Number


class HistoryRequest(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """All operations on one record, please."""

    request: Number
    record: Id


class Report(msgspec.Struct, frozen=True, array_like=True, tag=9):
    """What the terminal's own screen shows of its sync; the office lists it."""

    written: Number
    waiting: Number
    refused: Number
    conflicts: Number


# From the office.
class Welcome(msgspec.Struct, frozen=True, array_like=True, tag=20):
    """The hello is accepted.

    ``head_counter`` and ``head`` are the newest operation of this terminal that the office holds
    (0 and empty when none). A new ``epoch`` means: push again all that you retain, and build the
    base anew from cursor 0. ``stable_seq``: up to here the history is inside a verified backup.
    """

    protocol: Version
    now_ms: OfficeTime
    epoch: Id
    office: Code
    office_name: Words
    policy: Policy
    scope: list[Code]
    role: Code
    person: Words
    head_counter: Number
    head: bytes
    seq: Number
    stable_seq: Number
    revoked: bool = False


class Enrolled(msgspec.Struct, frozen=True, array_like=True, tag=21):
    """The office lists the key and proves that it holds the code too."""

    proof: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    office: Code
    office_name: Words
    terminal: Words
    scope: list[Code]
    role: Code


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """What became of one operation: `status` is one of the STATUS_ codes.

    ``seq`` and ``eff`` are 0 for a quarantined one, whose ``reason`` is a REASON_ code and
    ``detail`` says more, in English.
    """

    counter: Number
    status: CodeNumber
    seq: Number
    eff: Number
    reason: Code = ""
    detail: Words = ""


class Receipts(msgspec.Struct, frozen=True, array_like=True, tag=22):
    """Receipts after the commit: all of these operations are on the office's disk.

    Without items it only says that ``stable_seq`` has changed.
    """

    items: list[Receipt]
    seq: Number
    hist: Id
    stable_seq: Number


class Feed(msgspec.Struct, frozen=True, array_like=True, tag=23):
    """Records of the terminal's scope that changed in ``(from_seq, to_seq]``, packed `FeedRow`s.

    Applied only when ``from_seq`` equals the cursor, in one transaction with the new cursor.
    ``left`` are records that are out of the terminal's scope now. ``hist`` is the history at
    ``to_seq``.
    """

    from_seq: Number
    to_seq: Number
    hist: Id
    body: Body
    left: list[Id]


class CaughtUp(msgspec.Struct, frozen=True, array_like=True, tag=24):
    """The feed has reached the head: ``digest`` of all (record, seq) that the base must hold."""

    seq: Number
    hist: Id
    digest: Id
    count: Number


class RollupFrame(msgspec.Struct, frozen=True, array_like=True, tag=25):
    """Cells of a subscription, as packed `RollupBody`: absolute values, true at ``seq``.

    ``reset``: forget the earlier cells of this subscription first. ``more``: the next frame of this
    subscription belongs to the same moment.
    """

    sub: Number
    seq: Number
    at_ms: OfficeTime
    reset: bool
    more: bool
    body: Body


class HistoryReply(msgspec.Struct, frozen=True, array_like=True, tag=26):
    """The operations on a record, oldest first, as packed list of `HistoryRow`."""

    request: Number
    found: bool
    body: Body


class OfficeState(msgspec.Struct, frozen=True, array_like=True, tag=27):
    """Whether the office can take records just now, and if not, why.

    ``reason`` is in the office's words, ``cause`` a ``CAUSE_`` that a terminal has words for; empty
    from an older office.
    """

    writable: bool
    reason: Words = ""
    cause: Words = ""


class Refusal(msgspec.Struct, frozen=True, array_like=True, tag=28):
    """Why the office closes the connection; the close code follows.

    ``cause`` is a ``CAUSE_`` where a terminal needs words of its own.
    """

    code: CodeNumber
    reason: Words
    cause: Words = ""


class FeedRow(msgspec.Struct, frozen=True, array_like=True):
    """A record at its newest change: ``state`` is an encoded `merge.State`, as stored."""

    seq: Number
    state: bytes


class UnitName(msgspec.Struct, frozen=True, array_like=True):
    """What to call a unit."""

    code: str
    name: str
    level: str


class CellRow(msgspec.Struct, frozen=True, array_like=True):
    """The cells of one unit on one day; day ``""`` holds what exists now.

    ``small``: metrics left out because they count too few people; see `small_cells`.
    """

    day: str
    unit: str
    metrics: dict[str, int]
    small: list[str] = []


class CoverageRow(msgspec.Struct, frozen=True, array_like=True):
    """Coverage of the subscription's unit on its last day."""

    reported: Number
    expected: Number
    missing: list[str]


class RollupBody(msgspec.Struct, frozen=True, array_like=True):
    """What a `RollupFrame` carries. ``units`` names units that have not been named before."""

    day: str
    rows: list[CellRow]
    units: list[UnitName]
    coverage: CoverageRow


class HistoryRow(msgspec.Struct, frozen=True, array_like=True):
    """One operation on a record. ``kind`` and ``patch`` are in the payload."""

    seq: Number
    op: bytes
    eff: Number
    hlc: Number
    suspect: bool
    payload: bytes


STATUS_ACCEPTED = 1
"""Nobody else had changed the record since the author saw it."""
STATUS_MERGED = 2
"""Somebody had, in other fields or with the same values."""
STATUS_CONFLICT = 3
"""Somebody had, in the same field with another value; both are kept."""
STATUS_DEFERRED = 4
"""Its record is not known yet; it takes effect when the record arrives."""
STATUS_QUARANTINED = 5
"""Kept aside with a reason; it can be mended and sent again."""

REASON_SCOPE = "scope"
REASON_ROLE = "role"
REASON_REVOKED = "revoked"
REASON_INVALID = "invalid"
REASON_KIND_CHANGED = "kind"

CAUSE_FULL = "full"
"""Why an office takes no records: its disk is full."""
CAUSE_DAMAGED = "damaged"
"""Its store is damaged."""
CAUSE_FAILED = "failed"
"""Anything else."""
CAUSE_UNKNOWN_KEY = "unknown-key"
"""Why an office closes the connection: no terminal has this key (any more)."""

CLOSE_OFFICE_STOPS = 1001
CLOSE_BAD_FRAME = 4000
CLOSE_PROTOCOL = 4001
"""No common protocol version, or a message out of its place."""
CLOSE_NOT_ALLOWED = 4003
"""Unknown key, wrong token, or roll-ups outside of the scope."""
CLOSE_CODE_REFUSED = 4004
"""The enrolment code is wrong, or is not for this key."""
CLOSE_REVOKED = 4005
CLOSE_EPOCH = 4006
"""The office has a new epoch; connect again."""
CLOSE_SCOPE_CHANGED = 4007
"""Connect again to learn the new scope."""
CLOSE_SLOW = 4008
"""Hello did not come in time, or frames were not taken in time."""
CLOSE_REPLACED = 4009
"""The same key has connected again; the newer connection stays."""
CLOSE_LIMIT = 4010
CLOSE_CODE_USED = 4011
"""The enrolment code has been used."""
CLOSE_CODE_EXPIRED = 4012
"""The enrolment code is too old."""
CLOSE_SIGNATURE = 4013
"""The hello is not signed by this key, or not over this challenge and this certificate."""
CLOSE_REPLAYED = 4014
"""The hello or the proof of an enrolment was shown before, on another connection."""
CLOSE_TOO_OFTEN = 4015
"""Too many attempts from this address, or with this code, have failed; try again later."""

FromTerminal = Hello | Enrol | TokenHello | Push | Subscribe | Unsubscribe | HistoryRequest | Report
FromOffice = (
    Challenge
    | Welcome
    | Enrolled
    | Receipts
    | Feed
    | CaughtUp
    | RollupFrame
    | HistoryReply
    | OfficeState
    | Refusal
)
Message = FromTerminal | FromOffice

_encoder = msgspec.msgpack.Encoder()
_from_terminal: msgspec.msgpack.Decoder[FromTerminal] = msgspec.msgpack.Decoder(FromTerminal)
_from_office: msgspec.msgpack.Decoder[FromOffice] = msgspec.msgpack.Decoder(FromOffice)
_BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError)


def encode(message: Message) -> bytes:
    """The bytes of one websocket message."""
    return _encoder.encode(message)


def decode_from_terminal(frame: bytes) -> FromTerminal:
    """A frame that reached the office.

    Raises:
        BadFrame: it is no message of this protocol.
    """
    try:
        return _from_terminal.decode(frame)
    except _BROKEN as error:
        raise BadFrame(f"not a message of a terminal: {error}") from None


def decode_from_office(frame: bytes) -> FromOffice:
    """A frame that reached a terminal or a script.

    Raises:
        BadFrame: it is no message of this protocol.
    """
    try:
        return _from_office.decode(frame)
    except _BROKEN as error:
        raise BadFrame(f"not a message of the office: {error}") from None


_PACK_FROM = 400
"""Bytes from which compressing a body pays."""
_ZSTD_LEVEL = 3


def pack(raw: bytes) -> bytes:
    """A body as it travels: compressed when that pays."""
    if len(raw) < _PACK_FROM:
        return b"\x00" + raw
    # Imported here: 8-21 ms that a headless command without a connection need not pay.
    import zstandard

    return b"\x01" + zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(raw)


def unpack(body: bytes) -> bytes:
    """The bytes inside a packed body, at most `limits.MAX_UNPACKED`.

    Raises:
        BadFrame: unknown packing, damaged, or larger than the limit.
    """
    if body[:1] == b"\x00":
        return body[1:]
    if body[:1] != b"\x01":
        raise BadFrame("a packed body starts with 0 or 1")
    import zstandard

    try:
        size = zstandard.frame_content_size(body[1:])
        if not 0 <= size <= limits.MAX_UNPACKED:
            raise BadFrame(f"a body of {size} bytes unpacked, at most {limits.MAX_UNPACKED}")
        raw: bytes = zstandard.ZstdDecompressor().decompress(
            body[1:], max_output_size=limits.MAX_UNPACKED, allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise BadFrame(f"a body does not unpack: {error}") from None
    return raw


_ops_decoder: msgspec.msgpack.Decoder[list[WireOp]] = msgspec.msgpack.Decoder(
    Annotated[list[WireOp], msgspec.Meta(max_length=limits.MAX_BATCH_OPS)]
)
_rows_decoder = msgspec.msgpack.Decoder(list[FeedRow])
_rollup_decoder = msgspec.msgpack.Decoder(RollupBody)
_history_decoder = msgspec.msgpack.Decoder(list[HistoryRow])


def pack_list(items: list[WireOp] | list[FeedRow] | list[HistoryRow]) -> bytes:
    """A packed list."""
    return pack(_encoder.encode(items))


def pack_rollup(body: RollupBody) -> bytes:
    """A packed roll-up body."""
    return pack(_encoder.encode(body))


def unpack_ops(body: bytes) -> list[WireOp]:
    """The operations of a `Push`.

    Raises:
        BadFrame: damaged or over a limit.
    """
    try:
        return _ops_decoder.decode(unpack(body))
    except _BROKEN as error:
        raise BadFrame(f"a push does not decode: {error}") from None


def unpack_rows(body: bytes) -> list[FeedRow]:
    """The rows of a `Feed`.

    Raises:
        BadFrame: damaged.
    """
    try:
        return _rows_decoder.decode(unpack(body))
    except _BROKEN as error:
        raise BadFrame(f"a feed does not decode: {error}") from None


def unpack_rollup(body: bytes) -> RollupBody:
    """The body of a `RollupFrame`.

    Raises:
        BadFrame: damaged.
    """
    try:
        return _rollup_decoder.decode(unpack(body))
    except _BROKEN as error:
        raise BadFrame(f"a roll-up does not decode: {error}") from None


def unpack_history(body: bytes) -> list[HistoryRow]:
    """The rows of a `HistoryReply`.

    Raises:
        BadFrame: damaged.
    """
    try:
        return _history_decoder.decode(unpack(body))
    except _BROKEN as error:
        raise BadFrame(f"a history does not decode: {error}") from None
