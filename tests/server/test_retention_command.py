"""``armband-server retention``: what is past its term, by the settings in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from armband.server import cli
from armband.server.office import create_office, open_office
from armband.shared.days import add_days
from armband.shared.environment import Environment
from armband.shared.fields import Value
from armband.shared.policy import Policy
from support.commit_world import DAY, NOW_MS, OFFICE, Author, batch

CHECK: dict[str, Value] = {
    "unit": OFFICE,
    "day": DAY,
    "at": NOW_MS,
    "code": "green",
    "decision": "passed",
}


async def test_what_is_past_its_term_is_counted_and_stays(tmp_path: Path) -> None:
    environment = Environment(lambda: NOW_MS, bytes)
    await create_office(tmp_path, OFFICE, "莲湖街道", environment)
    async with open_office(tmp_path, environment) as office:
        await office.submit(batch(Author("zhang").op(1, CHECK, kind="check")))
        for days, past in ((60, 0), (61, 1)):
            rows = await office.kept(add_days(DAY, days), Policy())
            (checks,) = [row for row in rows if row.kind == "check"]
            assert (checks.days, checks.records, checks.past, checks.oldest) == (60, 1, past, DAY)
            assert checks.purpose
        longer = await office.kept(add_days(DAY, 61), Policy(keep=(("check", 90),)))
        assert [row.past for row in longer if row.kind == "check"] == [0]


def test_the_command_shows_every_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "office")
    assert cli.main(("init", "--data", folder, "--office", "lianhu", "--name", "莲湖街道")) == 0
    capsys.readouterr()
    assert cli.main(("retention", "--data", folder, "--json")) == 0
    rows = json.loads(capsys.readouterr().out)["kinds"]
    assert [rows[0]["kind"], rows[0]["days"], rows[-1]["days"]] == ["check", 60, 0]
    assert cli.main(("retention", "--data", folder)) == 0
    assert "to trace contacts at an entrance" in capsys.readouterr().out
