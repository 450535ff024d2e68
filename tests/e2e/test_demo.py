"""The headless demo as a person runs it: processes, sockets, stores, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[2]
PATIENCE_S = 120


def _start(tmp: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.demo_main", "--headless", *arguments],
        cwd=TOP,
        env={**os.environ, "TMPDIR": str(tmp)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def hears_interrupts() -> Iterator[None]:
    """A suite that a shell runs in the background is deaf to interrupts; so would its demo be."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _office_row(report: dict[str, Any]) -> dict[str, int]:
    metrics: dict[str, int] = next(
        row["metrics"] for row in report["rows"] if row["unit"] == report["unit"]
    )
    return metrics


def test_the_day_adds_up_and_nothing_is_left(tmp_path: Path) -> None:
    demo = _start(tmp_path, "--seconds", "3")
    out, err = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 0, err
    report = json.loads(out)
    assert set(report) >= {"office", "unit", "as_of", "coverage", "rows"}
    assert (report["coverage"]["reported"], report["coverage"]["expected"]) == (11, 12)
    assert report["coverage"]["missing"] == ["lianhu/yangguang/a2/g3"]
    metrics = _office_row(report)
    assert metrics["households.total"] == 2900
    assert metrics["visits.total"] == (
        metrics["visits.door"] + metrics["visits.phone"] + metrics["visits.wechat"]
    )
    assert min(metrics["checks.fever"], metrics["checks.code.yellow"]) > 0
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("hears_interrupts")
def test_an_interrupt_ends_everything(tmp_path: Path) -> None:
    demo = _start(tmp_path, "--seconds", "600")
    assert demo.stderr is not None
    said = ""
    # The server listens, and terminals are being enrolled.
    while "listens on" not in said:
        said = demo.stderr.readline()
        assert said, "the demo ended before its office was open"
    folder = next(tmp_path.iterdir())
    demo.send_signal(signal.SIGINT)
    out, _err = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 130
    assert out == ""
    assert not list(tmp_path.iterdir())
    assert not _processes_that_name(str(folder))


def _processes_that_name(text: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if text in command:
            found.append(command)
    return found
