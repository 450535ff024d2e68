"""Roll-ups for scripts: what is asked for, where from, and what comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from armband.client import rollups
from armband.client.api import connect
from armband.client.enrolment import enrol
from armband.client.errors import NotAllowed, OfficeUnreachable, Usage
from armband.client.holding import hold_online
from armband.client.rollups import Query, Source, fetch_async, find_source, make_query, watch
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.certificate import load_certificate
from armband.server.service import Service
from armband.shared.drafts import Draft
from armband.shared.tokens import Token, token_text
from support.real_office import HOUR_MS, invited, real_office
from support.waiting import within

G1 = "lianhu/yg/g1"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Service]:
    async with real_office(tmp_path / "office") as service:
        yield service


@pytest.fixture
async def script(office: Service, tmp_path: Path) -> Source:
    """A script with a token for one community."""
    return Source(url=office.url, token=await a_token(office, tmp_path, "lianhu/yg"))


async def a_token(office: Service, tmp_path: Path, unit: str, hours: int = 1) -> str:
    expires_ms = real_environment().now_ms() + hours * HOUR_MS
    token_id, secret = await office.office.create_token(unit, expires_ms)
    fingerprint = load_certificate(tmp_path / "office").fingerprint
    return token_text(Token(token_id, secret, fingerprint))


@pytest.fixture
async def terminal(office: Service, tmp_path: Path) -> Source:
    """The folder of an enrolled terminal."""
    folder = tmp_path / "a"
    await enrol(folder, await invited(office), office.url, real_environment(), open_unpinned)
    return Source(data_dir=folder)


def door(number: int) -> Draft:
    return Draft("household", number.to_bytes(16, "big"), G1, {"door": f"1-1-{number}"})


async def test_a_token_reads_its_own_unit_by_default(office: Service, script: Source) -> None:
    await office.office.upsert([door(1), door(2)], "test")
    report = await within(fetch_async(Query(depth=1), script), "the figures")
    assert (report.office, report.unit) == ("lianhu", "lianhu/yg")
    assert [row.unit for row in report.rows] == ["lianhu/yg", G1, "lianhu/yg/g2"]
    assert report.rows[0].metrics["households.total"] == 2
    assert report.as_of.seq == office.office.seq
    assert report.coverage.missing == [G1, "lianhu/yg/g2"]


async def test_depth_0_is_one_row_a_day_and_what_exists_now_stands_in_the_newest(
    office: Service, script: Source
) -> None:
    await office.office.upsert([door(1)], "test")
    report = await fetch_async(
        make_query("", 0, day_from="2022-03-01", day_to="2022-03-03"), script
    )
    assert [(row.day, row.unit) for row in report.rows] == [
        ("2022-03-01", "lianhu/yg"),
        ("2022-03-02", "lianhu/yg"),
        ("2022-03-03", "lianhu/yg"),
    ]
    counted = [row.metrics.get("households.total") for row in report.rows]
    assert counted == [None, None, 1]


async def test_a_terminal_and_a_token_read_the_same(
    office: Service, script: Source, terminal: Source
) -> None:
    await office.office.upsert([door(1)], "test")
    query = make_query("", 1, day="2022-03-01")
    one, other = await fetch_async(query, terminal), await fetch_async(query, script)
    assert one.rows == other.rows
    assert one.coverage == other.coverage
    assert one.as_of.seq == other.as_of.seq


async def test_watching_goes_on_with_each_change_and_resumes_after_since(
    office: Service, script: Source
) -> None:
    totals = []
    async with aclosing(watch(Query(), script)) as reports:
        async for report in reports:
            totals.append(report.rows[0].metrics.get("households.total", 0))
            if len(totals) == 3:
                break
            await office.office.upsert([door(len(totals))], "test")
    assert totals == [0, 1, 2]
    async with aclosing(watch(Query(), script, since=office.office.seq)) as reports:
        first = asyncio.ensure_future(anext(reports))
        await office.office.upsert([door(9)], "test")
        assert (await within(first, "something newer")).as_of.seq == office.office.seq


async def test_who_holds_the_store_answers_for_others(office: Service, terminal: Source) -> None:
    assert terminal.data_dir is not None
    async with hold_online(terminal.data_dir, real_environment()) as (held, _link):
        held.go_online()
        async with aclosing(watch(Query(), terminal)) as reports:
            first = await within(anext(reports), "the figures")
            await office.office.upsert([door(1)], "test")
            second = await within(anext(reports), "the change")
    assert second.as_of.seq > first.as_of.seq
    assert second.rows[0].metrics["households.total"] == 1


@pytest.mark.parametrize("unit", ["lianhu", "lianhu/hy", "elsewhere"])
async def test_a_token_reads_the_figures_of_its_own_units_only(script: Source, unit: str) -> None:
    with pytest.raises(NotAllowed, match="outside of this"):
        await within(fetch_async(Query(unit), script), "a refusal")


async def test_a_terminal_reads_the_totals_of_its_whole_office(terminal: Source) -> None:
    report = await within(fetch_async(Query("lianhu"), terminal), "the office's figures")
    assert report.unit == "lianhu"
    with pytest.raises(NotAllowed, match="outside of this"):
        await within(fetch_async(Query("elsewhere"), terminal), "a refusal")


async def test_a_unit_that_the_office_has_not_is_said_and_not_counted_as_0(
    script: Source, terminal: Source
) -> None:
    for source in (script, terminal):
        with pytest.raises(Usage, match="no unit lianhu/yg/typo"):
            await within(fetch_async(Query("lianhu/yg/typo"), source), "an answer", 20)
        async with aclosing(watch(Query("lianhu/yg/typo"), source)) as reports:
            with pytest.raises(Usage, match="no unit lianhu/yg/typo"):
                await within(anext(reports), "an answer", 20)


async def test_a_revoked_terminal_reads_no_figures(office: Service, terminal: Source) -> None:
    await office.office.revoke((await office.office.terminals())[0].key_id)
    for _attempt in ("it does not know yet", "it knows"):
        with pytest.raises(NotAllowed, match="revoked"):
            await within(fetch_async(Query(), terminal), "an answer", 20)


async def test_tokens_that_do_not_count(office: Service, tmp_path: Path) -> None:
    expired = await a_token(office, tmp_path, "lianhu", hours=-1)
    fingerprint = load_certificate(tmp_path / "office").fingerprint
    unknown = token_text(Token(b"i" * 8, b"s" * 24, fingerprint))
    for token in (expired, unknown):
        with pytest.raises(NotAllowed, match="unknown or has expired"):
            await fetch_async(Query(), Source(url=office.url, token=token))
    other = token_text(Token(b"i" * 8, b"s" * 24, b"f" * 32))
    with pytest.raises(NotAllowed, match="is not the office"):
        await fetch_async(Query(), Source(url=office.url, token=other))


async def test_offline_a_terminal_offers_what_it_knows(
    office: Service, terminal: Source, tmp_path: Path
) -> None:
    await office.office.upsert([door(1)], "test")
    query = make_query("", 0)
    last = await fetch_async(query, terminal)
    path = tmp_path / "a" / "identity.json"
    path.write_text(path.read_text().replace(office.url, "wss://127.0.0.1:1"))
    with pytest.raises(OfficeUnreachable) as caught:
        await fetch_async(query, terminal)
    assert caught.value.local is not None
    assert caught.value.local.as_of == last.as_of
    assert caught.value.local.rows == last.rows


# -- what is asked for, and where from --------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unit": "No Unit"}, "is no unit code"),
        ({"depth": -1}, "0 to 12"),
        ({"depth": 13}, "0 to 12"),
        ({"day": "2022-02-30"}, "2022-02-30 is no day"),
        ({"day": "yesterday"}, "YYYY-MM-DD"),
        ({"day": "2022-03-01", "day_to": "2022-03-02"}, "either one day"),
        ({"day_from": "2022-03-02", "day_to": "2022-03-01"}, "0 days"),
        ({"day_from": "2020-03-02", "day_to": "2022-03-01"}, "1 to 366"),
    ],
)
def test_what_makes_no_sense_is_said_before_anybody_is_asked(
    options: dict[str, Any], words: str
) -> None:
    with pytest.raises(Usage, match=words):
        make_query(**options)


def test_one_end_of_a_range_is_that_day() -> None:
    assert make_query(day_from="2022-03-01") == Query("", 1, "2022-03-01", "2022-03-01")
    assert make_query(day_to="2022-03-01") == Query("", 1, "2022-03-01", "2022-03-01")


async def test_where_figures_come_from(
    terminal: Source, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere"
    for name in (rollups.URL_VARIABLE, rollups.TOKEN_VARIABLE, "ARMBAND_DATA"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Usage, match="no terminal is enrolled"):
        find_source(nowhere)
    with pytest.raises(Usage, match="no terminal is enrolled"):
        find_source(nowhere, token="armband1.x")
    monkeypatch.setenv(rollups.URL_VARIABLE, "office:1")
    monkeypatch.setenv(rollups.TOKEN_VARIABLE, "of the environment")
    from_environment = Source(url="wss://office:1", token="of the environment")
    assert find_source(nowhere) == from_environment
    assert find_source(nowhere, token="given").token == "given"
    # A terminal stands before the environment, a token that is given before the terminal.
    assert find_source(terminal.data_dir) == terminal
    assert find_source(terminal.data_dir, token="given").token == "given"
    monkeypatch.setenv("ARMBAND_DATA", str(terminal.data_dir))
    assert find_source() == terminal


def test_a_token_that_is_none_is_said_without_repeating_it() -> None:
    with pytest.raises(Usage) as caught:
        connect(url="wss://127.0.0.1:1", token="armband1.secret").rollups()
    assert "secret" not in str(caught.value).lower().replace("id.secret.fingerprint", "")
