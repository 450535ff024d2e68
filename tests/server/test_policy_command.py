"""``armband-server policy``: show, rehearse, set, and who did it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from armband.server import cli

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *words: str) -> tuple[int, str, str]:
    code = cli.main(words)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def test_from_the_example_to_a_version_that_somebody_set(tmp_path: Path, capsys: Captured) -> None:
    folder, table = str(tmp_path / "office"), tmp_path / "table.toml"
    assert run(capsys, "init", "--data", folder, "--office", "lianhu", "--name", "莲湖街道")[0] == 0
    at = ("--data", folder)
    code, out, _err = run(capsys, "policy", "example")
    assert code == 0
    table.write_text(out.replace("fever = 37.3", "fever = 37.5"), "utf-8")
    code, out, err = run(capsys, "policy", "set", str(table), "--dry-run", *at)
    assert (code, "+fever = 37.5" in out, "nothing was changed" in err) == (0, True, True)
    assert "version 0: as the office began" in run(capsys, "policy", "show", *at)[1]
    code, out, _err = run(capsys, "policy", "set", str(table), "--by", "王主任", *at)
    assert (code, "version 1 is in force" in out) == (0, True)
    shown = run(capsys, "policy", "show", *at)[1]
    assert "# version 1, set by 王主任 on " in shown
    table.write_text(shown, "utf-8")
    assert "nothing would change" in run(capsys, "policy", "set", str(table), *at)[1]
    (version,) = json.loads(run(capsys, "policy", "show", "--versions", "--json", *at)[1])
    assert (version["version"], version["author"]) == (1, "王主任")
    table.write_text('[[rule]]\nrisk = "high"\nfrom = 2022-07-01\n', "utf-8")
    code, out, err = run(capsys, "policy", "set", str(table), *at)
    assert (code, out) == (2, "")
    assert "table.toml: rule 1 (high, 2022-07-01): measure: one of central" in err
