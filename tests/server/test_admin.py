"""Every administration verb, through plain data as a desk or the control socket carries it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from armband.server.admin import Admin
from armband.server.errors import BadRequest, NotFound, UnknownUnit
from armband.server.model import RecordsPage
from armband.server.office import create_office, open_office
from armband.shared import handshake
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.errors import InvalidUnit
from armband.shared.ids import natural_record_id
from armband.shared.kinds import View
from support.commit_world import DAY, NOW_MS, OFFICE, Author, batch, record_id

G1 = "lianhu/yg/g1"
HOUR_MS = 3_600_000


class Desk:
    """An admin behind MessagePack."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin

    async def call(self, verb: str, **args: Any) -> Any:
        return plain(await self.admin.call(verb, plain(args)))


def plain(value: Any) -> Any:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    environment = Environment(lambda: NOW_MS, Random(7).randbytes)
    await create_office(tmp_path, OFFICE, "莲湖街道", environment)
    async with open_office(tmp_path, environment) as office:
        fields = {"name": "第1网格", "level": "grid"}
        await office.upsert(
            [Draft("unit", natural_record_id(OFFICE, "unit", G1), G1, dict(fields))], "office"
        )
        desk = Desk(Admin(office, environment))
        await office.submit(batch(Author("zhang").op(99, {"people": "many"})))
        yield desk


async def test_the_office_tells_about_itself(desk: Desk) -> None:
    about = await desk.call("office")
    assert (about["office"], about["name"], about["today"]) == (OFFICE, "莲湖街道", DAY)
    assert (about["writable"], about["reason"], about["seq"]) == (True, "", 2)


async def test_units_come_by_code(desk: Desk) -> None:
    assert await desk.call("units") == [
        [OFFICE, "莲湖街道", "office"],
        [G1, "第1网格", "grid"],
    ]


async def test_an_upsert_gives_an_outcome_for_each_draft(desk: Desk) -> None:
    drafts = [
        Draft("household", record_id(1), G1, {"door": "1"}),
        Draft("household", record_id(2), G1, {}),
    ]
    dry = await desk.call("upsert", drafts=drafts, author="office", dry_run=True)
    assert await desk.call("upsert", drafts=drafts, author="office") == dry
    assert dry == ["new", "refused: household.door: must be given"]


async def test_records_come_in_pages(desk: Desk) -> None:
    drafts = [Draft("household", record_id(n), G1, {"door": f"{n}"}) for n in (1, 2, 3)]
    await desk.call("upsert", drafts=drafts, author="office")
    first = await desk.call("records", kind="household", limit=2)
    second = await desk.call("records", kind="household", after=first["after"], limit=2)
    views = msgspec.convert(first["views"] + second["views"], list[View])
    assert [view.fields["door"] for view in views] == ["1", "2", "3"]
    assert second["after"] is None
    assert RecordsPage(views, None).after is None


async def test_a_rollup_is_the_report_of_the_contract(desk: Desk) -> None:
    report = await desk.call("rollup", depth=2, day_from="2022-06-11", day_to=DAY)
    assert (report["office"], report["unit"]) == (OFFICE, OFFICE)
    assert report["as_of"] == {"seq": 2, "at": NOW_MS}
    assert report["coverage"] == {"reported": 0, "expected": 1, "missing": [G1]}
    rows = [(row["day"], row["unit"], row["metrics"]) for row in report["rows"]]
    assert rows == [
        ("2022-06-11", OFFICE, {}),
        ("2022-06-11", G1, {}),
        (DAY, OFFICE, {"posts.vacant": 5, "units.grid": 1, "units.office": 1}),
        (DAY, G1, {"posts.vacant": 5, "units.grid": 1}),
    ]
    assert [row["day"] for row in (await desk.call("rollup"))["rows"]] == [DAY]


