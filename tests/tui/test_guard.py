"""People on a terminal: unlock, lock, hand over, expire; over a real encrypted store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from armband.client import keyring
from armband.client.door import Door
from armband.client.enrolment import enrol
from armband.client.errors import Locked
from armband.client.founding import make_terminal
from armband.client.holding import hold_online
from armband.client.i18n import CHINESE, ENGLISH, set_language
from armband.client.keys import Enrolment, Identity, key_from_seed
from armband.client.keywrap import Cost
from armband.client.model import LedgerQuery
from armband.client.store.connection import connect_writer
from armband.client.store.store import STORE_FILE
from armband.client.terminal import Terminal, open_terminal
from armband.client.tui.app import ArmbandApp
from armband.client.tui.forms.record_form import RecordForm
from armband.client.tui.screens.expired import ExpiredScreen
from armband.client.tui.screens.lock import LockScreen
from armband.client.tui.screens.pins import NewPinDialog
from armband.client.tui.unlocking import UnlockApp
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from support.desk import COMMUNITY, FIRST, LARGE, SMALL, Desk, small_community
from support.local import OFFICE, Clock
from support.real_office import invited, real_office
from support.terminals import PEM
from support.waiting import until

ZHANG, LI = ("张三", "246810"), ("李四", "135791")
CHEAP = Cost(64, 1, 1)
MINUTE_MS, DAY_MS = 60_000, 86_400_000


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    keyring._unlocked.clear()


def new_folder(folder: Path, clock: Clock, *people: tuple[str, str]) -> Path:
    """A terminal with a small community and these people; the first one sits there."""
    enrolment = Enrolment(OFFICE, "莲湖街道", "T001", "wss://127.0.0.1:1", "community", [COMMUNITY])
    make_terminal(folder, Identity(enrolment, key_from_seed(b"k" * 32), PEM), clock.environment)
    for person, pin in people:
        keyring.set_pin(folder, person, pin, clock.environment, CHEAP)
    return folder


@asynccontextmanager
async def app_over(
    folder: Path, clock: Clock, size: tuple[int, int] = SMALL, language: str = ENGLISH
) -> AsyncIterator[Desk]:
    """The app over the folder's own store, its people with it."""
    set_language(language)
    async with open_terminal(folder, clock.environment) as terminal:
        if not terminal.status.written:
            await terminal.record(small_community())
        app = ArmbandApp(terminal, clock.environment, Door(folder, clock.environment, CHEAP))
        async with app.run_test(size=size, notifications=True) as pilot:
            running = Desk(app, pilot, terminal, clock)
            await until(lambda: app.current_mode in {"lane", "expired"}, "it has begun")
            await running.sees("F1" if app.current_mode == "lane" else "^Q")
            yield running


async def locked(running: Desk, key: str) -> None:
    await running.press(key)
    await until(lambda: isinstance(running.app.screen, LockScreen), "it is locked")
    await running.sees("PIN" if key == "ctrl+e" else "1 ")


async def unlock(running: Desk, keys: str) -> None:
    for key in keys:
        await running.press(key)
    await running.press("enter")
    await until(lambda: not running.app.guard.shut, "it is unlocked")


async def authors(terminal: Terminal, kind: str) -> dict[str, str]:
    """The note of each record of a kind, and who wrote it."""
    page = await terminal.ledger(LedgerQuery(kind), 0, 9)
    found = {}
    for entry in page.entries:
        history = await terminal.history(entry.view.id)
        found[entry.view.text("note")] = history.entries[0].author
    return found


