"""Unsent work goes to the office in a file, by hand, with the real commands."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from armband.shared.carried import MAGIC, Carried, content_of, seal, unseal
from armband.shared.errors import BadFrame
from support.commands import command
from support.enrolled import enrol_by_commands
from support.real_office import Ran, new_office, server_process, serving


def record(folder: Path, lines: int, unit: str = "lianhu/yg/g1") -> None:
    path = folder.parent / "lines.jsonl"
    line = f'{{"kind": "check", "code": "green", "decision": "passed", "unit": "{unit}"}}\n'
    path.write_text(line * lines)
    done = command("armband", "record", "--jsonl", path, "--data", folder, "--json")
    assert done.code == 0, done.out


def take(office: Path, stick: Path) -> Ran:
    return command("armband-server", "take", stick, "--data", office, "--json")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    async def prepare() -> None:
        await new_office(tmp_path / "office")
        async with serving(tmp_path / "office"):
            pass

    asyncio.run(prepare())
    return tmp_path / "office"


def test_carried_taken_taken_again_and_synced_later(tmp_path: Path, office: Path) -> None:
    a, stick = tmp_path / "a", tmp_path / "stick"
    with server_process(office) as url:
        enrol_by_commands(office, url, a)
    empty = command("armband", "export-unsent", stick, "--data", a)
    assert (empty.code, stick.exists()) == (0, False)
    # More than fits into one push, so that the file holds several runs.
    record(a, 620)
    done = command("armband", "export-unsent", stick, "--data", a, "--json")
    assert (done.code, done.json["operations"]) == (0, 620)
    taken = take(office, stick)
    assert taken.code == 0, taken.err
    assert taken.json["outcomes"] == {"accepted": 620}
    assert (taken.json["known"], taken.json["terminal"]) == (0, "T001")
    record(a, 3)
    assert command("armband", "export-unsent", stick, "--data", a).code == 0
    with server_process(office, url.removeprefix("wss://")):
        # Beside the server, the older part once more.
        again = take(office, stick)
        assert (again.json["operations"], again.json["known"]) == (623, 620)
        synced = command("armband", "sync", "--once", "--data", a, "--json")
        assert (synced.json["held"], synced.json["waiting"]) == (623, 0)
        assert not synced.json["fork"]
    audit = command("armband-server", "audit", "--data", office, "--json")
    assert (audit.json["operations"], audit.json["differences"]) == (6 + 623, [])
    doctor = command("armband-server", "doctor", "--data", office, "--json")
    assert (doctor.code, doctor.json["counts"]["forks"]) == (0, 0)


def test_what_may_not_be_is_kept_aside_and_a_changed_file_refused(
    tmp_path: Path, office: Path
) -> None:
    a, stick = tmp_path / "a", tmp_path / "stick"
    with server_process(office) as url:
        enrol_by_commands(office, url, a)
    record(a, 2)
    assert command("armband", "export-unsent", stick, "--data", a).code == 0
    raw = stick.read_bytes()
    carried, sealed = unseal(raw)
    for wrong, words in (
        (b"", "not a file of armband export-unsent"),
        (b"PK" + raw, "not a file"),
        (MAGIC + b"\x02" + raw[len(MAGIC) + 1 :], "newer release"),
        (raw[:-9], "damaged"),
        (seal(sealed.content, bytes(64)), "not signed"),
        (seal(content_of(Carried("other", carried.key_id, 0, [])), b""), "for the office 'other'"),
        (seal(content_of(Carried("lianhu", bytes(16), 0, [])), b""), "no terminal"),
    ):
        (tmp_path / "wrong").write_bytes(wrong)
        done = take(office, tmp_path / "wrong")
        assert done.code in (1, 2)
        assert words in done.err
        assert "Traceback" not in done.err
    revoked = command("armband-server", "revoke", "T001", "--data", office)
    assert revoked.code == 0
    done = take(office, stick)
    assert (done.code, done.json["outcomes"]) == (1, {"refused": 2})
    assert done.json["refused"] == [[1, "revoked"], [2, "revoked"]]


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    import zstandard

    with pytest.raises(BadFrame, match="too large"):
        unseal(MAGIC + b"\x01" + zstandard.ZstdCompressor().compress(bytes(300_000_000)))
