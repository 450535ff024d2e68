"""Enrolment: a new folder becomes a terminal of an office.

The terminal makes its key, connects to whoever answers, and shows that it knows the code over the
certificate that it sees; the office shows the same. Only then is anything written: somebody between
the two can neither enrol nor pose as the office.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

from armband.client.errors import NotAllowed, OfficeUnreachable, StoreUnusable, Usage
from armband.client.founding import make_terminal, rename_terminal
from armband.client.i18n import N_, _
from armband.client.keys import (
    ON,
    Enrolment,
    Identity,
    TerminalKey,
    is_enrolled,
    key_from_seed,
    load_enrolment,
    load_identity,
)
from armband.client.lock import hold
from armband.client.store.fresh import holds_work
from armband.client.store.store import STORE_FILE
from armband.client.websocket import WebsocketTransport
from armband.shared import handshake, wire
from armband.shared.environment import Environment
from armband.shared.errors import BadFrame
from armband.shared.invitation import parse_invitation
from armband.shared.transport import TransportClosed

ANSWER_TIMEOUT_S = 15.0
CLOSE_NORMAL = 1000
OpenUnpinned = Callable[[str], Awaitable[WebsocketTransport]]


def split_code(text: str) -> tuple[str, str]:
    """``CODE``, ``CODE@HOST:PORT`` or the text of the QR code as (code in its one form, address).

    Raises:
        Usage: the code has not 16 letters and digits.
    """
    try:
        return parse_invitation(text)
    except ValueError:
        raise Usage(
            _("an enrolment code has 16 letters and digits, such as XXXX-XXXX-XXXX-XXXX")
        ) from None


async def enrol(
    data_dir: Path,
    code: str,
    url: str,
    environment: Environment,
    open_unpinned: OpenUnpinned,
    *,
    again: bool = False,
    encryption: str = ON,
) -> Enrolment:
    """Enrol the terminal in ``data_dir`` with the office at ``url``.

    Args:
        code: in its one form.
        again: the folder is enrolled, and its office does not know it any more: the same key is
            enrolled anew, and what the folder holds stays and is handed in.
        encryption: ``on`` or ``off``, for a new folder.

    Raises:
        NotAllowed: the folder is enrolled already (with ``again``: with another office), or the
            office refuses the code, or whoever answered does not know it.
        OfficeUnreachable: nobody answers, or not in time.
        NotEnrolled: with ``again``: the folder is not.
        StoreUnusable: the folder cannot be written, or another process holds it.
    """
    with hold(data_dir):
        known_as = load_identity(data_dir) if again else None
        if known_as is None:
            _check_free(data_dir)
        key = known_as.key if known_as else key_from_seed(environment.random_bytes(32))
        transport = await open_unpinned(url)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                enrolled = await _agree(transport, code, key, environment)
        except TimeoutError:
            raise OfficeUnreachable(_("the office did not answer")) from None
        finally:
            await transport.close(CLOSE_NORMAL, "")
        if known_as is not None and enrolled.office != known_as.enrolment.office:
            raise NotAllowed(
                _("{folder} belongs to {office}, and this is another office's code").format(
                    folder=data_dir, office=known_as.enrolment.office_name
                )
            )
        enrolment = Enrolment(
            office=enrolled.office,
            office_name=enrolled.office_name,
            terminal=enrolled.terminal,
            url=url,
            role=enrolled.role,
            scope=enrolled.scope,
            encryption=known_as.enrolment.encryption if known_as else encryption,
        )
        pem = ssl.DER_cert_to_PEM_cert(transport.certificate_der)
        _keep(data_dir, Identity(enrolment, key, pem), environment, anew=known_as is None)
        return enrolment


def _check_free(data_dir: Path) -> None:
    """A folder takes one terminal, and nobody's work is written over."""
    if is_enrolled(data_dir):
        known = load_enrolment(data_dir)
        raise NotAllowed(
            _("{folder} is enrolled already, as {terminal} of {office}: use another --data").format(
                folder=data_dir, terminal=known.terminal, office=known.office_name
            )
        )
    if holds_work(data_dir / STORE_FILE):
        raise StoreUnusable(
            _(
                "{folder} holds the store of another terminal, without its keys: keep it, and "
                "use another --data"
            ).format(folder=data_dir)
        )


def _keep(data_dir: Path, identity: Identity, environment: Environment, *, anew: bool) -> None:
    """Make the terminal, or give the one that is there its new name."""
    try:
        if anew:
            make_terminal(data_dir, identity, environment)
        else:
            rename_terminal(data_dir, identity)
    except (OSError, StoreUnusable) as error:
        problem = error.strerror if isinstance(error, OSError) else error
        raise StoreUnusable(
            _("{folder} cannot be written, a new code is needed: {problem}").format(
                folder=data_dir, problem=problem
            )
        ) from None


async def _agree(
    transport: WebsocketTransport, code: str, key: TerminalKey, environment: Environment
) -> wire.Enrolled:
    challenge = await _next(transport)
    if not isinstance(challenge, wire.Challenge):
        raise _nonsense(challenge)
    spoken = wire.common_protocol(challenge)
    if spoken is None:
        raise OfficeUnreachable(
            _("the office speaks protocol {oldest} to {newest}, this terminal {own}").format(
                oldest=challenge.oldest, newest=challenge.newest, own=wire.PROTOCOL
            )
        )
    nonces = (challenge.nonce, environment.random_bytes(32))

    def proof(side: str) -> bytes:
        secret = handshake.code_key(code)
        return handshake.enrol_proof(secret, side, transport.fingerprint, key.public, nonces)

    enrol_message = wire.Enrol(
        protocol=spoken,
        invite=handshake.invite_id(code),
        public_key=key.public,
        nonce=nonces[1],
        proof=proof("terminal"),
    )
    await transport.send(wire.encode(enrol_message))
    answer = await _next(transport)
    if not isinstance(answer, wire.Enrolled):
        raise _nonsense(answer)
    if not handshake.same(answer.proof, proof("office")):
        raise NotAllowed(_("whoever answered does not know this code: it is not the office"))
    return answer


async def _next(transport: WebsocketTransport) -> wire.FromOffice:
    try:
        message = wire.decode_from_office(await transport.receive())
    except TransportClosed as closed:
        raise _refused(closed.code, closed.reason) from None
    except BadFrame as error:
        raise OfficeUnreachable(_("no Armband office answers there: ") + error.problem) from None
    if isinstance(message, wire.Refusal):
        raise _refused(message.code, message.reason)
    return message


_REFUSALS = {
    wire.CLOSE_CODE_REFUSED: N_("the office does not know this code: is it typed as printed?"),
    wire.CLOSE_CODE_USED: N_("this code has been used already: ask the office for a new one"),
    wire.CLOSE_CODE_EXPIRED: N_("this code is too old: ask the office for a new one"),
    wire.CLOSE_NOT_ALLOWED: N_("the office refuses this terminal"),
    wire.CLOSE_REPLAYED: N_("the office has seen this very hello before: is somebody listening?"),
    wire.CLOSE_TOO_OFTEN: N_("too many attempts have failed from here; try again in a minute"),
}


def _refused(code: int, reason: str) -> NotAllowed | OfficeUnreachable:
    if code in _REFUSALS:
        return NotAllowed(_(_REFUSALS[code]))
    return OfficeUnreachable(_("the office closed the connection: ") + (reason or str(code)))


def _nonsense(message: wire.FromOffice) -> OfficeUnreachable:
    return OfficeUnreachable(
        _("no Armband office answers there: ") + f"{type(message).__name__} is out of place"
    )
