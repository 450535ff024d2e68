"""The contract of the commands, walked once from outside: words, sockets, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from armband.shared.ids import natural_record_id
from support.commands import command
from support.real_office import Ran, server_process

UNITS = "代码,名称,级别\nyg,阳光社区,社区\nyg/g1,第1网格,网格\nyg/g2,第2网格,网格\n"
REGISTER = (
    "网格,楼栋,单元,房号,户主,联系电话,人口数\n"
    "第1网格,3号楼,2单元,501,赵梅,15412345670,2\n"
    "第1网格,3号楼,2单元,502,李雪婷,15412345678,3\n"
    "第2网格,5号楼,1单元,101,王建国,15412340000,4\n"
    "第2网格,5号楼,1单元,,无房号,15412340001,1\n"
)
G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"
HOME = natural_record_id("lianhu", "household", G1, "3-2-502").hex()
"""Two imports, or two people, who name one door name one record."""
DONE, REFUSED, USAGE, UNREACHABLE, NOT_ALLOWED = 0, 1, 2, 3, 4


class Street:
    """An office and its terminals in one folder; every command must end as it should."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office = folder / "office"

    def server(self, code: int, *words: str | Path) -> Any:
        """What ``armband-server … --json`` prints."""
        return self._told(code, command("armband-server", *words, "--data", self.office, "--json"))

    def terminal(self, name: str, code: int, *words: str) -> Any:
        """What ``armband … --json`` prints on that terminal."""
        ran = command("armband", *words, "--data", self.folder / name, "--json")
        return self._told(code, ran)

    def enrol(self, name: str, unit: str, role: str, url: str) -> str:
        """Make a terminal, its code typed as people type it; the code."""
        invite = self.server(DONE, "invite", "--unit", unit, "--role", role, "--name", "张三")
        assert set(invite) >= {"code", "expires", "unit", "role"}
        code: str = invite["code"]
        typed = "-".join(code[at : at + 4] for at in range(0, 16, 4)).lower()
        # Plain: the bytes of its store are searched.
        told = self.terminal(name, DONE, "enrol", typed, "--url", url, "--encryption", "off")
        assert set(told) >= {"terminal", "office", "scope"}
        assert (told["office"], told["scope"]) == ("lianhu", [unit])
        return code

    def sync(self, name: str, code: int = DONE) -> Any:
        """Exchange once; nothing waits afterwards."""
        status = self.terminal(name, code, "sync", "--once")
        assert status["waiting"] == 0
        return status

    def audited(self) -> None:
        """What is stored is what a recount gives."""
        audit = self.server(DONE, "audit")
        assert audit["differences"] == []
        assert min(audit["records"], audit["cells"]) > 0

    @staticmethod
    def _told(code: int, ran: Ran) -> Any:
        assert ran.code == code, (ran.out, ran.err)
        assert "Traceback" not in ran.err
        if ran.out:
            return ran.json
        # Nothing on stdout: then a line says why.
        assert len(ran.err.splitlines()) >= 1
        return ran.err


@pytest.fixture
def street(tmp_path: Path) -> Street:
    made = Street(tmp_path)
    command("armband-server", "init", "--data", made.office, "--office", "lianhu", "--name", "莲湖")
    for what, text in (("units", UNITS), ("households", REGISTER)):
        (tmp_path / f"{what}.csv").write_text(text, "utf-8")
    return made


def test_the_whole_contract_once(street: Street) -> None:
    _registers(street)
    with server_process(street.office) as url:
        code = street.enrol("a", G1, "grid", url)
        assert "has been used already" in street.terminal(
            "x", NOT_ALLOWED, "enrol", code, "--url", url
        )
        street.enrol("b", "lianhu/yg", "community", url)
        street.enrol("gate", G2, "checkpoint", url)
        for name in ("a", "b"):
            street.sync(name)
    visit = _recorded_offline(street)
    with server_process(street.office, url.removeprefix("wss://")):
        _drained(street)
        _scope(street)
        _figures(street, url)
        _void_takes_away(street, visit)
        _revoked(street)
    street.audited()
    rows = command(
        "armband-server", "export", "check", "--data", street.office, "--format", "jsonl"
    )
    checks = [json.loads(line) for line in rows.out.splitlines()]
    assert sorted(row["fields"]["code"] for row in checks[:-1]) == ["green", "green", "red"]
    assert "cannot be reached" in street.terminal("b", UNREACHABLE, "rollups", "--watch")


def _registers(street: Street) -> None:
    units, households = street.folder / "units.csv", street.folder / "households.csv"
    assert street.server(DONE, "import", "units", units)["imported"] == 3
    keys = {"rows", "imported", "unchanged", "warned", "repeated", "refused", "lines"}
    under = ("--under", "lianhu/yg")
    dry, real, again = (
        street.server(REFUSED, "import", "households", households, *under, *more)
        for more in (("--dry-run",), (), ())
    )
    assert {name: dry[name] for name in keys} == {name: real[name] for name in keys}
    assert (real["rows"], real["imported"], real["refused"]) == (4, 3, 1)
    (line,) = real["lines"]
    assert (line["row"], line["outcome"]) == (5, "refused")
    assert (again["imported"], again["unchanged"]) == (0, 3)
    street.server(USAGE, "import", "households", street.folder / "none.csv")
    street.audited()


