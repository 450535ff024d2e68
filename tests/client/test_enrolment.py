"""Enrolment over real sockets: what makes a terminal, and every way in which it is refused."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.enrolment import enrol, split_code
from armband.client.errors import NotAllowed, OfficeUnreachable, StoreHeld, Usage
from armband.client.keys import (
    CERTIFICATE_FILE,
    IDENTITY_FILE,
    KEY_FILE,
    is_enrolled,
    load_identity,
)
from armband.client.lock import hold
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.certificate import load_certificate
from armband.server.listener import Listener
from armband.server.service import Service
from armband.shared import handshake, wire
from armband.shared.permissions import Role
from armband.shared.transport import Transport, TransportClosed
from support.real_office import invited, new_office, real_office

FILES = (IDENTITY_FILE, CERTIFICATE_FILE, KEY_FILE)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Service]:
    async with real_office(tmp_path / "office") as service:
        yield service


async def enrol_in(folder: Path, code: str, url: str) -> None:
    await enrol(folder, code, url, real_environment(), open_unpinned)


def none_of_it(folder: Path) -> bool:
    return not any((folder / name).exists() for name in FILES)


async def test_a_code_makes_a_terminal_that_the_office_lists(
    office: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "a"
    code = await invited(office, "lianhu/yg", Role.GRID)
    enrolled = await enrol(folder, code, office.url, real_environment(), open_unpinned)
    assert (enrolled.office, enrolled.scope, enrolled.role) == ("lianhu", ["lianhu/yg"], "grid")
    identity = load_identity(folder)
    assert identity.enrolment == enrolled
    assert identity.fingerprint == load_certificate(tmp_path / "office").fingerprint
    (listed,) = await office.office.terminals()
    assert listed.public_key == identity.key.public
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


async def test_a_code_works_once(office: Service, tmp_path: Path) -> None:
    code = await invited(office)
    await enrol_in(tmp_path / "a", code, office.url)
    with pytest.raises(NotAllowed, match="has been used already"):
        await enrol_in(tmp_path / "b", code, office.url)
    assert none_of_it(tmp_path / "b")


async def test_a_wrong_and_an_expired_code_are_refused(office: Service, tmp_path: Path) -> None:
    expired = await invited(office, hours=-1)
    for code, words in (("0" * 16, "does not know this code"), (expired, "is too old")):
        with pytest.raises(NotAllowed, match=words):
            await enrol_in(tmp_path / "a", code, office.url)
    assert none_of_it(tmp_path / "a")


async def test_an_enrolled_folder_is_never_overwritten(office: Service, tmp_path: Path) -> None:
    await enrol_in(tmp_path / "a", await invited(office), office.url)
    before = [(tmp_path / "a" / name).read_bytes() for name in FILES]
    code = await invited(office)
    with pytest.raises(NotAllowed, match="enrolled already, as"):
        await enrol_in(tmp_path / "a", code, office.url)
    assert [(tmp_path / "a" / name).read_bytes() for name in FILES] == before
    await enrol_in(tmp_path / "b", code, office.url)


async def test_a_folder_that_is_being_enrolled_is_held(office: Service, tmp_path: Path) -> None:
    with hold(tmp_path / "a"), pytest.raises(StoreHeld):
        await enrol_in(tmp_path / "a", await invited(office), office.url)


async def test_an_office_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OfficeUnreachable):
        await enrol_in(tmp_path / "a", "0" * 16, "wss://127.0.0.1:1")
    assert none_of_it(tmp_path / "a")


class Impostor:
    """Listens where the office should and does not know the code."""

    def __init__(self, answer: wire.FromOffice) -> None:
        self.answer = answer
        self.heard: list[wire.FromTerminal] = []

    async def __call__(self, transport: Transport) -> None:
        nonce = b"n" * 32
        await transport.send(wire.encode(wire.Challenge(1, 1, "lianhu", b"e" * 16, nonce, 1)))
        try:
            self.heard.append(wire.decode_from_terminal(await transport.receive()))
            await transport.send(wire.encode(self.answer))
            await transport.receive()
        except TransportClosed:
            pass


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (wire.Enrolled(b"p" * 32, "lianhu", "莲湖街道", "T001", ["lianhu"], "street"), NotAllowed),
        (wire.OfficeState(True), OfficeUnreachable),
    ],
)
async def test_whoever_does_not_know_the_code_is_not_the_office(
    tmp_path: Path, answer: wire.FromOffice, error: type[Exception]
) -> None:
    await new_office(tmp_path / "office")
    impostor = Impostor(answer)
    listener = Listener(impostor, load_certificate(tmp_path / "office"))
    url = await listener.start("127.0.0.1", 0)
    code = handshake.code_from_bytes(b"secret-10b")
    try:
        with pytest.raises(error):
            await enrol_in(tmp_path / "a", code, url)
    finally:
        await listener.stop()
    assert none_of_it(tmp_path / "a")
    # What the impostor has heard does not hold the code.
    (heard,) = impostor.heard
    assert code.encode() not in wire.encode(heard)


async def test_an_interrupted_enrolment_leaves_a_folder_that_can_be_enrolled(
    office: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / KEY_FILE).write_text("of a try that was cut short")
    (folder / (KEY_FILE + ".half")).write_text("half a key")
    assert not is_enrolled(folder)
    await enrol_in(folder, await invited(office), office.url)
    assert load_identity(folder).enrolment.office == "lianhu"


@pytest.mark.parametrize(
    ("text", "code", "address"),
    [
        ("54w8-fw11 cqmf-pn5h", "54W8FW11CQMFPN5H", ""),
        ("54W8FW11CQMFPNOH@office:8443", "54W8FW11CQMFPN0H", "office:8443"),
        ("armband:54W8FW11CQMFPN5H@wss://o:1", "54W8FW11CQMFPN5H", "wss://o:1"),
    ],
)
def test_codes_as_people_type_them(text: str, code: str, address: str) -> None:
    assert split_code(text) == (code, address)


def test_what_is_no_code_is_said_at_once() -> None:
    with pytest.raises(Usage, match="16 letters and digits"):
        split_code("hello")


async def test_a_silent_office_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await new_office(tmp_path / "office")
    done = asyncio.Event()

    async def silent(_transport: Transport) -> None:
        await done.wait()

    listener = Listener(silent, load_certificate(tmp_path / "office"))
    url = await listener.start("127.0.0.1", 0)
    monkeypatch.setattr("armband.client.enrolment.ANSWER_TIMEOUT_S", 0.2)
    try:
        with pytest.raises(OfficeUnreachable, match="did not answer"):
            await enrol_in(tmp_path / "a", "0" * 16, url)
    finally:
        done.set()
        await listener.stop()
