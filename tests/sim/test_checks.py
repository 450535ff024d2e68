"""Each checker sees the damage that it is for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.checks import check_all
from sim.loop import simulate
from sim.mixes import Mix
from sim.oracle import Landed, fold, shown
from sim.settle import all_come_home
from sim.world import World

QUIET = Mix(length_s=8.0, pause_s=0.5, trouble_s=2.0, weights={"cut": 1})
Damage = Callable[[World], None]
DAMAGED_TERMINAL = 3
AFTERWARDS = -1


def _at_office(statement: str) -> Damage:
    def damage(world: World) -> None:
        with world.office.connection() as held:
            assert held.execute(statement).rowcount > 0, statement

    return damage


def _at_terminal(statement: str) -> Damage:
    def damage(world: World) -> None:
        with world.originals[DAMAGED_TERMINAL].connection() as own:
            assert own.execute(statement).rowcount > 0, statement

    return damage


LAST_PUSHED = "(SELECT max(seq) FROM ops WHERE key_id IN (SELECT key_id FROM terminals))"
DAMAGES: list[tuple[str, Damage]] = [
    ("I1", _at_office(f"DELETE FROM ops WHERE seq = {LAST_PUSHED}")),
    ("I2", _at_terminal("DELETE FROM ops WHERE counter = 1")),
    ("I3", _at_office("INSERT INTO quarantine SELECT office, key_id, counter, id, prev, branch, 0, "
                      "hlc, nonce, payload, '', '', 0 FROM ops WHERE seq = 20")),
    ("I4", _at_terminal("UPDATE ops SET state = 2 WHERE counter = 1")),
    ("I5", _at_terminal("UPDATE base SET seq = seq - 1 WHERE seq > 12")),
    ("I5", _at_terminal("UPDATE view SET conflicts = 'note'")),
    ("I6", _at_office("UPDATE records SET state = (SELECT o.state FROM records AS o LIMIT 1)")),
    ("I6", _at_office("UPDATE records SET unit = 'lianhu' WHERE kind = 'household'")),
    ("I7", _at_office("UPDATE ops SET eff = 1 WHERE seq = " + LAST_PUSHED)),
    ("I9", _at_office("UPDATE ops SET eff = eff + (3600000 << 16) WHERE seq = 20")),
    ("I10", _at_terminal("DELETE FROM base WHERE seq > 12")),
    ("I10", _at_terminal("UPDATE sync SET cursor = cursor + 99")),
    ("I11", _at_office("UPDATE ops SET hist = zeroblob(16) WHERE seq = 20")),
    ("I11", _at_terminal("UPDATE sync SET witness_hist = zeroblob(16)")),
    ("I13", _at_office("INSERT INTO forks VALUES ('lianhu', zeroblob(16), zeroblob(16), "
                       "zeroblob(16), 1, 0, 0)")),
    ("I14", _at_office("UPDATE cells SET metrics = x'80'")),
    ("I15", _at_terminal("UPDATE cells SET metrics = x'80'")),
    ("I16", _at_terminal("UPDATE base SET record = randomblob(16) WHERE seq > 12")),
    ("digest", _at_office("UPDATE digests SET count = count + 1")),
]  # fmt: skip


@contextmanager
def _put_back(world: World) -> Iterator[None]:
    """The stores of the office and of the damaged terminal are afterwards what they were before."""
    opened = (world.office.connection, world.originals[DAMAGED_TERMINAL].connection)
    copies = [sqlite3.connect(":memory:") for _store in opened]
    try:
        for connection, copy in zip(opened, copies, strict=True):
            with connection() as held:
                held.backup(copy)
        yield
        for connection, copy in zip(opened, copies, strict=True):
            with connection() as held:
                copy.backup(held)
    finally:
        for copy in copies:
            copy.close()


def test_each_checker_sees_its_damage_and_nothing_in_a_sound_district(tmp_path: Path) -> None:
    async def main() -> dict[int | None, list[str]]:
        world = World(7, tmp_path, QUIET)
        await world.begin()
        await world.live()
        found: dict[int | None, list[str]] = {
            None: await all_come_home(world, lambda _clone: []) + await check_all(world)
        }
        for number, (_invariant, damage) in enumerate(DAMAGES):
            with _put_back(world):
                damage(world)
                found[number] = await check_all(world)
        found[AFTERWARDS] = await check_all(world)
        await world.end()
        return found

    found = simulate(7, main)
    assert found[None] == found[AFTERWARDS] == []
    missed = {
        (number, invariant): found[number][:5]
        for number, (invariant, _damage) in enumerate(DAMAGES)
        if not any(problem.startswith(f"{invariant} ") for problem in found[number])
    }
    assert not missed


# -- the oracle ------------------------------------------------------------------------------------


def _op(eff: int, name: str, seen: int, **patch: object) -> Landed:
    return Landed(eff, name.encode(), name.encode(), 1, seen, name, False, dict(patch))


def test_the_oracle_knows_a_conflict_and_who_settled_it() -> None:
    made = _op(10, "a", 0, unit="u", door="1")
    one, other = _op(20, "b", 10, people=2), _op(15, "c", 10, people=3)
    look = shown(fold([made, one, other]))
    assert (look.unit, look.fields["people"], look.conflicts) == ("u", 2, ("people",))
    settled = shown(fold([made, one, other, _op(25, "d", 21, people=3)]))
    assert (settled.fields["people"], settled.conflicts) == (3, ())


def test_a_stamp_of_the_past_does_not_hide_what_its_author_had_not_seen() -> None:
    made, newer = _op(10, "a", 0, unit="u"), _op(30, "b", 10, note="x")
    late = _op(12, "c", 10, note="y")
    assert shown(fold([made, newer, late])).conflicts == ("note",)
    assert shown(fold([made, newer, _op(12, "c", 30, note="y")])).conflicts == ()