async def test_the_first_question_is_who_and_wrong_pins_wait(tmp_path: Path) -> None:
    clock = Clock()
    new_folder(tmp_path, clock, ZHANG, LI)
    keyring.lock(tmp_path)
    door = Door(tmp_path, clock.environment, CHEAP)
    assert door.is_shut
    with pytest.raises(Locked):
        keyring.key_of(tmp_path)
    app = UnlockApp(door)
    async with app.run_test(size=SMALL) as pilot:
        running = Desk(app, pilot, None, clock)  # type: ignore[arg-type]  # none is open yet
        await running.sees("Who are you?", "1 张三", "2 李四")
        await running.press("2")
        await running.sees("PIN:", "李四")
        for count in (1, 2, 3):
            await running.press(*"000000", "enter")
            await running.sees(f"wrong {count} in a row")
        await running.sees("Wait 2 seconds.")
        # The right one is not listened to yet, and not counted.
        await running.press(*"135791", "enter")
        assert app.is_running
        assert "•" not in running.text()
        clock.now_ms += 2_000
        await running.press(*"135791")
        await running.sees("••••••")
        assert not running.shows("135791")
        await running.press("enter")
        await until(lambda: not app.is_running, "it is unlocked")
    assert app.return_value == "李四"
    assert keyring.person_of(tmp_path) == "李四"
    assert Door(tmp_path, clock.environment).failed == 0


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
async def test_as_a_picture(tmp_path: Path, size: tuple[int, int], language: str) -> None:
    clock = Clock()
    set_language(language)
    app = UnlockApp(Door(new_folder(tmp_path, clock, ZHANG, LI), clock.environment, CHEAP))
    async with app.run_test(size=size) as pilot:
        running = Desk(app, pilot, None, clock)  # type: ignore[arg-type]  # none is open yet
        await running.sees("1 张三")
        await running.matches_snapshot(f"who-{size[0]}x{size[1]}-{language}")


async def test_an_idle_screen_locks_shows_nothing_and_comes_back_as_it_was(tmp_path: Path) -> None:
    clock = Clock()
    async with app_over(new_folder(tmp_path, clock, ZHANG, LI), clock) as running:
        guard = running.app.guard
        await running.sees("张三 · ")
        await running.write("lxt365")
        await running.sees("李雪婷", "3-2-502")
        clock.now_ms += 9 * MINUTE_MS + 40_000
        guard.look()
        await running.sees("Locks in half a minute")
        # A key, or a scanner, keeps it open.
        await running.press("g")
        clock.now_ms += 9 * MINUTE_MS
        guard.look()
        assert not guard.shut
        clock.now_ms += MINUTE_MS
        guard.look()
        await running.sees("This terminal is locked", "Written 20")
        rung: list[bool] = []
        running.app.bell = lambda: rung.append(True)  # type: ignore[method-assign]  # heard here
        told: Patch = {"category": "livelihood", "brief": "王建国体温计坏了", "channel": "phone"}
        await running.terminal.record([Draft("case", b"c" * 16, FIRST, told)])
        await running.sees("1 waits for you  05:00", "Written 21")
        assert rung == [True]
        running.app.notify("王建国 is ill", timeout=60)
        for key in ("f6", "f8", "ctrl+p", "f12", "escape", "escape"):
            await running.press(key)
        await running.pilot.pause()
        assert isinstance(running.app.screen, LockScreen)
        for secret in ("李雪婷", "3-2-502", "王建国", "lxt365", "体温计"):
            assert not running.shows(secret)
        await running.press("1")
        await unlock(running, "246810")
        await running.sees("lxt365g", "李雪婷", "王建国 is ill")


async def test_the_next_person_is_the_author_and_drafts_stay_with_whose_they_are(
    tmp_path: Path,
) -> None:
    clock = Clock()
    async with app_over(new_folder(tmp_path, clock, ZHANG, LI), clock) as running:
        call = Draft("call", b"1" * 16, FIRST, {"topic": "policy", "note": "张"})
        await running.terminal.record([call])
        await running.write("lxt366")
        await running.press("f3")
        await running.sees("Visit", "Note")
        running.app.screen.query_one(RecordForm).focus_on("note")
        await running.write("我的草稿")
        await running.sees("我的草稿")
        await locked(running, "ctrl+f")
        await running.press("2")
        await unlock(running, "135791")
        await running.sees("李四 · ", "F9")
        for secret in ("lxt366", "我的草稿"):
            assert not running.shows(secret)
        assert await running.terminal.drafts() == {}
        call = Draft("call", b"2" * 16, FIRST, {"topic": "policy", "note": "李"})
        await running.terminal.record([call])
        assert await authors(running.terminal, "call") == {"张": "张三", "李": "李四"}
        await locked(running, "ctrl+f")
        await running.press("up")
        await running.press("enter")
        await unlock(running, "246810")
        await running.sees("张三 · ", "lxt366")
        await running.press("f3")
        await running.sees("我的草稿")
    keyring.lock(tmp_path)


