"""Taking in what a terminal sends by hand: the same committer, rules and receipts."""

from __future__ import annotations

import asyncio
from collections import Counter

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from armband.server.commit.model import Batch, TerminalGrant
from armband.server.errors import BadRequest, NotFound, OfficeCannotWrite
from armband.server.model import Terminal
from armband.server.office import Office
from armband.shared import wire
from armband.shared.carried import Carried, Sealed, to_sign, unseal
from armband.shared.errors import BadFrame
from armband.shared.ops import link_all

COMMIT_TIMEOUT_S = 60.0
"""For one run of operations; a disk that refuses for so long is said to."""
_STATUSES = {
    wire.STATUS_ACCEPTED: "accepted",
    wire.STATUS_MERGED: "merged",
    wire.STATUS_CONFLICT: "conflict",
    wire.STATUS_DEFERRED: "deferred",
    wire.STATUS_QUARANTINED: "refused",
}


class Taken(msgspec.Struct, frozen=True):
    """What became of a file.

    Attributes:
        operations: in the file.
        known: of these, held before.
        outcomes: how many by receipt: accepted, merged, conflict, deferred, refused.
        refused: counter and reason of those that are kept aside.
    """

    terminal: str
    person: str
    written_ms: int
    operations: int
    known: int
    outcomes: dict[str, int]
    refused: list[tuple[int, str]]


async def take(office: Office, raw: bytes) -> Taken:
    """Commit what is in a file; a second time changes nothing.

    Raises:
        BadRequest: it is no such file, damaged, not signed by its terminal, or another office's.
        NotFound: no terminal of this office has the key.
        OfficeCannotWrite: the disk refuses; what was taken in before is kept, take it again later.
    """
    try:
        carried, sealed = unseal(raw)
    except BadFrame as error:
        raise BadRequest(error.problem) from None
    if carried.office != office.code:
        raise BadRequest(f"the file is for the office {carried.office!r}, this is {office.code!r}")
    terminal = await office.terminal(carried.key_id)
    if terminal is None:
        raise NotFound(f"no terminal of this office has the key {carried.key_id.hex()}")
    if not _signed(terminal, sealed):
        raise BadRequest(f"the file is not signed by terminal {terminal.name}: it was changed")
    return await _commit(office, terminal, carried)


def _signed(terminal: Terminal, sealed: Sealed) -> bool:
    key = Ed25519PublicKey.from_public_bytes(terminal.public_key)
    try:
        key.verify(sealed.signature, to_sign(sealed.content))
    except InvalidSignature:
        return False
    return True


async def _commit(office: Office, terminal: Terminal, carried: Carried) -> Taken:
    scope = () if terminal.revoked else terminal.scope
    grant = TerminalGrant(terminal.role, scope, terminal.revoked)
    receipts: list[wire.Receipt] = []
    known = 0
    for run in carried.runs:
        ops = tuple(link_all(run.prev, carried.key_id, run.counter, run.ops))
        # As if pushed anew after a new epoch: a file from before a restored backup is taken in, and
        # no reason to doubt the office's history. Its clock was not compared with the office's.
        batch = Batch(carried.key_id, grant, 0, True, ops, source="file")
        before = office.seq
        try:
            async with asyncio.timeout(COMMIT_TIMEOUT_S):
                result = await office.submit(batch)
        except TimeoutError:
            raise OfficeCannotWrite(office.reason or "no answer in time") from None
        known += sum(0 < receipt.seq <= before for receipt in result.receipts)
        receipts += result.receipts
    return Taken(
        terminal.name,
        terminal.person,
        carried.written_ms,
        len(receipts),
        known,
        dict(Counter(_STATUSES[receipt.status] for receipt in receipts)),
        [(r.counter, r.reason) for r in receipts if r.status == wire.STATUS_QUARANTINED],
    )