def _recorded_offline(street: Street) -> str:
    """Checks, visits and two people who change one household, without any office.

    Gives the id of a visit.
    """
    lines = ("3-2-502 36.5 g", "王大顺 15400000000 38.1 r refer", "lxt369g")
    saved = street.terminal("a", DONE, "check", *lines)
    assert [one["kind"] for one in saved["saved"]] == ["check"] * 3
    refused = street.terminal("a", REFUSED, "check", "3-2-502 38.1 g", "xyz 365 g", "36.5")
    assert [one["line"] for one in refused["refused"]] == [1, 2, 3]
    assert ["decision" in refused["refused"][0]["reason"], refused["saved"]] == [True, []]
    file = street.folder / "visits.jsonl"
    visit = {"kind": "visit", "household": "3-2-501", "channel": "door", "outcome": "met"}
    file.write_text(f"{json.dumps(visit)}\n\n{{no json\n{json.dumps(visit)}\n", "utf-8")
    visits = street.terminal("a", REFUSED, "record", "--jsonl", str(file))
    assert ([one["line"] for one in visits["refused"]], len(visits["saved"])) == ([3], 2)
    for name, people in (("a", "5"), ("b", "6")):
        done = street.terminal(name, DONE, "record", "household", f"id={HOME}", f"people={people}")
        assert done["saved"][0]["id"] == HOME
    assert "cannot be reached" in _problem(street.terminal("a", UNREACHABLE, "sync", "--once"))
    return str(visits["saved"][0]["id"])


def _problem(status: Any) -> str:
    assert (status["waiting"], status["held"]) == (6, 0)
    return str(status["problem"])


def _drained(street: Street) -> None:
    """Both values are kept, both sides see it, one settles it, it is gone on both."""
    assert street.sync("a")["held"] == 6
    assert street.sync("b")["conflicts"] == 1
    assert street.sync("a")["conflicts"] == 1
    street.terminal("b", DONE, "record", "household", f"id={HOME}", "people=6")
    street.sync("b")
    status = street.sync("a")
    keys = {"written", "held", "stable", "waiting", "refused", "conflicts", "last_contact"}
    assert set(status) >= keys
    assert (status["conflicts"], status["written"], status["refused"]) == (0, 6, 0)


def _scope(street: Street) -> None:
    """The gate of the second grid holds not a byte about people of the first."""
    street.sync("gate")

    def holds(name: str, text: str) -> bool:
        files = [path for path in (street.folder / name).iterdir() if path.is_file()]
        return any(text.encode() in path.read_bytes() for path in files)

    assert [holds("gate", "王建国"), holds("gate", "15412340000")] == [True, True]
    assert [holds("gate", text) for text in ("李雪婷", "15412345678", "王大顺")] == [False] * 3
    assert holds("a", "李雪婷")


def _figures(street: Street, url: str) -> None:
    report = street.terminal("a", DONE, "rollups", "--unit", "lianhu/yg", "--depth", "1")
    assert set(report) >= {"office", "unit", "as_of", "coverage", "rows"}
    coverage = report["coverage"]
    assert (coverage["reported"], coverage["expected"], coverage["missing"]) == (1, 2, [G2])
    assert [row["unit"] for row in report["rows"]] == ["lianhu/yg", G1, G2]
    row = report["rows"][0]
    assert set(row) >= {"day", "unit", "name", "level", "metrics"}
    wanted = {
        "checks.total": 3, "checks.persons": 3, "checks.fever": 1, "checks.code.red": 1,
        "visits.total": 2, "visits.households": 1, "households.total": 3, "households.people": 12,
    }  # fmt: skip
    assert {name: row["metrics"].get(name) for name in wanted} == wanted
    token = street.server(DONE, "token", "--unit", "lianhu/yg")
    assert set(token) >= {"token", "expires"}
    table = command(
        "armband", "rollups", "--depth", "0", "--format", "csv", "--data", street.folder / "none",
        ARMBAND_URL=url, ARMBAND_TOKEN=token["token"],
    )  # fmt: skip
    head, cells = (line.split(",") for line in table.out.splitlines())
    assert dict(zip(head, cells, strict=True))["visits.total"] == "2"


def _void_takes_away(street: Street, visit: str) -> None:
    void = street.terminal("a", DONE, "record", "visit", f"id={visit}", "void=写错")
    assert len(void["saved"]) == 1
    street.sync("a")
    after = street.terminal("b", DONE, "rollups", "--depth", "0")["rows"][0]["metrics"]
    assert (after["visits.total"], after["checks.total"]) == (1, 3)
    street.audited()


def _revoked(street: Street) -> None:
    street.server(REFUSED, "revoke", "T999")
    street.server(DONE, "revoke", "T001")
    street.terminal("a", DONE, "check", "3-2-501 36.5 g")
    status = street.terminal("a", NOT_ALLOWED, "sync", "--once")
    assert (status["refused"], status["held"]) == (1, 7)
    (kept,) = street.server(DONE, "tray")["refused"]
    assert (kept["terminal"], kept["reason"]) == ("T001", "revoked")
    listed = street.server(DONE, "terminals")["terminals"]
    assert [bool(one["revoked"]) for one in listed] == [True, False, False]
