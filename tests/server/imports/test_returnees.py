"""An issued list: who, by what rule, once; what was decided since is not the list's to change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from armband.server import cli

Captured = pytest.CaptureFixture[str]
LIST = """下发返郑人员名单,,,,,,,
序号,姓名,联系电话,所属社区,网格,抵郑时间,风险等级,返郑方式,车次,街道领导,街道领导电话,下发日期
1,王返郑,13811112222,阳光社区,第1网格,2022-07-10,高风险,高铁,G2001,赵一,13900000001,2022-07-11
2,李返郑,13811113333,阳光社区,第1网格,7月9日,中风险区,自驾,豫A12345,赵一,13900000001,2022-07-11
3,张返郑,,阳光社区,第1网格,2022/7/9,火星,飞机,CZ3101,,,
4,赵返郑,13811114444,阳光社区,第1网格,下周,低风险,,,,,
5,王返郑,13811112222,阳光社区,第1网格,2022-07-10,高风险,高铁,G2001,,,
"""


def run(capsys: Captured, *words: str) -> str:
    cli.main(words)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.out


def test_an_issued_list_in_twice(tmp_path: Path, capsys: Captured) -> None:
    folder, table, names = tmp_path / "office", tmp_path / "table.toml", tmp_path / "list.csv"
    at = ("--data", str(folder))
    run(capsys, "init", *at, "--office", "lianhu", "--name", "莲湖街道")
    table.write_text(run(capsys, "policy", "example"), "utf-8")
    run(capsys, "policy", "set", str(table), *at)
    names.write_text(LIST, "utf-8")
    report = json.loads(run(capsys, "import", "returnees", str(names), "--json", *at))
    told = {key: report[key] for key in ("rows", "imported", "refused", "repeated", "warned")}
    assert told == {"rows": 5, "imported": 3, "refused": 1, "repeated": 1, "warned": 1}
    assert [(line["row"], line["outcome"]) for line in report["lines"]] == [
        (5, "warned"),
        (6, "refused"),
        (7, "repeated"),
    ]
    lines = run(capsys, "export", "returnee", "--format", "jsonl", *at).splitlines()
    found = {record["fields"]["name"]: record["fields"] for record in map(json.loads, lines[:-1])}
    first = found["王返郑"]
    assert (first["measure"], first["days"], first["day"]) == ("central", 7, "2022-07-11")
    assert (first["source"], first["state"]) == ("issued", "registered")
    assert found["李返郑"]["arrived"].endswith("-07-09")
    assert found["张返郑"]["risk"] == "other"
    # The table changes; the list comes again: what was decided stays.
    rule = '[[rule]]\nrisk = "high"\nfrom = 2022-07-01\nmeasure = "home"\ndays = 14\n'
    table.write_text(rule, "utf-8")
    run(capsys, "policy", "set", str(table), *at)
    again = json.loads(run(capsys, "import", "returnees", str(names), "--json", *at))
    assert (again["imported"], again["unchanged"]) == (0, 3)
    assert json.loads(run(capsys, "audit", "--json", *at))["differences"] == []
