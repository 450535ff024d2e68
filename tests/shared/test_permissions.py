from __future__ import annotations

from pathlib import Path

import pytest

from armband.shared.kinds import CATALOGUE
from armband.shared.permissions import (
    Right,
    Role,
    handed_in_kinds,
    may_read,
    may_write,
    readable_kinds,
    rights_table,
    roles_with,
    writable_kinds,
)

PAGE = Path(__file__).parents[2] / "shared" / "ROLES.md"

SCOPE = ("o/c1/g1", "o/c2")
WITHIN, BESIDE, ABOVE = "o/c1/g1/m1", "o/c1/g10", "o/c1"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", [*CATALOGUE, "newer_kind"])
def test_nobody_writes_outside_the_scope_and_only_names_of_places_are_read_there(
    role: Role, kind: str
) -> None:
    for unit in (BESIDE, ABOVE, "", "p"):
        assert not may_write(role, kind, unit, SCOPE)
        goes_down = unit == ABOVE and kind in CATALOGUE and CATALOGUE[kind].goes_down
        read = kind == "unit" or (goes_down and role is not Role.SCRIPT)
        assert may_read(role, kind, unit, SCOPE) == read
        assert not may_write(role, kind, unit, ())


@pytest.mark.parametrize("kind", [*CATALOGUE, "newer_kind"])
def test_a_script_writes_nothing_and_reads_no_people(kind: str) -> None:
    assert not may_write(Role.SCRIPT, kind, WITHIN, SCOPE)
    assert may_read(Role.SCRIPT, kind, WITHIN, SCOPE) == (kind == "unit")


def test_what_a_checkpoint_may_do() -> None:
    """What the lane needs, and nothing of what happens behind the doors."""
    assert handed_in_kinds(Role.CHECKPOINT) == {"case", "reveal"}
    assert readable_kinds(Role.CHECKPOINT) == {
        *("unit", "household", "resident", "staff", "post", "checkpoint", "shift", "check"),
        *("notice", "ack", "policy_text", "round"),
    }
    assert writable_kinds(Role.CHECKPOINT) == {
        *("case", "check", "checkpoint", "resident", "shift", "ack"),
    }
    own = {"check", "checkpoint", "shift", "ack"}
    for right in (Right.SETTLE, Right.ADMINISTER):
        assert {kind for kind in CATALOGUE if Role.CHECKPOINT in roles_with(right, kind)} == own


def test_who_may_write_visits_and_households() -> None:
    writers = {role for role in Role if may_write(role, "visit", WITHIN, SCOPE)}
    assert writers == {Role.GRID, Role.LIAISON, Role.CHIEF, Role.COMMUNITY, Role.STREET}
    assert {role for role in Role if may_write(role, "household", WITHIN, SCOPE)} == writers
    officers = {role for role in Role if may_write(role, "unit", WITHIN, SCOPE)}
    assert officers == {Role.CHIEF, Role.COMMUNITY, Role.STREET}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SCRIPT])
def test_a_kind_of_a_newer_release_is_carried(role: Role) -> None:
    assert may_write(role, "newer_kind", WITHIN, SCOPE)
    assert may_read(role, "newer_kind", WITHIN, SCOPE)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_only_writers_settle_and_administer_and_a_desk_always_may(kind: str) -> None:
    writers = roles_with(Right.WRITE, kind)
    for right in (Right.SETTLE, Right.ADMINISTER):
        allowed = roles_with(right, kind)
        assert allowed <= writers
        assert CATALOGUE[kind].append_only or Role.STREET in allowed
    assert Role.SCRIPT not in writers


def test_the_page_of_roles_is_the_table() -> None:
    """Letters of the rights in the order of `Right`; the page and the code are one."""
    lines = ["| kind | " + " | ".join(role.value for role in Role) + " |", "|---" * 8 + "|"]
    for kind, rights in rights_table().items():
        cells = ["".join(r.value[0] for r in Right if r in rights[role]) or "-" for role in Role]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    page = PAGE.read_text("utf-8")
    assert "\n".join(lines) in page, "\n".join(lines)
