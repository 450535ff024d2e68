"""What others have written cannot steer a terminal, at any outlet, nor become a formula."""

from __future__ import annotations

import io
import json
import unicodedata

import pytest

from armband.client.cli.output import Output as TerminalOutput
from armband.client.cli.rollup_formats import Printer
from armband.server.cli.output import Output as OfficeOutput
from armband.shared.harmless import shown, shown_json, shown_line, spreadsheet_text
from armband.shared.rollup_report import AsOf, CoverageReport, RollupReport, Row

HOSTILE = "王\x1b]0;title\x07\x1b[2J\x9b31m\u202e\u2066x\u2028\x7f\r\b"
ALL = "".join(map(chr, range(0x11000)))


def steers(text: str, allowed: str = "\n\t") -> list[str]:
    """By Unicode's own classes and not by the list of the product."""
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return [
        char
        for char in text
        if (unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} and char not in allowed)
        or unicodedata.bidirectional(char) in turning
        or char in "\u200e\u200f\u061c"
    ]


def test_every_character_that_steers_is_replaced_and_no_other() -> None:
    assert steers(HOSTILE)
    assert steers(shown(ALL)) == []
    assert steers(shown_line(ALL), "") == []
    harmless = "".join(char for char in ALL if not steers(char))
    assert shown(harmless) == harmless


def test_json_says_the_same() -> None:
    raw = json.dumps({"name": ALL}, ensure_ascii=False)
    assert json.loads(shown_json(raw)) == {"name": ALL}
    # What JSON has no escape for of its own is escaped here.
    assert [char for char in steers(shown_json(raw)) if ord(char) < 0xD800] == []


@pytest.mark.parametrize("make", [TerminalOutput, OfficeOutput])
def test_what_the_commands_print(make: type[TerminalOutput | OfficeOutput]) -> None:
    out, err = io.StringIO(), io.StringIO()
    output = make(False, out, err)
    output.line(HOSTILE)
    output.note(HOSTILE)
    output.json({"name": HOSTILE})
    assert steers(out.getvalue() + err.getvalue()) == []
    assert json.loads(out.getvalue().splitlines()[-1]) == {"name": HOSTILE}


def test_a_table_of_the_office_keeps_its_rows() -> None:
    out = io.StringIO()
    OfficeOutput(False, out).table(["name", "unit"], [["a\nT999  revoked", "u"], ["b", "u"]])
    assert len(out.getvalue().splitlines()) == 3


def report(name: str) -> RollupReport:
    rows = [Row(day="2022-03-31", unit="lianhu", name=name, level="office", metrics={"x": -1})]
    return RollupReport("lianhu", "lianhu", AsOf(1, 2), CoverageReport(0, 0, []), rows)


@pytest.mark.parametrize("form", ["csv", "table", "json", "jsonl"])
def test_roll_ups_in_every_format(form: str) -> None:
    out = io.StringIO()
    Printer(TerminalOutput(form == "json", out), form).print(report(f"=1+{HOSTILE}"))
    assert steers(out.getvalue()) == []
    if form == "csv":
        last = out.getvalue().splitlines()[-1]
        assert ",'=1+王" in last
        assert last.endswith(",-1"), "a number stays a number"


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "\u3000="]
)
def test_no_text_is_a_formula(first: str) -> None:
    assert spreadsheet_text(f"{first}1").startswith("'")
    assert spreadsheet_text(f"1{first}") == shown(f"1{first}")
