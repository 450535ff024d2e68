"""The board in a browser, over real sockets: what is given before and after the passphrase."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from importlib import resources

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from armband.server.board.web import passphrase
from armband.server.board.web.gate import FREE_TRIES
from support.board_rig import PASSPHRASE, board_rig, board_site, cheap_hash, line_to, trusting
from support.waiting import within

FOREIGN = re.compile(r"(?:https?:|wss?:)?//(?!www\.w3\.org/2000/svg)[\w$]")


@pytest.fixture
async def rig(tmp_path):
    async with board_rig(tmp_path) as made:
        yield made


@pytest.fixture
async def address(rig):
    async with board_site(rig) as found:
        yield found


async def get(address: str, path: str, host: str = "", method: str = "GET") -> tuple[str, str]:
    """Head and body of an answer."""
    name, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port), ssl=trusting())
    asked = f"{method} {path} HTTP/1.1\r\nHost: {host or address}\r\n\r\n"
    writer.write(asked.encode())
    raw = (await within(reader.read(), "an answer")).decode()
    writer.close()
    head, _, body = raw.partition("\r\n\r\n")
    return head, body


async def said(line: ClientConnection, **word: str) -> None:
    await line.send(json.dumps(word))


async def heard(line: ClientConnection, kind: str = "") -> dict:
    """The next message, or the next of a kind."""
    return await heard_when(line, lambda word: not kind or word["type"] == kind)


async def heard_when(line: ClientConnection, wanted: Callable[[dict], bool]) -> dict:
    """The first message that is wanted; other messages in between are no reason to wait longer."""
    async with asyncio.timeout(15):
        while not wanted(word := json.loads(await line.recv())):
            pass
    return word


def shows_two(word: dict) -> bool:
    return word["type"] == "sheet" and word["sheet"]["tiles"][0]["value"]["text"] == "2"


def speaks_english(word: dict) -> bool:
    return word["type"] == "sheet" and word["sheet"]["language"] == "en"


async def ended(line: ClientConnection) -> None:
    with pytest.raises(ConnectionClosed):
        await heard(line, "sheet")


@pytest.mark.parametrize("path", ["/", "/board.css", "/board.js"])
async def test_files_are_served_under_a_strict_policy(address, path) -> None:
    head, body = await get(address, path)
    assert head.startswith("HTTP/1.1 200")
    assert body
    policy = re.search(r"Content-Security-Policy: (.*)", head)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].strip().split("; "))
    assert rules["default-src"] == "'none'"
    assert (rules["script-src"], rules["style-src"]) == ("'self'", "'self'")
    assert "unsafe" not in head
    assert "nosniff" in head


def test_no_file_names_another_place_and_no_script_stands_in_the_page() -> None:
    folder = resources.files("armband.server.board.web") / "page"
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["board.css", "board.html", "board.js"]
    for name in names:
        text = (folder / name).read_text(encoding="utf-8")
        without_own = text.replace("wss://${location.host}/live", "")
        assert not FOREIGN.search(re.sub(r"(?m)^\s*//.*$", "", without_own)), name
        assert "@import" not in text
        assert "innerHTML" not in text
    page = (folder / "board.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?! src=\"board\.js\" defer></script>)", page) == []
    assert not re.search(r"\son\w+=|style=", page)


async def test_whatever_else_is_asked_for_is_refused(address) -> None:
    for path in ("/board.html", "/../control.sock", "/board.js?x", "//", "/live"):
        head, _body = await get(address, path)
        assert head.split()[1] in {"403", "404"}, path
    head, _body = await get(address, "/", host="evil.test")
    assert head.split()[1] == "403"
    for method in ("POST", "HEAD", "PUT"):
        head, _body = await get(address, "/", method=method)
        assert head.split()[1] == "405"


async def test_another_page_opens_no_line(address) -> None:
    for origin in ("https://evil.test", f"http://{address}", "null"):
        with pytest.raises(InvalidStatus) as refused:
            await line_to(address, origin)
        assert refused.value.response.status_code == 403


async def test_a_wrong_passphrase_gets_nothing_and_soon_has_to_wait(address) -> None:
    waits = []
    for _ in range(FREE_TRIES + 1):
        async with line_to(address) as line:
            await said(line, type="login", passphrase="not the one")
            word = await heard(line)
            assert word["type"] == "refused"
            waits.append(word["wait_s"])
            await ended(line)
    assert waits[:FREE_TRIES] == [0] * FREE_TRIES
    assert waits[-1] > 0
    async with line_to(address) as line:
        await said(line, type="login", passphrase=PASSPHRASE)
        assert (await heard(line))["type"] == "refused", "who has to wait, waits with any word"


@pytest.mark.parametrize(
    "first",
    [
        '{"type":"show","unit":"","language":"zh"}',
        '{"type":"alive"}',
        '{"type":"resume","token":""}',
        '{"type":"resume","token":"00"}',
        "{",
        "\ud7ff",
    ],
)
async def test_nothing_without_login(address, first) -> None:
    async with line_to(address) as line:
        await line.send(first)
        try:
            while True:
                word = json.loads(await within(line.recv(), "an end"))
                assert word == {"type": "ended"}
        except ConnectionClosed:
            pass


async def test_figures_come_by_themselves_and_follow_unit_and_language(rig, address) -> None:
    async with line_to(address) as line:
        await said(line, type="login", passphrase=PASSPHRASE)
        token = (await heard(line))["token"]
        assert (await heard(line, "sheet"))["sheet"]["tiles"][0]["value"]["text"] == "0"
        await rig.checks(1, 2, code="red")
        sheet = (await heard_when(line, shows_two))["sheet"]
        assert sheet["tiles"][3]["value"] == {"text": "2 !!", "tone": "alarm"}
        await said(line, type="show", unit="lianhu/yg", language="en")
        sheet = (await heard_when(line, speaks_english))["sheet"]
        assert sheet["path"][-1]["name"] == "阳光社区"
    async with line_to(address) as line:
        await said(line, type="resume", token=token)
        assert (await heard(line))["type"] == "welcome"
        await said(line, type="logout")
        await heard(line, "ended")
        await ended(line)
    async with line_to(address) as line:
        await said(line, type="resume", token=token)
        assert (await heard(line))["type"] == "ended"


async def test_another_passphrase_logs_everybody_out(rig, address) -> None:
    async with line_to(address) as line:
        await said(line, type="login", passphrase=PASSPHRASE)
        await heard(line, "sheet")
        passphrase.save(rig.folder, cheap_hash("a new passphrase", rig.environment))
        await said(line, type="show", unit="", language="zh")
        await heard(line, "ended")


async def test_a_page_that_nobody_sits_at_is_logged_out(rig) -> None:
    async with board_site(rig, idle_s=0.2) as address, line_to(address) as line:
        await said(line, type="login", passphrase=PASSPHRASE)
        await heard(line, "ended")


async def test_a_unit_that_there_is_not_shows_the_first_board_again(address) -> None:
    async with line_to(address) as line:
        await said(line, type="login", passphrase=PASSPHRASE)
        await said(line, type="show", unit="lianhu/none", language="en")
        sheet = (await heard_when(line, speaks_english))["sheet"]
        assert sheet["path"][-1]["unit"] == "lianhu"
