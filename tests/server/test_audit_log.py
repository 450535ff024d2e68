"""The audit log: who did what is in it, and whatever is done to its rows is found."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from armband.server.admin import Admin
from armband.server.audit_log import Entry, LogHead, check_log, next_row, parse_head
from armband.server.cli import main
from armband.server.errors import NotFound
from armband.server.office import create_office, open_office
from armband.server.office.opening import STORE_FILE
from armband.server.store.examine import examine
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Patch
from support.commit_world import DAY, NOW_MS, OFFICE

TEN_MINUTES_MS = 600_000


@pytest.fixture
async def office_dir(tmp_path: Path) -> Path:
    """An office at which a few things have been done."""
    environment = Environment(lambda: NOW_MS, Random(7).randbytes)
    await create_office(tmp_path, OFFICE, "莲湖街道", environment)
    async with open_office(tmp_path, environment) as office:
        admin = Admin(office, environment)
        invite = {"unit": OFFICE, "role": "street", "valid_ms": TEN_MINUTES_MS, "name": "张三"}
        await admin.call("invite", invite)
        await admin.call("token", {"unit": OFFICE, "valid_ms": TEN_MINUTES_MS})
        await admin.call("records", {"kind": "household", "unit": "", "limit": 10})
        await admin.call("exported", {"kind": "household", "unit": OFFICE, "rows": 7})
    return tmp_path


def _log(directory: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict]:
    code = main(["audit", "--log", "--json", "--data", str(directory), *more])
    return code, json.loads(capsys.readouterr().out)


def _change(directory: Path, *statements: str) -> None:
    with closing(sqlite3.connect(directory / STORE_FILE)) as conn, conn:
        for statement in statements:
            conn.execute(statement)


def test_what_was_done_is_there_and_names_nobody(
    office_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, log = _log(office_dir, capsys)
    assert (code, log["problem"]) == (0, "")
    actions = [row["action"] for row in log["rows"]]
    assert actions == ["init", "invite", "token", "read", "export"]
    assert log["rows"][-1]["details"] == {"rows": 7}
    assert all(row["actor"].startswith("account ") for row in log["rows"])
    assert "张三" not in json.dumps(log, ensure_ascii=False)
    _code, some = _log(office_dir, capsys, "--action", "token")
    assert [row["action"] for row in some["rows"]] == ["token"]
    _code, none = _log(office_dir, capsys, "--to", "2001-01-01")
    assert none["rows"] == []
    assert none["head"] == log["head"]


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        pytest.param(
            ["UPDATE audit_log SET actor = 'account nobody' WHERE number = 3"],
            "row 3 was changed",
            id="edit",
        ),
        pytest.param(["DELETE FROM audit_log WHERE number = 2"], "row 2 is missing", id="delete"),
        pytest.param(["DELETE FROM audit_log WHERE number = 1"], "row 1 is missing", id="front"),
        pytest.param(
            [
                "UPDATE audit_log SET number = 99 WHERE number = 2",
                "UPDATE audit_log SET number = 2 WHERE number = 3",
                "UPDATE audit_log SET number = 3 WHERE number = 99",
            ],
            "row 2 was changed",
            id="reorder",
        ),
    ],
)
def test_what_is_done_to_a_row_is_found(
    office_dir: Path, capsys: pytest.CaptureFixture[str], statements: list[str], told: str
) -> None:
    _change(office_dir, *statements)
    code, log = _log(office_dir, capsys)
    assert code == 1
    assert told in log["problem"]
    assert any(told in line for line in examine(office_dir / STORE_FILE).chains)


def test_a_missing_end_is_found_by_a_head_that_was_kept(
    office_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _code, whole = _log(office_dir, capsys)
    assert _log(office_dir, capsys, "--expect", whole["head"])[0] == 0
    _change(office_dir, "DELETE FROM audit_log WHERE number >= 4")
    assert _log(office_dir, capsys)[0] == 0, "the chain alone cannot tell"
    code, log = _log(office_dir, capsys, "--expect", whole["head"])
    assert code == 1
    assert "ends at row 3" in log["problem"]


def test_a_log_that_was_written_anew_is_found_by_the_head() -> None:
    def chain(actor: str) -> list:
        rows, head = [], LogHead()
        for number in range(3):
            rows.append(next_row(head, Entry(number, actor, "read", "", {})))
            head = LogHead(rows[-1].number, rows[-1].hash)
        return rows

    kept = chain("account wang")[-1]
    found = list(check_log(chain("account li"), LogHead(kept.number, kept.hash)))
    assert isinstance(found[-1], str)
    assert "rewritten" in found[-1]


@pytest.mark.parametrize("text", ["", "3", "x:00", "3:zz", "3:00", "-1:" + "00" * 32])
def test_a_head_is_told_from_other_words(text: str) -> None:
    with pytest.raises(ValueError, match="no head"):
        parse_head(text)


async def test_a_look_has_a_row_without_its_words(office_dir: Path) -> None:
    environment = Environment(lambda: NOW_MS, Random(8).randbytes)
    of = "0a" * 16
    look: Patch = {"of": of, "of_kind": "household", "why": "other", "note": "张三"}
    look |= {"at": 1, "day": DAY}
    async with open_office(office_dir, environment) as office:
        await office.upsert([Draft("reveal", bytes(range(16)), OFFICE, look)], "office")
        row = (await office.logged(-1, 100))[-1]
    assert (row.entry.action, row.entry.details["of"]) == ("reveal", of)
    assert "张三" not in str(row)


async def test_what_fails_leaves_no_row(office_dir: Path) -> None:
    environment = Environment(lambda: NOW_MS, Random(8).randbytes)
    async with open_office(office_dir, environment) as office:
        before = await office.logged(-1, 100)
        with pytest.raises(NotFound):
            await office.revoke(bytes(16))
        assert await office.logged(-1, 100) == before


def test_a_row_that_was_written_anew_does_not_lead_to_the_next() -> None:
    rows = [next_row(LogHead(), Entry(0, "account li", "read", "", {}))]
    for number in (1, 2):
        head = LogHead(rows[-1].number, rows[-1].hash)
        rows.append(next_row(head, Entry(number, "account li", "read", "", {})))
    first = LogHead(1, rows[0].hash)
    rows[1] = next_row(first, Entry(1, "account wang", "read", "", {}))
    assert "row 3 was changed" in str(list(check_log(rows))[-1])
