from __future__ import annotations

import pytest

from armband.shared.kinds import CATALOGUE
from armband.shared.permissions import Role, may_read, may_write, writable_kinds

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
    assert may_write(Role.CHECKPOINT, "check", WITHIN, SCOPE)
    assert not may_write(Role.CHECKPOINT, "household", WITHIN, SCOPE)
    assert not may_read(Role.CHECKPOINT, "visit", WITHIN, SCOPE)
    assert may_read(Role.CHECKPOINT, "resident", WITHIN, SCOPE)
    assert writable_kinds(Role.CHECKPOINT) == {
        *("case", "check", "checkpoint", "resident", "shift"),
        *("ack", "sample"),
    }


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


@pytest.mark.parametrize("role", Role)
def test_whoever_may_write_a_kind_may_read_it(role: Role) -> None:
    for kind in writable_kinds(role):
        assert may_read(role, kind, WITHIN, SCOPE)