@pytest.mark.parametrize(
    "days",
    [
        {"day_from": "2022-13-01"},
        {"day_from": "yesterday"},
        {"day_from": DAY, "day_to": "2022-06-11"},
        {"day_from": "2000-01-01", "day_to": DAY},
    ],
)
async def test_days_that_cannot_be_are_refused(desk: Desk, days: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match=r"day|2022|2000"):
        await desk.call("rollup", **days)


async def test_an_audit_is_the_contract(desk: Desk) -> None:
    assert await desk.call("audit") == {
        "records": 2,
        "cells": 3,
        "operations": 2,
        "differences": [],
    }


async def test_an_invite_gives_a_code_for_a_known_unit(desk: Desk) -> None:
    invite = await desk.call("invite", unit=G1, role="grid", name="张三", valid_ms=HOUR_MS)
    assert handshake.normal_code(invite["code"]) == invite["code"]
    assert (invite["expires"], invite["unit"], invite["role"]) == (NOW_MS + HOUR_MS, G1, "grid")
    await desk.call("invite", unit="lianhu/yg", role="grid", name="张三", valid_ms=1)
    with pytest.raises(UnknownUnit, match="no unit lianhu/yg/g2"):
        await desk.call("invite", unit="lianhu/yg/g2", role="grid", name="张三", valid_ms=1)
    with pytest.raises(UnknownUnit, match="other"):
        await desk.call("invite", unit="other", role="grid", name="张三", valid_ms=1)
    with pytest.raises(InvalidUnit):
        await desk.call("invite", unit="No Unit", role="grid", name="张三", valid_ms=1)
    with pytest.raises(BadRequest, match="token"):
        await desk.call("invite", unit=G1, role="script", name="张三", valid_ms=1)
    with pytest.raises(BadRequest, match="role"):
        await desk.call("invite", unit=G1, role="king", name="张三", valid_ms=1)


async def test_a_token_gives_id_and_secret(desk: Desk) -> None:
    token = await desk.call("token", unit=G1, valid_ms=HOUR_MS)
    assert (len(token["id"]), len(token["secret"]), token["unit"]) == (8, 24, G1)
    assert token["expires"] == NOW_MS + HOUR_MS


async def test_terminals_are_listed_and_revoked_by_name_or_key(desk: Desk) -> None:
    office = desk.admin._office
    for number in range(2):
        invite = await desk.call("invite", unit=G1, role="grid", name="张三", valid_ms=HOUR_MS)
        await office.take_invite(handshake.invite_id(invite["code"]), bytes([number]) * 32)
    first, second = await desk.call("terminals")
    assert (first["terminal"], second["terminal"]) == ("T001", "T002")
    assert (first["person"], first["role"], first["scope"]) == ("张三", "grid", [G1])
    assert (first["revoked"], first["forks"]) == (None, 0)
    assert (await desk.call("revoke", id="t001"))["revoked"] == NOW_MS
    assert (await desk.call("revoke", id=second["id"]))["terminal"] == "T002"
    with pytest.raises(NotFound, match="T003"):
        await desk.call("revoke", id="T003")


async def test_the_quarantine_is_listed_with_reasons(desk: Desk) -> None:
    (kept,) = await desk.call("quarantine")
    assert (kept["reason"], kept["counter"]) == ("invalid", 1)
    assert kept["terminal"] == Author("zhang").key_id.hex()
    assert "household.people" in kept["detail"]


async def test_what_is_not_understood_is_told(desk: Desk) -> None:
    wanted = "no verb is called 'dance'; there are assign, audit, board, exported"
    with pytest.raises(BadRequest, match=wanted):
        await desk.call("dance")
    with pytest.raises(BadRequest, match=r"invite: .*unit"):
        await desk.call("invite", role="grid")
    with pytest.raises(BadRequest, match="colour"):
        await desk.call("units", colour="red")
    with pytest.raises(BadRequest, match="limit"):
        await desk.call("records", kind="household", limit=0)
