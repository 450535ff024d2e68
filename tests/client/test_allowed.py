"""The terminal refuses what its role may not do, each right of its own, before it is saved."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from armband.client.cli import main
from armband.client.errors import RoleMayNot
from armband.client.exit_codes import ExitCode
from armband.client.recorder import Opened, Recorder
from armband.client.store.chain import Known
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.kinds.declare import View
from armband.shared.permissions import Right, Role, roles_with
from support.local import GRID, START_MS, identity
from support.office_rig import G1, office_rig
from support.terminals import enrolled

ID, OTHER = b"r" * 16, b"o" * 16
HOME = View(ID, "household", GRID, {"door": "1-1-101", "phone": "1"}, conflicts=("phone",))
CHANGES: list[tuple[Right, Patch]] = [
    (Right.WRITE, {"note": "红门"}),
    (Right.SETTLE, {"phone": "13800000001"}),
    (Right.ADMINISTER, {"void": "重复"}),
    (Right.ADMINISTER, {"same_as": OTHER.hex()}),
    (Right.ADMINISTER, {"unit": "lianhu/b"}),
]


def recorder(role: Role) -> Recorder:
    return Recorder(replace(identity(), role=role.value), START_MS)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("right", "patch"), CHANGES)
def test_each_change_asks_for_its_own_right(role: Role, right: Right, patch: Patch) -> None:
    asked = {Right.WRITE, right}
    if all(role in roles_with(each, "household") for each in asked):
        recorder(role).change(ID, patch, Known(HOME, 7))
        return
    with pytest.raises(RoleMayNot) as caught:
        recorder(role).change(ID, patch, Known(HOME, 7))
    assert role.value in str(caught.value)


@pytest.mark.parametrize("kind", ["household", "notice", "staff"])
def test_a_new_record_asks_for_the_right_to_write_it(kind: str) -> None:
    for role in set(Role) - roles_with(Right.WRITE, kind):
        with pytest.raises(RoleMayNot):
            recorder(role).plan([Draft(kind, ID, GRID, {})], {ID: Known(None, 0)})


def test_what_begins_with_another_record_is_left_to_the_office() -> None:
    fields: Patch = {"shop": OTHER.hex(), "item": "masks", "due": "2022-03-26"}
    drafts = [Draft("rectification", ID, GRID, fields)]
    with pytest.raises(RoleMayNot):
        recorder(Role.SCRIPT).plan(drafts, {ID: Known(None, 0)})
    opened = [Opened("rectification", ID, GRID, fields)]
    assert len(recorder(Role.SCRIPT).plan(opened, {ID: Known(None, 0)})) == 1


async def test_the_command_says_which_roles_may_and_ends_with_four(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "t"
    async with office_rig(tmp_path / "office") as rig:
        await enrolled(rig, folder, G1, Role.CHECKPOINT)
    words = ["record", "household", "door=1-1-101", f"unit={G1}", "--data", str(folder)]
    assert await asyncio.to_thread(main, words) == ExitCode.NOT_ALLOWED
    said = capsys.readouterr().out
    assert all(role.value in said for role in roles_with(Right.WRITE, "household"))
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"kind": "household", "door": "1-1-101", "unit": G1}))
    many = ["record", "--jsonl", str(lines), "--json", "--data", str(folder)]
    assert await asyncio.to_thread(main, many) == ExitCode.REFUSED
    (refused,) = json.loads(capsys.readouterr().out)["refused"]
    assert refused["line"] == 1
    assert refused["forbidden"]