async def test_long_after_the_last_contact_nothing_is_shown_until_the_next(tmp_path: Path) -> None:
    clock = Clock()
    new_folder(tmp_path, clock, ZHANG)
    async with open_terminal(tmp_path, clock.environment) as terminal:
        await terminal.record(small_community())
    contact(tmp_path, clock.now_ms)
    clock.now_ms += 8 * DAY_MS
    async with app_over(tmp_path, clock) as running:
        assert isinstance(running.app.screen, ExpiredScreen)
        await running.sees("No contact with the office", "Waiting 20", "Nothing is lost")
        for key in ("f6", "f2", "ctrl+p", "escape"):
            await running.press(key)
        assert isinstance(running.app.screen, ExpiredScreen)
        await running.press("1")
        await running.sees("Into which file?")
        running.app.screen.query_one(Input).value = str(tmp_path / "carried")
        await running.press("enter")
        await running.sees("20 operations are in")
        assert (tmp_path / "carried").exists()
        # Locked and unlocked, it is no more than before.
        await locked(running, "ctrl+e")
        await running.press(*"246810", "enter")
        await running.sees("No contact with the office")
        state = running.terminal.replica._link
        running.terminal.replica.link_changed(
            type(state)(connected=True, last_contact=clock.now_ms)
        )
        await running.sees("张三 · ", "F9")
        assert not running.app.guard.shut


async def test_people_are_added_changed_and_removed_from_the_menu(tmp_path: Path) -> None:
    clock = Clock()
    async with app_over(new_folder(tmp_path, clock), clock, language=CHINESE) as running:

        def people() -> tuple[str, ...]:
            assert running.app.guard.door is not None
            return running.app.guard.door.people

        async def choose(*words: str) -> None:
            running.app.action_people()
            await running.sees(*words)

        async def give(pin: str) -> None:
            await until(lambda: isinstance(running.app.screen, NewPinDialog), "a PIN is asked for")
            for line in running.app.screen.query(Input):
                line.value = pin
            await running.press("enter")

        await running.press("ctrl+e")
        assert not running.app.guard.shut
        await choose("设口令：第一位人员")
        await running.press("enter")
        await running.sees("谁？")
        running.app.screen.query_one(Input).value = "张三"
        await running.press("enter")
        await give("246810")
        await running.sees("张三 · ")
        await choose("添加人员", "更改我的口令")
        await running.press("enter")
        await running.sees("谁？")
        running.app.screen.query_one(Input).value = "李四"
        await running.press("enter")
        await give("135791")
        await until(lambda: people() == ("张三", "李四"), "two people")
        assert running.terminal.person == "张三"
        await choose("移除：李四")
        await running.press("down", "down", "enter")
        await running.sees("这个口令从此无效")
        await running.press("down", "enter")
        await until(lambda: people() == ("张三",), "one person")
        await choose("移除：张三")
        await running.press("down", "down", "enter")
        await running.sees("不再需要口令")
        await running.press("down", "enter")
        await until(lambda: running.terminal.person == "", "nobody has to unlock")
    assert keyring.state(tmp_path, 0).is_unlocked


async def test_the_next_contact_sends_what_waits_and_makes_it_whole(tmp_path: Path) -> None:
    world, folder = real_environment(), tmp_path / "t"
    async with real_office(tmp_path / "office") as service:
        await enrol(folder, await invited(service), service.url, world, open_unpinned)
        keyring.set_pin(folder, *LI, world, CHEAP)
        call = Draft("call", world.random_bytes(16), "lianhu/yg", {"topic": "policy", "note": "李"})
        async with open_terminal(folder, world) as terminal:
            await terminal.record([call])
        contact(folder, world.now_ms() - 8 * DAY_MS)
        async with hold_online(folder, world) as (terminal, _link):
            app = ArmbandApp(terminal, world, Door(folder, world, CHEAP))
            async with app.run_test(size=SMALL) as pilot:
                running = Desk(app, pilot, terminal, Clock())
                await running.sees("No contact with the office", "Waiting 1")
                terminal.go_online()
                await running.sees("李四 · ", "Held 1", timeout_s=10)
                # The terminal is another's, and the office has the author.
                assert terminal.identity.person == "张三"
                history = await terminal.history(call.id)
                assert (history.complete, history.entries[0].author) == (True, "李四")


def contact(folder: Path, at_ms: int) -> None:
    """As if that had been the office's last word."""
    conn = connect_writer(folder / STORE_FILE, keyring.key_of(folder))
    conn.execute("UPDATE sync SET last_contact_ms = ?", (at_ms,))
    conn.close()
